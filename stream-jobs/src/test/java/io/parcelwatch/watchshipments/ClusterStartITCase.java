package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.Topic;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Starts of the job where Flink keeps the state: by a person, by a failover, by a restart. */
class ClusterStartITCase {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");

    @TempDir
    Path directory;

    @Test
    void mainRunAgainWithRecoveredStateGoesOnAndAFreshStartOnFilledTablesIsRefused() throws Exception {
        try (LiveWatch watch = new LiveWatch(directory)) {
            watch.register(registration("1Z1"));
            JobClient first = start(watch, "first", false, null);
            watch.say(event("1Z1", "PICKED_UP", MONDAY), MONDAY);
            clockAt(watch, MONDAY.plusSeconds(60));
            await().until(() -> WatchState.latestCheckpoint(checkpoints()).isPresent());
            cancel(first);

            JobClient fresh = start(watch, "fresh", false, null);
            assertThatThrownBy(() -> fresh.getJobExecutionResult().get(2, TimeUnit.MINUTES))
                    .rootCause()
                    .isInstanceOf(WatchRefusedException.class)
                    .hasMessageContaining("-s")
                    .hasMessageContaining("--rebuild");
            long told = watch.topic(Topic.SHIPMENT_CHANGES).size();

            Path state = WatchState.latestCheckpoint(checkpoints()).orElseThrow();
            // Recovered state counts for more than --rebuild, which the first main was given too.
            JobClient again = start(watch, "failed over", true, state);
            watch.say(event("1Z1", "DELIVERED", MONDAY.plusSeconds(7200)), MONDAY.plusSeconds(7200));
            clockAt(watch, MONDAY.plusSeconds(9000));
            assertThat(watch.tables().string("select status, events from shipment"))
                    .isEqualTo("DELIVERED | 2");
            watch.awaitTopic(
                    Topic.SHIPMENT_CHANGES, changes -> assertThat(changes).hasSizeGreaterThan((int) told));
            cancel(again);

            watch.tables()
                    .execute("insert into shipment_alert (alert_id, kind, carrier, opened_at, revision)"
                            + " values ('stray', 'STALLED', 'ups', now(), 0)");
            JobClient anew = start(watch, "anew", true, null);
            clockAt(watch, MONDAY.plusSeconds(9001));
            assertThat(watch.tables().string("select status, events from shipment"))
                    .isEqualTo("DELIVERED | 2");
            assertThat(watch.tables().count("shipment_alert")).isZero();
            cancel(anew);
        }
    }

    @Test
    void aRestartBeforeTheFirstCheckpointIsAdmittedAndDoesNotRebuildTwice() throws Exception {
        WatchTables tables = new WatchTables();
        tables.execute("insert into shipment_alert (alert_id, kind, carrier, opened_at, revision)"
                + " values ('old', 'STALLED', 'ups', now(), 0)");
        fill(tables, "1Z1");
        admit(tables, new ClusterAdmission(tables.database(), "run", true), false);
        assertThat(tables.count("tracking_event")).isZero();

        fill(tables, "1Z2");
        admit(tables, new ClusterAdmission(tables.database(), "run", true), false);
        assertThat(tables.count("tracking_event")).isEqualTo(1);

        ClusterAdmission other = new ClusterAdmission(tables.database(), "other", false);
        assertThatThrownBy(() -> admit(tables, other, false)).isInstanceOf(WatchRefusedException.class);
        assertThatCode(() -> admit(tables, other, true)).doesNotThrowAnyException();
        assertThat(tables.count("tracking_event")).isEqualTo(1);
        assertThat(tables.string("select state_id from watch_state")).isEqualTo("other");
    }

    private static void admit(WatchTables tables, ClusterAdmission admission, boolean restored) throws Exception {
        try (Connection connection = tables.database().connect()) {
            connection.setAutoCommit(false);
            admission.admit(connection, restored);
            connection.commit();
        }
    }

    private static void fill(WatchTables tables, String number) {
        tables.execute("insert into tracking_event (carrier, tracking_number, event_id, event_time, event_offset,"
                + " offset_source, journey, leg, status, verdict, applied, movement, scan, revision) values ('ups', '"
                + number + "', 'e', now(), 0, 'CARRIER', 1, 1, 'IN_TRANSIT', 'APPLIED', true, true, true, 1)");
    }

    private JobClient start(LiveWatch watch, String run, boolean rebuild, Path state) throws Exception {
        Configuration configuration = new Configuration();
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, Duration.ofMillis(300));
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                checkpoints().toUri().toString());
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        // A refusal ends the job whatever the strategy.
        configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
        if (state != null) {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, state.toUri().toString());
        }
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(2, configuration);
        WatchShipments.defineLive(
                env,
                Sinks.live(
                        watch.tables().database(),
                        new ClusterAdmission(watch.tables().database(), run, rebuild),
                        watch.kafka()),
                watch.kafka(),
                watch.kafka()::partitions,
                WatchRules.live(),
                false);
        return env.executeAsync("watch-shipments");
    }

    private Path checkpoints() {
        return directory.resolve("cluster");
    }

    private static void cancel(JobClient job) throws Exception {
        job.cancel().get();
        assertThatThrownBy(() -> job.getJobExecutionResult().get(1, TimeUnit.MINUTES))
                .hasMessageContaining("cancelled");
    }

    private static void clockAt(LiveWatch watch, Instant moment) {
        watch.tick(moment);
        watch.awaitClock(moment);
    }

    private static String registration(String number) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number
                + "\",\"revision\":1,\"orders\":[{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"o-"
                + number
                + "\"},\"journey\":1,\"placed_at\":\"2026-03-01T00:00:00Z\",\"registered_at\":\"2026-03-01T08:00:00Z\"}]}";
    }

    private static String event(String number, String status, Instant time) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                + "\",\"event_time\":\"" + time + "\"}";
    }
}
