package io.parcelwatch.localstack.testing;

import io.parcelwatch.localstack.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Spring Batch keeps what runs in a JVM by the ids of runs and steps, which each database counts by itself. A process of ours has one database;
 * tests that run at the same time have one each.
 */
public final class BatchRuns {

    /** More than the runs and steps of any test. */
    private static final long A_DATABASE = 100_000;

    private static final AtomicLong DATABASES = new AtomicLong();

    private BatchRuns() {}

    /** Lets the ids in a migrated database begin where those of no other in this JVM are. */
    public static void apart(PostgresAddress database) {
        long first = DATABASES.getAndIncrement() * A_DATABASE + 1;
        try (Connection connection = DriverManager.getConnection(database.url(), database.user(), database.password());
                Statement statement = connection.createStatement()) {
            statement.execute("alter sequence batch_job_execution_seq restart with " + first);
            statement.execute("alter sequence batch_step_execution_seq restart with " + first);
        } catch (SQLException e) {
            throw new IllegalStateException(database.url() + " has no tables of Spring Batch", e);
        }
    }
}
