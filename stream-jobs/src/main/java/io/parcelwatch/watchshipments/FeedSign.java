package io.parcelwatch.watchshipments;

/**
 * That a carrier was heard within a minute: events of it were received. Merged over all instances by {@link FeedWatch}.
 *
 * @param carrier the carrier's slug
 * @param first   the earliest receipt, in milliseconds since 1970
 * @param last    the latest receipt of the same minute, likewise
 */
public record FeedSign(String carrier, long first, long last) {

    static final long MINUTE = 60_000;

    /** The minute, counted from 1970. */
    long minute() {
        return Math.floorDiv(first, MINUTE);
    }

    FeedSign and(FeedSign other) {
        return new FeedSign(carrier, Math.min(first, other.first), Math.max(last, other.last));
    }
}
