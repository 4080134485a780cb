package io.parcelwatch.model;

/** Where the offset of an event's time came from, worst first: a better one replaces a worse one when copies merge. */
public enum OffsetSource {
    /** Nothing told the offset: UTC was taken, and the event is identified by its local time. */
    ASSUMED,
    /** Derived from the place of the event, whose country and region lie in one time zone. */
    LOCATION,
    /** Written by the carrier. */
    CARRIER
}
