package io.parcelwatch.localstack.simulator;

import io.parcelwatch.localstack.simulator.Truth.Alert;
import io.parcelwatch.localstack.simulator.Truth.Delivery;
import io.parcelwatch.localstack.simulator.Truth.Line;
import io.parcelwatch.localstack.simulator.Truth.RejectedOrder;
import io.parcelwatch.localstack.simulator.Truth.Shipment;
import io.parcelwatch.localstack.simulator.Truth.Unregistered;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.Status;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.IntFunction;

/** Puts together what the tables must hold, from what was made. */
final class TruthTeller {

    private static final Comparator<SimParcel> BY_NUMBER = Comparator.comparing(
                    (SimParcel parcel) -> parcel.carrier.slug())
            .thenComparing(parcel -> parcel.number)
            .thenComparing(parcel -> parcel.journey);

    private TruthTeller() {}

    /**
     * The truth at the end.
     *
     * @param rejected   what an export (store, which) brings broken
     * @param deadLetter the payload id of a spoilt payload
     */
    static Truth tell(
            World world, BiFunction<Store, Integer, List<RejectedOrder>> rejected, IntFunction<String> deadLetter) {
        List<SimParcel> parcels = new ArrayList<>(world.parcels);
        parcels.sort(BY_NUMBER);
        List<Shipment> shipments = new ArrayList<>();
        List<Delivery> deliveries = new ArrayList<>();
        List<Alert> alerts = new ArrayList<>();
        List<Unregistered> unregistered = new ArrayList<>();
        long events = 0;
        for (SimParcel parcel : parcels) {
            int known = parcel.outcome.known.size();
            if (parcel.registeredAt == null) {
                if (known > 0) {
                    unregistered.add(new Unregistered(parcel.carrier.slug(), parcel.number, known));
                }
                continue;
            }
            events += known;
            shipments.add(shipment(parcel));
            if (parcel.outcome.delivery != null) {
                deliveries.add(delivery(parcel));
            }
            alerts(parcel, alerts);
        }
        alerts.sort(Comparator.comparing(Alert::openedAt)
                .thenComparing(Alert::carrier)
                .thenComparing(Alert::number)
                .thenComparing(Alert::kind));
        return new Truth(
                world.end,
                world.orders.stream()
                        .filter(order -> order.exportedAt != null)
                        .map(order -> order(order, lastExport(world, order)))
                        .sorted(Comparator.comparing(Truth.Order::order))
                        .toList(),
                rejected(world, rejected),
                List.copyOf(shipments),
                List.copyOf(deliveries),
                List.copyOf(alerts),
                deadLetters(world, deadLetter),
                List.copyOf(unregistered),
                events);
    }

    private static Instant lastExport(World world, SimOrder order) {
        List<Instant> exports = world.exports.get(order.store);
        return exports.get(exports.size() - 1);
    }

    private static List<RejectedOrder> rejected(World world, BiFunction<Store, Integer, List<RejectedOrder>> rejected) {
        List<RejectedOrder> all = new ArrayList<>();
        for (Store store : Store.values()) {
            List<List<SimOrder>> exports = world.exported.get(store);
            for (int i = 0; i < exports.size(); i++) {
                Instant at = world.exports.get(store).get(i);
                if (exports.get(i).stream().anyMatch(order -> order.brokenAt(at))) {
                    all.addAll(rejected.apply(store, i));
                }
            }
        }
        return List.copyOf(all);
    }

    private static SortedSet<String> deadLetters(World world, IntFunction<String> deadLetter) {
        SortedSet<String> ids = new TreeSet<>();
        for (int i = 0; i < world.spoilt.size(); i++) {
            ids.add(deadLetter.apply(i));
        }
        return ids;
    }

    private static Shipment shipment(SimParcel parcel) {
        Outcome outcome = parcel.outcome;
        return new Shipment(
                parcel.carrier.slug(),
                parcel.number,
                parcel.journey,
                parcel.contents.stream().map(content -> content.order().ref()).toList(),
                parcel.service,
                parcel.originAsTold(),
                parcel.destination(),
                parcel.placedAt(),
                parcel.registeredAt,
                parcel.promisedAt(),
                outcome.status,
                outcome.leg,
                outcome.statusAt,
                outcome.known.size());
    }

