package io.parcelwatch.model;

import java.util.EnumSet;
import java.util.Set;

/**
 * Where a parcel stands, in order of progress. {@link #UNKNOWN} stands outside the order: it never replaces a known status.
 * Stalled, delayed and expired are flags beside the status, never statuses.
 */
public enum Status {
    /** The carrier knows of the parcel (label, data) but does not have it. */
    PRE_TRANSIT,
    /** The carrier took the parcel over. */
    PICKED_UP,
    /** The parcel moves through the carrier's network. */
    IN_TRANSIT,
    /** Something holds the parcel up; see {@link Reason}. */
    EXCEPTION,
    /** The parcel is on the vehicle that delivers it. */
    OUT_FOR_DELIVERY,
    /** A delivery was tried and failed. */
    ATTEMPTED,
    /** The parcel waits for the recipient at a counter or locker. */
    AVAILABLE_FOR_PICKUP,
    /** The recipient, or somebody for them, has the parcel. */
    DELIVERED,
    /** The parcel is on its way back to the sender; opens leg 2. */
    RETURNING,
    /** The sender has the parcel back. */
    RETURNED,
    /** The shipment was called off. */
    CANCELLED,
    /** The carrier said something that no code table of ours knows. */
    UNKNOWN;

    private static final Set<Status> ON_ITS_WAY =
            EnumSet.of(PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, ATTEMPTED, EXCEPTION, RETURNING);

    /** Whether a parcel of this status is expected to move: only such a parcel can stall. */
    public boolean onItsWay() {
        return ON_ITS_WAY.contains(this);
    }
}
