package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens around a live watch while it runs. The watch itself is killed in {@link KilledWatchITCase}. */
class FaultsITCase {

    @TempDir
    Path directory;

    @Test
    @Tag("faults")
    void oneOfEachFaultLosesAndDoublesNothing() throws Exception {
        disturbed(20261122, 150, 1, Duration.ofSeconds(10));
    }

    @Test
    @Tag("faults")
    void fiveOfEachFaultInRandomOrderLoseAndDoubleNothing() throws Exception {
        disturbed(20261123, 2_000, 5, Duration.ofSeconds(20));
    }

    @Test
    @Tag("faults")
    void postgresAwayForTwoMinutesLosesAndDoublesNothing() throws Exception {
        disturbed(20261124, 1_000, 1, Duration.ofMinutes(2));
    }

    /** Something that goes wrong, and is over when it returns. */
    private interface Fault {
        void strike() throws Exception;
    }

    private record Named(String name, Fault fault) {}

    private void disturbed(long seed, int count, int ofEach, Duration away) throws Exception {
        Replay replay = new Replay(directory, seed, count);
        try (FragileServices services = new FragileServices(directory);
                LiveWatch watch =
                        new LiveWatch(directory, new WatchTables(services.postgres()), services.bootstrapServers())) {
            List<Named> faults = new ArrayList<>();
            for (int i = 0; i < ofEach; i++) {
                faults.addAll(faults(services, watch, away));
            }
            Collections.shuffle(faults, new Random(seed));
            watch.start();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> WatchState.latestCheckpoint(directory.resolve("checkpoints"))
                            .isPresent());
            List<Replay.Sending> sendings = replay.sendings(watch);
            int sent = 0;
            for (int i = 0; i < faults.size(); i++) {
                int until = sendings.size() * (i + 1) / (faults.size() + 1);
                for (; sent < until; sent++) {
                    sendings.get(sent).send().run();
                }
                faults.get(i).fault().strike();
                long over = System.nanoTime();
                Instant now = sendings.get(sent - 1).at();
                watch.tick(now);
                watch.awaitClock(now);
                System.out.printf(
                        "seed %d, fault %d of %d, %s: the tables caught up with the clock %d ms after it was over%n",
                        seed,
                        i + 1,
                        faults.size(),
                        faults.get(i).name(),
                        TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - over));
            }
            for (; sent < sendings.size(); sent++) {
                sendings.get(sent).send().run();
            }
            watch.tick(RandomParcels.END);
            watch.awaitClock(RandomParcels.END);
            replay.assertSameAsUndisturbed(watch.tables());
            assertThat(watch.tables().count("dead_letter where reason = 'MALFORMED'"))
                    .isEqualTo(2L * ofEach);
        }
    }

    private static List<Named> faults(FragileServices services, LiveWatch watch, Duration away) {
        return List.of(
                new Named("kill -9 of Kafka", () -> {
                    services.killKafka();
                    services.startKafka();
                }),
                new Named("kill -9 of PostgreSQL", () -> {
                    services.killPostgres();
                    services.startPostgres();
                }),
                new Named("PostgreSQL away for " + away.toSeconds() + " s", () -> {
                    long gone = System.nanoTime();
                    services.killPostgres();
                    await().atMost(away.plusSeconds(10)).until(() -> System.nanoTime() - gone > away.toNanos());
                    services.startPostgres();
                }),
                new Named("a poison payload", () -> {
                    watch.payload("ups", "webhook", RandomParcels.START, new byte[] {'{', 0, (byte) 0xff});
                    watch.payload("ups", "manual", RandomParcels.START, new byte[] {'['});
                }),
                new Named("a partition more", () -> addPartition(watch)),
                new Named("a clock that jumps", () -> {
                    // One sender's clock is a lifetime ahead, those of all the others then half of one behind.
                    String topic = watch.kafka().name(Topic.CARRIER_PAYLOADS);
                    watch.send(PayloadHeaders.tick(topic, 0, Instant.parse("2099-01-01T00:00:00Z")));
                    watch.tick(Instant.parse("2001-01-01T00:00:00Z"));
                }));
    }

    private static void addPartition(LiveWatch watch) throws Exception {
        int partitions = watch.kafka().partitions(Topic.CARRIER_PAYLOADS);
        try (Admin admin = Admin.create(watch.kafka().properties())) {
            admin.createPartitions(Map.of(
                            watch.kafka().name(Topic.CARRIER_PAYLOADS), NewPartitions.increaseTo(partitions + 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
        }
    }
}
