package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.Topic;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One record for the topics {@code shipment-changes} and {@code shipment-alerts}. Delivered at least once, in order: the last
 * record of a key is the truth.
 *
 * @param topic which topic
 * @param key   the record's key
 * @param json  the record's value, as {@code schema/} describes it
 */
public record ShipmentNews(Topic topic, String key, String json) {

    /**
     * What a consumer of the topics has to hear.
     *
     * @param before the rows before; null where it is not known what was told: everything is told again
     * @param after  the rows now
     */
    static List<ShipmentNews> between(ShipmentDocument before, ShipmentDocument after) {
        List<ShipmentNews> news = new ArrayList<>();
        for (ShipmentDocument.Shipment shipment : after.shipments()) {
            if (before == null || before.shipments().stream().noneMatch(known -> tellsTheSame(known, shipment))) {
                news.add(change(after, shipment));
            }
        }
        if (before != null) {
            for (ShipmentDocument.Shipment shipment : before.shipments()) {
                if (after.shipments().stream().noneMatch(kept -> kept.journey() == shipment.journey())) {
                    // Its orders were withdrawn: it is told as it was, with none.
                    news.add(change(after, shipment));
                }
            }
        }
        for (ShipmentDocument.Alert alert : after.alerts()) {
            if (before == null || !before.alerts().contains(alert)) {
                news.add(alert(after, alert, null));
            }
        }
        if (before != null) {
            for (ShipmentDocument.Alert alert : before.alerts()) {
                if (after.alerts().stream().noneMatch(kept -> kept.alertId().equals(alert.alertId()))) {
                    news.add(alert(after, alert, after.clock()));
                }
            }
        }
        return news;
    }

    /** What a consumer has to hear of a carrier's feed. */
    static ShipmentNews of(FeedAlert alert) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("alert_id", alert.alertId());
        json.put("kind", AlertKind.FEED_SILENT.name());
        json.put("carrier", alert.carrier());
        put(json, "opened_at", alert.openedAt());
        put(json, "closed_at", alert.closedAt());
        put(json, "last_movement_at", alert.lastAt());
        json.put("threshold_hours", alert.thresholdHours());
        json.put("revision", alert.revision());
        return new ShipmentNews(Topic.SHIPMENT_ALERTS, alert.alertId(), json.toString());
    }

    /** A change is a change of status, leg, flags or dates, not each scan. */
    private static boolean tellsTheSame(ShipmentDocument.Shipment a, ShipmentDocument.Shipment b) {
        return a.journey() == b.journey()
                && a.leg() == b.leg()
                && a.status() == b.status()
                && Objects.equals(a.statusAt(), b.statusAt())
                && a.reason() == b.reason()
                && a.stalled() == b.stalled()
                && a.delayed() == b.delayed()
                && a.expired() == b.expired()
                && Objects.equals(a.promisedAt(), b.promisedAt())
                && Objects.equals(a.estimatedAt(), b.estimatedAt())
                && Objects.equals(a.deliveredAt(), b.deliveredAt());
    }

    private static ShipmentNews change(ShipmentDocument document, ShipmentDocument.Shipment shipment) {
        ObjectNode json = about(document, shipment.journey(), shipment.leg());
        json.put("status", shipment.status().name());
        put(json, "status_at", shipment.statusAt());
        put(json, "reason", shipment.reason());
        json.put("stalled", shipment.stalled());
        json.put("delayed", shipment.delayed());
        json.put("expired", shipment.expired());
        put(json, "promised_at", shipment.promisedAt());
        put(json, "estimated_at", shipment.estimatedAt());
        put(json, "delivered_at", shipment.deliveredAt());
        var orders = json.putArray("orders");
        for (ShipmentDocument.Order order : document.orders()) {
            if (order.journey() == shipment.journey()) {
                ObjectNode ref = orders.addObject();
                ref.put("channel", order.order().channel());
                ref.put("account", order.order().account());
                ref.put("id", order.order().id());
            }
        }
        put(json, "changed_at", document.clock());
        return new ShipmentNews(
                Topic.SHIPMENT_CHANGES, NumberKey.text(document.carrier(), document.trackingNumber()), json.toString());
    }

    private static ShipmentNews alert(ShipmentDocument document, ShipmentDocument.Alert alert, Instant withdrawnAt) {
        ObjectNode json = about(document, alert.journey(), alert.leg());
        json.put("alert_id", alert.alertId());
        json.put("kind", alert.kind().name());
        put(json, "opened_at", alert.openedAt());
        put(json, "escalated_at", alert.escalatedAt());
        put(json, "closed_at", alert.closedAt());
        put(json, "withdrawn_at", withdrawnAt);
        put(json, "last_movement_at", alert.lastMovementAt());
        if (alert.thresholdHours() != null) {
            json.put("threshold_hours", alert.thresholdHours());
        }
        put(json, "rule", alert.rule());
        return new ShipmentNews(Topic.SHIPMENT_ALERTS, alert.alertId(), json.toString());
    }

    private static ObjectNode about(ShipmentDocument document, int journey, int leg) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        json.put("carrier", document.carrier());
        json.put("tracking_number", document.trackingNumber());
        json.put("journey", journey);
        json.put("leg", leg);
        json.put("revision", document.revision());
        return json;
    }

    private static void put(ObjectNode json, String field, Object value) {
        if (value != null) {
            json.put(field, value.toString());
        }
    }
}
