package io.parcelwatch.model;

/** What a customer is told. At most one message goes out for each subject, milestone, medium and recipient. */
public enum Milestone {
    ORDER_RECEIVED,
    SHIPPED,
    OUT_FOR_DELIVERY,
    DELIVERED,
    ATTEMPTED,
    READY_FOR_PICKUP,
    DELAYED,
    EXCEPTION,
    RETURNED,
    CANCELLED
}
