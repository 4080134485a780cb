package io.parcelwatch.benchmarks;

import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.ShipmentDocument;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.connector.jdbc.JdbcConnectionOptions;
import org.apache.flink.connector.jdbc.JdbcExecutionOptions;
import org.apache.flink.connector.jdbc.core.datastream.sink.JdbcSink;

/**
 * Flink's own JDBC sink, one for each table, all fed from one document: guarded upserts in batches of 1,000, as its manual shows them. It
 * withdraws nothing, recomputes no performance and waits for nobody; what it leaves out makes it faster.
 *
 * <p>With {@code reWriteBatchedInserts} where it can be: for events, each of which stands in a batch once. The other tables get the rows of a
 * parcel more than once in a batch, and such a statement may not touch a row twice.
 */
final class StockSink implements Sink<ShipmentDocument> {

    private static final long serialVersionUID = 1L;

    private static final int ROWS_A_BATCH = 1_000;
    private static final long LONGEST_WAIT_MILLIS = 200;

    private final Map<String, JdbcSink<Object[]>> tables = new LinkedHashMap<>();

    StockSink(Database database) {
        table(
                database,
                "tracking_event",
                "carrier tracking_number event_id event_time",
                "event_offset offset_source journey leg status reason verdict applied movement scan code description city region"
                        + " postal_code country source received_at");
        table(
                database,
                "shipment",
                "carrier tracking_number journey",
                "leg status status_at reason stalled delayed expired service origin destination destination_country destination_region"
                        + " destination_postal_code placed_at registered_at promised_at promise_precision estimated_at first_scan_at"
                        + " shipped_at first_attempt_at delivered_at last_event_at last_movement_at last_city last_region last_country"
                        + " events refused_events cancelled_at");
        table(database, "shipment_order", "carrier tracking_number journey channel account external_id", "placed_at");
        table(
                database,
                "shipment_alert",
                "alert_id",
                "kind carrier tracking_number journey leg status last_movement_at threshold_hours opened_at closed_at");
        table(
                database,
                "delivery",
                "carrier tracking_number journey",
                "service origin destination day placed_at first_scan_at first_attempt_at delivered_at promised_at on_time"
                        + " at_first_attempt exceptions stalls");
        table(
                database,
                "notification_intent",
                "intent_id",
                "milestone carrier tracking_number journey leg occurred_at");
    }

    private void table(Database database, String name, String keys, String others) {
        List<String> columns = Stream.of(keys + " " + others + " revision")
                .flatMap(all -> Arrays.stream(all.split(" ")))
                .toList();
        String sql = "insert into " + name + " as t (" + String.join(", ", columns) + ") values ("
                + columns.stream()
                        .map(column -> column.equals("day") ? "?::date" : "?")
                        .collect(Collectors.joining(", "))
                + ") on conflict (" + keys.replace(" ", ", ") + ") do update set "
                + Arrays.stream((others + " revision").split(" "))
                        .map(column -> column + " = excluded." + column)
                        .collect(Collectors.joining(", "))
                + " where excluded.revision >= t.revision";
        var connection = new JdbcConnectionOptions.JdbcConnectionOptionsBuilder()
                .withUrl(database.url())
                .withDriverName("org.postgresql.Driver");
        database.properties().forEach((key, value) -> connection.withProperty((String) key, (String) value));
        connection.withProperty("reWriteBatchedInserts", String.valueOf(name.equals("tracking_event")));
        tables.put(
                name,
                JdbcSink.<Object[]>builder()
                        .withQueryStatement(sql, StockSink::set)
                        .withExecutionOptions(JdbcExecutionOptions.builder()
                                .withBatchSize(ROWS_A_BATCH)
                                .withBatchIntervalMs(LONGEST_WAIT_MILLIS)
                                .withMaxRetries(3)
                                .build())
                        .buildAtLeastOnce(connection.build()));
    }

    private static void set(PreparedStatement statement, Object[] row) throws SQLException {
        for (int i = 0; i < row.length; i++) {
            Object value = row[i];
            if (value instanceof Instant instant) {
                statement.setObject(i + 1, instant.atOffset(ZoneOffset.UTC));
            } else if (value instanceof Enum<?> word) {
                statement.setString(i + 1, word.name());
            } else {
                statement.setObject(i + 1, value);
            }
        }
    }

    @Override
    public SinkWriter<ShipmentDocument> createWriter(WriterInitContext context) throws IOException {
        Map<String, SinkWriter<Object[]>> writers = new LinkedHashMap<>();
        for (Map.Entry<String, JdbcSink<Object[]>> table : tables.entrySet()) {
            writers.put(table.getKey(), table.getValue().createWriter(withoutCopies(context)));
        }
        return new Writer(writers);
    }

