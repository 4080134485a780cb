package io.parcelwatch.sql;

import java.sql.Connection;
import java.sql.SQLException;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.output.MigrateResult;

/** The schema of one database, and its migrations ({@code db/migration} of the resources, run by Flyway under its own lock). */
public final class Schema {

    /** How far the partitions of {@code tracking_event} reach beyond today. */
    private static final String KEEP_PARTITIONS = "select ensure_tracking_event_partitions()";

    private final Database database;
    private final Flyway flyway;

    public Schema(Database database) {
        this.database = database;
        this.flyway = Flyway.configure()
                .dataSource(database.url(), database.user(), database.password())
                .locations("classpath:db/migration")
                // Two commands that start together: the second waits for the first.
                .lockRetryCount(120)
                .failOnMissingLocations(true)
                .load();
    }

    /**
     * Brings the schema up to date and sees to it that the months ahead have partitions. Safe to run by several commands at once.
     *
     * @return how many migrations were applied
     * @throws DatabaseUnreachableException where the database cannot be used, or is older than PostgreSQL 15
     * @throws SchemaException              where the schema in it cannot be brought up to date
     */
    public int migrate() {
        refuseOldServer();
        try {
            MigrateResult result = flyway.migrate();
            try (Connection connection = database.connect();
                    var statement = connection.createStatement()) {
                statement.execute(KEEP_PARTITIONS);
            }
            return result.migrationsExecuted;
        } catch (FlywayException e) {
            throw new SchemaException(database, e);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    /** The version of the schema in the database; null where it has none. */
    public String version() {
        MigrationInfo current = flyway.info().current();
        return current == null ? null : current.getVersion().getVersion();
    }

    /** How many migrations wait to be applied. */
    public int pending() {
        return flyway.info().pending().length;
    }

    private void refuseOldServer() {
        try (Connection connection = database.connect()) {
            int major = connection.getMetaData().getDatabaseMajorVersion();
            if (major < Database.OLDEST_MAJOR_VERSION) {
                throw new DatabaseUnreachableException(
                        database,
                        new IllegalStateException("it is PostgreSQL " + major + ", and " + Database.OLDEST_MAJOR_VERSION
                                + " is the oldest supported"));
            }
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }
}
