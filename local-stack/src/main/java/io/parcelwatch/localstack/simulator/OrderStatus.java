package io.parcelwatch.localstack.simulator;

/** Where an order stands, by the rules of the design; the first that fits. */
public enum OrderStatus {
    CANCELLED,
    RETURNED,
    DELIVERED,
    PARTIALLY_DELIVERED,
    SHIPPED,
    PARTIALLY_SHIPPED,
    IN_PREPARATION,
    ORDER_RECEIVED
}