    /** Rows are never touched again: the stock sink need not copy them, which it would do with the serializer of documents. */
    private static WriterInitContext withoutCopies(WriterInitContext context) {
        return (WriterInitContext) Proxy.newProxyInstance(
                StockSink.class.getClassLoader(),
                new Class<?>[] {WriterInitContext.class},
                (proxy, method, arguments) -> {
                    if (method.getName().equals("isObjectReuseEnabled")) {
                        return false;
                    }
                    try {
                        return method.invoke(context, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private record Writer(Map<String, SinkWriter<Object[]>> tables) implements SinkWriter<ShipmentDocument> {

        @Override
        public void write(ShipmentDocument d, Context context) throws IOException, InterruptedException {
            write("tracking_event", d.events(), context, event -> new Object[] {
                d.carrier(),
                d.trackingNumber(),
                event.eventId(),
                event.eventTime(),
                event.offset(),
                event.offsetSource(),
                event.journey(),
                event.leg(),
                event.status(),
                event.reason(),
                event.verdict(),
                event.applied(),
                event.movement(),
                event.scan(),
                event.code(),
                event.description(),
                event.location().city(),
                event.location().region(),
                event.location().postalCode(),
                event.location().country(),
                event.source(),
                event.receivedAt(),
                d.revision()
            });
            write("shipment", d.shipments(), context, shipment -> new Object[] {
                d.carrier(),
                d.trackingNumber(),
                shipment.journey(),
                shipment.leg(),
                shipment.status(),
                shipment.statusAt(),
                shipment.reason(),
                shipment.stalled(),
                shipment.delayed(),
                shipment.expired(),
                shipment.lane().service(),
                shipment.lane().origin(),
                shipment.lane().destination(),
                shipment.destination().country(),
                shipment.destination().region(),
                shipment.destination().postalCode(),
                shipment.placedAt(),
                shipment.registeredAt(),
                shipment.promisedAt(),
                shipment.promisePrecision(),
                shipment.estimatedAt(),
                shipment.firstScanAt(),
                shipment.shippedAt(),
                shipment.firstAttemptAt(),
                shipment.deliveredAt(),
                shipment.lastEventAt(),
                shipment.lastMovementAt(),
                shipment.lastPlace().city(),
                shipment.lastPlace().region(),
                shipment.lastPlace().country(),
                shipment.events(),
                shipment.refusedEvents(),
                shipment.cancelledAt(),
                d.revision()
            });
            write("shipment_order", d.orders(), context, order -> new Object[] {
                d.carrier(),
                d.trackingNumber(),
                order.journey(),
                order.order().channel(),
                order.order().account(),
                order.order().id(),
                order.placedAt(),
                d.revision()
            });
            write("shipment_alert", d.alerts(), context, alert -> new Object[] {
                alert.alertId(),
                alert.kind(),
                d.carrier(),
                d.trackingNumber(),
                alert.journey(),
                alert.leg(),
                alert.status(),
                alert.lastMovementAt(),
                alert.thresholdHours(),
                alert.openedAt(),
                alert.closedAt(),
                d.revision()
            });
            write("delivery", d.deliveries(), context, delivery -> new Object[] {
                d.carrier(),
                d.trackingNumber(),
                delivery.journey(),
                delivery.lane().service(),
                delivery.lane().origin(),
                delivery.lane().destination(),
                delivery.day(),
                delivery.placedAt(),
                delivery.firstScanAt(),
                delivery.firstAttemptAt(),
                delivery.deliveredAt(),
                delivery.promisedAt(),
                delivery.onTime(),
                delivery.firstAttemptAt().equals(delivery.deliveredAt()),
                delivery.exceptions(),
                delivery.stalls(),
                d.revision()
            });
            write("notification_intent", d.intents(), context, intent -> new Object[] {
                intent.intentId(),
                intent.milestone(),
                d.carrier(),
                d.trackingNumber(),
                intent.journey(),
                intent.leg(),
                intent.occurredAt(),
                d.revision()
            });
        }

        private <R> void write(String table, List<R> rows, Context context, Function<R, Object[]> columns)
                throws IOException, InterruptedException {
            if (rows != null) {
                for (R row : rows) {
                    tables.get(table).write(columns.apply(row), context);
                }
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            for (SinkWriter<Object[]> table : tables.values()) {
                table.flush(endOfInput);
            }
        }

        @Override
        public void close() throws Exception {
            for (SinkWriter<Object[]> table : tables.values()) {
                table.close();
            }
        }
    }
}
