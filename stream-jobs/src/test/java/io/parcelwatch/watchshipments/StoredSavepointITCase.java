package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Topic;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Goes on from the state of earlier versions of the job. */
class StoredSavepointITCase {

    @TempDir
    Path directory;

    static List<String> savepoints() {
        return StoredSavepoint.names();
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    void aWatchThatGoesOnFromAStoredSavepointEndsInTheTablesOfOneThatNobodyStopped(String name) throws Exception {
        Map<String, List<String>> undisturbed = known(name, undisturbed(name));
        for (String backend : List.of("hashmap", "rocksdb")) {
            assertThat(WatchTables.difference(undisturbed, known(name, restored(name, backend))))
                    .as(backend)
                    .isEmpty();
        }
    }

    /**
     * What a watch of the savepoint's version knew to write. Deliveries from before the column of dwell existed have none until news of them
     * comes (docs/decisions/0014).
     */
    private static Map<String, List<String>> known(String name, Map<String, List<String>> contents) {
        if (name.equals("schema-10.zip")) {
            contents.remove("status_dwell_daily");
            contents.get("delivery").replaceAll(row -> row.replaceFirst("\"dwell_seconds\": \\{[^}]*}, ", ""));
        }
        return contents;
    }

    private Map<String, List<String>> restored(String name, String backend) throws Exception {
        Path home = directory.resolve(backend);
        StoredSavepoint savepoint = StoredSavepoint.unpack(name, home.resolve("checkpoints"));
        List<StoredSavepoint.Told> input = savepoint.input();
        try (LiveWatch watch =
                new LiveWatch(home, savepoint.tables(), TestServices.kafka(), StoredSavepoint.TOPIC_PREFIX)) {
            watch.with(options -> options.withRuntime(Duration.ofMillis(500), backend, 2));
            long letters = watch.tables().count("dead_letter");
            assertThat(letters).isPositive();
            // What the state holds is not read again: it could not be.
            watch.sendAll(input.subList(0, savepoint.before()).stream()
                    .map(record -> record.unreadableOn(watch.kafka()))
                    .toList());
            watch.sendAll(input.subList(savepoint.before(), input.size()).stream()
                    .map(record -> record.on(watch.kafka()))
                    .toList());
            watch.start();
            watch.awaitClock(RandomParcels.END);
            assertThat(watch.tables().count("dead_letter where reason = 'MALFORMED'"))
                    .isEqualTo(letters);
            return watch.tables().contents();
        } finally {
            deleteTopics();
        }
    }

    private Map<String, List<String>> undisturbed(String name) throws Exception {
        Path home = directory.resolve("undisturbed");
        List<StoredSavepoint.Told> input =
                StoredSavepoint.unpack(name, directory.resolve("unused")).input();
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.sendAll(input.stream().map(record -> record.on(watch.kafka())).toList());
            watch.start();
            watch.awaitClock(RandomParcels.END);
            return watch.tables().contents();
        }
    }

    /** Makes a savepoint of today's job; see {@code savepoints/README.md}. */
    @Test
    @EnabledIfSystemProperty(named = "parcelwatch.savepoint", matches = ".+", disabledReason = "makes a new savepoint")
    void makeASavepoint() throws Exception {
        List<StoredSavepoint.Told> input = StoredSavepoint.newInput();
        int before = StoredSavepoint.recordsBefore(input);
        try (LiveWatch watch =
                new LiveWatch(directory, new WatchTables(), TestServices.kafka(), StoredSavepoint.TOPIC_PREFIX)) {
            watch.with(options -> options.withRuntime(Duration.ofMillis(500), "rocksdb", 2));
            // All that is open when the savepoint is taken was told while the clock ran, as in a life.
            watch.start();
            watch.sendAll(input.subList(0, before).stream()
                    .map(record -> record.on(watch.kafka()))
                    .toList());
            watch.awaitClock(StoredSavepoint.TAKEN_AT);
            WatchTables tables = watch.tables();
            assertThat(tables.count("shipment where stalled")).isPositive();
            assertThat(tables.count("shipment where status = 'IN_TRANSIT'")).isPositive();
            assertThat(tables.count("shipment where status = 'DELIVERED'")).isPositive();
            assertThat(tables.count("dead_letter")).isPositive();
            Path file = Path.of(System.getProperty("parcelwatch.savepoint"));
            Files.createDirectories(file.toAbsolutePath().getParent());
            StoredSavepoint.take(watch, input, before, file);
        } finally {
            deleteTopics();
        }
    }

    /** The names of the topics stand in the savepoint, so the next test needs the same; it must not find those that are just being deleted. */
    private static void deleteTopics() throws Exception {
        KafkaConnection kafka = new KafkaConnection(TestServices.kafka(), Map.of(), StoredSavepoint.TOPIC_PREFIX);
        List<String> topics = Stream.of(Topic.values()).map(kafka::name).toList();
        try (Admin admin = Admin.create(kafka.properties())) {
            Set<String> there = admin.listTopics().names().get();
            admin.deleteTopics(topics.stream().filter(there::contains).toList())
                    .all()
                    .get();
            await().until(() -> Collections.disjoint(admin.listTopics().names().get(), topics));
        }
    }
}
