package io.parcelwatch.benchmarks;

import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.Sinks;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchShipments;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;

/** A live watch on topics of its own: state in RocksDB, a checkpoint each ten seconds, two of each operator. The caller is its clock. */
final class WatchRun implements AutoCloseable {

    /** A run that counts nothing new for so long will not come to an end. */
    private static final Duration LONGEST_STANDSTILL = Duration.ofMinutes(3);

    private static final long SECONDS_TO_STOP = 60;

    /** The name by which the job counts the events it read. */
    private static final String EVENTS_READ = "events read";

    private final Database database;
    private final WatchOptions options;
    private final UnaryOperator<Sinks> sinks;
    private JobClient job;
    private long read;

    /**
     * @param folder where its checkpoints go
     * @param sinks  made of those of a live run
     */
    WatchRun(Database database, ScratchKafka.Topics topics, Path folder, UnaryOperator<Sinks> sinks) {
        this.database = database;
        this.sinks = sinks;
        options = WatchOptions.live(database, topics.connection(), folder.resolve("checkpoints"))
                .withRuntime(Duration.ofSeconds(10), "rocksdb", 2)
                .withoutTicks();
    }

    /** Starts it, from the state it stopped with. Counts begin anew. */
    void start() {
        start(Instant.MIN);
    }

    /** The same, where only events received from a moment on are to be counted. */
    void start(Instant receivedFrom) {
        CountedSink.reset(receivedFrom);
        job = WatchShipments.start(options, sinks);
    }

    /** Stops it with a savepoint in the format of a checkpoint. */
    Path stop() throws Exception {
        JobClient stopping = job;
        job = null;
        String directory = options.stateDirectory().toUri().toString();
        String savepoint = null;
        for (long tries = 0; savepoint == null; tries++) {
            try {
                savepoint = stopping.stopWithSavepoint(false, directory, SavepointFormatType.NATIVE)
                        .get();
            } catch (ExecutionException e) {
                // A small run has ended before the last task has started; Flink has no other word for it.
                if (!String.valueOf(e.getMessage()).contains("Not all required tasks")
                        || tries == 10 * SECONDS_TO_STOP) {
                    throw e;
                }
                Thread.sleep(100);
            }
        }
        read = stopping.getJobExecutionResult()
                .get(SECONDS_TO_STOP, TimeUnit.SECONDS)
                .getAccumulatorResult(EVENTS_READ);
        return Path.of(URI.create(savepoint));
    }

    /**
     * Stops it, and makes sure that a figure is what it says: since its start it read so many events, and as many came to its sinks since these were
     * counted anew.
     *
     * @throws IllegalStateException if not
     */
    void stopAfter(long events) throws Exception {
        stop();
        if (read != events || CountedSink.events() != events) {
            throw new IllegalStateException("of " + events + " events " + read + " were read and "
                    + CountedSink.events() + " came to the sinks: the run proves nothing");
        }
    }

    /** Bytes of all files of a checkpoint. */
    static long bytes(Path checkpoint) throws IOException {
        try (Stream<Path> files = Files.walk(checkpoint)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(file -> file.toFile().length())
                    .sum();
        }
    }

    /** The rows of a table. */
    long rows(String table) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + table)) {
            row.next();
            return row.getLong(1);
        } catch (SQLException e) {
            throw new IllegalStateException("the rows of " + table + " cannot be counted: " + e.getMessage(), e);
        }
    }

    /** Waits until a count is reached. */
    static void await(String what, LongSupplier count, long expected) throws InterruptedException {
        long last = -1;
        long lastAt = System.nanoTime();
        for (long now = count.getAsLong(); now < expected; now = count.getAsLong()) {
            if (now != last) {
                last = now;
                lastAt = System.nanoTime();
            } else if (System.nanoTime() - lastAt > LONGEST_STANDSTILL.toNanos()) {
                throw new IllegalStateException(
                        what + " stand at " + now + " of " + expected + " and do not grow: the run was given up");
            }
            Thread.sleep(10);
        }
    }

    @Override
    public void close() throws InterruptedException {
        if (job != null) {
            try {
                job.cancel().get(SECONDS_TO_STOP, TimeUnit.SECONDS);
                job.getJobExecutionResult().get(SECONDS_TO_STOP, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                // That is how a cancelled job ends.
            }
            job = null;
        }
    }
}
