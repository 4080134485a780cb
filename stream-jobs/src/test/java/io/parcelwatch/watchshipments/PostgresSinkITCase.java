package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.junit.jupiter.api.Test;

class PostgresSinkITCase {

    private final WatchTables tables = new WatchTables();

    @Test
    void anElementThatPostgresRefusesIsKeptAsideAndTheOthersAreWritten() throws Exception {
        tables.execute("create table taken (n integer primary key check (n < 997))");
        tables.execute("create table refused (word text, state text)");
        List<String> words = IntStream.rangeClosed(0, 999)
                .mapToObj(n -> n % 333 == 7 ? "no number " + n : String.valueOf(n))
                .toList();
        write(words, new Numbers());
        assertThat(tables.count("taken")).isEqualTo(997 - 3);
        assertThat(tables.strings("select state, count(*) from refused group by 1 order by 1"))
                .containsExactly("22P02 | 3", "23514 | 3");
    }

    @Test
    void aConnectionThatBreaksIsOpenedAgainAndNothingIsLost() throws Exception {
        tables.execute("create table taken (n integer primary key check (n < 997))");
        tables.execute("create table breaks (n integer)");
        write(List.of("1", "2", "3"), new BreaksOnce());
        assertThat(tables.strings("select n from taken order by 1")).containsExactly("1", "2", "3");
        assertThat(tables.count("breaks")).isEqualTo(1);
    }

    private void write(List<String> words, PostgresSink.Tables<String> into) throws Exception {
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.fromData(words).sinkTo(new PostgresSink<>(tables.database(), into, 2_000));
        env.execute();
    }

    /** Numbers below 997, which is what the table takes. */
    private static class Numbers implements PostgresSink.Tables<String> {
        private static final long serialVersionUID = 1L;

        @Override
        public void write(Connection connection, List<String> batch) throws SQLException {
            try (PreparedStatement statement =
                    connection.prepareStatement("insert into taken select w::integer from unnest(?::text[]) w")) {
                statement.setArray(1, connection.createArrayOf("text", batch.toArray()));
                statement.executeUpdate();
            }
        }

        @Override
        public void refused(Connection connection, String word, SQLException why) throws SQLException {
            try (PreparedStatement statement = connection.prepareStatement("insert into refused values (?, ?)")) {
                statement.setString(1, word);
                statement.setString(2, why.getSQLState());
                statement.executeUpdate();
            }
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
        public void write(Connection connection, List<String> batch) throws SQLException {
            // The note outlives the transaction that the broken connection takes with it.
            boolean first = connection.createStatement().executeUpdate("update breaks set n = 2 where n = 1") == 1;
            connection.commit();
            super.write(connection, batch);
            if (first) {
                connection.createStatement().execute("select pg_terminate_backend(pg_backend_pid())");
            }
        }
    }
}
