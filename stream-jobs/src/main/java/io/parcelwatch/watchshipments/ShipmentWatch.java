package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.settings.UnusableSettingsException;
import io.parcelwatch.wire.EventJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.state.BroadcastState;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.runtime.state.StateInitializationContext;
import org.apache.flink.runtime.state.StateSnapshotContext;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.runtime.state.VoidNamespaceSerializer;
import org.apache.flink.streaming.api.operators.AbstractInput;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorFactory;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorV2;
import org.apache.flink.streaming.api.operators.Input;
import org.apache.flink.streaming.api.operators.InternalTimer;
import org.apache.flink.streaming.api.operators.InternalTimerService;
import org.apache.flink.streaming.api.operators.MultipleInputStreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperator;
import org.apache.flink.streaming.api.operators.StreamOperatorFactory;
import org.apache.flink.streaming.api.operators.StreamOperatorParameters;
import org.apache.flink.streaming.api.operators.Triggerable;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches one tracking number: joins its events with its registration, computes its rows with each piece of news and when time alone changes
 * something, and passes on what changed. When the stall rules change, or a restart brings other waits, it does so for
 * every number that it holds.
 *
 * <p>Now is the watermark, which follows the time of receipt. A bounded run computes the rows once, at {@link WatchRules#asOf()}, when all its
 * input is read.
 *
 * <p>An operator and no function, because it has three inputs (events and registrations by number, rules to every instance), and because rules move
 * the timers of all numbers: Flink lets a broadcast function visit all keys, but set no timers there.
 */
final class ShipmentWatch extends AbstractStreamOperatorV2<ShipmentDocument>
        implements MultipleInputStreamOperator<ShipmentDocument>, Triggerable<String, VoidNamespace> {

    /** Events whose number nobody registered in time, and those beyond what a number can have. */
    static final OutputTag<DeadLetter> UNUSABLE =
            new OutputTag<>("unusable-events", TypeInformation.of(DeadLetter.class));

    /** What changed about a shipment, for the topics. */
    static final OutputTag<ShipmentNews> NEWS = new OutputTag<>("news", TypeInformation.of(ShipmentNews.class));

    static final String SKIPPED_EVENTS = "events after --as-of";
    static final String WAITING_EVENTS = "events waiting for a registration";

    private static final Logger LOG = LoggerFactory.getLogger(ShipmentWatch.class);

    private static final ValueStateDescriptor<WatchedNumber> NUMBER =
            new ValueStateDescriptor<>("number", new WatchedNumberSerializer());

    private static final MapStateDescriptor<String, StatedStallRules> STALL_RULES =
            new MapStateDescriptor<>("stall-rules", Types.STRING, TypeInformation.of(StatedStallRules.class));

    /** The one entry of {@link #STALL_RULES}. */
    private static final String IN_FORCE = "in force";

    private final WatchRules rules;
    private ShipmentFold fold;
    private InternalTimerService<VoidNamespace> timers;
    private ValueState<WatchedNumber> numbers;
    private ListState<Long> clocks;
    private ListState<Tuple2<Long, Long>> lifetimes;
    /** Lifetimes of journeys that were in force before, see {@link ShipmentFold#ShipmentFold(WatchRules, Map)}. */
    private final Map<Long, Long> shorterLifetimes = new HashMap<>();

    private BroadcastState<String, StatedStallRules> stallRules;
    /** Expired, report unclaimed, claim within: the waits that numbers were judged by, in milliseconds. */
    private ListState<long[]> waits;

    private WatchRules restoredRules;
    /** By which the numbers of the state were judged; null where that is not known. */
    private ShipmentFold judged;
    /**
     * The latest clock of this attempt or the one before, in milliseconds since 1970; 0 before the first. After a restart registrations are
     * read before the watermark moves, and a number that comes in then has not been there since 1970.
     */
    private long clock;

    private LongCounter skipped;
    private LongCounter waiting;
    private CountersBy deadLetters;
    /** Tells this attempt of the job from those before it, see {@link WatchedNumber#judgedBy()}. */
    private long attempt;

    private ShipmentWatch(StreamOperatorParameters<ShipmentDocument> parameters, WatchRules rules) {
        super(parameters, 3);
        this.rules = rules;
    }

    /**
     * Makes the operator; its inputs are tracking events, registrations and {@link StatedStallRules}.
     *
     * @param rules what shipments are judged by; its stall rules hold until the third input states others
     */
    static StreamOperatorFactory<ShipmentDocument> by(WatchRules rules) {
        return new Factory(rules);
    }

    private static final class Factory extends AbstractStreamOperatorFactory<ShipmentDocument> {
        private static final long serialVersionUID = 1L;

        private final WatchRules rules;

        Factory(WatchRules rules) {
            this.rules = rules;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T extends StreamOperator<ShipmentDocument>> T createStreamOperator(
                StreamOperatorParameters<ShipmentDocument> parameters) {
            return (T) new ShipmentWatch(parameters, rules);
        }

        @Override
        @SuppressWarnings("rawtypes")
        public Class<? extends StreamOperator> getStreamOperatorClass(ClassLoader classLoader) {
            return ShipmentWatch.class;
        }
    }

    @Override
    @SuppressWarnings("rawtypes")
    public List<Input> getInputs() {
        return List.of(
                new AbstractInput<TrackingEvent, ShipmentDocument>(this, 1) {
                    @Override
                    public void processElement(StreamRecord<TrackingEvent> event) throws Exception {
                        take(event.getValue());
                    }
                },
                new AbstractInput<Registration, ShipmentDocument>(this, 2) {
                    @Override
                    public void processElement(StreamRecord<Registration> registration) throws Exception {
                        take(registration.getValue());
                    }
                },
                new AbstractInput<StatedStallRules, ShipmentDocument>(this, 3) {
                    @Override
                    public void processElement(StreamRecord<StatedStallRules> stated) throws Exception {
                        take(stated.getValue());
                    }
                });
    }

    @Override
    public void initializeState(StateInitializationContext context) throws Exception {
        super.initializeState(context);
        clocks = context.getOperatorStateStore().getUnionListState(new ListStateDescriptor<>("clock", Types.LONG));
        clock = 0;
        for (long of : clocks.get()) {
            clock = Math.max(clock, of);
        }
        lifetimes = context.getOperatorStateStore()
                .getUnionListState(new ListStateDescriptor<>("lifetimes", Types.TUPLE(Types.LONG, Types.LONG)));
        for (Tuple2<Long, Long> of : lifetimes.get()) {
            if (of.f0 < rules.forgetAfter().toMillis()) {
                shorterLifetimes.merge(of.f0, of.f1, Math::max);
            }
        }
        stallRules = context.getOperatorStateStore().getBroadcastState(STALL_RULES);
        waits = context.getOperatorStateStore()
                .getUnionListState(
                        new ListStateDescriptor<>("waits", PrimitiveArrayTypeInfo.LONG_PRIMITIVE_ARRAY_TYPE_INFO));
        restoredRules = context.isRestored() ? rules : null;
        for (long[] of : waits.get()) {
            restoredRules =
                    rules.withWaits(Duration.ofMillis(of[0]), Duration.ofMillis(of[1]), Duration.ofMillis(of[2]));
        }
    }

    @Override
    public void snapshotState(StateSnapshotContext context) throws Exception {
        super.snapshotState(context);
        // Where no news came for long, timers alone have moved on. A drained job's end of time is no time.
        if (timers.currentWatermark() != Long.MAX_VALUE) {
            clock = Math.max(clock, timers.currentWatermark());
        }
        clocks.update(List.of(clock));
        List<Tuple2<Long, Long>> inForce = new ArrayList<>();
        shorterLifetimes.forEach((lifetime, until) -> inForce.add(Tuple2.of(lifetime, until)));
        inForce.add(Tuple2.of(rules.forgetAfter().toMillis(), clock));
        lifetimes.update(inForce);
        WatchRules by = judged == null ? rules : judged.rules();
        waits.update(List.of(new long[] {
            by.expiredAfter().toMillis(),
            by.reportUnclaimedAfter().toMillis(),
            by.claimWithin().toMillis()
        }));
    }

    @Override
    public void open() throws Exception {
        super.open();
        StallRules inForce = stallRulesInForce();
        fold = new ShipmentFold(inForce == null ? rules : rules.withStallRules(inForce), shorterLifetimes);
        if (restoredRules == null) {
            judged = fold;
        } else if (inForce != null) {
            judged = new ShipmentFold(restoredRules.withStallRules(inForce), shorterLifetimes);
        }
        numbers = getPartitionedState(NUMBER);
        // The name and namespace that Flink's own functions use: earlier versions of this job were one.
        timers = getInternalTimerService("user-timers", VoidNamespaceSerializer.INSTANCE, this);
        skipped = getRuntimeContext().getLongCounter(SKIPPED_EVENTS);
        waiting = getRuntimeContext().getLongCounter(WAITING_EVENTS);
        deadLetters =
                CountersBy.deadLetters(getMetricGroup(), List.of(DeadLetter.NEVER_CLAIMED, DeadLetter.TOO_MANY_EVENTS));
        attempt = (System.currentTimeMillis() << 20) ^ System.nanoTime();
    }

    /** Null where the state names none, or rules of an earlier version of the job that this one does not take any more. */
    private StallRules stallRulesInForce() throws Exception {
        StatedStallRules inForce = stallRules.get(IN_FORCE);
        if (inForce == null) {
            return null;
        }
        try {
            return inForce.read();
        } catch (UnusableSettingsException e) {
            LOG.error("the stall rules of the state are refused: {}", e.getMessage());
            return null;
        }
    }

    /**
     * Takes stall rules, where they are newer than those in force, and judges every number anew where it was judged by others, or by other
     * settings. Each attempt is given rules once it has begun.
     */
    private void take(StatedStallRules stated) throws Exception {
        StatedStallRules inForce = stallRules.get(IN_FORCE);
        if (inForce == null || stated.statedAt() >= inForce.statedAt()) {
            stallRules.put(IN_FORCE, stated);
            fold = new ShipmentFold(rules.withStallRules(stated.read()), shorterLifetimes);
        }
        ShipmentFold before = judged;
        judged = fold;
        if (before == null || !fold.judgesLike(before)) {
            getKeyedStateBackend()
                    .applyToAllKeys(
                            VoidNamespace.INSTANCE,
                            VoidNamespaceSerializer.INSTANCE,
                            NUMBER,
                            (key, number) -> judgeAnew(before, number.value()));
        }
    }

    /**
     * Computes the rows of a number by new rules.
     *
     * @param before by which its rows were computed; null where that is not known
     */
    private void judgeAnew(ShipmentFold before, WatchedNumber number) throws Exception {
        if (rules.bounded() || number == null) {
            return;
        }
        NumberKey key = NumberKey.of((String) getCurrentKey());
        Instant now = now(number);
        if (number.registration() == null) {
            if (before == null
                    || !fold.judgeUnclaimed(key, number, now).equals(before.judgeUnclaimed(key, number, now))) {
                numbers.update(timed(number, now));
            }
            return;
        }
        if (number.judgedAt() == Long.MIN_VALUE) {
            // It is judged as soon as the clock starts; by the new rules then.
            return;
        }
        ShipmentFold.Judgement judgement = fold.judge(key, number, now);
        ShipmentDocument told = before == null
                ? null
                : before.judge(key, number, Instant.ofEpochMilli(number.judgedAt()))
                        .document();
        if (told != null && !judgement.over() && judgement.document().newsSince(told) == null) {
            numbers.update(timed(number, judgement.next()));
        } else {
            pass(number.judgedBy() == attempt ? told : null, number, judgement, now);
        }
    }

    private void take(TrackingEvent event) throws Exception {
        if (rules.bounded()
                && (event.eventTime().isAfter(rules.asOf())
                        || (event.receivedAt() != null && event.receivedAt().isAfter(rules.asOf())))) {
            skipped.add(1);
            return;
        }
        WatchedNumber known = known();
        SeenEvent seen = SeenEvent.of(event);
        if (known.hasNoRoomFor(seen)) {
            tell(letter(
                    new NumberKey(event.carrier(), event.trackingNumber()),
                    seen,
                    DeadLetter.TOO_MANY_EVENTS,
                    "the number has " + WatchedNumber.MOST_EVENTS + " events already"));
            return;
        }
        take(known, known.with(seen));
    }

    private void take(Registration registration) throws Exception {
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
        WatchedNumber known = known();
        take(known, known.with(registration));
    }

    @Override
    public void onProcessingTime(InternalTimer<String, VoidNamespace> timer) {
        throw new IllegalStateException("only event time sets timers here");
    }

    @Override
    public void onEventTime(InternalTimer<String, VoidNamespace> timer) throws Exception {
        WatchedNumber known = numbers.value();
        if (known == null
                || (rules.bounded() && timer.getTimestamp() > rules.asOf().toEpochMilli())) {
            return;
        }
        Instant now = now(known);
        if (known.registration() == null) {
            waitOrGiveUp(known, now);
        } else {
            judge(known, known.timedFor(0), now);
        }
    }

    private WatchedNumber known() throws Exception {
        clock = Math.max(clock, timers.currentWatermark());
        WatchedNumber known = numbers.value();
        return known == null ? WatchedNumber.empty(clock) : known;
    }

    private void take(WatchedNumber before, WatchedNumber after) throws Exception {
        if (after == before) {
            return;
        }
        if (rules.bounded()) {
            // All rows are computed once, when the input has ended and the clock moves to this timer.
            long end = rules.asOf().toEpochMilli();
            if (after.timer() != end) {
                timers.registerEventTimeTimer(VoidNamespace.INSTANCE, end);
            }
            numbers.update(after.timedFor(end));
        } else if (after.registration() == null) {
            waitForClaim(before, after, now(after));
        } else if (timers.currentWatermark() == Long.MIN_VALUE && after.judgedAt() == Long.MIN_VALUE) {
            // The clock has not started: this timer fires as soon as it does.
            numbers.update(timed(after, Instant.EPOCH));
        } else {
            judge(before, after, now(after));
        }
    }

    /** Computes the rows by what was known before and is now. */
    private void judge(WatchedNumber before, WatchedNumber after, Instant now) throws Exception {
        NumberKey key = NumberKey.of((String) getCurrentKey());
        ShipmentDocument told = before.judgedBy() == attempt && before.registration() != null
                ? fold.judge(key, before, Instant.ofEpochMilli(before.judgedAt()))
                        .document()
                : null;
        pass(told, after, fold.judge(key, after, now), now);
    }

    /**
     * Passes on what changed, and sees to it that time is not missed.
     *
     * @param told what was passed on before; null where that is not known
     */
    private void pass(ShipmentDocument told, WatchedNumber number, ShipmentFold.Judgement judgement, Instant now)
            throws Exception {
        ShipmentDocument news = judgement.document().newsSince(told);
        if (news != null) {
            output.collect(new StreamRecord<>(news));
            for (ShipmentNews item : ShipmentNews.between(told, judgement.document())) {
                output.collect(NEWS, new StreamRecord<>(item));
            }
        }
        if (judgement.over()) {
            forget(number);
            return;
        }
        WatchedNumber judged = number.judged(now.toEpochMilli(), attempt);
        numbers.update(rules.bounded() ? judged : timed(judged, judgement.next()));
    }

    /** Keeps one timer a number: at the next moment that time alone changes something. */
    private WatchedNumber timed(WatchedNumber number, Instant next) {
        // Everything is "strictly later than", and a timer fires at its moment: one millisecond more.
        long moment = next == null ? 0 : next.toEpochMilli() + 1;
        if (moment != number.timer()) {
            if (number.timer() != 0) {
                timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, number.timer());
            }
            if (moment != 0) {
                timers.registerEventTimeTimer(VoidNamespace.INSTANCE, moment);
            }
        }
        return number.timedFor(moment);
    }

    /** Events came for a number that nobody registered yet. */
    private void waitForClaim(WatchedNumber before, WatchedNumber after, Instant now) throws Exception {
        NumberKey key = NumberKey.of((String) getCurrentKey());
        ShipmentFold.Judgement judgement = fold.judgeUnclaimed(key, after, now);
        boolean reported = !judgement.document().unclaimed().isEmpty();
        if (reported) {
            boolean known = before.judgedBy() == attempt
                    && fold.judgeUnclaimed(key, before, Instant.ofEpochMilli(before.judgedAt()))
                            .document()
                            .unclaimed()
                            .equals(judgement.document().unclaimed());
            if (!known) {
                output.collect(new StreamRecord<>(judgement.document()));
            }
        }
        numbers.update(timed(reported ? after.judged(now.toEpochMilli(), attempt) : after, judgement.next()));
    }

    /** Tells of a number that waits too long for its registration, gives up what waited for all the time it had; the rest goes on waiting. */
    private void waitOrGiveUp(WatchedNumber number, Instant now) throws Exception {
        NumberKey key = NumberKey.of((String) getCurrentKey());
        List<SeenEvent> still = new ArrayList<>();
        for (SeenEvent event : number.events()) {
            if (now.isAfter(event.waitingSince().plus(rules.claimWithin()))) {
                tell(neverClaimed(key, event));
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
        output.collect(new StreamRecord<>(judgement.document()));
        if (judgement.over()) {
            forget(rest);
        } else {
            numbers.update(rules.bounded() ? rest : timed(rest, judgement.next()));
        }
    }

    private void tell(DeadLetter letter) {
        deadLetters.add(letter.reason(), 1);
        output.collect(UNUSABLE, new StreamRecord<>(letter));
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

    private void forget(WatchedNumber number) {
        if (timers.currentWatermark() != Long.MAX_VALUE) {
            clock = Math.max(clock, timers.currentWatermark());
        }
        if (number.timer() != 0) {
            timers.deleteEventTimeTimer(VoidNamespace.INSTANCE, number.timer());
        }
        numbers.clear();
    }

    /** Now, for a number: after a restart the clock begins anew, and must not go back behind what was judged already. */
    private Instant now(WatchedNumber number) {
        return rules.bounded()
                ? rules.asOf()
                : Instant.ofEpochMilli(Math.max(0, Math.max(timers.currentWatermark(), number.judgedAt())));
    }
}
