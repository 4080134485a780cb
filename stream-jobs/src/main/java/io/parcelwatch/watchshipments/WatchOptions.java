package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;

/**
 * How to run the watch.
 *
 * @param database           where the tables are; their schema is up to date
 * @param kafka              where the topics are; null in a bounded run
 * @param shipments          a file of shipment lines; null in a live run
 * @param events             a file of event lines; null in a live run
 * @param rules              what shipments are judged by
 * @param stateDirectory     where a live run keeps its checkpoints, and finds them again; null in a bounded run
 * @param checkpointInterval time from one checkpoint to the next
 * @param stateBackend       {@code hashmap} or {@code rocksdb}
 * @param parallelism        how many parallel instances each operator has
 * @param rebuild            empty the tables and compute them anew
 * @param ticks              whether the run sends the wall clock through Kafka; the demo sends a clock of its own
 * @param metrics            where Prometheus scrapes the metrics of a live run; null: nowhere
 */
public record WatchOptions(
        Database database,
        KafkaConnection kafka,
        Path shipments,
        Path events,
        WatchRules rules,
        Path stateDirectory,
        Duration checkpointInterval,
        String stateBackend,
        int parallelism,
        boolean rebuild,
        boolean ticks,
        InetSocketAddress metrics) {

    /** A live run with the usual settings: checkpoints each 10 seconds, state on the heap, two of everything. */
    public static WatchOptions live(Database database, KafkaConnection kafka, Path stateDirectory) {
        return new WatchOptions(
                database,
                kafka,
                null,
                null,
                WatchRules.live(),
                stateDirectory,
                Duration.ofSeconds(10),
                "hashmap",
                2,
                false,
                true,
                null);
    }

    /** A bounded run over two files of JSON lines that judges at a moment. */
    public static WatchOptions bounded(Database database, Path shipments, Path events, Instant asOf) {
        return new WatchOptions(
                database,
                null,
                shipments,
                events,
                WatchRules.bounded(asOf),
                null,
                Duration.ofSeconds(10),
                "hashmap",
                2,
                false,
                false,
                null);
    }

    /** The same with other rules. */
    public WatchOptions withRules(WatchRules other) {
        return with(other, checkpointInterval, stateBackend, parallelism, rebuild, ticks, metrics);
    }

    /**
     * The same with the stall rules of a file. A bounded run keeps them; a live run takes the file up again when it changes.
     *
     * @param file a path, or a URI that Flink has a file system for
     * @throws io.parcelwatch.settings.UnusableSettingsException where it cannot be read, or with everything that is wrong in it
     */
    public WatchOptions withStallRules(String file) {
        return withRules(rules.withStallRules(
                StallRulesFile.read(file).withOtherwise(rules.stallRules().otherwise())));
    }

    /** The same with another rhythm of checkpoints, state backend and parallelism. */
    public WatchOptions withRuntime(Duration interval, String backend, int instances) {
        return with(rules, interval, backend, instances, rebuild, ticks, metrics);
    }

    /** The same, emptying the tables first or not. */
    public WatchOptions withRebuild(boolean anew) {
        return with(rules, checkpointInterval, stateBackend, parallelism, anew, ticks, metrics);
    }

    /** The same with somebody else sending the time. */
    public WatchOptions withoutTicks() {
        return with(rules, checkpointInterval, stateBackend, parallelism, rebuild, false, metrics);
    }

    /** The same with metrics for Prometheus at an address; null: without. */
    public WatchOptions withMetrics(InetSocketAddress address) {
        return with(rules, checkpointInterval, stateBackend, parallelism, rebuild, ticks, address);
    }

    private WatchOptions with(
            WatchRules other,
            Duration interval,
            String backend,
            int instances,
            boolean anew,
            boolean ownTicks,
            InetSocketAddress address) {
        return new WatchOptions(
                database,
                kafka,
                shipments,
                events,
                other,
                stateDirectory,
                interval,
                backend,
                instances,
                anew,
                ownTicks,
                address);
    }

    boolean bounded() {
        return events != null;
    }
}
