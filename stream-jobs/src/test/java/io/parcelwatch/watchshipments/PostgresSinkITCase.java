package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

    private void write(List<String> words, PostgresSink.Tables<String> into) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.fromData(words)
                .sinkTo(new PostgresSink<>(
                        tables.database(), PostgresSink.Admission.CHECKED_BEFORE, into, 2_000, new DiscardingSink<>()));
        env.execute();
    }

    /** Numbers below 997, which is what the table takes. */
    private static class Numbers implements PostgresSink.Tables<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
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

    /** Words that speak of their first letter. */
    private static final class Words extends Numbers {
        private static final long serialVersionUID = 1L;

        @Override
        public Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
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
        public Map<String, Integer> write(Connection connection, List<String> batch) throws SQLException {
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
