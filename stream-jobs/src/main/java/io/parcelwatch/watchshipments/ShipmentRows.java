package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Status;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The rows of a number in each table of the watch: their columns, and how they follow from a document. A method named after rows adds those of one
 * document; their revision is what guards them against older writes.
 */
final class ShipmentRows {

    static final Upsert EVENTS = new Upsert(
            "tracking_event",
            List.of("carrier text", "tracking_number text", "event_id text", "event_time timestamptz"),
            List.of(
                    "event_offset integer",
                    "offset_source text",
                    "journey integer",
                    "leg smallint",
                    "status text",
                    "reason text",
                    "verdict text",
                    "applied boolean",
                    "movement boolean",
                    "scan boolean",
                    "code text",
                    "description text",
                    "city text",
                    "region text",
                    "postal_code text",
                    "country text",
                    "source text",
                    "received_at timestamptz",
                    "revision bigint"),
            "");

    static final Upsert SHIPMENTS = new Upsert(
            "shipment",
            List.of("carrier text", "tracking_number text", "journey integer"),
            List.of(
                    "leg smallint",
                    "status text",
                    "status_at timestamptz",
                    "reason text",
                    "stalled boolean",
                    "delayed boolean",
                    "expired boolean",
                    "service text",
                    "origin text",
                    "destination text",
                    "destination_country text",
                    "destination_region text",
                    "destination_postal_code text",
                    "placed_at timestamptz",
                    "registered_at timestamptz",
                    "promised_at timestamptz",
                    "promise_precision text",
                    "estimated_at timestamptz",
                    "first_scan_at timestamptz",
                    "shipped_at timestamptz",
                    "first_attempt_at timestamptz",
                    "delivered_at timestamptz",
                    "last_event_at timestamptz",
                    "last_movement_at timestamptz",
                    "last_city text",
                    "last_region text",
                    "last_country text",
                    "events integer",
                    "refused_events integer",
                    "cancelled_at timestamptz",
                    "revision bigint"),
            "");

    static final Upsert ORDERS = new Upsert(
            "shipment_order",
            List.of(
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "channel text",
                    "account text",
                    "external_id text"),
            List.of("placed_at timestamptz", "revision bigint"),
            "");

    static final Upsert ALERTS = new Upsert(
            "shipment_alert",
            List.of("alert_id text"),
            List.of(
                    "kind text",
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "leg smallint",
                    "status text",
                    "last_movement_at timestamptz",
                    "threshold_hours double precision",
                    "rule text",
                    "opened_at timestamptz",
                    "escalated_at timestamptz",
                    "closed_at timestamptz",
                    "revision bigint"),
            "withdrawn_at = null");

    static final Upsert DELIVERIES = new Upsert(
            "delivery",
            List.of("carrier text", "tracking_number text", "journey integer"),
            List.of(
                    "service text",
                    "origin text",
                    "destination text",
                    "day date",
                    "placed_at timestamptz",
                    "first_scan_at timestamptz",
                    "first_attempt_at timestamptz",
                    "delivered_at timestamptz",
                    "promised_at timestamptz",
                    "on_time boolean",
                    "at_first_attempt boolean",
                    "transit_hours double precision",
                    "total_hours double precision",
                    "exceptions integer",
                    "stalls integer",
                    "dwell_seconds jsonb",
                    "revision bigint"),
            "");

    static final Upsert INTENTS = new Upsert(
            "notification_intent",
            List.of("intent_id text"),
            List.of(
                    "milestone text",
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "leg smallint",
                    "occurred_at timestamptz",
                    "revision bigint"),
            "withdrawn_at = null");

    static final Upsert UNCLAIMED = new Upsert(
            "unclaimed_number",
            List.of("carrier text", "tracking_number text"),
            List.of(
                    "events integer",
                    "waiting_since timestamptz",
                    "reported_at timestamptz",
                    "last_status text",
                    "last_event_at timestamptz",
                    "revision bigint"),
            "");

    /** Events whose time is known better now. */
    static final RowType RETIMED = new RowType(
            "retimed_event",
            List.of(
                    "carrier text",
                    "tracking_number text",
                    "event_id text",
                    "event_time timestamptz",
                    "revision bigint"));

    private ShipmentRows() {}

    /** Makes known to a session what rows look like. */
    static void prepare(Connection connection) throws SQLException {
        for (Upsert table : List.of(EVENTS, SHIPMENTS, ORDERS, ALERTS, DELIVERIES, INTENTS, UNCLAIMED)) {
            table.prepare(connection);
        }
        RETIMED.create(connection);
    }

