package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;

class PostgresSinkITCase {

    private final WatchTables tables = new WatchTables();

    @Test
    void anElementThatPostgresRefusesIsKeptAsideAndTheOthersAreWritten() throws Exception {
        tables.execute("create table taken (n integer primary key check (n < 997))");
        List<String> words = IntStream.rangeClosed(0, 999)
                .mapToObj(n -> n % 333 == 7 ? "no number " + n : String.valueOf(n))
                .toList();
        write(words, new Numbers());
        assertThat(tables.count("taken")).isEqualTo(997 - 3);
        assertThat(tables.strings("select left(detail, 5), count(*) from dead_letter group by 1 order by 1"))
                .containsExactly("22P02 | 3", "23514 | 3");
    }

    @Test
    void whatATriggerRaisesIsARefusalToo() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        tables.execute("create function no_sevens() returns trigger language plpgsql as"
                + " $$begin if new.n % 10 = 7 then raise exception 'no sevens'; end if; return new; end$$");
        tables.execute("create trigger no_sevens before insert on taken for each row execute function no_sevens()");
        write(IntStream.range(0, 300).mapToObj(String::valueOf).toList(), new Numbers());
        assertThat(tables.count("taken")).isEqualTo(270);
        assertThat(tables.strings("select distinct detail from dead_letter")).hasSize(1);
        assertThat(tables.count("dead_letter where detail like 'P0001 %no sevens%'"))
                .isEqualTo(30);
    }

    @Test
    void aDeadLetterThatPostgresRefusesIsKeptWithoutItsTexts() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        tables.execute("alter table dead_letter add check (detail not like '%invalid input%')");
        write(List.of("1", "two", "3"), new Numbers());
        assertThat(tables.count("taken")).isEqualTo(2);
        assertThat(tables.strings("select detail, coordinates, convert_from(payload, 'UTF8') from dead_letter"))
                .containsExactly("the letter itself was refused: 23514 | word/two | two");
    }

    @Test
    void whereNotEvenThatIsTakenTheStreamGoesOn() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        tables.execute("alter table dead_letter add check (false)");
        write(List.of("1", "two", "3"), new Numbers());
        assertThat(tables.count("taken")).isEqualTo(2);
    }

    @Test
    void whatWasRefusedIsWrittenWithTheNextElementOfItsSubjectThatIsTaken() throws Exception {
        tables.execute("create table taken (word text check (length(word) <> 2))");
        write(List.of("p", "aa", "q", "bb", "a", "r", "a", "b", "cc", "s"), new Words());
        assertThat(tables.strings("select word from taken order by 1"))
                .containsExactly("a", "aaa", "bbb", "p", "q", "r", "s");
        assertThat(tables.strings("select coordinates from dead_letter order by 1"))
                .containsExactly("word/aa", "word/bb", "word/cc");
    }

    @Test
    void aConnectionThatBreaksIsOpenedAgainAndItsBatchWrittenAgain() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        tables.execute("create table breaks (n integer)");
        write(List.of("1", "2", "3"), new BreaksOnce());
        assertThat(tables.count("taken")).isEqualTo(3);
        assertThat(tables.strings("select n from breaks")).containsExactly("2");
    }

    @Test
    void theNextBatchFillsWhileOneIsWritten() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        write(IntStream.range(0, 5_000).mapToObj(String::valueOf).toList(), new WaitsForTheNextBatch());
        assertThat(tables.count("taken")).isEqualTo(5_000);
    }

    @Test
    void aJobThatIsCancelledDoesNotWaitForABatchThatHangs() throws Exception {
        tables.execute("create table taken (n integer primary key)");
        try (Connection other = tables.database().connect()) {
            other.setAutoCommit(false);
            other.createStatement().execute("lock table taken");
            JobClient job = job(
                            IntStream.range(0, 5_000).mapToObj(String::valueOf).toList(), new Numbers())
                    .executeAsync();
            await().until(() -> waitingForALock() == 1);
            job.cancel().get();
            assertThat(job.getJobExecutionResult())
                    .failsWithin(PostgresSink.LONGEST_END.minusSeconds(3))
                    .withThrowableThat()
                    .withCauseInstanceOf(JobCancellationException.class);
            other.rollback();
        }
        await().until(() -> waitingForALock() == 0);
        assertThat(tables.count("taken")).isZero();
    }

    private long waitingForALock() {
        return tables.count(
                "pg_stat_activity where datname = current_database() and query like 'insert into taken%' and state = 'active'");
    }

    private void write(List<String> words, PostgresSink.Tables<String> into) throws Exception {
        job(words, into).execute();
    }

    private StreamExecutionEnvironment job(List<String> words, PostgresSink.Tables<String> into) {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.fromData(words)
                .sinkTo(new PostgresSink<>(
                        tables.database(), PostgresSink.Admission.CHECKED_BEFORE, into, 2_000, new DiscardingSink<>()));
        return env;
    }

    /** Numbers below 997, which is what the table takes. */
    private static class Numbers implements PostgresSink.Tables<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public PostgresSink.Batch<String> batch() {
            return PostgresSink.Batch.of(this::write);
        }

        Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
            try (PreparedStatement statement =
                    connection.prepareStatement("insert into taken select w::integer from unnest(?::text[]) w")) {
                statement.setArray(1, connection.createArrayOf("text", batch.toArray()));
                return Map.of("taken", statement.executeUpdate());
            }
        }

        @Override
        public DeadLetter refused(String word, SQLException why) {
            return new DeadLetter(
                    word,
                    DeadLetter.REFUSED_BY_DATABASE,
                    why.getSQLState() + " " + why.getMessage(),
                    null,
                    null,
                    null,
                    "word/" + word,
                    null,
                    word.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Writes nothing until an element has come that is in another batch than the first one. */
    private static final class WaitsForTheNextBatch extends Numbers {
        private static final long serialVersionUID = 1L;
        private static final AtomicReference<PostgresSink.Batch<String>> FIRST = new AtomicReference<>();
        private static final CountDownLatch NEXT = new CountDownLatch(1);

        @Override
        public PostgresSink.Batch<String> batch() {
            PostgresSink.Batch<String> numbers = super.batch();
            return new PostgresSink.Batch<>() {
                @Override
                public void add(String word) {
                    if (!FIRST.compareAndSet(null, this) && FIRST.get() != this) {
                        NEXT.countDown();
                    }
                    numbers.add(word);
                }

                @Override
                public Map<String, Integer> write(Connection connection) throws SQLException {
                    try {
                        if (!NEXT.await(30, TimeUnit.SECONDS)) {
                            throw new IllegalStateException("no element of the next batch came");
                        }
                    } catch (InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                    return numbers.write(connection);
                }
            };
        }
    }

    /** Words that speak of their first letter. */
    private static final class Words extends Numbers {
        private static final long serialVersionUID = 1L;

        @Override
        Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
            try (PreparedStatement statement =
                    connection.prepareStatement("insert into taken select w from unnest(?::text[]) w")) {
                statement.setArray(1, connection.createArrayOf("text", batch.toArray()));
                return Map.of("taken", statement.executeUpdate());
            }
        }

        @Override
        public String subject(String word) {
            return word.substring(0, 1);
        }

        @Override
        public String including(String refused, String next) {
            return refused + next;
        }
    }

    /** PostgreSQL ends the connection in the middle of the first transaction. */
    private static final class BreaksOnce extends Numbers {
        private static final long serialVersionUID = 1L;

        @Override
        public void begin(Connection connection) throws SQLException {
            connection.createStatement().execute("insert into breaks values (1)");
        }

        @Override
        Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
            // The note outlives the transaction that the broken connection takes with it.
            boolean first = connection.createStatement().executeUpdate("update breaks set n = 2 where n = 1") == 1;
            connection.commit();
            Map<String, Integer> rows = super.write(connection, batch);
            if (first) {
                connection.createStatement().execute("select pg_terminate_backend(pg_backend_pid())");
            }
            return rows;
        }
    }
}
