package io.parcelwatch.model;

import java.time.Instant;

/**
 * One order's word that it travels under a carrier and a number. Carries no name, e-mail or phone: personal data stays in PostgreSQL.
 *
 * @param order            which order
 * @param journey          which use of the number (1, 2, ...); 0 where it is still to be decided from the dates, as in JSON lines
 * @param service          the carrier's service as the shop names it; may be null
 * @param origin           where the parcel leaves; parts may be null
 * @param destination      where it goes; parts may be null
 * @param placedAt         when the order was placed; may be null
 * @param promisedAt       the moment the customer was promised first; never moves; null without a promise
 * @param promisePrecision how exactly it was promised; null without a promise
 * @param estimatedAt      what is expected now; moves; may be null
 * @param registeredAt     when intake learned of the parcel; may be null
 * @param cancelledAt      when the channel cancelled the order; null if it did not
 */
public record RegisteredOrder(
        OrderRef order,
        int journey,
        String service,
        Place origin,
        Place destination,
        Instant placedAt,
        Instant promisedAt,
        PromisePrecision promisePrecision,
        Instant estimatedAt,
        Instant registeredAt,
        Instant cancelledAt) {

    /** The same order, put into a journey. */
    public RegisteredOrder withJourney(int number) {
        return new RegisteredOrder(
                order,
                number,
                service,
                origin,
                destination,
                placedAt,
                promisedAt,
                promisePrecision,
                estimatedAt,
                registeredAt,
                cancelledAt);
    }

    /** The same order with another promise. */
    public RegisteredOrder withPromise(Instant promise, PromisePrecision precision) {
        return new RegisteredOrder(
                order,
                journey,
                service,
                origin,
                destination,
                placedAt,
                promise,
                precision,
                estimatedAt,
                registeredAt,
                cancelledAt);
    }

    /** The moment from which journeys are told apart: when the order was placed, else when the parcel was registered; may be null. */
    public Instant startsAt() {
        return placedAt != null ? placedAt : registeredAt;
    }
}
