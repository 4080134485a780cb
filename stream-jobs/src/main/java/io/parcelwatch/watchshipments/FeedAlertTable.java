package io.parcelwatch.watchshipments;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.EventIdentity;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes alerts about feeds into table {@code shipment_alert}, beside those about shipments. */
final class FeedAlertTable implements PostgresSink.Tables<FeedAlert> {

    private static final long serialVersionUID = 1L;

    private static final Upsert ALERTS = new Upsert(
            "shipment_alert",
            List.of("alert_id text"),
            List.of(
                    "kind text",
                    "carrier text",
                    "last_movement_at timestamptz",
                    "threshold_hours double precision",
                    "opened_at timestamptz",
                    "closed_at timestamptz",
                    "revision bigint"),
            "");

    /** Null in a live run, as of {@link ShipmentTables}. */
    private final Instant asOf;

    private transient long epoch;

    FeedAlertTable(Instant asOf) {
        this.asOf = asOf;
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        epoch = asOf == null ? ShipmentTables.nextEpoch(connection) : 0;
    }

    @Override
    public Map<String, Integer> write(Connection connection, List<FeedAlert> batch) throws SQLException {
        // Of an alert that opened and closed within the batch the later word stands.
        Map<String, Object[]> rows = new LinkedHashMap<>();
        for (FeedAlert alert : batch) {
            rows.put(alert.alertId(), new Object[] {
                alert.alertId(),
                AlertKind.FEED_SILENT,
                alert.carrier(),
                alert.lastAt(),
                alert.thresholdHours(),
                alert.openedAt(),
                alert.closedAt(),
                (epoch << 40) + alert.revision()
            });
        }
        return Map.of("shipment_alert", ALERTS.write(connection, new ArrayList<>(rows.values())));
    }

    @Override
    public DeadLetter refused(FeedAlert alert, SQLException why) {
        String coordinates = "feed/" + alert.carrier();
        return new DeadLetter(
                EventIdentity.digest(
                        16,
                        coordinates,
                        DeadLetter.REFUSED_BY_DATABASE,
                        alert.alertId(),
                        String.valueOf(alert.revision())),
                DeadLetter.REFUSED_BY_DATABASE,
                why.getSQLState() + " " + why.getMessage(),
                alert.carrier(),
                null,
                null,
                coordinates,
                null,
                ShipmentNews.of(alert).json().getBytes(StandardCharsets.UTF_8));
    }
}
