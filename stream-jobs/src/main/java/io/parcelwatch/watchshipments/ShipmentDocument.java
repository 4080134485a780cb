package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.ToStringSerializer;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.Lane;
import io.parcelwatch.model.Milestone;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.PayloadHeaders;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.ToIntFunction;

/**
 * The rows of one tracking number, as they follow from its registrations, its events, the rules and now.
 *
 * <p>A list that is null did not change. A list that is there is the whole list: rows of the number that the tables hold and it does not name
 * are to be withdrawn (alerts, intents) or removed. {@code events} alone is partial: events never vanish.
 *
 * @param carrier        the carrier's slug
 * @param trackingNumber the number
 * @param revision       how much was known, see {@link WatchedNumber#revision()}
 * @param clock          now, as the job saw it
 * @param closedThrough  the last journey that was forgotten; rows of it and those before are not spoken of. 0: none
 * @param retimed        ids of events whose time is known better now: a row with the worse time may stand; null: any may
 * @param shipments      a row a journey; null: unchanged
 * @param orders         the orders of the shipments; null: unchanged
 * @param events         the events that are new or whose verdict changed
 * @param alerts         all stalls and delays there ever were; null: unchanged
 * @param deliveries     a row a delivered journey; null: unchanged
 * @param intents        all milestones customers are told of; null: unchanged
 * @param unclaimed      the one row of a number that waited too long for its registration; null: unchanged
 */
