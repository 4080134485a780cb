package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.RegistrationJson;
import io.parcelwatch.wire.Topic;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.SavepointFormatType;
import org.apache.flink.runtime.client.JobCancellationException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** A live watch on topics and tables of a test's own; the test is the carrier, the shop and the clock. */
final class LiveWatch implements AutoCloseable {

    private final KafkaConnection kafka;
    private final WatchTables tables;
    private final KafkaProducer<byte[], byte[]> producer;
    /** Up to where registrations were sent. */
    private final Map<TopicPartition, Long> registered = new HashMap<>();

    private WatchOptions options;
    private JobClient job;

    LiveWatch(Path home) {
        this(home, new WatchTables(), TestServices.kafka());
    }

    LiveWatch(Path home, WatchTables tables, String bootstrapServers) {
        this(home, tables, bootstrapServers, "t" + UUID.randomUUID().toString().substring(0, 8) + "-");
    }

    /** A watch on topics of a given prefix: the state of a watch names its topics. */
    LiveWatch(Path home, WatchTables tables, String bootstrapServers, String topicPrefix) {
        this.tables = tables;
        kafka = new KafkaConnection(bootstrapServers, Map.of(), topicPrefix);
        kafka.createTopics(Topic.values());
        Properties properties = kafka.properties();
        properties.put("max.request.size", 4 << 20);
        properties.put("max.in.flight.requests.per.connection", 1);
        // Partitions may be added while the watch runs, and want ticks too.
        properties.put("metadata.max.age.ms", 1_000);
        producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        options = WatchOptions.live(tables.database(), kafka, home.resolve("checkpoints"))
                .withRuntime(Duration.ofMillis(500), "hashmap", 2)
                .withoutTicks();
    }

    WatchTables tables() {
        return tables;
    }

    KafkaConnection kafka() {
        return kafka;
    }

    LiveWatch with(java.util.function.UnaryOperator<WatchOptions> change) {
        options = change.apply(options);
        return this;
    }

    LiveWatch start() {
        job = WatchShipments.start(options);
        return this;
    }

    /** Cancels the job; what it had not written goes on from its last checkpoint. */
    void stop() throws ExecutionException, InterruptedException {
        JobClient stopping = job;
        job = null;
        stopping.cancel().get();
        try {
            stopping.getJobExecutionResult().get();
        } catch (ExecutionException e) {
            // That it was cancelled.
            assertThat(e).hasRootCauseInstanceOf(JobCancellationException.class);
        }
    }

    /**
     * Stops the job with a savepoint beside its checkpoints, where the next start finds it.
     *
     * @param format canonical, for any state backend, or the backend's own
     */
    Path stopWithSavepoint(SavepointFormatType format) throws ExecutionException, InterruptedException {
        JobClient stopping = job;
        job = null;
        Path directory = options.stateDirectory().toAbsolutePath();
        String savepoint = savepoint(stopping, directory, format);
        stopping.getJobExecutionResult().get();
        return Path.of(URI.create(savepoint));
    }

    /** Waits where the last task has not started yet: Flink refuses then, and has no other word for it. */
    private static String savepoint(JobClient stopping, Path directory, SavepointFormatType format) {
        String[] savepoint = new String[1];
        await().atMost(Duration.ofMinutes(5)).until(() -> {
            try {
                savepoint[0] = stopping.stopWithSavepoint(
                                false, directory.toUri().toString(), format)
                        .get();
                return true;
            } catch (ExecutionException e) {
                if (!String.valueOf(e.getMessage()).contains("Not all required tasks")) {
                    throw e;
                }
                return false;
            }
        });
        return savepoint[0];
    }

    void register(String json) {
        byte[] value = json.getBytes(StandardCharsets.UTF_8);
        var registration = RegistrationJson.read(io.parcelwatch.wire.Json.object(value));
        String key = RegistrationJson.key(registration.carrier(), registration.trackingNumber());
        send(new ProducerRecord<>(kafka.name(Topic.SHIPMENTS), key.getBytes(StandardCharsets.UTF_8), value));
    }

    /** Says one event the way a person in operations does: as a JSON line of source {@code manual}. */
    void say(String eventLine, Instant receivedAt) {
        payload("ups", "manual", receivedAt, eventLine.getBytes(StandardCharsets.UTF_8));
    }

    void payload(String carrier, String source, Instant receivedAt, byte[] body) {
        send(PayloadHeaders.record(
                kafka.name(Topic.CARRIER_PAYLOADS),
                UUID.randomUUID().toString(),
                new Payload(carrier, "main", source, receivedAt, null, body)));
    }

