package io.parcelwatch.watchshipments;

import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.MapState;
import org.apache.flink.api.common.state.MapStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Watches one carrier's feed: learns what is normal for it (see {@link FeedHistory}), tells when it is silent for longer, and when it is heard
 * again or given up. Now is the watermark: signs are taken in the order of their receipt, whatever partition they came through, and no silence is told while a
 * backlog is read.
 *
 * <p>Silences of before {@link WatchRules#announceFrom()} are not told, and in a bounded run none is that begins after its moment.
 */
final class FeedWatch extends KeyedProcessFunction<String, FeedSign, FeedAlert> {

    private static final long serialVersionUID = 1L;

    /** For so long a feed is silent; then it is given up. What was normal for it is as old as what is kept of it, and means nothing any more. */
    static final Duration GIVEN_UP_AFTER = Duration.ofDays(7L * FeedHistory.WEEKS);

    private final WatchRules rules;
    private transient ValueState<WatchedFeed> feeds;
    /** Signs that the clock has not reached, by their minute. */
    private transient MapState<Long, FeedSign> ahead;

    FeedWatch(WatchRules rules) {
        this.rules = rules;
    }

    @Override
    public void open(OpenContext context) {
        feeds = getRuntimeContext().getState(new ValueStateDescriptor<>("feed", TypeInformation.of(WatchedFeed.class)));
        ahead = getRuntimeContext()
                .getMapState(new MapStateDescriptor<>("ahead", Types.LONG, TypeInformation.of(FeedSign.class)));
    }

    @Override
    public void processElement(FeedSign sign, Context context, Collector<FeedAlert> out) throws Exception {
        FeedSign known = ahead.get(sign.minute());
        FeedSign merged = known == null ? sign : known.and(sign);
        if (merged.equals(known)) {
            return;
        }
        ahead.put(sign.minute(), merged);
        if (known == null || merged.first() < known.first()) {
            context.timerService().registerEventTimeTimer(merged.first());
        }
        if (known == null) {
            context.timerService().registerEventTimeTimer(endOf(sign.minute()));
        }
    }

    @Override
    public void onTimer(long now, OnTimerContext context, Collector<FeedAlert> out) throws Exception {
        if (rules.bounded() && now > rules.asOf().toEpochMilli()) {
            return;
        }
        WatchedFeed feed = feeds.value();
        long minute = Math.floorDiv(now, FeedSign.MINUTE);
        FeedSign sign = ahead.get(minute);
        // In a backlog the whole minute is known before its beginning; live it is not.
        if (sign != null && sign.first() <= now) {
            feed = hear(feed, sign, context, out);
            if (now == endOf(minute)) {
                ahead.remove(minute);
                // An alert is known by the event before it: what is read too late moves it no more.
                if (feed.openAt() == 0) {
                    feed = timed(feed.lastHeard(sign.last()), context);
                }
            }
        }
        if (feed != null && feed.timer() == now && feed.openAt() != 0) {
            tell(feed, Instant.ofEpochMilli(now), context, out);
            feeds.clear();
            return;
        }
        if (feed != null && feed.timer() == now) {
            // A timer fires at its moment, and a silence is strictly longer.
            feed = feed.silentSince(now - 1).timedFor(now - 1 + GIVEN_UP_AFTER.toMillis());
            context.timerService().registerEventTimeTimer(feed.timer());
            tell(feed, null, context, out);
        }
        if (feed != null) {
            feeds.update(feed);
        }
    }

    /** Takes the first event of a minute; of one that came before those known already nothing more is to be learnt. */
    private WatchedFeed hear(WatchedFeed feed, FeedSign sign, OnTimerContext context, Collector<FeedAlert> out) {
        if (feed == null) {
            return WatchedFeed.since(sign);
        }
        if (sign.minute() <= Math.floorDiv(feed.lastAt(), FeedSign.MINUTE)) {
            return feed;
        }
        if (feed.openAt() != 0) {
            // An event that was received before the alert and read after it (a record out of order): it is closed as
            // it opened.
            tell(feed, Instant.ofEpochMilli(Math.max(sign.first(), feed.openAt())), context, out);
        }
        return timed(feed.heard(sign), context);
    }

    /**
     * Sets a timer for the moment at which the feed will be silent for too long. Those it had before stay, and then mean nothing: one that is
     * deleted may be that of a sign too, and they are few, about two for each minute with news that must be missed.
     */
    private static WatchedFeed timed(WatchedFeed feed, OnTimerContext context) {
        long after = feed.history().silentAfter(feed.lastAt());
        long moment = after == Long.MAX_VALUE ? 0 : after + 1;
        if (moment != feed.timer() && moment != 0) {
            context.timerService().registerEventTimeTimer(moment);
        }
        return feed.timedFor(moment);
    }

    private void tell(WatchedFeed feed, Instant closedAt, OnTimerContext context, Collector<FeedAlert> out) {
        Instant openedAt = Instant.ofEpochMilli(feed.openAt());
        if (rules.announceFrom() != null && !openedAt.isBefore(rules.announceFrom())) {
            FeedAlert alert =
                    new FeedAlert(context.getCurrentKey(), Instant.ofEpochMilli(feed.lastAt()), openedAt, closedAt);
            out.collect(alert);
            context.output(ShipmentWatch.NEWS, ShipmentNews.of(alert));
        }
    }

    private static long endOf(long minute) {
        return (minute + 1) * FeedSign.MINUTE - 1;
    }
}
