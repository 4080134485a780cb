package io.parcelwatch.localstack.simulator;

import java.time.Instant;
import java.util.EnumSet;
import java.util.Set;

/**
 * A payload that is not written yet: all that the carrier knew of a parcel at a moment.
 *
 * @param madeAt     when the carrier wrote it
 * @param receivedAt when the shop receives it
 * @param poll       whether the shop asked; else the carrier called
 * @param quirks     a bit for each {@link FeedQuirk}
 */
record Snapshot(Instant madeAt, Instant receivedAt, boolean poll, int quirks) {

    static int bit(FeedQuirk quirk) {
        return 1 << quirk.ordinal();
    }

    boolean has(FeedQuirk quirk) {
        return (quirks & bit(quirk)) != 0;
    }

    Snapshot with(FeedQuirk quirk) {
        return new Snapshot(madeAt, receivedAt, poll, quirks | bit(quirk));
    }

    Snapshot received(Instant at) {
        return new Snapshot(madeAt, at, poll, quirks);
    }

    /** Whether it tells of scans; an answer without news does not. */
    boolean tells() {
        return !has(FeedQuirk.NOT_FOUND);
    }

    String source() {
        return poll ? "poll" : "webhook";
    }

    Set<FeedQuirk> set() {
        Set<FeedQuirk> set = EnumSet.noneOf(FeedQuirk.class);
        for (FeedQuirk quirk : FeedQuirk.values()) {
            if (has(quirk)) {
                set.add(quirk);
            }
        }
        return set;
    }
}
