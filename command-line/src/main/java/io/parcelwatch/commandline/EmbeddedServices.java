package io.parcelwatch.commandline;

import io.parcelwatch.localstack.LocalStack;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.sql.Database;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The embedded services of a home. Apart from {@link Services}, so that the local stack is loaded only when it is needed. */
final class EmbeddedServices implements AutoCloseable {

    private final LocalStack stack;

    EmbeddedServices(Path home, Duration idle) {
        boolean usual = idle == null || System.getenv(LocalStack.IDLE_SECONDS) != null;
        this.stack = usual ? LocalStack.open(home) : LocalStack.open(home, idle);
    }

    Database database() {
        PostgresAddress address = stack.postgres();
        return new Database(address.url(), address.user(), address.password());
    }

    /** Bootstrap servers. */
    String kafka() {
        return stack.kafka();
    }

    /** Ends the services of a home now. */
    static void stop(Path home) {
        LocalStack.stop(home);
    }

    /** Ends the services of a home, and deletes their data. */
    static void forget(Path home) throws IOException {
        stop(home);
        PrivateDirectories.delete(home.resolve("postgres"));
        PrivateDirectories.delete(home.resolve("kafka"));
    }

    @Override
    public void close() {
        stack.close();
    }
}
