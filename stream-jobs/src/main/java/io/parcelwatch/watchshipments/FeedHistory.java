package io.parcelwatch.watchshipments;

import java.time.Duration;

/**
 * What is normal for a carrier's feed: in how many minutes of each hour of the week something came, in the last weeks. Hours are those of UTC.
 *
 * @param minutes  of each of the 168 hours of the week its last {@link #WEEKS} observations, the newest in place of the oldest
 * @param observed how often each was observed; stays below 127
 */
public record FeedHistory(byte[] minutes, byte[] observed) {

    static final long HOUR = 3_600_000;

    /** So many observations of an hour of the week are kept. */
    static final int WEEKS = 6;

    /** With fewer of them an hour is not known: nothing is expected in it. */
    static final int LEAST_WEEKS = 3;

    /**
     * A feed is silent when so many minutes with news have been missed: where news come independently of each other, one
     * such silence in 160,000 means nothing.
     */
    static final int MISSED = 12;

    /** No shorter silence is one, however busy the feed. */
    static final Duration LEAST = Duration.ofMinutes(30);

    private static final int HOURS = 7 * 24;

    /** A feed of which less is expected in two weeks than must be missed cannot be judged. */
    private static final long FURTHEST = 2 * HOURS * HOUR;

    static FeedHistory none() {
        return new FeedHistory(new byte[HOURS * WEEKS], new byte[HOURS]);
    }

    /**
     * This history, and what an hour brought.
     *
     * @param hour  counted from 1970
     * @param count minutes in which something came, 0 to 60
     */
    FeedHistory with(long hour, int count) {
        byte[] moreMinutes = minutes.clone();
        byte[] moreObserved = observed.clone();
        int slot = slot(hour);
        moreMinutes[slot * WEEKS + observed[slot] % WEEKS] = (byte) count;
        // Back by whole rings before it overflows.
        moreObserved[slot] = (byte) (observed[slot] == 126 ? 126 - 5 * WEEKS + 1 : observed[slot] + 1);
        return new FeedHistory(moreMinutes, moreObserved);
    }

    /** Minutes with news that are expected in an hour; 0 where it is not known. */
    double expected(long hour) {
        int slot = slot(hour);
        int weeks = Math.min(WEEKS, observed[slot]);
        if (weeks < LEAST_WEEKS) {
            return 0;
        }
        int sum = 0;
        for (int week = 0; week < weeks; week++) {
            sum += minutes[slot * WEEKS + week];
        }
        return (double) sum / weeks;
    }

    /**
     * The last moment at which a silence is still normal.
     *
     * @param since when the last event was received, in milliseconds since 1970
     * @return likewise; {@link Long#MAX_VALUE} where too little is expected to judge
     */
    long silentAfter(long since) {
        double missing = MISSED;
        for (long at = since; at < since + FURTHEST; ) {
            long hour = Math.floorDiv(at, HOUR);
            long end = (hour + 1) * HOUR;
            double expected = expected(hour) * (end - at) / HOUR;
            if (expected >= missing) {
                long reached = at + (long) Math.ceil((end - at) * missing / expected);
                return Math.max(reached, since + LEAST.toMillis());
            }
            missing -= expected;
            at = end;
        }
        return Long.MAX_VALUE;
    }

    private static int slot(long hour) {
        return (int) Math.floorMod(hour, (long) HOURS);
    }
}
