package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.RegistrationJson;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.flywaydb.core.Flyway;

/**
 * A savepoint of an earlier version of the job as it lies in the test resources ({@code savepoints/}, with a README): the state, the rows it
 * had written, the schema those were written into, and the input before and after it, record by record.
 *
 * @param name          the file's name
 * @param schemaVersion the migration the tables were at
 * @param stateId       the id that ties tables and state together
 * @param rows          what stood in the tables: a table's name to its rows as JSON
 * @param input         every record of the input, those before the savepoint first
 * @param before        how many of them were read before it
 */
record StoredSavepoint(
        String name, String schemaVersion, String stateId, Map<String, String> rows, List<Told> input, int before) {

    /** A record of the input and the partition it is on: offsets in the state are worth something only with it. */
    record Told(Topic topic, int partition, String key, Map<String, String> headers, String value) {

        ProducerRecord<byte[], byte[]> on(KafkaConnection kafka) {
            ProducerRecord<byte[], byte[]> record =
                    new ProducerRecord<>(kafka.name(topic), partition, utf8(key), utf8(value));
            headers.forEach((name, text) -> record.headers().add(name, utf8(text)));
            return record;
        }

        /** A record in the same place that nobody can read: whoever reads it writes a dead letter. */
        ProducerRecord<byte[], byte[]> unreadableOn(KafkaConnection kafka) {
            ProducerRecord<byte[], byte[]> record = on(kafka);
            ProducerRecord<byte[], byte[]> unreadable =
                    new ProducerRecord<>(record.topic(), partition, record.key(), utf8("read already"));
            headers.forEach((name, text) ->
                    unreadable.headers().add(name, utf8(name.equals(PayloadHeaders.SOURCE) ? "webhook" : text)));
            return unreadable;
        }
    }

    /** Topics that the watch of the savepoint reads: their names are in the state. */
    static final String TOPIC_PREFIX = "saved-";

    /** The moment the savepoint is taken at. */
    static final Instant TAKEN_AT = Instant.parse("2026-02-22T00:00:00Z");

    private static final List<String> TABLES = List.of(
            "tracking_event",
            "shipment",
            "shipment_order",
            "shipment_alert",
            "delivery",
            "delivery_performance_daily",
            "status_dwell_daily",
            "unclaimed_number",
            "notification_intent",
            "dead_letter",
            "watch_progress",
            "watch_state");

    private static final String DIRECTORY = "/savepoints";

    /** The names of all that are stored. */
    static List<String> names() {
        try (Stream<Path> files = Files.list(resources())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(file -> file.endsWith(".zip"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Reads one, and unpacks its state into a directory where a watch finds it. */
    static StoredSavepoint unpack(String name, Path stateDirectory) throws IOException {
        Map<String, String> rows = new TreeMap<>();
        Map<String, String> notes = new TreeMap<>();
        List<Told> input = new ArrayList<>();
        try (InputStream in = Files.newInputStream(resources().resolve(name));
                ZipInputStream zip = new ZipInputStream(in)) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                String path = entry.getName();
                if (path.startsWith("state/")) {
                    Path file = stateDirectory.resolve(path.substring("state/".length()));
                    Files.createDirectories(file.getParent());
                    Files.write(file, zip.readAllBytes());
                } else if (path.startsWith("tables/")) {
                    rows.put(path.substring("tables/".length()), text(zip));
                } else if (path.equals("input.jsonl")) {
                    text(zip).lines().map(StoredSavepoint::told).forEach(input::add);
                } else {
                    notes.put(path, text(zip));
                }
            }
        }
        Files.writeString(stateDirectory.resolve("state-id"), notes.get("state-id"));
        return new StoredSavepoint(
                name,
                notes.get("schema-version"),
                notes.get("state-id"),
                rows,
                input,
                Integer.parseInt(notes.get("records-before")));
    }

    /** A database as the savepoint's watch left it, brought up to today's schema. */
    WatchTables tables() throws SQLException {
        PostgresAddress address = TestServices.postgres();
        Flyway.configure()
                .dataSource(address.url(), address.user(), address.password())
                .locations("classpath:db/migration")
                .target(schemaVersion)
                .load()
                .migrate();
        try (Connection connection = DriverManager.getConnection(address.url(), address.user(), address.password())) {
            for (String table : rows.keySet()) {
                try (PreparedStatement insert = connection.prepareStatement("insert into " + table + " ("
                        + columns(connection, table) + ") select " + columns(connection, table)
                        + " from jsonb_populate_recordset(null::" + table + ", ?::jsonb)")) {
                    insert.setString(1, rows.get(table));
                    insert.executeUpdate();
                }
            }
        }
        return WatchTables.migrated(address);
    }

    private static String columns(Connection connection, String table) throws SQLException {
        try (PreparedStatement columns = connection.prepareStatement("select string_agg(column_name, ', ')"
                + " from information_schema.columns where table_name = ? and is_generated = 'NEVER'")) {
            columns.setString(1, table);
            var row = columns.executeQuery();
            row.next();
            return row.getString(1);
        }
    }

    /** The input of a new savepoint, in the order it is sent; what is received up to {@link #TAKEN_AT} comes before it. */
    static List<Told> newInput() {
        RandomParcels parcels = new RandomParcels(20260222, 70);
        List<Map.Entry<Instant, Told>> timed = new ArrayList<>();
        for (RandomParcels.Line line : parcels.registrations()) {
            timed.add(Map.entry(line.receivedAt(), registered(line.json())));
        }
        for (RandomParcels.Line line : parcels.events()) {
            timed.add(Map.entry(line.receivedAt(), said("manual", line.receivedAt(), line.json())));
        }
        Instant longAgo = Instant.parse("2025-09-01T00:00:00Z");
        timed.add(Map.entry(longAgo, registered(record("FORGOTTEN", longAgo, longAgo))));
        timed.add(said("FORGOTTEN", "IN_TRANSIT", longAgo.plus(Duration.ofDays(1))));
        timed.add(said("FORGOTTEN", "DELIVERED", longAgo.plus(Duration.ofDays(3))));
        Instant early = TAKEN_AT.minus(Duration.ofDays(3));
        timed.add(said("EARLY", "PICKED_UP", early));
        timed.add(said("EARLY", "IN_TRANSIT", early.plus(Duration.ofDays(1))));
        Instant claimed = TAKEN_AT.plus(Duration.ofDays(1));
        timed.add(Map.entry(claimed, registered(record("EARLY", early, claimed))));

        timed.add(Map.entry(early, said("webhook", early, "{\"cut off")));
        for (Instant tick = longAgo; !tick.isAfter(RandomParcels.END); tick = tick.plus(Duration.ofDays(1))) {
            for (int partition = 0; partition < Topic.CARRIER_PAYLOADS.partitions(); partition++) {
                timed.add(Map.entry(
                        tick,
                        new Told(
                                Topic.CARRIER_PAYLOADS,
                                partition,
                                null,
                                Map.of(
                                        PayloadHeaders.SOURCE,
                                        PayloadHeaders.CLOCK,
                                        PayloadHeaders.RECEIVED_AT,
                                        tick.toString()),
                                null)));
            }
        }
        timed.removeIf(record -> record.getKey().isAfter(RandomParcels.END));
        timed.sort(Map.Entry.comparingByKey());
        return timed.stream().map(Map.Entry::getValue).toList();
    }

    /** How many records of new input come before the savepoint: up to the last tick of its moment. */
    static int recordsBefore(List<Told> input) {
        int lastTick = 0;
        for (int i = 0; i < input.size(); i++) {
            if (TAKEN_AT.toString().equals(input.get(i).headers().get(PayloadHeaders.RECEIVED_AT))) {
                lastTick = i + 1;
            }
        }
        return lastTick;
    }

    /** Writes what a watch holds and has written; it is stopped. */
    static void take(LiveWatch watch, List<Told> input, int before, Path file) throws Exception {
        Path savepoint = watch.stopWithSavepoint(SavepointFormatType.CANONICAL);
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            try (Stream<Path> parts = Files.list(savepoint)) {
                for (Path part : parts.sorted(Comparator.naturalOrder()).toList()) {
                    put(zip, "state/savepoint/" + part.getFileName(), Files.readAllBytes(part));
                }
            }
            for (String table : TABLES) {
                put(
                        zip,
                        "tables/" + table,
                        utf8(watch.tables()
                                .string("select coalesce(jsonb_agg(to_jsonb(r)), '[]')::text from " + table + " r")));
            }
            put(
                    zip,
                    "schema-version",
                    utf8(watch.tables().string("select max(version::integer) from flyway_schema_history")));
            put(zip, "state-id", utf8(watch.tables().string("select state_id from watch_state")));
            put(zip, "records-before", utf8(String.valueOf(before)));
            StringBuilder lines = new StringBuilder();
            input.forEach(record -> lines.append(line(record)).append('\n'));
            put(zip, "input.jsonl", utf8(lines.toString()));
        }
    }

    private static Map.Entry<Instant, Told> said(String number, String status, Instant at) {
        return Map.entry(
                at,
                said(
                        "manual",
                        at,
                        "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                                + "\",\"event_time\":\"" + at + "\"}"));
    }

    private static Told said(String source, Instant receivedAt, String line) {
        Map<String, String> headers = new TreeMap<>(Map.of(
                PayloadHeaders.CARRIER,
                "ups",
                PayloadHeaders.ACCOUNT,
                "main",
                PayloadHeaders.SOURCE,
                source,
                PayloadHeaders.RECEIVED_AT,
                receivedAt.toString()));
        // Any spread over the partitions will do, as long as it is the same each time.
        int partition = Math.floorMod(line.hashCode(), Topic.CARRIER_PAYLOADS.partitions());
        return new Told(Topic.CARRIER_PAYLOADS, partition, null, headers, line);
    }

    private static String record(String number, Instant placedAt, Instant registeredAt) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"revision\":1,\"orders\":["
                + "{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"order-" + number
                + "\"},\"journey\":1,\"placed_at\":\"" + placedAt + "\",\"registered_at\":\"" + registeredAt + "\"}]}";
    }

    private static Told registered(String json) {
        var registration = RegistrationJson.read(Json.object(utf8(json)));
        String key = RegistrationJson.key(registration.carrier(), registration.trackingNumber());
        return new Told(
                Topic.SHIPMENTS, Math.floorMod(key.hashCode(), Topic.SHIPMENTS.partitions()), key, Map.of(), json);
    }

    private static String line(Told record) {
        ObjectNode line = Json.MAPPER.createObjectNode();
        line.put("topic", record.topic().name());
        line.put("partition", record.partition());
        line.put("key", record.key());
        record.headers().forEach(line.putObject("headers")::put);
        line.put("value", record.value());
        return line.toString();
    }

    private static Told told(String json) {
        var line = Json.object(utf8(json));
        Map<String, String> headers = new TreeMap<>();
        line.get("headers")
                .properties()
                .forEach(
                        header -> headers.put(header.getKey(), header.getValue().asText()));
        return new Told(
                Topic.valueOf(line.get("topic").asText()),
                line.get("partition").asInt(),
                line.get("key").textValue(),
                headers,
                line.get("value").textValue());
    }

    private static Path resources() {
        try {
            URI uri = StoredSavepoint.class.getResource(DIRECTORY).toURI();
            return Path.of(uri);
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void put(ZipOutputStream zip, String path, byte[] content) throws IOException {
        zip.putNextEntry(new ZipEntry(path));
        zip.write(content);
        zip.closeEntry();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }

    private static byte[] utf8(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