    static void events(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Event event : document.events()) {
            event(rows, document, event, revision);
        }
    }

    static void event(RowType.Rows rows, ShipmentDocument document, ShipmentDocument.Event event, long revision) {
        rows.row()
                .text(document.carrier())
                .text(document.trackingNumber())
                .text(event.eventId())
                .timestamptz(event.eventTime())
                .integer(event.offset())
                .text(event.offsetSource())
                .integer(event.journey())
                .smallint(event.leg())
                .text(event.status())
                .text(event.reason())
                .text(event.verdict())
                .bool(event.applied())
                .bool(event.movement())
                .bool(event.scan())
                .text(event.code())
                .text(event.description())
                .text(event.location().city())
                .text(event.location().region())
                .text(event.location().postalCode())
                .text(event.location().country())
                .text(event.source())
                .timestamptz(event.receivedAt())
                .bigint(revision);
    }

    static void shipments(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Shipment shipment : told(document.shipments())) {
            rows.row()
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(shipment.journey())
                    .smallint(shipment.leg())
                    .text(shipment.status())
                    .timestamptz(shipment.statusAt())
                    .text(shipment.reason())
                    .bool(shipment.stalled())
                    .bool(shipment.delayed())
                    .bool(shipment.expired())
                    .text(shipment.lane().service())
                    .text(shipment.lane().origin())
                    .text(shipment.lane().destination())
                    .text(shipment.destination().country())
                    .text(shipment.destination().region())
                    .text(shipment.destination().postalCode())
                    .timestamptz(shipment.placedAt())
                    .timestamptz(shipment.registeredAt())
                    .timestamptz(shipment.promisedAt())
                    .text(shipment.promisePrecision())
                    .timestamptz(shipment.estimatedAt())
                    .timestamptz(shipment.firstScanAt())
                    .timestamptz(shipment.shippedAt())
                    .timestamptz(shipment.firstAttemptAt())
                    .timestamptz(shipment.deliveredAt())
                    .timestamptz(shipment.lastEventAt())
                    .timestamptz(shipment.lastMovementAt())
                    .text(shipment.lastPlace().city())
                    .text(shipment.lastPlace().region())
                    .text(shipment.lastPlace().country())
                    .integer(shipment.events())
                    .integer(shipment.refusedEvents())
                    .timestamptz(shipment.cancelledAt())
                    .bigint(revision);
        }
    }

    static void orders(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Order order : told(document.orders())) {
            rows.row()
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(order.journey())
                    .text(order.order().channel())
                    .text(order.order().account())
                    .text(order.order().id())
                    .timestamptz(order.placedAt())
                    .bigint(revision);
        }
    }

    static void alerts(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Alert alert : told(document.alerts())) {
            rows.row()
                    .text(alert.alertId())
                    .text(alert.kind())
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(alert.journey())
                    .smallint(alert.leg())
                    .text(alert.status())
                    .timestamptz(alert.lastMovementAt())
                    .doublePrecision(alert.thresholdHours())
                    .text(alert.rule())
                    .timestamptz(alert.openedAt())
                    .timestamptz(alert.escalatedAt())
                    .timestamptz(alert.closedAt())
                    .bigint(revision);
        }
    }

    static void deliveries(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Delivery delivery : told(document.deliveries())) {
            rows.row()
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(delivery.journey())
                    .text(delivery.lane().service())
                    .text(delivery.lane().origin())
                    .text(delivery.lane().destination())
                    .date(delivery.day())
                    .timestamptz(delivery.placedAt())
                    .timestamptz(delivery.firstScanAt())
                    .timestamptz(delivery.firstAttemptAt())
                    .timestamptz(delivery.deliveredAt())
                    .timestamptz(delivery.promisedAt())
                    .bool(delivery.onTime())
                    .bool(delivery.firstAttemptAt().equals(delivery.deliveredAt()))
                    .doublePrecision(hours(delivery.firstScanAt(), delivery.deliveredAt()))
                    .doublePrecision(hours(delivery.placedAt(), delivery.deliveredAt()))
                    .integer(delivery.exceptions())
                    .integer(delivery.stalls())
                    .jsonb(json(delivery.dwellSeconds()))
                    .bigint(revision);
        }
    }

    static void intents(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Intent intent : told(document.intents())) {
            rows.row()
                    .text(intent.intentId())
                    .text(intent.milestone())
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(intent.journey())
                    .smallint(intent.leg())
                    .timestamptz(intent.occurredAt())
                    .bigint(revision);
        }
    }

    static void unclaimed(RowType.Rows rows, ShipmentDocument document, long revision) {
        for (ShipmentDocument.Unclaimed unclaimed : told(document.unclaimed())) {
            rows.row()
                    .text(document.carrier())
                    .text(document.trackingNumber())
                    .integer(unclaimed.events())
                    .timestamptz(unclaimed.waitingSince())
                    .timestamptz(unclaimed.reportedAt())
                    .text(unclaimed.lastStatus())
                    .timestamptz(unclaimed.lastEventAt())
                    .bigint(revision);
        }
    }

    static void retimed(RowType.Rows rows, ShipmentDocument document, ShipmentDocument.Event event, long revision) {
        rows.row()
                .text(document.carrier())
                .text(document.trackingNumber())
                .text(event.eventId())
                .timestamptz(event.eventTime())
                .bigint(revision);
    }

    private static <R> List<R> told(List<R> rows) {
        return rows == null ? List.of() : rows;
    }

    private static String json(Map<Status, Long> dwellSeconds) {
        return dwellSeconds.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Double hours(Instant from, Instant to) {
        return from == null ? null : Duration.between(from, to).toMillis() / 3_600_000.0;
    }
}