    private static Delivery delivery(SimParcel parcel) {
        Outcome outcome = parcel.outcome;
        Instant promisedAt = parcel.promisedAt();
        Scan scan = outcome.delivery;
        ZoneId clock = LocalZones.of(parcel.destination()).orElse(ZoneOffset.ofTotalSeconds(scan.offsetSeconds()));
        return new Delivery(
                parcel.carrier.slug(),
                parcel.number,
                parcel.journey,
                parcel.service,
                parcel.originAsTold(),
                parcel.destination(),
                parcel.placedAt(),
                outcome.firstScanAt,
                outcome.firstAttemptAt,
                scan.at(),
                promisedAt,
                promisedAt == null ? null : !outcome.firstAttemptAt.isAfter(promisedAt),
                LocalDate.ofInstant(scan.at(), clock),
                outcome.exceptionOnLegOne,
                (int) outcome.stalls.stream().filter(stall -> stall.leg() == 1).count());
    }

    private static void alerts(SimParcel parcel, List<Alert> alerts) {
        Outcome outcome = parcel.outcome;
        String carrier = parcel.carrier.slug();
        for (Outcome.Stall stall : outcome.stalls) {
            alerts.add(new Alert(
                    AlertKind.STALLED,
                    carrier,
                    parcel.number,
                    parcel.journey,
                    stall.leg(),
                    stall.openedAt(),
                    stall.closedAt()));
        }
        if (outcome.delayedAt != null) {
            alerts.add(new Alert(
                    AlertKind.DELAYED,
                    carrier,
                    parcel.number,
                    parcel.journey,
                    1,
                    outcome.delayedAt,
                    outcome.delayEndedAt));
        }
    }

    private static Truth.Order order(SimOrder order, Instant lastExport) {
        Instant cancelledAt =
                order.cancelledAt != null && !order.cancelledAt.isAfter(lastExport) ? order.cancelledAt : null;
        return new Truth.Order(
                order.ref(),
                order.name,
                order.placedAt,
                cancelledAt,
                order.currency,
                BigDecimal.valueOf(order.totalCents(), 2),
                order.lines.stream()
                        .map(line -> new Line(line.product().sku(), line.quantity()))
                        .toList(),
                status(order, cancelledAt != null));
    }

    /** By the design's list, the first that fits. Awaited is what no parcel holds. */
    private static OrderStatus status(SimOrder order, boolean cancelled) {
        List<Status> parcels =
                order.parcels.stream().map(parcel -> parcel.outcome.status).toList();
        boolean awaited = order.parcels.stream()
                        .mapToInt(parcel -> {
                            int held = 0;
                            for (int line = 0; line < order.lines.size(); line++) {
                                held += parcel.quantity(order, line);
                            }
                            return held;
                        })
                        .sum()
                < order.ordered();
        if (cancelled) {
            // Whatever is cancelled here was cancelled before a parcel was made.
            return OrderStatus.CANCELLED;
        }
        if (parcels.isEmpty()) {
            return OrderStatus.ORDER_RECEIVED;
        }
        if (parcels.stream().allMatch(status -> status == Status.RETURNED)) {
            return OrderStatus.RETURNED;
        }
        boolean allArrived =
                parcels.stream().allMatch(status -> status == Status.DELIVERED || status == Status.RETURNED);
        if (allArrived && !awaited) {
            return OrderStatus.DELIVERED;
        }
        if (parcels.contains(Status.DELIVERED)) {
            return OrderStatus.PARTIALLY_DELIVERED;
        }
        boolean allMoving = parcels.stream().noneMatch(status -> status == Status.PRE_TRANSIT);
        if (allMoving && !awaited) {
            return OrderStatus.SHIPPED;
        }
        boolean anyMoving = parcels.stream().anyMatch(status -> status != Status.PRE_TRANSIT);
        return anyMoving ? OrderStatus.PARTIALLY_SHIPPED : OrderStatus.IN_PREPARATION;
    }
}
