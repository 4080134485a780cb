package io.parcelwatch.model;

/** What operations are alerted to. */
public enum AlertKind {
    /** A parcel on its way that nobody has touched for longer than its rule allows (72 hours unless a rule says otherwise). */
    STALLED,
    /** A parcel past its promise of which no delivery was attempted. */
    DELAYED,
    /** A carrier whose whole feed is silent. Never opens, closes or suppresses {@link #STALLED}. */
    FEED_SILENT
}
