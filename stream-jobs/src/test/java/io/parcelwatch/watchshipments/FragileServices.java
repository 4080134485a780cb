package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.localstack.Durability;
import io.parcelwatch.localstack.EmbeddedKafkaBroker;
import io.parcelwatch.localstack.EmbeddedPostgresServer;
import io.parcelwatch.localstack.PostgresAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * PostgreSQL and Kafka of a test's own, processes both, to be killed and started again at the same addresses. PostgreSQL is durable: what it
 * has committed must outlive it.
 */
final class FragileServices implements AutoCloseable {

    private final Path postgresDirectory;
    private final Path kafkaDirectory;
    private EmbeddedPostgresServer postgres;
    private Process kafka;

    FragileServices(Path directory) throws IOException {
        postgresDirectory = Files.createDirectories(directory.resolve("postgres"));
        kafkaDirectory = Files.createDirectories(directory.resolve("kafka"));
        startPostgres();
        startKafka();
    }

    /** A broker until it is killed; says its address in a file. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        EmbeddedKafkaBroker broker = EmbeddedKafkaBroker.start(directory);
        Path written = Files.writeString(directory.resolve("address.new"), broker.bootstrapServers());
        Files.move(written, directory.resolve("address"), StandardCopyOption.ATOMIC_MOVE);
        Thread.currentThread().join();
    }

    PostgresAddress postgres() {
        return postgres.address();
    }

    String bootstrapServers() throws IOException {
        return Files.readString(kafkaDirectory.resolve("address"));
    }

    void startPostgres() {
        postgres = EmbeddedPostgresServer.start(postgresDirectory, Durability.DURABLE);
    }

    /** Kills the server; its children end when they notice. */
    void killPostgres() throws IOException {
        long pid = Long.parseLong(Files.readAllLines(postgresDirectory.resolve("data/postmaster.pid"))
                .get(0));
        assertThat(ProcessHandle.of(pid).orElseThrow().destroyForcibly()).isTrue();
        await().atMost(Duration.ofSeconds(10)).until(() -> !postgres.isAlive());
    }

    void startKafka() throws IOException {
        Path address = kafkaDirectory.resolve("address");
        String before = Files.exists(address) ? Files.readString(address) : null;
        Files.deleteIfExists(address);
        kafka = JavaProcess.of(
                        List.of("-Xmx300m", "-XX:TieredStopAtLevel=1"),
                        System.getProperty("java.class.path"),
                        FragileServices.class.getName(),
                        List.of(kafkaDirectory.toString()))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        kafkaDirectory.resolve("log").toFile()))
                .start();
        await("Kafka is up").atMost(Duration.ofSeconds(90)).until(() -> Files.exists(address));
        if (before != null) {
            assertThat(address).hasContent(before);
        }
    }

    void killKafka() throws InterruptedException {
        kafka.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws Exception {
        killKafka();
        postgres.close();
    }
}
