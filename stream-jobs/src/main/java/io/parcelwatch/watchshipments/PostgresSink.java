package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.PatientConnection.RefusedException;
import java.io.IOException;
import java.io.Serializable;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.flink.api.common.operators.MailboxExecutor;
import org.apache.flink.api.common.operators.ProcessingTimeService;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.flink.metrics.Histogram;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.runtime.metrics.DescriptiveStatisticsHistogram;
import org.apache.flink.util.ExceptionUtils;
import org.apache.flink.util.concurrent.ExecutorThreadFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes batches into PostgreSQL, a transaction a batch: when a batch is full, when it has waited long enough, and before each checkpoint.
 * While one is written, by a thread of its own, the next one fills. At least once: after a crash rows may be written again, which the guards of {@link Tables} make harmless.
 *
 * <p>While PostgreSQL is away the writer waits and tries again, and the job stands still behind it. An element that PostgreSQL refuses does
 * not stop the others: it becomes a dead letter, in table {@code dead_letter} and on the topic, and what it said is written with the next
 * element about the same subject that PostgreSQL takes.
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

        /** Makes known to a session what its statements need. Called for each before anything else; each statement is a transaction. */
        default void prepare(Connection connection) throws SQLException {}

        /** Called once by each attempt of each writer before it writes, in a transaction of its own. */
        default void begin(Connection connection) throws SQLException {}

        /** Adds metrics about the tables, in the group of the writer. Called once, before anything else. */
        default void register(MetricGroup metrics, int subtask) {}

        /** Where elements gather for the next transaction; none yet. Called after {@link #begin}. */
        Batch<T> batch();

        /** What is kept of an element that PostgreSQL refuses. Its id is the same whenever the element comes again. */
        DeadLetter refused(T element, SQLException why);

        /** When we were told the newest of what an element says; null where it tells no news. */
        default Instant receivedAt(T element) {
            return null;
        }

        /** What an element speaks of, where a later element about the same builds on it; null where each stands for itself. */
        default String subject(T element) {
            return null;
        }

        /** An element that says also what an earlier one about the same subject said that could not be written. */
        default T including(T refused, T next) {
            return next;
        }

        /**
         * Writes what {@link #write} put off, this writer's or another's, in a transaction of its own. Called before progress is noted, before
         * each checkpoint and at the end.
         */
        default void settle(Connection connection) throws SQLException {}

        /** Notes that everything up to a moment is in the tables. Called after the batches of that moment, and what they put off. */
        default void progressed(Connection connection, int subtask, int parallelism, Instant clock)
                throws SQLException {}

        /** Called in a transaction of its own when a bounded input has ended and everything is written. */
        default void ended(Connection connection, int subtask, int parallelism) throws SQLException {}
    }

    /**
     * Elements that are written together. One thread adds them; then another writes them.
     *
     * @param <T> what is written
     */
    interface Batch<T> {

        /** What can be made of an element at once need not be made when it is in no cache any more. */
        void add(T element);

        /** Whether it is to be written before it holds as many elements as a transaction may take: those that it has are large. */
        default boolean isFull() {
            return false;
        }

        /**
         * Writes what was added, in the transaction of the connection. Called again where that was lost.
         *
         * @return how many rows of which table were added or changed
         */
        Map<String, Integer> write(Connection connection) throws SQLException;

        /** Elements of which nothing can be made before all are there. */
        static <T> Batch<T> of(Statements<T> statements) {
            List<T> elements = new ArrayList<>();
            return new Batch<>() {
                @Override
                public void add(T element) {
                    elements.add(element);
                }

                @Override
                public Map<String, Integer> write(Connection connection) throws SQLException {
                    return statements.write(connection, elements);
                }
            };
        }
    }

    /**
     * Writes elements, in the transaction of the connection.
     *
     * @param <T> what is written
     */
    interface Statements<T> {

        /** @return how many rows of which table were added or changed */
        Map<String, Integer> write(Connection connection, List<T> elements) throws SQLException;
    }

    /** Whether an attempt of the job may write into the tables at all. */
    interface Admission extends Serializable {

        /** The state was held against the tables before the job was started, and the job is the only one that can have changed them since. */
        Admission CHECKED_BEFORE = (connection, restored) -> {};

        /**
         * Called by each attempt of each writer before anything else, in the transaction of {@link Tables#begin}.
         *
         * @param restored whether the attempt goes on from a checkpoint or savepoint
         * @throws WatchRefusedException where it may not; the job ends
         */
        void admit(Connection connection, boolean restored) throws SQLException;
    }

    private static final Logger LOG = LoggerFactory.getLogger(PostgresSink.class);
    private static final Duration SHORTEST_WAIT = Duration.ofMillis(10);
    private static final Duration LONGEST_WAIT = Duration.ofMillis(500);
    /** What was received longer ago is late already: some tenths of a second more are nothing to it. */
    private static final Duration LATE = Duration.ofSeconds(10);

    private static final Duration LATE_WAIT = Duration.ofMillis(400);
    private static final Duration PROGRESS_EVERY = Duration.ofMillis(500);

    /** While full batches follow each other nobody waits for the word how far they are; each checkpoint tells it, too. */
    private static final Duration BUSY_PROGRESS_EVERY = Duration.ofSeconds(15);

    /** How long the end of a batch is waited for whose connection was cut: longer than it takes to give up connecting. */
    static final Duration LONGEST_END = Duration.ofSeconds(15);

    /**
     * Of so many subjects a writer remembers what PostgreSQL refused. With more, something is wrong with more than some rows: the job restarts
     * from its checkpoint, after which the first element of each subject is whole.
     */
    private static final int MOST_REFUSED = 10_000;

    /** Quantiles speak of so many of the last values. */
    private static final int HISTOGRAM_WINDOW = 1_000;

    private final Database database;
    private final Admission admission;
    private final Tables<T> tables;
    private final int largestBatch;
    private final Sink<DeadLetter> deadLetterTopic;

    /**
     * @param largestBatch    how many elements a transaction takes at most
     * @param deadLetterTopic where the letters about refused elements go, beside their table
     */
    PostgresSink(
            Database database,
            Admission admission,
            Tables<T> tables,
            int largestBatch,
            Sink<DeadLetter> deadLetterTopic) {
        this.database = database;
        this.admission = admission;
        this.tables = tables;
        this.largestBatch = largestBatch;
        this.deadLetterTopic = deadLetterTopic;
    }

    @Override
    public SinkWriter<T> createWriter(WriterInitContext context) throws IOException {
        Writer writer = new Writer(context);
        boolean begun = false;
        try {
            writer.begin();
            begun = true;
        } catch (WatchRefusedException e) {
            // Trying again would not help.
            throw new SuppressRestartsException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while waiting for PostgreSQL", e);
        } finally {
            if (!begun) {
                // Nobody else closes a writer that was never handed out.
                writer.postgres.close();
            }
        }
        return writer;
    }

    private final class Writer implements SinkWriter<T> {
        private final WriterInitContext init;
        private final ProcessingTimeService clock;
        private final MailboxExecutor task;
        private final int subtask;
        private final int parallelism;
        private final long openedAt = System.currentTimeMillis();
        private final CountersBy rowsWritten;
        private final CountersBy deadLetters;
        private final Histogram batchMillis;
        private final Histogram receiptToCommitMillis;
        private final PatientConnection postgres = new PatientConnection(database, tables::prepare);
        /** Writes one batch at a time; what is done with the connection meanwhile waits for its end. */
        private final ExecutorService batchWriter =
                Executors.newSingleThreadExecutor(new ExecutorThreadFactory("postgres-batches"));

        private Gathered next;
        /** Done when {@link #beingWritten} is committed or refused, or has failed; null where none is. */
        private CompletableFuture<Void> written;

        private List<T> beingWritten = List.of();
        /** Whether the time of a flush came while another batch was written. */
        private boolean flushIsDue;
        /** The last element of each subject that PostgreSQL refused, until one of the subject is written. */
        private final Map<String, T> refused = new HashMap<>();

        private volatile int subjectsRefused;
        /** Opened with the first refusal: most writers never see one. */
        private SinkWriter<DeadLetter> topicWriter;

        private volatile Duration lastBatch = Duration.ZERO;
        private long flushAt = Long.MAX_VALUE;
        private long watermark = Long.MIN_VALUE;
        private volatile long notedWatermark = Long.MIN_VALUE;
        private long notedAt;
        private long writtenSinceNoted;

        Writer(WriterInitContext context) {
            init = context;
            clock = context.getProcessingTimeService();
            task = context.getMailboxExecutor();
            subtask = context.getTaskInfo().getIndexOfThisSubtask();
            parallelism = context.getTaskInfo().getNumberOfParallelSubtasks();
            rowsWritten = new CountersBy(context.metricGroup(), "table", "rowsWritten", List.of());
            deadLetters = CountersBy.deadLetters(context.metricGroup(), List.of(DeadLetter.REFUSED_BY_DATABASE));
            MetricGroup metrics = context.metricGroup().addGroup(CountersBy.GROUP);
            batchMillis = metrics.histogram("batchMillis", new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW));
            receiptToCommitMillis =
                    metrics.histogram("receiptToCommitMillis", new DescriptiveStatisticsHistogram(HISTOGRAM_WINDOW));
            metrics.gauge("subjectsRefused", () -> subjectsRefused);
            metrics.gauge("clockLagMillis", this::clockLagMillis);
            tables.register(metrics, subtask);
        }

        /** Before any operator of the chain sees an element: a job that is refused tells the topics nothing. */
        private void begin() throws IOException, InterruptedException {
            postgres.transaction(open -> {
                admission.admit(open, init.getRestoredCheckpointId().isPresent());
                tables.begin(open);
            });
            next = new Gathered();
        }

        @Override
        public void write(T element, Context context) throws IOException, InterruptedException {
            Instant received = next.add(element);
            if (next.elements.size() >= largestBatch || next.batch.isFull()) {
                flushBatch();
            } else {
                planFlush(isLate(received) ? LATE_WAIT : patience());
            }
        }

        private boolean isLate(Instant received) {
            return received != null && received.toEpochMilli() < clock.getCurrentProcessingTime() - LATE.toMillis();
        }

        @Override
        public void writeWatermark(org.apache.flink.api.common.eventtime.Watermark mark) {
            watermark = mark.getTimestamp();
            planFlush(PROGRESS_EVERY);
        }

        /**
         * How long an element that was just received waits for others: a quarter of what the last transaction took, within bounds. While a backlog
         * is caught up, transactions are full or nearly so, and each costs less an element.
         */
        private Duration patience() {
            Duration wait = lastBatch.dividedBy(4);
            return wait.compareTo(SHORTEST_WAIT) < 0
                    ? SHORTEST_WAIT
                    : wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait;
        }

        /** How far the tables are behind the wall clock; before the first word of the clock, how long it has not come. */
        private long clockLagMillis() {
            return System.currentTimeMillis() - (notedWatermark == Long.MIN_VALUE ? openedAt : notedWatermark);
        }

        /** An element does not wait for a flush that was planned for the sake of the clock alone. */
        private void planFlush(Duration wait) {
            long at = clock.getCurrentProcessingTime() + wait.toMillis();
            if (at < flushAt) {
                flushAt = at;
                clock.registerTimer(at, planned -> {
                    if (planned == flushAt) {
                        flushAt = Long.MAX_VALUE;
                        if (written == null) {
                            flushBatch();
                        } else {
                            flushIsDue = true;
                        }
                    }
                });
            }
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            flushBatch();
            noteProgress();
            if (topicWriter != null) {
                topicWriter.flush(endOfInput);
            }
            if (endOfInput) {
                postgres.transaction(open -> tables.ended(open, subtask, parallelism));
            }
        }

        private void flushBatch() throws IOException, InterruptedException {
            boolean progress = watermark > notedWatermark
                    && watermark != Long.MAX_VALUE
                    && clock.getCurrentProcessingTime() - notedAt
                            >= (writtenSinceNoted > largestBatch ? BUSY_PROGRESS_EVERY : PROGRESS_EVERY).toMillis();
            if (next.elements.isEmpty() && !progress) {
                if (watermark > notedWatermark && watermark != Long.MAX_VALUE) {
                    planFlush(PROGRESS_EVERY);
                }
                return;
            }
            writtenSinceNoted += next.elements.size();
            startBatch();
            if (progress) {
                noteProgress();
            } else if (watermark > notedWatermark && watermark != Long.MAX_VALUE) {
                planFlush(PROGRESS_EVERY);
            }
        }

        /** Begins to write what has gathered, once the batch before it is written. */
        private void startBatch() throws IOException, InterruptedException {
            endBatch();
            Gathered gathered = next;
            List<T> elements = gathered.elements;
            next = new Gathered();
            flushIsDue = false;
            if (anyWasRefusedBefore(elements)) {
                writeOrSplit(elements);
            } else if (!elements.isEmpty()) {
                beingWritten = elements;
                written = CompletableFuture.runAsync(() -> writeAside(gathered), batchWriter);
                written.whenComplete((nothing, failure) -> tellTask());
            }
        }

        private boolean anyWasRefusedBefore(List<T> elements) {
            return !refused.isEmpty()
                    && elements.stream().anyMatch(element -> refused.containsKey(tables.subject(element)));
        }

        private void writeAside(Gathered gathered) {
            try {
                write(gathered);
            } catch (IOException e) {
                throw new CompletionException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new CompletionException(new IOException("interrupted while writing into PostgreSQL", e));
            }
        }

        /** The task's thread alone takes note of a batch that is written, and begins the next where its time has come. */
        private void tellTask() {
            try {
                task.execute(
                        () -> {
                            if (written != null && written.isDone()) {
                                endBatch();
                                if (flushIsDue) {
                                    flushBatch();
                                }
                            }
                        },
                        "batch written");
            } catch (RejectedExecutionException e) {
                LOG.debug("the task ended before its batch", e);
            }
        }

        /** Waits until the batch that is being written is, and does what is left of it where PostgreSQL refused it. */
        private void endBatch() throws IOException, InterruptedException {
            if (written == null) {
                return;
            }
            List<T> elements = beingWritten;
            try {
                written.get();
            } catch (ExecutionException e) {
                if (!(e.getCause() instanceof RefusedException)) {
                    // Flink looks at the outermost: an error of the JVM ends a TaskManager.
                    ExceptionUtils.rethrowIOException(e.getCause());
                }
                forgetBatch();
                split(elements);
                return;
            }
            forgetBatch();
        }

        private void forgetBatch() {
            written = null;
            beingWritten = List.of();
        }

        /** Writes what was put off, and notes how far the tables are. */
        private void noteProgress() throws IOException, InterruptedException {
            endBatch();
            settle();
            if (watermark > notedWatermark && watermark != Long.MAX_VALUE) {
                Instant reached = Instant.ofEpochMilli(watermark);
                postgres.transaction(open -> tables.progressed(open, subtask, parallelism, reached));
                notedWatermark = watermark;
                notedAt = clock.getCurrentProcessingTime();
                writtenSinceNoted = 0;
            }
        }

        private void settle() throws IOException, InterruptedException {
            try {
                postgres.transaction(tables::settle);
            } catch (RefusedException e) {
                // No element is to blame: it is tried again after a restart, until the cause is mended.
                throw new IOException(
                        "PostgreSQL at " + postgres.place() + " refuses what follows from rows that it took: "
                                + e.getMessage(),
                        e);
            }
        }

        /** Writes a batch; where PostgreSQL refuses it, its halves, until the one element that it refuses stands alone. */
        private void writeOrSplit(List<T> elements) throws IOException, InterruptedException {
            List<T> others = elements;
            if (!refused.isEmpty()) {
                // A subject that was refused before may be refused again: it does not split the batch of the others.
                Map<Boolean, List<T>> byRefusal = elements.stream()
                        .collect(Collectors.partitioningBy(element -> refused.containsKey(tables.subject(element))));
                for (T element : byRefusal.get(true)) {
                    writeAlone(element);
                }
                others = byRefusal.get(false);
            }
            if (others.size() == 1) {
                writeAlone(others.get(0));
            } else if (!others.isEmpty()) {
                try {
                    writeTogether(others);
                } catch (RefusedException e) {
                    split(others);
                }
            }
        }

        private void split(List<T> elements) throws IOException, InterruptedException {
            int half = elements.size() / 2;
            writeOrSplit(elements.subList(0, half));
            writeOrSplit(elements.subList(half, elements.size()));
        }

        private void writeTogether(List<T> elements) throws IOException, InterruptedException {
            Gathered gathered = new Gathered();
            elements.forEach(gathered::add);
            write(gathered);
        }

        private void write(Gathered gathered) throws IOException, InterruptedException {
            Map<String, Integer> rows = new HashMap<>();
            long start = System.nanoTime();
            postgres.transaction(open -> {
                rows.clear();
                rows.putAll(gathered.batch.write(open));
            });
            lastBatch = Duration.ofNanos(System.nanoTime() - start);
            batchMillis.update(lastBatch.toMillis());
            rows.forEach(rowsWritten::add);
            long now = System.currentTimeMillis();
            for (Instant received : gathered.received) {
                receiptToCommitMillis.update(now - received.toEpochMilli());
            }
        }

        private void writeAlone(T element) throws IOException, InterruptedException {
            String subject = tables.subject(element);
            T before = subject == null ? null : refused.get(subject);
            T whole = before == null ? element : tables.including(before, element);
            try {
                writeTogether(List.of(whole));
                refused.remove(subject);
                subjectsRefused = refused.size();
            } catch (RefusedException e) {
                keepAside(tables.refused(whole, e.refusal()));
                if (subject != null) {
                    refused.put(subject, whole);
                    subjectsRefused = refused.size();
                }
                if (refused.size() > MOST_REFUSED) {
                    throw new IOException(
                            "PostgreSQL at " + postgres.place() + " refused rows of more than " + MOST_REFUSED
                                    + " subjects, the last with " + e.getMessage(),
                            e);
                }
            }
        }

        /**
         * Tells the topic, then the table. A crash between the two brings the element again, and its letter with the same id. A letter that
         * PostgreSQL refuses too is kept without its texts, and where even that is refused, on the topic alone.
         */
        private void keepAside(DeadLetter letter) throws IOException, InterruptedException {
            deadLetters.add(DeadLetter.REFUSED_BY_DATABASE, 1);
            LOG.warn("PostgreSQL refuses {}: {}", letter.coordinates(), letter.detail());
            if (topicWriter == null) {
                topicWriter = deadLetterTopic.createWriter(init);
            }
            topicWriter.write(letter, NO_TIME);
            try {
                postgres.transaction(open -> LETTERS.write(open, List.of(letter)));
            } catch (RefusedException e) {
                try {
                    postgres.transaction(open -> LETTERS.write(open, List.of(letter.withoutTexts(e.refusal()))));
                } catch (RefusedException again) {
                    LOG.error("PostgreSQL refuses dead letter {} too: {}", letter.id(), again.getMessage());
                }
            }
        }

        @Override
        public void close() throws Exception {
            batchWriter.shutdownNow();
            if (written != null && !written.isDone()) {
                postgres.abort();
                if (!batchWriter.awaitTermination(LONGEST_END.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.warn("a batch did not end within {}", LONGEST_END);
                }
            }
            postgres.close();
            if (topicWriter != null) {
                topicWriter.close();
            }
        }
    }

    /** What is written in the next transaction. */
    private final class Gathered {
        private final List<T> elements = new ArrayList<>();
        private final Batch<T> batch = tables.batch();
        private final List<Instant> received = new ArrayList<>();

        /** @return when we were told of it; null where that is not known */
        private Instant add(T element) {
            elements.add(element);
            batch.add(element);
            Instant at = tables.receivedAt(element);
            if (at != null) {
                received.add(at);
            }
            return at;
        }
    }

    private static final DeadLetterTable LETTERS = new DeadLetterTable();

    /** What is told of an element that is written later than it came. */
    private static final SinkWriter.Context NO_TIME = new SinkWriter.Context() {
        @Override
        public long currentWatermark() {
            return Long.MIN_VALUE;
        }

        @Override
        public Long timestamp() {
            return null;
        }
    };
}
