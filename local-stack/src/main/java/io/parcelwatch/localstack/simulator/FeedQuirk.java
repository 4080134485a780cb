package io.parcelwatch.localstack.simulator;

/** What is odd about a payload, or about the way it came. */
public enum FeedQuirk {
    /** The same bytes once more. */
    DUPLICATE,
    /** Overtaken: a payload that was made later came earlier. */
    OVERTAKEN,
    /** A day or more under way. */
    LATE,
    /** Held while the carrier's feed was down, delivered in the burst after. */
    HELD_BY_OUTAGE,
    /** About a parcel that the shop has not registered yet. */
    BEFORE_REGISTRATION,
    /** About a number that the shop never registers. */
    NEVER_REGISTERED,
    /** Brings a scan that is older than one known before: the carrier uploaded it late. */
    LATE_UPLOAD,
    /** Local times without any offset (older UPS answers), at places whose zone is known. */
    NO_OFFSETS,
    /** Activities oldest first. */
    OLDEST_FIRST,
    /** An answer without news: the carrier does not know the number yet. */
    NOT_FOUND,
    /** JSON that ends in the middle. */
    MALFORMED_CUT,
    /** No text at all. */
    MALFORMED_BINARY,
    /** The error page of a proxy. */
    MALFORMED_HTML,
    /** JSON of another schema. */
    MALFORMED_SCHEMA,
    /** Good activities, and one whose time is none. */
    MALFORMED_ACTIVITY;

    /** Whether it makes a dead letter. */
    public boolean malformed() {
        return ordinal() >= MALFORMED_CUT.ordinal();
    }
}
