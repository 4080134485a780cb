package io.parcelwatch.model;

/** How exactly a delivery was promised. */
public enum PromisePrecision {
    /** A moment. */
    INSTANT,
    /** A day: the promise is the last instant of that day at the destination. */
    DATE
}
