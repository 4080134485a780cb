package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

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
        List<String> command = Stream.of(
                        Stream.of(Path.of(System.getProperty("java.home"), "bin", "java")
                                .toString()),
                        Stream.of(System.getProperty("parcelwatch.add.opens", "")
                                        .split(" "))
                                .filter(option -> !option.isBlank()),
                        Stream.of(
                                "-XX:+UseSerialGC",
                                "-Xmx700m",
                                // It does not live long enough for more.
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                WatchProcess.class.getName(),
                                database.url(),
                                database.user(),
                                database.password(),
                                kafka.bootstrapServers(),
                                kafka.topicPrefix(),
                                state.toString(),
                                String.valueOf(checkpoints.toMillis()),
                                backend))
                .flatMap(part -> part)
                .toList();
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(log.toString())))
                .start();
    }
}
