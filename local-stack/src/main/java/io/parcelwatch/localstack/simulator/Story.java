package io.parcelwatch.localstack.simulator;

/** What happens to an order. Each story is told to a share of the orders, and to a few at least where a plan is long enough. */
public enum Story {
    /** Ordered, shipped, delivered in time; or still under way at the end. Whatever no other story takes. */
    ON_TIME(0, 0, 0),
    /** Delivered, a working day or more after the promise. */
    LATE(0.06, 4, 13),
    /** Nobody touched it for more than 72 hours, then it went on and was delivered. */
    STALLED_AND_RECOVERED(0.025, 4, 14),
    /** Scanned at a hub, and never again. */
    LOST(0.015, 4, 12),
    /** A gap of more than 72 hours, in which there was a scan after all that the carrier uploads only later. */
    STALL_DISPROVED(0.01, 3, 14),
    /** Nobody at home; delivered a working day later. */
    ATTEMPTED_THEN_DELIVERED(0.03, 4, 11),
    /** Taken to a counter and collected there. */
    COLLECTED_AT_COUNTER(0.025, 4, 12),
    /** Taken to a counter, where it waits to the end. */
    WAITING_AT_COUNTER(0.01, 3, 11),
    /** Held by the weather, then delivered. */
    WEATHER(0.02, 3, 12),
    /** Held at the customs, then delivered. Cross-border only. */
    CUSTOMS(0.015, 3, 13),
    /** Back from the vehicle for a bad address, which counts as an attempt; delivered a working day later. */
    BAD_ADDRESS(0.02, 3, 11),
    /** Refused at the door and returned on the same number. */
    REFUSED_AND_RETURNED(0.02, 4, 13),
    /** Refused, and on the way back nobody touched it for more than 72 hours; then it reached the sender, or not by the end. */
    STALLED_ON_THE_WAY_BACK(0.008, 3, 13),
    /** Returned for a bad address without an attempt, after the promise had passed. */
    UNDELIVERABLE_AND_RETURNED(0.01, 3, 15),
    /** Delivered, then sent back by the customer on the same number. */
    RETURNED_AFTER_DELIVERY(0.015, 4, 13),
    /** Two parcels for one order; of some the second is lost. */
    SPLIT(0.03, 6, 12),
    /** Two parcels planned for one order, of which the second never went out: its rest is awaited. Of some the first is lost. */
    SPLIT_AWAITING_REST(0.01, 4, 12),
    /** Two orders of one customer in one parcel. */
    COMBINED(0.02, 3, 8),
    /** Out of stock: ordered and paid, and not shipped by the end. */
    OUT_OF_STOCK(0.01, 3, 3),
    /** Cancelled before anything was shipped. */
    CANCELLED(0.02, 3, 3),
    /** A label, and no parcel that the carrier ever saw. */
    NEVER_HANDED_OVER(0.015, 3, 13),
    /** Reported delivered, then out for delivery (or attempted) after all, then delivered. */
    DELIVERY_CORRECTED(0.015, 4, 11),
    /** A depot's scan is dated after the delivery. It changes nothing. */
    DEPOT_SCAN_AFTER_DELIVERY(0.02, 3, 10),
    /** A code that nobody knows among the known ones. */
    UNHEARD_OF_CODE(0.01, 3, 9),
    /** Rejected: a line's quantity is no number. */
    REJECTED_QUANTITY(0.002, 1, 3),
    /** Rejected at first for a quantity that is no number, mended and paid by the time of a later export. */
    REJECTED_THEN_MENDED(0.002, 1, 9),
    /** Rejected: there is no time of creation. */
    REJECTED_CREATED_MISSING(0.002, 1, 3),
    /** Rejected: the time of creation is none. */
    REJECTED_CREATED_UNREADABLE(0.002, 1, 3),
    /** Rejected: a negative total. */
    REJECTED_TOTAL_NEGATIVE(0.002, 1, 3),
    /** Rejected: a total that is no number. */
    REJECTED_TOTAL_UNREADABLE(0.002, 1, 3),
    /** The first use of a number that is given out again; see {@link SimulationPlan#recycledNumbers}. */
    FIRST_USE_OF_NUMBER(0, 0, 80),
    /** The second use of a number, more than 60 days after the first. */
    SECOND_USE_OF_NUMBER(0, 0, 12);

    private final double share;
    private final int atLeast;
    private final int days;

    Story(double share, int atLeast, int days) {
        this.share = share;
        this.atLeast = atLeast;
        this.days = days;
    }

    /** Which share of the orders it is told to. */
    double share() {
        return share;
    }

    /** To how many orders it is told at least, in a plan that is large and long enough. */
    int atLeast() {
        return atLeast;
    }

    /** How many days before the end its order must be placed, so that it can be told whole. */
    int days() {
        return days;
    }

    /** Whether it is told on a short lane, because it is long itself. */
    boolean onShortLane() {
        return days >= 12;
    }

    /** Whether the order's row in the export breaks a rule (of {@link #REJECTED_THEN_MENDED}: at first). */
    boolean brokenRow() {
        return ordinal() >= REJECTED_QUANTITY.ordinal() && ordinal() <= REJECTED_TOTAL_UNREADABLE.ordinal();
    }

    /** Whether its last event must be known by the end. */
    boolean toldWhole() {
        return this != ON_TIME && this != STALLED_ON_THE_WAY_BACK && this != COMBINED && this != SPLIT_AWAITING_REST;
    }
}
