package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Lets an attempt of a job on a cluster write into the tables, where its state and they belong together. Asked by every writer before it
 * writes, not by {@code main}: that runs again when the JobManager fails over, and does not know whether Flink recovers the job's state.
 *
 * @param database where the tables are; named in the refusal
 * @param run      tells this run from others: made by {@code main}, carried in the job's graph, noted as {@code watch_state.state_id}
 * @param rebuild  whether a run without state may empty tables that hold data
 */
record ClusterAdmission(Database database, String run, boolean rebuild) implements PostgresSink.Admission {

    /** The first writer decides, the others wait for its word. */
    private static final String ONE_AFTER_THE_OTHER =
            "select pg_advisory_xact_lock(hashtextextended('parcelwatch watch_state', 0))";

    private static final String CLAIM = """
            insert into watch_state (state_id) values (?)
            on conflict (only_row) do update set state_id = excluded.state_id
            """;

    /**
     * With recovered state the tables are this job's: it goes on, and {@code --rebuild} has been done. Without, it may be a restart before the
     * first checkpoint, which reads everything from the beginning into tables of its own.
     *
     * @throws WatchRefusedException where the tables hold data of another run, there is no state, and they may not be rebuilt
     */
    @Override
    public void admit(Connection connection, boolean restored) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(ONE_AFTER_THE_OTHER);
            if (run.equals(WatchState.idIn(statement))) {
                return;
            }
            if (!restored && rebuild) {
                statement.execute(WatchState.EMPTY_TABLES);
            } else if (!restored && holdData(statement)) {
                throw new WatchRefusedException(
                        "the tables in " + database.place()
                                + " hold data: start from the savepoint that belongs to them (-s), or compute them anew with --rebuild");
            }
        }
        try (PreparedStatement claim = connection.prepareStatement(CLAIM)) {
            claim.setString(1, run);
            claim.executeUpdate();
        }
    }

    private static boolean holdData(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery(WatchState.TABLES_HOLD_DATA)) {
            return row.next() && row.getBoolean(1);
        }
    }
}
