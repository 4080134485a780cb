package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.state.FunctionInitializationContext;
import org.apache.flink.runtime.state.FunctionSnapshotContext;
import org.apache.flink.streaming.api.checkpoint.CheckpointedFunction;
import org.apache.flink.streaming.api.functions.co.KeyedCoProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Watches one tracking number: joins its events with its registration, computes its rows with each piece of news and when time alone changes
 * something, and passes on what changed.
 *
 * <p>Now is the watermark, which follows the time of receipt. A bounded run computes the rows once, at {@link WatchRules#asOf()}, when all its
 * input is read.
 */
final class ShipmentWatch extends KeyedCoProcessFunction<String, TrackingEvent, Registration, ShipmentDocument>
        implements CheckpointedFunction {

    private static final long serialVersionUID = 1L;

    /** Events whose number nobody registered in time, and those beyond what a number can have. */
    static final OutputTag<DeadLetter> UNUSABLE =
            new OutputTag<>("unusable-events", TypeInformation.of(DeadLetter.class));

    /** What changed about a shipment, for the topics. */
    static final OutputTag<ShipmentNews> NEWS = new OutputTag<>("news", TypeInformation.of(ShipmentNews.class));

    static final String SKIPPED_EVENTS = "events after --as-of";
    static final String WAITING_EVENTS = "events waiting for a registration";

    private final WatchRules rules;
    private transient ShipmentFold fold;
    private transient ValueState<WatchedNumber> numbers;
    private transient ListState<Long> clocks;
    /**
     * The latest clock of this attempt or the one before, in milliseconds since 1970; 0 before the first. After a restart registrations are
     * read before the watermark moves, and a number that comes in then has not been there since 1970.
     */
    private transient long clock;

    private transient LongCounter skipped;
    private transient LongCounter waiting;
    private transient CountersBy deadLetters;
    /** Tells this attempt of the job from those before it, see {@link WatchedNumber#judgedBy()}. */
    private transient long attempt;

    ShipmentWatch(WatchRules rules) {
        this.rules = rules;
    }

    @Override
    public void initializeState(FunctionInitializationContext context) throws Exception {
        clocks = context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("clock", Types.LONG));
        clock = 0;
        for (long of : clocks.get()) {
            clock = Math.max(clock, of);
        }
    }

    @Override
    public void snapshotState(FunctionSnapshotContext context) throws Exception {
        clocks.update(List.of(clock));
    }

    @Override
    public void open(OpenContext context) {
        fold = new ShipmentFold(rules);
        numbers = getRuntimeContext()
                .getState(new ValueStateDescriptor<>("number", TypeInformation.of(WatchedNumber.class)));
        skipped = getRuntimeContext().getLongCounter(SKIPPED_EVENTS);
        waiting = getRuntimeContext().getLongCounter(WAITING_EVENTS);
        deadLetters = CountersBy.deadLetters(
                getRuntimeContext().getMetricGroup(), List.of(DeadLetter.NEVER_CLAIMED, DeadLetter.TOO_MANY_EVENTS));
        attempt = (System.currentTimeMillis() << 20) ^ System.nanoTime();
    }

    @Override
    public void processElement1(TrackingEvent event, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        if (rules.bounded()
                && (event.eventTime().isAfter(rules.asOf())
                        || (event.receivedAt() != null && event.receivedAt().isAfter(rules.asOf())))) {
            skipped.add(1);
            return;
        }
        WatchedNumber known = known(context);
        SeenEvent seen = SeenEvent.of(event);
        if (known.hasNoRoomFor(seen)) {
            tell(
                    letter(
                            new NumberKey(event.carrier(), event.trackingNumber()),
                            seen,
                            DeadLetter.TOO_MANY_EVENTS,
                            "the number has " + WatchedNumber.MOST_EVENTS + " events already"),
                    context);
            return;
        }
        take(known, known.with(seen), context, out);
    }

    @Override
    public void processElement2(Registration registration, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        if (rules.bounded()) {
            List<RegisteredOrder> untilThen = registration.orders().stream()
                    .filter(order -> order.registeredAt() == null
                            || !order.registeredAt().isAfter(rules.asOf()))
                    .toList();
            // A number that was withdrawn has no order, and that is news.
            if (untilThen.isEmpty() && !registration.orders().isEmpty()) {
                skipped.add(1);
                return;
            }
            registration = new Registration(
                    registration.carrier(),
                    registration.trackingNumber(),
                    registration.revision(),
                    new ArrayList<>(untilThen));
        }
        WatchedNumber known = known(context);
        take(known, known.with(registration), context, out);
    }

    @Override
    public void onTimer(long timestamp, OnTimerContext context, Collector<ShipmentDocument> out) throws Exception {
        WatchedNumber known = numbers.value();
        if (known == null || (rules.bounded() && timestamp > rules.asOf().toEpochMilli())) {
            return;
        }
        Instant now = now(known, context);
        if (known.registration() == null) {
            waitOrGiveUp(known, now, context, out);
        } else {
            judge(known, known.timedFor(0), now, context, out);
        }
    }

    private WatchedNumber known(Context context) throws Exception {
        clock = Math.max(clock, context.timerService().currentWatermark());
        WatchedNumber known = numbers.value();
        return known == null ? WatchedNumber.empty(clock) : known;
    }

    private void take(WatchedNumber before, WatchedNumber after, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        if (after == before) {
            return;
        }
        if (rules.bounded()) {
            // All rows are computed once, when the input has ended and the clock moves to this timer.
            context.timerService().registerEventTimeTimer(rules.asOf().toEpochMilli());
            numbers.update(after);
        } else if (after.registration() == null) {
            waitForClaim(before, after, now(after, context), context, out);
        } else if (context.timerService().currentWatermark() == Long.MIN_VALUE && after.judgedAt() == Long.MIN_VALUE) {
            // The clock has not started: this timer fires as soon as it does.
            numbers.update(timed(after, Instant.EPOCH, context));
        } else {
            judge(before, after, now(after, context), context, out);
        }
    }

    /** Computes the rows, passes on what changed, and sees to it that time is not missed. */
    private void judge(
            WatchedNumber before, WatchedNumber after, Instant now, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        NumberKey key = NumberKey.of(context.getCurrentKey());
        ShipmentDocument told = before.judgedBy() == attempt && before.registration() != null
                ? fold.judge(key, before, Instant.ofEpochMilli(before.judgedAt()))
                        .document()
                : null;
        ShipmentFold.Judgement judgement = fold.judge(key, after, now);
        ShipmentDocument news = judgement.document().newsSince(told);
        if (news != null) {
            out.collect(news);
            for (ShipmentNews item : ShipmentNews.between(told, judgement.document())) {
                context.output(NEWS, item);
            }
        }
        if (judgement.over()) {
            forget(after, context);
            return;
        }
        WatchedNumber judged = after.judged(now.toEpochMilli(), attempt);
        numbers.update(rules.bounded() ? judged : timed(judged, judgement.next(), context));
    }

    /** Keeps one timer a number: at the next moment that time alone changes something. */
    private static WatchedNumber timed(WatchedNumber number, Instant next, Context context) {
        // Everything is "strictly later than", and a timer fires at its moment: one millisecond more.
        long moment = next == null ? 0 : next.toEpochMilli() + 1;
        if (moment != number.timer()) {
            if (number.timer() != 0) {
                context.timerService().deleteEventTimeTimer(number.timer());
            }
            if (moment != 0) {
                context.timerService().registerEventTimeTimer(moment);
            }
        }
        return number.timedFor(moment);
    }

    /** Events came for a number that nobody registered yet. */
    private void waitForClaim(
            WatchedNumber before, WatchedNumber after, Instant now, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        NumberKey key = NumberKey.of(context.getCurrentKey());
        ShipmentFold.Judgement judgement = fold.judgeUnclaimed(key, after, now);
        boolean reported = !judgement.document().unclaimed().isEmpty();
        if (reported) {
            boolean known = before.judgedBy() == attempt
                    && fold.judgeUnclaimed(key, before, Instant.ofEpochMilli(before.judgedAt()))
                            .document()
                            .unclaimed()
                            .equals(judgement.document().unclaimed());
            if (!known) {
                out.collect(judgement.document());
            }
        }
        numbers.update(timed(reported ? after.judged(now.toEpochMilli(), attempt) : after, judgement.next(), context));
    }

    /** Tells of a number that waits too long for its registration, gives up what waited for all the time it had; the rest goes on waiting. */
    private void waitOrGiveUp(WatchedNumber number, Instant now, Context context, Collector<ShipmentDocument> out)
            throws Exception {
        NumberKey key = NumberKey.of(context.getCurrentKey());
        List<SeenEvent> still = new ArrayList<>();
        for (SeenEvent event : number.events()) {
            if (now.isAfter(event.waitingSince().plus(rules.claimWithin()))) {
                tell(neverClaimed(key, event), context);
            } else {
                still.add(event);
            }
        }
        if (rules.bounded()) {
            waiting.add(still.size());
        }
        WatchedNumber rest =
                new WatchedNumber(null, still, now.toEpochMilli(), attempt, number.since(), number.timer());
        ShipmentFold.Judgement judgement = fold.judgeUnclaimed(key, rest, now);
        out.collect(judgement.document());
        if (judgement.over()) {
            forget(rest, context);
        } else {
            numbers.update(rules.bounded() ? rest : timed(rest, judgement.next(), context));
        }
    }

    private void tell(DeadLetter letter, Context context) {
        deadLetters.add(letter.reason(), 1);
        context.output(UNUSABLE, letter);
    }

    private DeadLetter neverClaimed(NumberKey key, SeenEvent event) {
        return letter(
                key,
                event,
                DeadLetter.NEVER_CLAIMED,
                "nobody registered the number within " + rules.claimWithin().toDays() + " days");
    }

    private static DeadLetter letter(NumberKey key, SeenEvent event, String reason, String detail) {
        TrackingEvent whole = event.of(key);
        String coordinates = "event/" + key.carrier() + "/" + key.trackingNumber() + "/" + event.eventId();
        return new DeadLetter(
                EventIdentity.digest(16, coordinates, reason),
                reason,
                detail,
                key.carrier(),
                key.trackingNumber(),
                event.source(),
                coordinates,
                event.receivedAt(),
                EventJson.write(whole).toString().getBytes(StandardCharsets.UTF_8));
    }

    private void forget(WatchedNumber number, Context context) {
        if (number.timer() != 0) {
            context.timerService().deleteEventTimeTimer(number.timer());
        }
        numbers.clear();
    }

    /** Now, for a number: after a restart the clock begins anew, and must not go back behind what was judged already. */
    private Instant now(WatchedNumber number, Context context) {
        return rules.bounded()
                ? rules.asOf()
                : Instant.ofEpochMilli(
                        Math.max(0, Math.max(context.timerService().currentWatermark(), number.judgedAt())));
    }
}
