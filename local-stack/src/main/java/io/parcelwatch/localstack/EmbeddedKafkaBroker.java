package io.parcelwatch.localstack;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.tools.StorageTool;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One Kafka node in this JVM, broker and controller at once, with its log in a directory that outlives it. It listens on
 * 127.0.0.1 only, creates no topic by itself and deletes nothing by age.
 */
public final class EmbeddedKafkaBroker implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedKafkaBroker.class);

    private static final long SPACE_TO_START = 64L << 20;

    private final KafkaRaftServer server;
    private final String bootstrapServers;

    private EmbeddedKafkaBroker(KafkaRaftServer server, String bootstrapServers) {
        this.server = server;
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Starts Kafka and returns when it serves clients. What a crash left behind is recovered first.
     *
     * @param directory holds the log and the ports; created where absent
     * @throws LocalStackException if it cannot start; the message says why
     */
    public static EmbeddedKafkaBroker start(Path directory) {
        Path absolute = directory.toAbsolutePath().normalize();
        try {
            Path data = absolute.resolve("data");
            Files.createDirectories(data);
            Trouble.requireSpace("start Kafka", absolute, SPACE_TO_START);
            RememberedPorts ports = new RememberedPorts(absolute.resolve("ports.properties"));
            for (int attempt = 1; ; attempt++) {
                int broker = ports.choose("broker");
                int controller = ports.choose("controller");
                Properties settings = settings(data, broker, controller);
                format(absolute, settings);
                try {
                    KafkaRaftServer server = new KafkaRaftServer(new KafkaConfig(settings), Time.SYSTEM);
                    startUp(server);
                    return new EmbeddedKafkaBroker(server, "127.0.0.1:" + broker);
                } catch (RuntimeException e) {
                    boolean portTaken = !RememberedPorts.isFree(broker) || !RememberedPorts.isFree(controller);
                    if (attempt == 3 || !portTaken) {
                        throw e;
                    }
                    log.info("A port was taken while Kafka was starting; it tries others", e);
                }
            }
        } catch (IOException | RuntimeException e) {
            throw Trouble.explain("start Kafka", absolute, e, absolute.resolveSibling("log"));
        }
    }

    /** Bootstrap servers, as clients want them. */
    public String bootstrapServers() {
        return bootstrapServers;
    }

    /** Hands over what is in memory and waits until the node has stopped. Idempotent. */
    @Override
    public void close() {
        server.shutdown();
        server.awaitShutdown();
    }

    private static void startUp(KafkaRaftServer server) {
        try {
            server.startup();
        } catch (RuntimeException e) {
            try {
                server.shutdown();
            } catch (RuntimeException alsoFailed) {
                e.addSuppressed(alsoFailed);
            }
            throw e;
        }
    }

    /** Writes the cluster's identity into an empty data directory; leaves a formatted one alone. */
    private static void format(Path directory, Properties settings) throws IOException {
        if (Files.exists(directory.resolve("data/meta.properties"))) {
            return;
        }
        Path file = directory.resolve("format.properties");
        try (PrintStream out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            settings.store(out, null);
        }
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        int status;
        try (PrintStream out = new PrintStream(said, true, StandardCharsets.UTF_8)) {
            status = StorageTool.execute(
                    new String[] {
                        "format",
                        "--config",
                        file.toString(),
                        "--cluster-id",
                        Uuid.randomUuid().toString(),
                        "--ignore-formatted"
                    },
                    out);
        }
        Files.delete(file);
        if (status != 0) {
            throw new IOException("formatting failed: " + said.toString(StandardCharsets.UTF_8));
        }
    }

    private static Properties settings(Path data, int broker, int controller) {
        Properties settings = new Properties();
        settings.setProperty("process.roles", "broker,controller");
        settings.setProperty("node.id", "1");
        // Static voters: the address may change with the port, as it is not written into the metadata log.
        settings.setProperty("controller.quorum.voters", "1@127.0.0.1:" + controller);
        settings.setProperty("controller.listener.names", "CONTROLLER");
        settings.setProperty("listeners", "PLAINTEXT://127.0.0.1:" + broker + ",CONTROLLER://127.0.0.1:" + controller);
        settings.setProperty("advertised.listeners", "PLAINTEXT://127.0.0.1:" + broker);
        settings.setProperty("log.dirs", data.toString());

        settings.setProperty("auto.create.topics.enable", "false");
        settings.setProperty("default.replication.factor", "1");
        settings.setProperty("min.insync.replicas", "1");
        settings.setProperty("offsets.topic.replication.factor", "1");
        settings.setProperty("offsets.topic.num.partitions", "4");
        settings.setProperty("transaction.state.log.replication.factor", "1");
        settings.setProperty("transaction.state.log.min.isr", "1");
        settings.setProperty("transaction.state.log.num.partitions", "2");
        settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
        settings.setProperty("share.coordinator.state.topic.min.isr", "1");
        settings.setProperty("share.coordinator.state.topic.num.partitions", "1");
        // Nobody else joins a group on a laptop: waiting for more members only delays the first record.
        settings.setProperty("group.initial.rebalance.delay.ms", "0");

        settings.setProperty("log.retention.ms", "-1");
        // A home may lie unused for months; its groups go on where they stopped.
        settings.setProperty("offsets.retention.minutes", Integer.toString(10 * 366 * 24 * 60));

        settings.setProperty("log.segment.bytes", Integer.toString(128 << 20));
        settings.setProperty("log.index.size.max.bytes", Integer.toString(1 << 20));
        settings.setProperty("metadata.log.segment.bytes", Integer.toString(16 << 20));
        settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(8 << 20));
        settings.setProperty("offsets.load.buffer.size", Integer.toString(1 << 20));
        settings.setProperty("num.network.threads", "2");
        settings.setProperty("num.io.threads", "4");
        settings.setProperty("num.replica.fetchers", "1");
        settings.setProperty("background.threads", "2");
        settings.setProperty("metadata.max.idle.interval.ms", "10000");
        return settings;
    }
}
