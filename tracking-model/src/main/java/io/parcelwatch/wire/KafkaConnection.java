package io.parcelwatch.wire;

import java.io.IOException;
import java.io.Reader;
import java.io.Serializable;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * How to reach Kafka.
 *
 * @param bootstrapServers {@code host:port}, comma-separated
 * @param clientProperties what TLS and SASL need, handed to every client as it is
 * @param topicPrefix      stands before every topic's name; empty for none
 */
public record KafkaConnection(String bootstrapServers, Map<String, String> clientProperties, String topicPrefix)
        implements Serializable {

    /** The key of a properties file that sets the prefix; the other keys go to the clients. */
    public static final String TOPIC_PREFIX = "topic.prefix";

    private static final int SECONDS_TO_ANSWER = 20;

    /** A connection without TLS, SASL and prefix. */
    public static KafkaConnection to(String bootstrapServers) {
        return new KafkaConnection(bootstrapServers, Map.of(), "");
    }

    /**
     * A connection with the properties of a file: client settings (TLS, SASL) and {@code topic.prefix}.
     *
     * @param file a Java properties file in UTF-8
     * @throws IOException where the file cannot be read
     */
    public static KafkaConnection to(String bootstrapServers, Path file) throws IOException {
        Properties read = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            read.load(reader);
        }
        Map<String, String> properties = new HashMap<>();
        read.stringPropertyNames().forEach(key -> properties.put(key, read.getProperty(key)));
        String prefix = Optional.ofNullable(properties.remove(TOPIC_PREFIX)).orElse("");
        return new KafkaConnection(bootstrapServers, Map.copyOf(properties), prefix);
    }

    /** The full name of a topic. */
    public String name(Topic topic) {
        return topicPrefix + topic.topicName();
    }

    /** What every client needs: where the brokers are and how to speak to them. */
    public Properties properties() {
        Properties properties = new Properties();
        properties.putAll(clientProperties);
        properties.put("bootstrap.servers", bootstrapServers);
        return properties;
    }

    /**
     * How many partitions a topic has.
     *
     * @throws KafkaUnreachableException where no broker answers within 20 seconds, or the topic does not exist
     */
    public int partitions(Topic topic) {
        try (Admin admin = Admin.create(properties())) {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS_TO_ANSWER);
            while (true) {
                try {
                    return admin.describeTopics(List.of(name(topic)))
                            .allTopicNames()
                            .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                            .get(name(topic))
                            .partitions()
                            .size();
                } catch (ExecutionException e) {
                    // A topic just created is not known to every broker at once.
                    if (!(e.getCause() instanceof UnknownTopicOrPartitionException) || System.nanoTime() > deadline) {
                        throw e;
                    }
                    TimeUnit.MILLISECONDS.sleep(100);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(this, e);
        } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw new KafkaUnreachableException(this, e);
        }
    }

    /**
     * Whether a topic holds no record now.
     *
     * @throws KafkaUnreachableException where no broker answers within 20 seconds, or the topic does not exist
     */
    public boolean isEmpty(Topic topic) {
        int partitions = partitions(topic);
        try (Admin admin = Admin.create(properties())) {
            return offsets(admin, topic, partitions, OffsetSpec.earliest())
                    .equals(offsets(admin, topic, partitions, OffsetSpec.latest()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(this, e);
        } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw new KafkaUnreachableException(this, e);
        }
    }

    private List<Long> offsets(Admin admin, Topic topic, int partitions, OffsetSpec which)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> asked = new HashMap<>();
        for (int partition = 0; partition < partitions; partition++) {
            asked.put(new TopicPartition(name(topic), partition), which);
        }
        ListOffsetsResult answers = admin.listOffsets(asked);
        List<Long> offsets = new ArrayList<>();
        for (int partition = 0; partition < partitions; partition++) {
            offsets.add(answers.partitionResult(new TopicPartition(name(topic), partition))
                    .get(SECONDS_TO_ANSWER, TimeUnit.SECONDS)
                    .offset());
        }
        return offsets;
    }

    /** Where it is; the properties may hold secrets. */
    @Override
    public String toString() {
        return "Kafka at " + bootstrapServers + (topicPrefix.isEmpty() ? "" : " with topics " + topicPrefix + "...");
    }

    /**
     * Creates the topics that do not exist yet, with the broker's default replication; leaves those that exist as they are.
     *
     * @throws KafkaUnreachableException where no broker answers within 20 seconds
     */
    public void createTopics(Topic... topics) {
        Properties properties = properties();
        properties.putIfAbsent("default.api.timeout.ms", String.valueOf(SECONDS_TO_ANSWER * 1000));
        properties.putIfAbsent("request.timeout.ms", "10000");
        try (Admin admin = Admin.create(properties)) {
            Set<String> present = admin.listTopics().names().get(SECONDS_TO_ANSWER, TimeUnit.SECONDS);
            List<NewTopic> missing = new ArrayList<>();
            for (Topic topic : topics) {
                if (!present.contains(name(topic))) {
                    missing.add(new NewTopic(name(topic), Optional.of(topic.partitions()), Optional.empty())
                            .configs(topic.configuration()));
                }
            }
            for (var creation : admin.createTopics(missing).values().values()) {
                try {
                    creation.get(SECONDS_TO_ANSWER, TimeUnit.SECONDS);
                } catch (ExecutionException e) {
                    if (!(e.getCause() instanceof TopicExistsException)) {
                        throw e;
                    }
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(this, e);
        } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw new KafkaUnreachableException(this, e);
        }
    }
}
