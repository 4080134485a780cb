package io.parcelwatch.watchshipments;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.EventIdentity;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.metrics.MetricGroup;

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

    private static final String OPEN =
            "select count(*) from shipment_alert where kind = 'FEED_SILENT' and closed_at is null and withdrawn_at is null";

    private static final Duration COUNT_EVERY = Duration.ofSeconds(10);

    /** Null in a live run, as of {@link ShipmentTables}. */
    private final Instant asOf;

    private transient long epoch;

    /** Feeds that are silent, as counted last. */
    private transient volatile long open;

    private transient long countedAt;

    FeedAlertTable(Instant asOf) {
        this.asOf = asOf;
    }

    /** The table is asked, as for open stalls. */
    @Override
    public void register(MetricGroup metrics, int subtask) {
        if (asOf == null) {
            metrics.gauge("openSilentFeeds", () -> open);
        }
    }

    @Override
    public void progressed(Connection connection, int subtask, int parallelism, Instant clock) throws SQLException {
        if (countedAt != 0 && System.nanoTime() - countedAt < COUNT_EVERY.toNanos()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(OPEN);
                ResultSet count = statement.executeQuery()) {
            count.next();
            open = count.getLong(1);
        }
        countedAt = System.nanoTime();
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        ALERTS.prepare(connection);
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        epoch = asOf == null ? ShipmentTables.nextEpoch(connection) : 0;
    }

    @Override
    public PostgresSink.Batch<FeedAlert> batch() {
        return PostgresSink.Batch.of(this::write);
    }

    private Map<String, Integer> write(Connection connection, List<FeedAlert> batch) throws SQLException {
        // Of an alert that opened and closed within the batch the later word stands.
        Map<String, FeedAlert> alerts = new LinkedHashMap<>();
        for (FeedAlert alert : batch) {
            alerts.put(alert.alertId(), alert);
        }
        RowType.Rows rows = ALERTS.noRows();
        for (FeedAlert alert : alerts.values()) {
            rows.row()
                    .text(alert.alertId())
                    .text(AlertKind.FEED_SILENT)
                    .text(alert.carrier())
                    .timestamptz(alert.lastAt())
                    .doublePrecision(alert.thresholdHours())
                    .timestamptz(alert.openedAt())
                    .timestamptz(alert.closedAt())
                    .bigint((epoch << 40) + alert.revision());
        }
        return Map.of("shipment_alert", ALERTS.write(connection, rows));
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
