package io.parcelwatch.watchshipments;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.EventIdentity;
import java.time.Instant;

/**
 * That nothing came from a carrier for longer than is normal: a row of table {@code shipment_alert} of kind FEED_SILENT.
 *
 * @param carrier  the carrier's slug
 * @param lastAt   when its last event was received
 * @param openedAt until when a silence would have been normal
 * @param closedAt when the next event was received, or the feed was given up; null while open
 */
public record FeedAlert(String carrier, Instant lastAt, Instant openedAt, Instant closedAt) {

    /** The same for the same episode. */
    String alertId() {
        return EventIdentity.digest(12, carrier, AlertKind.FEED_SILENT.name(), lastAt.toString());
    }

    /** How long a silence would have been normal. */
    double thresholdHours() {
        return (openedAt.toEpochMilli() - lastAt.toEpochMilli()) / 3_600_000.0;
    }

    /** Grows with what is known of the episode. */
    long revision() {
        return closedAt == null ? 1 : 2;
    }
}
