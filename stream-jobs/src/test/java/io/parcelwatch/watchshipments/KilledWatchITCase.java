package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Kills the process of a live run again and again, and holds its tables against a bounded run over the same input, which nobody disturbed.
 * {@link FaultsITCase} kills it once, among other faults, with all other tests.
 */
class KilledWatchITCase {

    @TempDir
    Path directory;

    @Test
    @Tag("faults")
    void killedTwentyTimesTheTablesAreThoseOfAnUndisturbedRun() throws Exception {
        killed(20, 20261121, 3_000);
    }

    private void killed(int kills, long seed, int count) throws Exception {
        Replay replay = new Replay(directory, seed, count);
        Random random = new Random(seed);
        Path log = directory.resolve("watch.log");
        Path state = directory.resolve("state");
        try (LiveWatch watch = new LiveWatch(directory)) {
            List<Replay.Sending> sendings = replay.sendings(watch);
            int sent = 0;
            Process process = start(watch, state, log);
            for (int kill = 1; kill <= kills; kill++) {
                // Some of the input before, during and after each life of the process.
                int until = sendings.size() * kill / (kills + 1);
                long lifetime = 300 + random.nextInt(5_000);
                long born = System.nanoTime();
                for (; sent < until; sent++) {
                    sendings.get(sent).send().run();
                }
                if (kill == 1) {
                    await().atMost(Duration.ofMinutes(3))
                            .until(() -> watch.tables().count("shipment") > 0);
                }
                Process victim = process;
                await().atMost(Duration.ofSeconds(30))
                        .pollInterval(Duration.ofMillis(20))
                        .until(() -> System.nanoTime() - born > TimeUnit.MILLISECONDS.toNanos(lifetime));
                assertThat(victim.isAlive()).as(() -> logOf(log)).isTrue();
                process = victim.destroyForcibly();
                process.waitFor();
                System.out.printf(
                        "kill %d of %d after %d ms, %d of %d messages sent, %d shipments written%n",
                        kill,
                        kills,
                        lifetime,
                        sent,
                        sendings.size(),
                        watch.tables().count("shipment"));
                process = start(watch, state, log);
            }
            for (; sent < sendings.size(); sent++) {
                sendings.get(sent).send().run();
            }
            watch.tick(RandomParcels.END);
            try {
                watch.awaitClock(RandomParcels.END);
                watch.awaitRegistrations();
                replay.assertSameAsUndisturbed(watch.tables());
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + "\n" + logOf(log), e);
            } finally {
                process.destroyForcibly().waitFor();
            }
            System.out.printf(
                    "seed %d: %d kills, %d shipments, %d events, %d alerts, %d deliveries, %d intents: all tables equal%n",
                    seed,
                    kills,
                    watch.tables().count("shipment"),
                    watch.tables().count("tracking_event"),
                    watch.tables().count("shipment_alert where withdrawn_at is null"),
                    watch.tables().count("delivery"),
                    watch.tables().count("notification_intent where withdrawn_at is null"));
        }
    }

    private static Process start(LiveWatch watch, Path state, Path log) throws Exception {
        return WatchProcess.start(watch.tables(), watch.kafka(), state, log, Duration.ofMillis(700), "hashmap");
    }

    private static String logOf(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log) : "";
        } catch (java.io.IOException e) {
            return e.toString();
        }
    }
}
