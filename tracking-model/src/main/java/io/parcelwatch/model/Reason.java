package io.parcelwatch.model;

/** Why a parcel is where it is, on an axis of its own beside {@link Status}. */
public enum Reason {
    CUSTOMS,
    WEATHER,
    ADDRESS,
    RECIPIENT_ABSENT,
    REFUSED,
    DAMAGED,
    LOST,
    HELD_FOR_PAYMENT,
    SECURITY,
    MISSORTED,
    CARRIER_DELAY,
    /** The recipient, or the sender, asked for another day, place or way. */
    REQUESTED,
    /** The recipient did not collect the parcel in time. */
    NOT_COLLECTED,
    /** The place was closed: business closed, holiday. */
    CLOSED,
    /** The carrier gave a reason that has no word of its own here; code and description are kept. */
    OTHER
}
