package io.parcelwatch.benchmarks;

import io.parcelwatch.localstack.Durability;
import io.parcelwatch.localstack.EmbeddedPostgresServer;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.sql.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/**
 * Schemas to measure in, which end with the benchmark: on the server that PARCELWATCH_DB_URL names, else on an embedded one with fresh data,
 * durable as any.
 */
final class ScratchDatabase implements AutoCloseable {

    private static final String PREFIX = "benchmark_" + ProcessHandle.current().pid() + "_";

    private final Database server;
    private final EmbeddedPostgresServer embedded;
    private int schemas;

    /** @param folder where an embedded server keeps its data */
    ScratchDatabase(Path folder) {
        String url = System.getenv("PARCELWATCH_DB_URL");
        if (url == null || url.isBlank()) {
            embedded = EmbeddedPostgresServer.start(folder, Durability.DURABLE);
            PostgresAddress address = embedded.address();
            server = new Database(address.url(), address.user(), address.password());
        } else {
            embedded = null;
            server = new Database(url, System.getenv("PARCELWATCH_DB_USER"), System.getenv("PARCELWATCH_DB_PASSWORD"));
        }
    }

    /** The database with a fresh schema as its only one. */
    Database freshSchema() {
        execute("create schema " + PREFIX + ++schemas);
        return new Database(
                server.url() + (server.url().contains("?") ? "&" : "?") + "currentSchema=" + PREFIX + schemas,
                server.user(),
                server.password());
    }

    /** Drops the last schema and writes out what is left in the server's memory, so that no side pays for the one before it. */
    void dropLast() {
        execute("drop schema " + PREFIX + schemas-- + " cascade");
        settle();
    }

    /** Writes out what the server holds in memory, where we may. */
    void settle() {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("checkpoint");
        } catch (SQLException e) {
            // Not ours to order on this server: its own checkpoints fall where they fall.
        }
    }

    private void execute(String sql) {
        try (Connection connection = server.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        while (schemas > 0) {
            dropLast();
        }
        if (embedded != null) {
            embedded.close();
        }
    }
}
