package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.sql.Database;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** The shaded jar on a cluster of Flink's own processes, fed through Kafka at the pace of a busy day while the processes are killed. */
@Tag("faults")
@EnabledIfSystemProperty(
        named = FlinkClusterITCase.JAR,
        matches = ".+",
        disabledReason = "the shaded jar is there from the phase package on: ./mvnw verify -Pfaults runs this")
class FlinkClusterITCase {

    static final String JAR = "parcelwatch.cluster.jar";

    private static final int PARCELS = 600;
    private static final Duration BETWEEN_MESSAGES = Duration.ofMillis(25);
    /** Nothing may wait so long for its registration that its letter depends on how fast the cluster is. */
    private static final Duration CLAIM_WITHIN = Duration.ofDays(60);

    @TempDir
    Path directory;

    @Test
    void killedTaskManagersAndAKilledJobManagerCostSecondsAndNoRow() throws Exception {
        // The clock is the wall's here: the parcels were on their way in the weeks before now. In whole seconds: Kafka
        // brings times of receipt in milliseconds, the files of the undisturbed run as they are written.
        Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS).minus(43, ChronoUnit.DAYS);
        RandomParcels parcels = new RandomParcels(20261125, PARCELS, start);
        try (LiveWatch watch = new LiveWatch(directory);
                FlinkCluster cluster = new FlinkCluster(
                        Files.createDirectories(directory.resolve("flink")),
                        Map.of(
                                "state.backend.type", "rocksdb",
                                "execution.checkpointing.incremental", "true",
                                "execution.checkpointing.interval", "2s",
                                "execution.checkpointing.externalized-checkpoint-retention", "RETAIN_ON_CANCELLATION",
                                "heartbeat.interval", "2s",
                                "heartbeat.timeout", "10s",
                                "high-availability.zookeeper.client.session-timeout", "10s"))) {
            cluster.startTaskManager();
            cluster.startTaskManager();
            String job = submit(cluster, watch);
            cluster.await("the job runs", () -> cluster.runs(job));

            Feed feed = new Feed(parcels, watch);
            try (Commits commits = new Commits(watch.tables())) {
                cluster.await(
                        "a checkpoint and rows", () -> cluster.completedCheckpoints(job) > 0 && commits.rows() > 100);
                commits.say("undisturbed");

                String first = cluster.killBusiestTaskManager();
                awaitRowsAgain(cluster, job, commits);
                commits.say("kill -9 of " + first + ", another has free slots");

                cluster.startTaskManager();
                String second = cluster.killBusiestTaskManager();
                awaitRowsAgain(cluster, job, commits);
                commits.say("kill -9 of " + second + ", a third has free slots");

                cluster.killJobManager();
                cluster.startJobManager();
                awaitRowsAgain(cluster, job, commits);
                commits.say("kill -9 of the JobManager, started again at once");

                feed.awaitEnd();
            }
            // Two ticks after the last message: every partition has told all it had.
            watch.awaitClock(Instant.now().plusSeconds(11));
            String clock = clockOf(watch);
            Map<String, List<String>> contents = watch.tables().contents();
            assertThat(clockOf(watch))
                    .as("the clock moved while the tables were read")
                    .isEqualTo(clock);

            WatchTables undisturbed = new WatchTables();
            WatchOptions options = parcels.writtenTo(directory, undisturbed, 0, Instant.parse(clock));
            WatchShipments.runBounded(options.withRules(options.rules().withClaimWithin(CLAIM_WITHIN)));
            assertThat(WatchTables.difference(withoutSilentFeeds(undisturbed.contents()), withoutSilentFeeds(contents)))
                    .isEmpty();
            System.out.printf(
                    "%d messages, %d shipments, %d events: all tables equal to an undisturbed run's%n",
                    feed.sent(), undisturbed.count("shipment"), undisturbed.count("tracking_event"));
        }
    }

    private String submit(FlinkCluster cluster, LiveWatch watch) throws Exception {
        Path properties = Files.writeString(
                directory.resolve("kafka.properties"),
                "topic.prefix=" + watch.kafka().topicPrefix() + "\n");
        Database database = watch.tables().database();
        return cluster.run(
                Path.of(System.getProperty(JAR)),
                Map.of(
                        "PARCELWATCH_DB_USER", database.user(),
                        "PARCELWATCH_DB_PASSWORD", database.password(),
                        "PARCELWATCH_KAFKA_PROPERTIES", properties.toString()),
                List.of("-p", "2"),
                List.of(
                        "--db-url",
                        database.url(),
                        "--kafka",
                        watch.kafka().bootstrapServers(),
                        "--claim-within",
                        String.valueOf(CLAIM_WITHIN.toDays())));
    }

    /** Waits until the kill was noticed, the job runs again as a whole, and new rows are committed. */
    private static void awaitRowsAgain(FlinkCluster cluster, String job, Commits commits) {
        cluster.await("the kill is noticed", () -> !cluster.runs(job));
        cluster.await("the job runs again", () -> cluster.runs(job));
        long before = commits.rows();
        cluster.await("new rows after a kill", () -> commits.rows() > before + 20);
    }

    /** The clock is the wall's from the start here, weeks after the receipts that are sent: which feed was silent when is told too late. */
    private static Map<String, List<String>> withoutSilentFeeds(Map<String, List<String>> contents) {
        contents.computeIfPresent(
                "shipment_alert",
                (table, rows) -> rows.stream()
                        .filter(row -> !row.contains("\"FEED_SILENT\""))
                        .toList());
        return contents;
    }

    private static String clockOf(LiveWatch watch) {
        return watch.tables()
                .string("select string_agg(distinct to_char(clock_at at time zone 'UTC',"
                        + " 'YYYY-MM-DD\"T\"HH24:MI:SS.MS\"Z\"'), ' and ') from watch_progress");
    }

    /** Sends registrations and events in the order of their receipt, one each moment. */
    private static final class Feed {
        private final AtomicLong sent = new AtomicLong();
        private final int messages;
        private final ScheduledExecutorService sender = Executors.newSingleThreadScheduledExecutor();
        private final ScheduledFuture<?> sending;

        Feed(RandomParcels parcels, LiveWatch watch) {
            record Message(Instant at, Runnable send) {}
            List<Message> all = new ArrayList<>();
            parcels.registrations()
                    .forEach(line -> all.add(new Message(line.receivedAt(), () -> watch.register(line.json()))));
            parcels.events()
                    .forEach(line -> all.add(new Message(
                            line.receivedAt(),
                            () -> watch.payload(
                                    "any",
                                    "line",
                                    line.receivedAt(),
                                    line.json().getBytes(StandardCharsets.UTF_8)))));
            Instant now = Instant.now();
            all.removeIf(message -> message.at().isAfter(now));
            all.sort(Comparator.comparing(Message::at));
            messages = all.size();
            Iterator<Message> next = all.iterator();
            sending = sender.scheduleAtFixedRate(
                    () -> {
                        if (next.hasNext()) {
                            next.next().send().run();
                            sent.incrementAndGet();
                        }
                    },
                    0,
                    BETWEEN_MESSAGES.toMillis(),
                    TimeUnit.MILLISECONDS);
        }

        long sent() {
            return sent.get();
        }

        void awaitEnd() throws Exception {
            await().atMost(Duration.ofMinutes(5)).until(() -> sent.get() == messages || sending.isDone());
            sender.shutdownNow();
            assertThat(sent.get()).isEqualTo(messages);
        }
    }

    /** Sees when rows become visible, and for how long none did. */
    private static final class Commits implements AutoCloseable {
        private final ScheduledExecutorService observer = Executors.newSingleThreadScheduledExecutor();
        private final WatchTables tables;
        private volatile long rows;
        private long lastChange = System.nanoTime();
        private long longestGap;

        Commits(WatchTables tables) {
            this.tables = tables;
            observer.scheduleWithFixedDelay(this::look, 0, 20, TimeUnit.MILLISECONDS);
        }

        private synchronized void look() {
            long found = tables.count("tracking_event");
            long now = System.nanoTime();
            if (found != rows) {
                if (rows > 0) {
                    longestGap = Math.max(longestGap, now - lastChange);
                }
                lastChange = now;
                rows = found;
            }
        }

        long rows() {
            return rows;
        }

        /** Prints the longest gap since it was last asked. */
        synchronized void say(String what) {
            System.out.printf("%s: at most %d ms without a committed row%n", what, longestGap / 1_000_000);
            longestGap = 0;
        }

        @Override
        public void close() {
            observer.shutdownNow();
        }
    }
}
