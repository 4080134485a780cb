package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever parcels do, and in whatever order, how often, and to how many instances it is told, across whatever restarts: the tables are those of
 * {@link ReferenceWatch}.
 */
class RandomJourneysITCase {

    /** Thousands of parcels take their time on a busy machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    @TempDir
    Path directory;

    @Test
    void inAnyOrderTheTablesOfABoundedRunAreThoseOfTheReference() throws Exception {
        bounded(20261121, 800);
    }

    @Test
    void onOneThenThreeThenTwoInstancesTheTablesOfALiveRunAreThoseOfTheReference() throws Exception {
        live(
                20261122,
                200,
                List.of(
                        new Life(1, "hashmap", SavepointFormatType.CANONICAL),
                        new Life(3, "rocksdb", SavepointFormatType.NATIVE),
                        new Life(2, "rocksdb", null)));
    }

    @ParameterizedTest
    @Tag("faults")
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void manySeedsBounded(long seed) throws Exception {
        bounded(seed, 4_000);
    }

    @ParameterizedTest
    @Tag("faults")
    @ValueSource(longs = {101, 102, 103, 104, 105, 106})
    void manySeedsLive(long seed) throws Exception {
        Random random = new Random(-seed);
        List<Life> lives = new ArrayList<>();
        for (int life = 0; life < 7; life++) {
            lives.add(new Life(
                    1 + random.nextInt(4), "rocksdb", random.nextBoolean() ? null : SavepointFormatType.CANONICAL));
        }
        live(seed, 2_000, lives);
    }

    private void bounded(long seed, int parcels) throws Exception {
        RandomJourneys journeys = new RandomJourneys(seed, parcels);
        Random random = new Random(seed);
        WatchTables tables = new WatchTables();
        Path shipments = Files.write(
                directory.resolve("shipments.jsonl"),
                RandomJourneys.shuffled(journeys.registrations(), random).stream()
                        .map(RandomJourneys::line)
                        .toList());
        Path events = Files.write(
                directory.resolve("events.jsonl"),
                RandomJourneys.shuffled(journeys.events(), random).stream()
                        .map(RandomJourneys::lineWithReceipt)
                        .toList());
        WatchOptions options = WatchOptions.bounded(tables.database(), shipments, events, RandomJourneys.END);
        WatchShipments.runBounded(options.withRules(options.rules().withAnnounceFrom(Instant.EPOCH))
                .withRuntime(
                        options.checkpointInterval(),
                        random.nextBoolean() ? "hashmap" : "rocksdb",
                        1 + random.nextInt(4)));
        assertSameAsReference(seed, journeys, tables);
    }

    /**
     * One life of the job.
     *
     * @param stoppedWith how it is stopped; null: it is killed, and the next goes on from its last checkpoint
     */
    private record Life(int instances, String backend, SavepointFormatType stoppedWith) {}

    private void live(long seed, int parcels, List<Life> lives) throws Exception {
        System.out.println("seed " + seed + ": " + lives);
        RandomJourneys journeys = new RandomJourneys(seed, parcels);
        Random random = new Random(seed);
        try (LiveWatch watch = new LiveWatch(directory)) {
            List<ProducerRecord<byte[], byte[]>> records = records(journeys, watch, random);
            int sent = 0;
            for (int i = 0; i < lives.size(); i++) {
                Life life = lives.get(i);
                watch.with(options -> options.withRuntime(Duration.ofMillis(500), life.backend(), life.instances()));
                int until = records.size() * (i + 1) / lives.size();
                int half = (sent + until) / 2;
                long written = watch.tables().count("tracking_event");
                // What is there at the start holds the clock until it is read. What comes then lets it run ahead of
                // registrations, but by fewer days than numbers wait for theirs.
                watch.sendAll(records.subList(sent, half));
                watch.start();
                await().atMost(PATIENCE).until(() -> watch.tables().count("tracking_event") > written);
                watch.sendAll(records.subList(half, until));
                sent = until;
                if (i + 1 < lives.size()) {
                    if (life.stoppedWith() == null) {
                        watch.stop();
                    } else {
                        watch.stopWithSavepoint(life.stoppedWith());
                    }
                }
            }
            watch.tick(RandomJourneys.END);
            watch.awaitClock(RandomJourneys.END, PATIENCE);
            watch.awaitRegistrations();
            assertSameAsReference(seed, journeys, watch.tables());
        }
    }

    /** The input in the order it is sent: not that of receipt, but nothing so late that its number was given up. */
    private static List<ProducerRecord<byte[], byte[]>> records(
            RandomJourneys journeys, LiveWatch watch, Random random) {
        String payloads = watch.kafka().name(Topic.CARRIER_PAYLOADS);
        List<Sending> sendings = new ArrayList<>();
        for (RandomJourneys.Registered registered : journeys.registrations()) {
            sendings.add(new Sending(
                    jittered(registered.receivedAt(), random),
                    new ProducerRecord<>(
                            watch.kafka().name(Topic.SHIPMENTS),
                            utf8(registered.carrier() + "/" + registered.number()),
                            utf8(RandomJourneys.line(registered)))));
        }
        for (RandomJourneys.Said said : journeys.events()) {
            sendings.add(new Sending(
                    jittered(said.receivedAt(), random),
                    PayloadHeaders.record(
                            payloads,
                            // Copies of one event, and events of one number, come by several partitions.
                            String.valueOf(random.nextInt()),
                            new Payload(
                                    said.carrier(),
                                    "main",
                                    "manual",
                                    said.receivedAt(),
                                    null,
                                    utf8(RandomJourneys.line(said))))));
        }
        for (Instant tick = RandomJourneys.START;
                tick.isBefore(RandomJourneys.END);
                tick = tick.plus(Duration.ofHours(12))) {
            for (int partition = 0; partition < Topic.CARRIER_PAYLOADS.partitions(); partition++) {
                sendings.add(new Sending(tick, PayloadHeaders.tick(payloads, partition, tick)));
            }
        }
        sendings.sort(Comparator.comparing(Sending::at));
        return sendings.stream().map(Sending::record).toList();
    }

    private record Sending(Instant at, ProducerRecord<byte[], byte[]> record) {}

    private static Instant jittered(Instant at, Random random) {
        return at.plus(Duration.ofMinutes(random.nextInt(18 * 1440)));
    }

    private static void assertSameAsReference(long seed, RandomJourneys journeys, WatchTables tables) {
        Map<String, List<String>> reference =
                ReferenceWatch.judge(journeys.registrations(), journeys.events(), RandomJourneys.END);
        Map<String, List<String>> difference = WatchTables.difference(reference, ReferenceWatch.rowsOf(tables));
        difference.replaceAll((table, rows) -> rows.subList(0, Math.min(rows.size(), 8)));
        assertThat(difference).as("seed " + seed).isEmpty();
        assertThat(reference)
                .allSatisfy((table, rows) -> assertThat(rows).as(table).isNotEmpty());
        reference.replaceAll((table, rows) -> List.of(String.valueOf(rows.size())));
        System.out.println("seed " + seed + ": all tables as the reference says: " + reference);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
