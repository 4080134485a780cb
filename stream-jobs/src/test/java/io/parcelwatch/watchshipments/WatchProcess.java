package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A live watch in a process of its own, to be killed. */
final class WatchProcess {

    private WatchProcess() {}

    /** Runs the watch until the process is killed. */
    public static void main(String[] args) throws Exception {
        WatchOptions options = WatchOptions.live(
                        new Database(args[0], args[1], args[2]),
                        new KafkaConnection(args[3], Map.of(Sources.NEW_PARTITIONS_EVERY, "1000"), args[4]),
                        Path.of(args[5]))
                .withRuntime(Duration.ofMillis(Long.parseLong(args[6])), args[7], 2)
                .withoutTicks();
        WatchShipments.start(options).getJobExecutionResult().get();
    }

    static Process start(
            WatchTables tables, KafkaConnection kafka, Path state, Path log, Duration checkpoints, String backend)
            throws IOException {
        Database database = tables.database();
        return JavaProcess.of(
                        // It does not live long enough for more than the first compiler.
                        List.of("-Xmx700m", "-XX:TieredStopAtLevel=1"),
                        System.getProperty("java.class.path"),
                        WatchProcess.class.getName(),
                        List.of(
                                database.url(),
                                database.user(),
                                database.password(),
                                kafka.bootstrapServers(),
                                kafka.topicPrefix(),
                                state.toString(),
                                String.valueOf(checkpoints.toMillis()),
                                backend))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .start();
    }
}