public record ShipmentDocument(
        String carrier,
        String trackingNumber,
        long revision,
        Instant clock,
        int closedThrough,
        List<String> retimed,
        List<Shipment> shipments,
        List<Order> orders,
        List<Event> events,
        List<Alert> alerts,
        List<Delivery> deliveries,
        List<Intent> intents,
        List<Unclaimed> unclaimed) {

    private static final ObjectMapper ROWS = Json.MAPPER
            .copy()
            .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .setSerializationInclusion(JsonInclude.Include.NON_NULL)
            .registerModule(new SimpleModule().addSerializer(Instant.class, ToStringSerializer.instance));

    /** A row of table {@code shipment}. */
    public record Shipment(
            int journey,
            int leg,
            Status status,
            Instant statusAt,
            Reason reason,
            boolean stalled,
            boolean delayed,
            boolean expired,
            Lane lane,
            Place destination,
            Instant placedAt,
            Instant registeredAt,
            Instant promisedAt,
            PromisePrecision promisePrecision,
            Instant estimatedAt,
            Instant firstScanAt,
            Instant shippedAt,
            Instant firstAttemptAt,
            Instant deliveredAt,
            Instant lastEventAt,
            Instant lastMovementAt,
            Place lastPlace,
            int events,
            int refusedEvents,
            Instant cancelledAt) {}

    /** A row of table {@code shipment_order}. */
    public record Order(int journey, OrderRef order, Instant placedAt) {}

    /** A row of table {@code tracking_event}. */
    public record Event(
            String eventId,
            Instant eventTime,
            int offset,
            OffsetSource offsetSource,
            int journey,
            int leg,
            Status status,
            Reason reason,
            String verdict,
            boolean applied,
            boolean movement,
            boolean scan,
            String code,
            String description,
            Place location,
            String source,
            Instant receivedAt) {}

    /** A row of table {@code shipment_alert}. */
    public record Alert(
            String alertId,
            AlertKind kind,
            int journey,
            int leg,
            Status status,
            Instant lastMovementAt,
            Double thresholdHours,
            String rule,
            Instant openedAt,
            Instant escalatedAt,
            Instant closedAt) {}

    /**
     * A row of table {@code delivery}; {@code day} in ISO 8601, because Flink has no serializer of its own for a LocalDate in a record.
     * {@code dwellSeconds} are those in each status on the way to the delivery.
     */
    public record Delivery(
            int journey,
            Lane lane,
            String day,
            Instant placedAt,
            Instant firstScanAt,
            Instant firstAttemptAt,
            Instant deliveredAt,
            Instant promisedAt,
            int exceptions,
            int stalls,
            Map<Status, Long> dwellSeconds) {

        /** First attempt no later than the promise; null without a promise. */
        public Boolean onTime() {
            return promisedAt == null ? null : !firstAttemptAt.isAfter(promisedAt);
        }
    }

    /** A row of table {@code notification_intent}. */
    public record Intent(String intentId, Milestone milestone, int journey, int leg, Instant occurredAt) {}

    /** A row of table {@code unclaimed_number}. */
    public record Unclaimed(
            int events, Instant waitingSince, Instant reportedAt, Status lastStatus, Instant lastEventAt) {}

    /** The document of a number that nobody registered: it has no other rows. */
    static ShipmentDocument unclaimed(NumberKey key, long revision, Instant clock, List<Unclaimed> unclaimed) {
        return new ShipmentDocument(
                key.carrier(),
                key.trackingNumber(),
                revision,
                clock,
                0,
                List.of(),
                null,
                null,
                List.of(),
                null,
                null,
                null,
                unclaimed);
    }

    /**
     * What of this document is news to somebody who has the one before. Both speak of the same number.
     *
     * @param before null where nothing was written yet, or where it is not known what was
     * @return null where nothing is
     */
    ShipmentDocument newsSince(ShipmentDocument before) {
        if (before == null) {
            return this;
        }
        Set<Event> known = new HashSet<>(before.events);
        List<Event> changed = new ArrayList<>();
        for (Event event : events) {
            if (!known.contains(event)) {
                changed.add(event);
            }
        }
        Map<String, Instant> times = new HashMap<>();
        before.events.forEach(event -> times.put(event.eventId(), event.eventTime()));
        List<String> moved = new ArrayList<>();
        for (Event event : changed) {
            if (!event.eventTime().equals(times.getOrDefault(event.eventId(), event.eventTime()))) {
                moved.add(event.eventId());
            }
        }
        ShipmentDocument news = new ShipmentDocument(
                carrier,
                trackingNumber,
                revision,
                clock,
                closedThrough,
                moved,
                shipments.equals(before.shipments) ? null : shipments,
                orders.equals(before.orders) ? null : orders,
                changed,
                alerts.equals(before.alerts) ? null : alerts,
                deliveries.equals(before.deliveries) ? null : deliveries,
                intents.equals(before.intents) ? null : intents,
                unclaimed.equals(before.unclaimed) ? null : unclaimed);
        boolean nothing = news.shipments == null
                && news.orders == null
                && news.events.isEmpty()
                && news.alerts == null
                && news.deliveries == null
                && news.intents == null
                && news.unclaimed == null;
        return nothing ? null : news;
    }

    /**
     * This document, and what an earlier one of the same number said that could not be written: what it leaves out as unchanged may be in no
     * table.
     */
    ShipmentDocument including(ShipmentDocument unwritten) {
        List<Event> allEvents = new ArrayList<>();
        Set<String> named = new HashSet<>();
        events.forEach(event -> named.add(event.eventId()));
        for (Event event : unwritten.events) {
            if (!named.contains(event.eventId())) {
                allEvents.add(event);
            }
        }
        allEvents.addAll(events);
        List<String> allRetimed = null;
        if (retimed != null && unwritten.retimed != null) {
            allRetimed = new ArrayList<>(unwritten.retimed);
            allRetimed.addAll(retimed);
        }
        return new ShipmentDocument(
                carrier,
                trackingNumber,
                revision,
                clock,
                closedThrough,
                allRetimed,
                including(unwritten.shipments, shipments, Shipment::journey),
                including(unwritten.orders, orders, Order::journey),
                allEvents,
                including(unwritten.alerts, alerts, Alert::journey),
                including(unwritten.deliveries, deliveries, Delivery::journey),
                including(unwritten.intents, intents, Intent::journey),
                unclaimed == null ? unwritten.unclaimed : unclaimed);
    }

    /** The newer list, with the rows of journeys that it does not speak of any more. */
    private <R> List<R> including(List<R> unwritten, List<R> newer, ToIntFunction<R> journey) {
        if (unwritten == null || newer == null) {
            return newer == null ? unwritten : newer;
        }
        List<R> all = new ArrayList<>();
        for (R row : unwritten) {
            if (journey.applyAsInt(row) <= closedThrough) {
                all.add(row);
            }
        }
        all.addAll(newer);
        return all;
    }

    /** The document for people to read, at most 1 MiB of it. */
    byte[] json() {
        try {
            byte[] json = ROWS.writeValueAsBytes(this);
            return json.length <= PayloadHeaders.MAX_PAYLOAD_BYTES
                    ? json
                    : Arrays.copyOf(json, PayloadHeaders.MAX_PAYLOAD_BYTES);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a document of rows is JSON", e);
        }
    }
}
