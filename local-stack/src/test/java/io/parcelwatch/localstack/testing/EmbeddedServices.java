package io.parcelwatch.localstack.testing;

import io.parcelwatch.localstack.Durability;
import io.parcelwatch.localstack.EmbeddedKafkaBroker;
import io.parcelwatch.localstack.EmbeddedPostgresServer;
import io.parcelwatch.localstack.PostgresAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.commons.io.FileUtils;

/** What the keeper runs, in the JVM of the tests and in a directory that goes with it. */
final class EmbeddedServices implements TestServices.Backend {

    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Override
    public PostgresAddress freshDatabase(String template) {
        return Postgres.SERVER.createDatabase("test_" + DATABASES.incrementAndGet(), template);
    }

    @Override
    public String bootstrapServers() {
        return Kafka.BROKER.bootstrapServers();
    }

    private static Path directoryUntilExit(String name) {
        try {
            return Files.createTempDirectory("parcelwatch-" + name);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void atExit(AutoCloseable service, Path directory) {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                service.close();
            } catch (Exception e) {
                System.err.println("Closing " + service + ": " + e);
            }
            delete(directory);
        }));
    }

    /** In a process of its own: the files of hundreds of databases can take longer than Surefire leaves a JVM to end. */
    private static void delete(Path directory) {
        try {
            new ProcessBuilder("rm", "-rf", directory.toString())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        } catch (IOException e) {
            FileUtils.deleteQuietly(directory.toFile());
        }
    }

    private static final class Postgres {
        static final EmbeddedPostgresServer SERVER = start();

        private static EmbeddedPostgresServer start() {
            Path directory = directoryUntilExit("postgres");
            EmbeddedPostgresServer server = EmbeddedPostgresServer.start(directory, Durability.THROWAWAY);
            atExit(server, directory);
            return server;
        }
    }

    private static final class Kafka {
        static final EmbeddedKafkaBroker BROKER = start();

        private static EmbeddedKafkaBroker start() {
            Path directory = directoryUntilExit("kafka");
            EmbeddedKafkaBroker broker = EmbeddedKafkaBroker.start(directory);
            atExit(broker, directory);
            return broker;
        }
    }
}
