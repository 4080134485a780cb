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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToIntFunction;

/**
 * The rows of one tracking number, as they follow from its registrations, its events, the rules and now.
 *
 * <p>A document is whole, or tells what changed. The lists of a whole one are all rows there are: rows of the number that the tables hold and
 * it does not name are to be withdrawn (alerts, intents) or removed. Otherwise a list has the rows that are new or changed, and null stands for none; no
 * row went. {@code events} is never all there is: events never vanish.
 *
 * @param carrier        the carrier's slug
 * @param trackingNumber the number
 * @param revision       how much was known, see {@link WatchedNumber#revision()}
 * @param clock          now, as the job saw it
 * @param closedThrough  the last journey that was forgotten; rows of it and those before are not spoken of. 0: none
 * @param whole          whether rows that the lists do not name are to go
 * @param corrected      ids of events that were told before and read otherwise now: their rows stand, perhaps under a worse time. Of a
 *                       whole document any may
 * @param shipments      a row a journey
 * @param orders         the orders of the shipments
 * @param events         the events that are new or whose verdict changed
 * @param alerts         stalls and delays
 * @param deliveries     a row a delivered journey
 * @param intents        milestones customers are told of
 * @param unclaimed      the one row of a number that waited too long for its registration; null: unchanged
 */
public record ShipmentDocument(
        String carrier,
        String trackingNumber,
        long revision,
        Instant clock,
        int closedThrough,
        boolean whole,
        List<String> corrected,
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
            Instant cancelledAt) {

        private Object key() {
            return journey;
        }
    }

    /** A row of table {@code shipment_order}. */
    public record Order(int journey, OrderRef order, Instant placedAt) {

        private Object key() {
            return Map.entry(journey, order);
        }
    }

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
            Instant closedAt) {

        private Object key() {
            return alertId;
        }
    }

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

        private Object key() {
            return journey;
        }

        /** First attempt no later than the promise; null without a promise. */
        public Boolean onTime() {
            return promisedAt == null ? null : !firstAttemptAt.isAfter(promisedAt);
        }
    }

    /** A row of table {@code notification_intent}. */
    public record Intent(String intentId, Milestone milestone, int journey, int leg, Instant occurredAt) {

        private Object key() {
            return intentId;
        }
    }

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
                false,
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
     * What of this document is news to somebody who has the one before. Both are whole, and speak of the same number.
     *
     * @param before null where nothing was written yet, or where it is not known what was
     * @return null where nothing is
     */
    ShipmentDocument newsSince(ShipmentDocument before) {
        if (before == null) {
            return this;
        }
        // An event seldom changes those before it.
        int same = 0;
        int shorter = Math.min(events.size(), before.events.size());
        while (same < shorter && events.get(same).equals(before.events.get(same))) {
            same++;
        }
        Map<String, Event> known = new HashMap<>();
        for (Event event : before.events.subList(same, before.events.size())) {
            known.put(event.eventId(), event);
        }
        List<Event> changed = new ArrayList<>();
        List<String> otherwise = new ArrayList<>();
        for (Event event : events.subList(same, events.size())) {
            Event old = known.get(event.eventId());
            if (!event.equals(old)) {
                changed.add(event);
                if (old != null) {
                    otherwise.add(event.eventId());
                }
            }
        }
        boolean went = anyWent(before.shipments, shipments, Shipment::key)
                || anyWent(before.orders, orders, Order::key)
                || anyWent(before.alerts, alerts, Alert::key)
                || anyWent(before.deliveries, deliveries, Delivery::key)
                || anyWent(before.intents, intents, Intent::key);
        ShipmentDocument news = new ShipmentDocument(
                carrier,
                trackingNumber,
                revision,
                clock,
                closedThrough,
                went,
                otherwise,
                went ? shipments : changed(before.shipments, shipments),
                went ? orders : changed(before.orders, orders),
                changed,
                went ? alerts : changed(before.alerts, alerts),
                went ? deliveries : changed(before.deliveries, deliveries),
                went ? intents : changed(before.intents, intents),
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

    private static <R> boolean anyWent(List<R> before, List<R> now, Function<R, Object> key) {
        for (R row : before) {
            if (!now.contains(row)
                    && now.stream().noneMatch(other -> key.apply(other).equals(key.apply(row)))) {
                return true;
            }
        }
        return false;
    }

    private static <R> List<R> changed(List<R> before, List<R> now) {
        List<R> changed = null;
        for (R row : now) {
            if (!before.contains(row)) {
                changed = changed == null ? new ArrayList<>() : changed;
                changed.add(row);
            }
        }
        return changed;
    }

    /**
     * This document, and what an earlier one of the same number said: two that are written as one, or where the earlier could not be written. One of an
     * unclaimed number speaks of no journey, and may follow one of a use of the number that was forgotten: it takes nothing back.
     */
    ShipmentDocument including(ShipmentDocument earlier) {
        List<String> allCorrected = new ArrayList<>(earlier.corrected);
        allCorrected.addAll(corrected);
        return new ShipmentDocument(
                carrier,
                trackingNumber,
                Math.max(revision, earlier.revision),
                clock,
                whole || !earlier.whole ? closedThrough : earlier.closedThrough,
                whole || earlier.whole,
                allCorrected,
                including(earlier.shipments, shipments, Shipment::key, Shipment::journey),
                including(earlier.orders, orders, Order::key, Order::journey),
                overlaid(earlier.events, events, Event::eventId),
                including(earlier.alerts, alerts, Alert::key, Alert::journey),
                including(earlier.deliveries, deliveries, Delivery::key, Delivery::journey),
                including(earlier.intents, intents, Intent::key, Intent::journey),
                unclaimed == null ? earlier.unclaimed : unclaimed);
    }

    /** The newer rows, and the earlier ones that stand beside them: all, or those of journeys that the newer document does not speak of any more. */
    private <R> List<R> including(List<R> earlier, List<R> newer, Function<R, Object> key, ToIntFunction<R> journey) {
        if (earlier == null || newer == null) {
            return newer == null ? earlier : newer;
        }
        if (!whole) {
            return overlaid(earlier, newer, key);
        }
        List<R> closed = earlier.stream()
                .filter(row -> journey.applyAsInt(row) <= closedThrough)
                .toList();
        return overlaid(closed, newer, key);
    }

    private static <R> List<R> overlaid(List<R> earlier, List<R> newer, Function<R, Object> key) {
        Map<Object, R> rows = new LinkedHashMap<>();
        earlier.forEach(row -> rows.put(key.apply(row), row));
        newer.forEach(row -> rows.put(key.apply(row), row));
        return new ArrayList<>(rows.values());
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
