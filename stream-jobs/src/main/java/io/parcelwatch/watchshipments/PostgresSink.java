package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import java.io.IOException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into PostgreSQL, a transaction a batch: when a batch is full, when it has waited long enough, and before each checkpoint.
 * At least once: after a crash rows may be written again, which the guards of {@link Tables} make harmless.
 *
 * <p>While PostgreSQL is away the writer waits and tries again, and the job stands still behind it. An element that PostgreSQL refuses is
 * handed to {@link Tables#refused} and does not stop the others.
 *
 * @param <T> what is written
 */
final class PostgresSink<T> implements Sink<T> {

    private static final long serialVersionUID = 1L;

    /**
     * How elements become rows.
     *
     * @param <T> what is written
     */
    interface Tables<T> extends Serializable {

        /** Called once by each attempt of each writer before it writes, in a transaction of its own. */
        default void begin(Connection connection) throws SQLException {}

        /** Writes the elements, in the transaction of the connection. */
        void write(Connection connection, List<T> batch) throws SQLException;

        /** Keeps an element that PostgreSQL refuses, in the transaction of the connection. */
        void refused(Connection connection, T element, SQLException why) throws SQLException;

        /** Notes that everything up to a moment is in the tables. Called after the batches of that moment. */
        default void progressed(Connection connection, int subtask, int parallelism, Instant clock)
                throws SQLException {}

        /** Called in a transaction of its own when a bounded input has ended and everything is written. */
        default void ended(Connection connection, int subtask, int parallelism) throws SQLException {}
    }

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSink.class);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(40);
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);
    /** A server that is gone without a word is noticed after this. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    /** How long the writer itself waits for PostgreSQL; then the job restarts from its checkpoint, and waits there. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Database database;
    private final Tables<T> tables;
    private final int largestBatch;

    /** @param largestBatch how many elements a transaction takes at most */
    PostgresSink(Database database, Tables<T> tables, int largestBatch) {
        this.database = database;
        this.tables = tables;
        this.largestBatch = largestBatch;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) {
        return new Writer(context);
    }

    private final class Writer implements SinkWriter<T> {
        private final ProcessingTimeService clock;
        private final int subtask;
        private final int parallelism;
        private final Counter written;
        private final Histogram batchMillis;
        private List<T> batch = new ArrayList<>();
        private Connection connection;
        private boolean begun;
        private boolean flushPlanned;
        private long watermark = Long.MIN_VALUE;
        private long notedWatermark = Long.MIN_VALUE;
        private long notedAt;

        Writer(WriterInitContext context) {
            clock = context.getProcessingTimeService();
            subtask = context.getTaskInfo().getIndexOfThisSubtask();
            parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
            written = context.metricGroup().counter("elementsWritten");
            batchMillis = context.metricGroup().histogram("batchMillis", new DescriptiveStatisticsHistogram(1_000));
        }

        @Override
        public void write(T element, Context context) throws IOException, InterruptedException {
            batch.add(element);
            if (batch.size() >= largestBatch) {
                flushBatch();
            } else {
                planFlush(LONGEST_WAIT);
            }
        }

        @Override
        public void writeWatermark(org.apache.flink.api.common.eventtime.Watermark mark) {
            watermark = mark.getTimestamp();
            planFlush(batch.isEmpty() ? PROGRESS_EVERY : LONGEST_WAIT);
        }

        private void planFlush(Duration wait) {
            if (!flushPlanned) {
                flushPlanned = true;
                clock.registerTimer(clock.getCurrentProcessingTime() + wait.toMillis(), at -> {
                    flushPlanned = false;
                    flushBatch();
                });
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            flushBatch();
            if (endOfInput) {
                patiently(open -> tables.ended(open, subtask, parallelism));
            }
        }

        private void flushBatch() throws IOException, InterruptedException {
            boolean progress = watermark > notedWatermark
                    && watermark != Long.MAX_VALUE
                    && clock.getCurrentProcessingTime() - notedAt >= PROGRESS_EVERY.toMillis();
            if (batch.isEmpty() && !progress) {
                if (watermark > notedWatermark && watermark != Long.MAX_VALUE) {
                    planFlush(PROGRESS_EVERY);
                }
                return;
            }
            if (!begun) {
                patiently(open -> tables.begin(open));
                begun = true;
            }
            long start = System.nanoTime();
            writeOrSplit(batch);
            written.inc(batch.size());
            batch = new ArrayList<>();
            if (progress) {
                Instant reached = Instant.ofEpochMilli(watermark);
                patiently(open -> tables.progressed(open, subtask, parallelism, reached));
                notedWatermark = watermark;
                notedAt = clock.getCurrentProcessingTime();
            } else if (watermark > notedWatermark && watermark != Long.MAX_VALUE) {
                planFlush(PROGRESS_EVERY);
            }
            batchMillis.update((System.nanoTime() - start) / 1_000_000);
        }

        /** Writes a batch; where PostgreSQL refuses it, its halves, until the one element that it refuses stands alone. */
        private void writeOrSplit(List<T> elements) throws IOException, InterruptedException {
            if (elements.isEmpty()) {
                return;
            }
            try {
                patiently(open -> tables.write(open, elements));
            } catch (RefusedException e) {
                if (elements.size() == 1) {
                    LOG.warn("PostgreSQL refuses an element with {}; it is kept aside", e.refusal.getSQLState());
                    patiently(open -> tables.refused(open, elements.get(0), e.refusal));
                    return;
                }
                int half = elements.size() / 2;
                writeOrSplit(elements.subList(0, half));
                writeOrSplit(elements.subList(half, elements.size()));
            }
        }

        /** Runs a transaction; while PostgreSQL is away, waits and runs it again. */
        private void patiently(Transaction transaction) throws IOException, InterruptedException {
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (int attempt = 0; ; attempt++) {
                try {
                    if (connection == null) {
                        connection = database.connect(LONGEST_ANSWER);
                        connection.setAutoCommit(false);
                    }
                    transaction.run(connection);
                    connection.commit();
                    return;
                } catch (SQLException e) {
                    if (refusesTheData(e)) {
                        rollback();
                        throw new RefusedException(e);
                    }
                    if (!mayPass(e)) {
                        throw new IOException("PostgreSQL at " + database.place() + ": " + e.getMessage(), e);
                    }
                    waitForPostgres(e, attempt, deadline);
                } catch (io.parcelwatch.sql.DatabaseUnreachableException e) {
                    waitForPostgres(e, attempt, deadline);
                }
            }
        }

        private void rollback() {
            try {
                connection.rollback();
            } catch (SQLException e) {
                closeConnection();
            }
        }

        private void waitForPostgres(Exception why, int attempt, long deadline)
                throws IOException, InterruptedException {
            closeConnection();
            if (System.nanoTime() > deadline) {
                throw new IOException("PostgreSQL at " + database.place() + " was away for " + PATIENCE, why);
            }
            LOG.warn("waiting for PostgreSQL: {}", why.getMessage());
            Thread.sleep(Math.min(5_000, 100L << Math.min(attempt, 6)));
        }

        private void closeConnection() {
            if (connection != null) {
                try {
                    connection.close();
                } catch (SQLException e) {
                    LOG.debug("a broken connection did not close", e);
                }
                connection = null;
            }
        }

        @Override
        public void close() {
            closeConnection();
        }
    }

    private interface Transaction {
        void run(Connection connection) throws SQLException;
    }

    /** PostgreSQL answered, and refuses what it was given. */
    private static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final SQLException refusal;

        RefusedException(SQLException refusal) {
            super(refusal);
            this.refusal = refusal;
        }
    }

    /**
     * Whether it is the data that PostgreSQL refuses, and would refuse again: classes 21 (cardinality), 22 (data exception), 23 (integrity) and 54
     * (limits) of the SQL standard's SQLSTATE as PostgreSQL's manual lists them.
     */
    private static boolean refusesTheData(SQLException e) {
        return hasClass(e, "21", "22", "23", "54");
    }

    /** Whether waiting can help: no or a lost connection, a rollback for others' sake, no resources, a server that starts or stops. */
    private static boolean mayPass(SQLException e) {
        return e.getSQLState() == null || hasClass(e, "08", "40", "53", "55", "57", "58");
    }

    private static boolean hasClass(SQLException e, String... classes) {
        String state = e.getSQLState();
        return state != null && java.util.stream.Stream.of(classes).anyMatch(state::startsWith);
    }
}
