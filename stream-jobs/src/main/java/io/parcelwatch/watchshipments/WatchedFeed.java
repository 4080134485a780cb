package io.parcelwatch.watchshipments;

/**
 * All that the job keeps of one carrier's feed. Times are in milliseconds since 1970.
 *
 * @param history what is normal
 * @param hour    the hour that is being counted, from 1970
 * @param minutes in how many of its minutes something came
 * @param whole   whether it is watched from its beginning, and not broken by a silence: others teach nothing
 * @param lastAt  when the last event was received
 * @param openAt  since when the feed is silent; 0 while it is not
 * @param timer   when it will be, or will be given up; 0 where that cannot be said
 */
public record WatchedFeed(
        FeedHistory history, long hour, int minutes, boolean whole, long lastAt, long openAt, long timer) {

    /** Longer ago than this an hour without news would be overwritten by a later one. */
    private static final long LONGEST_QUIET = 7L * 24 * FeedHistory.WEEKS;

    /** A feed that is heard for the first time. */
    static WatchedFeed since(FeedSign sign) {
        return new WatchedFeed(FeedHistory.none(), hour(sign.first()), 1, false, sign.first(), 0, 0);
    }

    /** This feed after the first event of a later minute. What an outage left out is not learnt. */
    WatchedFeed heard(FeedSign sign) {
        long now = hour(sign.first());
        if (now == hour) {
            return new WatchedFeed(history, hour, minutes + 1, whole && openAt == 0, sign.first(), 0, timer);
        }
        FeedHistory learnt = history;
        if (openAt == 0) {
            learnt = whole ? learnt.with(hour, minutes) : learnt;
            for (long quiet = Math.max(hour + 1, now - LONGEST_QUIET); quiet < now; quiet++) {
                learnt = learnt.with(quiet, 0);
            }
        }
        return new WatchedFeed(learnt, now, 1, openAt == 0, sign.first(), 0, timer);
    }

    WatchedFeed lastHeard(long at) {
        return new WatchedFeed(history, hour, minutes, whole, Math.max(lastAt, at), openAt, timer);
    }

    WatchedFeed silentSince(long at) {
        return new WatchedFeed(history, hour, minutes, whole, lastAt, at, 0);
    }

    WatchedFeed timedFor(long moment) {
        return new WatchedFeed(history, hour, minutes, whole, lastAt, openAt, moment);
    }

    private static long hour(long at) {
        return Math.floorDiv(at, FeedHistory.HOUR);
    }
}