    void tick(Instant now) {
        tick(now, Instant.now());
    }

    /** A tick that was handed to Kafka at another time than it tells. */
    void tick(Instant told, Instant handed) {
        int partitions = partitionsToldTheTime();
        for (int partition = 0; partition < partitions; partition++) {
            ProducerRecord<byte[], byte[]> tick =
                    PayloadHeaders.tick(kafka.name(Topic.CARRIER_PAYLOADS), partition, told);
            send(new ProducerRecord<>(
                    tick.topic(), partition, handed.toEpochMilli(), tick.key(), tick.value(), tick.headers()));
        }
    }

    /** Sends records in their order, without waiting for each. */
    void sendAll(List<ProducerRecord<byte[], byte[]>> records) {
        List<Future<RecordMetadata>> sent = new ArrayList<>();
        records.forEach(record -> sent.add(producer.send(record)));
        for (Future<RecordMetadata> record : sent) {
            acknowledged(record);
        }
    }

    /** How many partitions a tick goes to now; one that was added is known within a second. */
    int partitionsToldTheTime() {
        return producer.partitionsFor(kafka.name(Topic.CARRIER_PAYLOADS)).size();
    }

    void send(ProducerRecord<byte[], byte[]> record) {
        acknowledged(producer.send(record));
    }

    private void acknowledged(Future<RecordMetadata> sent) {
        try {
            RecordMetadata record = sent.get();
            if (record.topic().equals(kafka.name(Topic.SHIPMENTS))) {
                registered.merge(
                        new TopicPartition(record.topic(), record.partition()), record.offset() + 1, Math::max);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Waits until the tables hold every payload that was received up to a moment, and the registrations that were there at the start. The clock has to
     * be told so by a tick.
     */
    void awaitClock(Instant moment) {
        awaitClock(moment, Duration.ofMinutes(3));
    }

    void awaitClock(Instant moment, Duration patience) {
        await("the watch's clock reaches " + moment)
                .atMost(patience)
                .pollInterval(Duration.ofMillis(50))
                .until(() -> (options.parallelism() + " | t")
                        .equals(tables.string("select count(*), min(clock_at) >= '" + moment.minusMillis(1)
                                + "' from watch_progress")));
    }

    /**
     * Waits until the tables hold every registration: a clock that goes does not wait for those that are sent meanwhile, only for those that are there
     * when the watch starts. May take ten seconds: so seldom does Flink's reader of a silent topic tell what it has read.
     */
    void awaitRegistrations() {
        try (Admin admin = Admin.create(kafka.properties())) {
            await("all registrations are in the tables")
                    .atMost(Duration.ofMinutes(3))
                    .until(() -> {
                        Map<TopicPartition, OffsetAndMetadata> read = read(admin);
                        return registered.entrySet().stream()
                                .allMatch(end -> read.containsKey(end.getKey())
                                        && read.get(end.getKey()).offset() >= end.getValue());
                    });
        }
    }

    /** Up to where the watch's last checkpoint has read. */
    Map<TopicPartition, OffsetAndMetadata> read(Admin admin) throws Exception {
        return admin.listConsumerGroupOffsets(kafka.topicPrefix() + WatchShipments.GROUP)
                .partitionsToOffsetAndMetadata()
                .get(20, TimeUnit.SECONDS);
    }

    /** All that stands on a topic; each value is held against the topic's schema. */
    List<String> topic(Topic topic) {
        JsonSchema schema = JsonSchemaFactory.getInstance(SpecVersion.VersionFlag.V202012)
                .getSchema(LiveWatch.class.getResourceAsStream("/schema/" + topic.topicName() + ".json"));
        List<String> values = values(topic);
        values.forEach(value ->
                assertThat(schema.validate(value, InputFormat.JSON)).as(value).isEmpty());
        return values;
    }

    /** Waits until a topic holds what it should: it may hear of what the tables hold a moment after them. */
    void awaitTopic(Topic topic, Consumer<List<String>> holds) {
        await().untilAsserted(() -> holds.accept(topic(topic)));
    }

    private List<String> values(Topic topic) {
        List<String> values = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(kafka.properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(kafka.name(topic)).stream()
                    .map(partition -> new TopicPartition(partition.topic(), partition.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            var ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(200))) {
                    values.add(new String(record.value(), StandardCharsets.UTF_8));
                }
            }
        }
        return values;
    }

    @Override
    public void close() throws Exception {
        if (job != null) {
            stop();
        }
        producer.close();
    }
}
