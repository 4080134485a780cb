package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Promises;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;

/** A parcel of the simulation: what is in it, what its carrier scans, and what the carrier's feed brings of that. */
final class SimParcel {

    /**
     * What of an order is in it.
     *
     * @param quantities by line of the order; null for all of the order
     */
    record Content(SimOrder order, int[] quantities) {}

    final int index;
    final Store store;
    final Story story;
    final Carrier carrier;
    final String number;
    final String service;
    final int journey;
    final Spot origin;
    /** Whether the shop tells where it leaves. */
    final boolean originTold;

    final Spot home;
    final List<Content> contents = new ArrayList<>(1);
    final Instant labelAt;
    /** The day the carrier is handed it, by the clock of the origin. */
    final LocalDate pickupDay;
    /** Working days that the lane usually takes. */
    final int usualDays;
    /** When the first fulfilment file names it; null if none ever does. */
    final Instant registeredAt;

    /** The promised day; null without a promise. */
    LocalDate promisedDay;
    /** The promised moment, where it is more than a day. */
    Instant promisedMoment;
    /** What the next fulfilment file says instead, which moves the estimate and not the promise; or null. */
    LocalDate laterDay;
    /** When that file comes. */
    Instant repeatedAt;

    List<Scan> scans = List.of();
    List<Snapshot> snapshots = List.of();
    Outcome outcome;

    SimParcel(
            int index,
            Store store,
            Story story,
            Carrier carrier,
            String number,
            String service,
            int journey,
            Spot origin,
            boolean originTold,
            Spot home,
            Instant labelAt,
            LocalDate pickupDay,
            int usualDays,
            Instant registeredAt) {
        this.index = index;
        this.store = store;
        this.story = story;
        this.carrier = carrier;
        this.number = number;
        this.service = service;
        this.journey = journey;
        this.origin = origin;
        this.originTold = originTold;
        this.home = home;
        this.labelAt = labelAt;
        this.pickupDay = pickupDay;
        this.usualDays = usualDays;
        this.registeredAt = registeredAt;
    }

    /** FedEx Ground writes other exception codes than FedEx Express. */
    boolean byGround() {
        return service.contains("Ground");
    }

    int quantity(SimOrder order, int line) {
        return contents.stream()
                .filter(content -> content.order == order)
                .mapToInt(content ->
                        content.quantities == null ? order.lines.get(line).quantity() : content.quantities[line])
                .sum();
    }

    /** What was promised first; null without a promise. */
    Instant promisedAt() {
        if (promisedMoment != null) {
            return promisedMoment;
        }
        return promisedDay == null ? null : Promises.lastInstantOf(promisedDay, destination());
    }

    PromisePrecision precision() {
        if (promisedMoment != null) {
            return PromisePrecision.INSTANT;
        }
        return promisedDay == null ? null : PromisePrecision.DATE;
    }

    /** When the earliest of its orders was placed; null for a parcel of nobody. */
    Instant placedAt() {
        return contents.stream()
                .map(content -> content.order.placedAt)
                .min(Instant::compareTo)
                .orElse(null);
    }

    Place destination() {
        return home.asDestination();
    }

    /** Where it leaves, as far as the shop tells. */
    Place originAsTold() {
        return originTold ? origin.asDestination() : Place.NOWHERE;
    }
}
