package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
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
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process of a live watch, and what is around it, while it runs, and holds its tables against a bounded run over the same input, which
 * nobody disturbed. {@link KilledWatchITCase} kills the watch alone, at random moments.
 */
class FaultsITCase {

    @TempDir
    Path directory;

    @Test
    void oneOfEachFaultLosesAndDoublesNothing() throws Exception {
        disturbed(20261122, 150, 1, Duration.ofSeconds(3));
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

        /** @param now the time of what was sent last */
        void strike(Instant now) throws Exception;
    }

    private record Named(String name, Fault fault) {}

    private void disturbed(long seed, int count, int ofEach, Duration away) throws Exception {
        Replay replay = new Replay(directory, seed, count);
        try (FragileServices services = new FragileServices(directory);
                LiveWatch watch = new LiveWatch(
                        directory, WatchTables.migrated(services.postgres()), services.bootstrapServers());
                Victim victim = new Victim(watch, directory)) {
            List<Named> faults = new ArrayList<>();
            for (int i = 0; i < ofEach; i++) {
                faults.addAll(faults(services, watch, victim, away));
            }
            Collections.shuffle(faults, new Random(seed));
            await("the first checkpoint").atMost(Duration.ofMinutes(3)).until(victim::hasState);
            List<Replay.Sending> sendings = replay.sendings(watch);
            int sent = 0;
            for (int i = 0; i < faults.size(); i++) {
                int until = sendings.size() * (i + 1) / (faults.size() + 1);
                for (; sent < until; sent++) {
                    sendings.get(sent).send().run();
                }
                Instant now = sendings.get(sent - 1).at();
                faults.get(i).fault().strike(now);
                long over = System.nanoTime();
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
            watch.awaitRegistrations();
            replay.assertSameAsUndisturbed(watch.tables());
            assertThat(watch.tables().count("dead_letter where reason = 'MALFORMED'"))
                    .isEqualTo(3L * ofEach);
        }
    }

    private static List<Named> faults(FragileServices services, LiveWatch watch, Victim victim, Duration away) {
        return List.of(
                new Named("kill -9 of the watch", now -> victim.killAndStart()),
                new Named("kill -9 of Kafka", now -> {
                    services.killKafka();
                    services.startKafka();
                }),
                new Named("kill -9 of PostgreSQL", now -> {
                    services.killPostgres();
                    services.startPostgres();
                }),
                new Named("PostgreSQL away for " + away.toSeconds() + " s", now -> {
                    long gone = System.nanoTime();
                    services.killPostgres();
                    await().atMost(away.plusSeconds(10)).until(() -> System.nanoTime() - gone > away.toNanos());
                    services.startPostgres();
                }),
                new Named("a poison payload", now -> {
                    watch.payload("ups", "webhook", RandomParcels.START, new byte[] {'{', 0, (byte) 0xff});
                    watch.payload("ups", "manual", RandomParcels.START, new byte[] {'['});
                }),
                new Named("a partition more", now -> addPartition(watch, now)),
                new Named("a clock that jumps", now -> {
                    // The sender of the time is a lifetime ahead, everywhere, then half of one behind.
                    watch.tick(Instant.parse("2099-01-01T00:00:00Z"), now);
                    watch.tick(Instant.parse("2001-01-01T00:00:00Z"));
                }));
    }

    /** The process of the watch. */
    private static final class Victim implements AutoCloseable {
        private final LiveWatch watch;
        private final Path state;
        private final Path log;
        private Process process;

        Victim(LiveWatch watch, Path directory) throws IOException {
            this.watch = watch;
            state = directory.resolve("state");
            log = directory.resolve("watch.log");
            start();
        }

        boolean hasState() throws IOException {
            return WatchState.latestCheckpoint(state).isPresent();
        }

        void killAndStart() throws Exception {
            assertThat(process.isAlive())
                    .as(() -> "the watch ended by itself; its log is " + log)
                    .isTrue();
            close();
            start();
        }

        private void start() throws IOException {
            process = WatchProcess.start(watch.tables(), watch.kafka(), state, log, Duration.ofMillis(500), "hashmap");
        }

        @Override
        public void close() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }
    }

    /**
     * A partition is added, and a letter sent into it before the watch finds it. The parcels wait until it does: hours of their clock pass in that
     * second, so that what they sent would be later than any record of a real feed.
     */
    private static void addPartition(LiveWatch watch, Instant now) throws Exception {
        String topic = watch.kafka().name(Topic.CARRIER_PAYLOADS);
        int partitions = watch.kafka().partitions(Topic.CARRIER_PAYLOADS);
        TopicPartition added = new TopicPartition(topic, partitions);
        try (Admin admin = Admin.create(watch.kafka().properties())) {
            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(partitions + 1)))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            // Whoever tells the time has to see it too.
            await().atMost(Duration.ofMinutes(1)).until(() -> watch.partitionsToldTheTime() > partitions);
            ProducerRecord<byte[], byte[]> early = PayloadHeaders.record(
                    topic, "early", new Payload("ups", "main", "webhook", RandomParcels.START, null, new byte[] {'['}));
            watch.send(new ProducerRecord<>(topic, added.partition(), early.key(), early.value(), early.headers()));
            watch.tick(now);
            await().atMost(Duration.ofMinutes(2)).until(() -> watch.read(admin).containsKey(added));
        }
    }
}
