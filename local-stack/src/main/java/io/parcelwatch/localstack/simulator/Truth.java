package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Status;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.SortedSet;

/**
 * What the tables must hold at the end of a simulation, when everything received until then was taken in. Known by construction: each scan
 * was made with the status that the parcel has after it.
 *
 * <p>Constructed facts: scans of one parcel lie a minute apart at least. On its way (picked up, in transit, out for delivery, attempted,
 * exception, returning) two movements, or the last one and the end, lie less than 70 or more than 74 hours apart, so that no stall of 72
 * hours is doubtful. First attempts, and the end, lie 30 minutes from a promise at least. What was received after the end never happened.
 *
 * @param asOf         the end of the simulation
 * @param orders       the orders that were imported, by reference
 * @param rejected     the orders that an export brings and whose row breaks a rule, a record for each time it is brought
 * @param shipments    the registered parcels, a record a journey, by carrier, number and journey
 * @param deliveries   the journeys whose leg 1 was delivered
 * @param alerts       every STALLED and DELAYED that stands (a stall that a late scan disproved does not), by opening
 * @param deadLetters  the payloads that make a dead letter each, by payload id
 * @param unregistered the numbers that carriers spoke of and the shop never registered
 * @param events       distinct tracking events that were received, of registered numbers
 */
public record Truth(
        Instant asOf,
        List<Order> orders,
        List<RejectedOrder> rejected,
        List<Shipment> shipments,
        List<Delivery> deliveries,
        List<Alert> alerts,
        SortedSet<String> deadLetters,
        List<Unregistered> unregistered,
        long events) {

    /** How many orders are in a state. */
    public long orders(OrderStatus status) {
        return orders.stream().filter(order -> order.status == status).count();
    }

    /** How many alerts of a kind stand, open or closed. */
    public long alerts(AlertKind kind) {
        return alerts.stream().filter(alert -> alert.kind == kind).count();
    }

    /** Distinct tracking events received, of registered numbers and others. */
    public long eventsOfAllNumbers() {
        return events + unregistered.stream().mapToLong(Unregistered::events).sum();
    }

    /**
     * An order as its last export tells it.
     *
     * @param order       its reference
     * @param name        its display name, which repeats across stores
     * @param placedAt    to the second
     * @param cancelledAt when the channel cancelled it, or null
     * @param currency    ISO 4217
     * @param total       with two decimals
     * @param lines       in the order of the export
     * @param status      by its parcels
     */
    public record Order(
            OrderRef order,
            String name,
            Instant placedAt,
            Instant cancelledAt,
            String currency,
            BigDecimal total,
            List<Line> lines,
            OrderStatus status) {}

    /** A line: how many of what. */
    public record Line(String sku, int quantity) {}

    /** What is wrong with a rejected order. */
    public enum Fault {
        QUANTITY_NO_NUMBER,
        CREATED_AT_MISSING,
        CREATED_AT_UNREADABLE,
        TOTAL_NEGATIVE,
        TOTAL_NO_NUMBER
    }

    /**
     * An order that an export brings broken: one rejected record, however many rows it has.
     *
     * @param fileName which export
     * @param line     the physical line of that file on which the order begins, from 1 (the header)
     * @param name     its display name
     * @param fault    what is wrong
     */
    public record RejectedOrder(String fileName, long line, String name, Fault fault) {}

    /**
     * A parcel on a journey.
     *
     * @param carrier     slug
     * @param number      tracking number
     * @param journey     which use of the number, from 1
     * @param orders      the orders in it
     * @param service     as the shop names it
     * @param origin      where it leaves, or {@link Place#NOWHERE} where the shop did not say
     * @param destination where it goes
     * @param placedAt    when the earliest of its orders was placed
     * @param registeredAt when the first fulfilment file named it
     * @param promisedAt  what was promised first, or null
     * @param status      at the end
     * @param leg         1, or 2 on the way back
     * @param statusAt    the moment of the event that brought it to that status
     * @param events      distinct events known about it
     */
    public record Shipment(
            String carrier,
            String number,
            int journey,
            List<OrderRef> orders,
            String service,
            Place origin,
            Place destination,
            Instant placedAt,
            Instant registeredAt,
            Instant promisedAt,
            Status status,
            int leg,
            Instant statusAt,
            int events) {}

    /**
     * A journey whose leg 1 was delivered; a later return leaves it standing.
     *
     * @param placedAt       when the earliest order was placed
     * @param firstScanAt    the first physical scan
     * @param firstAttemptAt the first attempt to deliver
     * @param deliveredAt    the first delivery that was not contradicted
     * @param promisedAt     or null
     * @param onTime         first attempt no later than the promise; null without a promise
     * @param day            the local date of delivery at the destination, else in the event's own offset
     * @param exception      whether leg 1 met an exception
     * @param stalls         how often leg 1 stalled
     */
    public record Delivery(
            String carrier,
            String number,
            int journey,
            String service,
            Place origin,
            Place destination,
            Instant placedAt,
            Instant firstScanAt,
            Instant firstAttemptAt,
            Instant deliveredAt,
            Instant promisedAt,
            Boolean onTime,
            LocalDate day,
            boolean exception,
            int stalls) {

        /** From the first scan to the delivery. */
        public Duration transit() {
            return Duration.between(firstScanAt, deliveredAt);
        }

        /** From the order to the delivery. */
        public Duration total() {
            return Duration.between(placedAt, deliveredAt);
        }
    }

    /**
     * An alert that stands.
     *
     * @param kind     STALLED or DELAYED
     * @param leg      of a stall: on which leg
     * @param openedAt STALLED: 72 hours after the last movement; DELAYED: the promise
     * @param closedAt STALLED: the next movement; DELAYED: the first attempt, or the turning back before one; null while open
     */
    public record Alert(
            AlertKind kind, String carrier, String number, int journey, int leg, Instant openedAt, Instant closedAt) {}

    /** A number that no shop registered, and how many distinct events of it were received. */
    public record Unregistered(String carrier, String number, long events) {}
}
