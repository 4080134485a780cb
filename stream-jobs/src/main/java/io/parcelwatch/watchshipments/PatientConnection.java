package io.parcelwatch.watchshipments;

import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection to PostgreSQL that waits and tries again while PostgreSQL is away. One thread at a time may use it; any may {@link #abort} it, and
 * close it then.
 */
final class PatientConnection implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PatientConnection.class);

    /** A server that is gone without a word is noticed after this. */
    private static final Duration LONGEST_ANSWER = Duration.ofMinutes(2);

    /** How long is waited for PostgreSQL; then the job restarts from its checkpoint, and waits there. */
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    /** What is done with a connection. */
    interface Statements {
        void run(Connection connection) throws SQLException;
    }

    /** PostgreSQL answered, and refuses the data it was given. */
    static final class RefusedException extends IOException {
        private static final long serialVersionUID = 1L;
        private final SQLException refusal;

        private RefusedException(SQLException refusal) {
            super(refusal.getSQLState() + " " + refusal.getMessage(), refusal);
            this.refusal = refusal;
        }

        /** What PostgreSQL said. */
        SQLException refusal() {
            return refusal;
        }
    }

    private final Database database;
    private final Statements preparation;
    private volatile Connection connection;
    private volatile boolean closed;

    /** @param preparation runs once in each session before anything else; each of its statements is a transaction */
    PatientConnection(Database database, Statements preparation) {
        this.database = database;
        this.preparation = preparation;
    }

    /** Where PostgreSQL is, for messages. */
    String place() {
        return database.place();
    }

    /**
     * Runs a transaction; while PostgreSQL is away, waits and runs it again.
     *
     * @throws RefusedException where PostgreSQL refuses its data; nothing of it is written
     * @throws IOException      where PostgreSQL was away for too long, or trying again would not help
     */
    void transaction(Statements statements) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (int attempt = 0; ; attempt++) {
            try {
                Connection open = open();
                statements.run(open);
                refuseWhereClosed();
                open.commit();
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
            } catch (DatabaseUnreachableException e) {
                waitForPostgres(e, attempt, deadline);
            }
        }
    }

    /** A connection that was opened while it was aborted is not seen there, and sees here that it was. */
    private Connection open() throws IOException, SQLException {
        if (connection == null) {
            connection = database.connect(LONGEST_ANSWER);
            refuseWhereClosed();
            planEachTime(connection);
            preparation.run(connection);
            connection.setAutoCommit(false);
        }
        return connection;
    }

    private void refuseWhereClosed() throws IOException {
        if (closed) {
            disconnect();
            throw new IOException("the connection to PostgreSQL at " + database.place() + " was closed");
        }
    }

    /**
     * A plan for any batch would be made once, while the tables are empty and the arrays taken for short, and scan whole tables from then
     * on.
     */
    private static void planEachTime(Connection fresh) throws SQLException {
        try (Statement statement = fresh.createStatement()) {
            statement.execute("set plan_cache_mode = force_custom_plan");
        }
    }

    private void rollback() {
        try {
            connection.rollback();
        } catch (SQLException e) {
            disconnect();
        }
    }

    private void waitForPostgres(Exception why, int attempt, long deadline) throws IOException, InterruptedException {
        disconnect();
        refuseWhereClosed();
        if (System.nanoTime() > deadline) {
            throw new IOException("PostgreSQL at " + database.place() + " was away for " + PATIENCE, why);
        }
        LOG.warn("waiting for PostgreSQL: {}", why.getMessage());
        Thread.sleep(Math.min(5_000, 100L << Math.min(attempt, 6)));
    }

    private void disconnect() {
        Connection broken = connection;
        connection = null;
        if (broken != null) {
            try {
                broken.close();
            } catch (SQLException e) {
                LOG.debug("a broken connection did not close", e);
            }
        }
    }

    /** Cuts the connection: a transaction that still runs is not committed, unless its commit is on its way already, and none runs after it. */
    void abort() {
        closed = true;
        Connection open = connection;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                LOG.debug("a connection did not break", e);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        disconnect();
    }

    /**
     * Whether it is the data that PostgreSQL refuses, and would refuse again: classes 21 (cardinality), 22 (data exception), 23 (integrity), 44
     * (a view's check), 54 (limits) and P0 (what a trigger raises) of SQLSTATE, and 42804 (a type that does not fit), as PostgreSQL's manual
     * lists them.
     */
    private static boolean refusesTheData(SQLException e) {
        return hasClass(e, "21", "22", "23", "44", "54", "P0", "42804");
    }

    /** Whether waiting can help: no or a lost connection, a rollback for others' sake, no resources, a server that starts or stops. */
    private static boolean mayPass(SQLException e) {
        return e.getSQLState() == null || hasClass(e, "08", "40", "53", "55", "57", "58");
    }

    private static boolean hasClass(SQLException e, String... classes) {
        String state = e.getSQLState();
        return state != null && Stream.of(classes).anyMatch(state::startsWith);
    }
}
