package io.parcelwatch.benchmarks;

import io.parcelwatch.localstack.EmbeddedKafkaBroker;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Topics to measure with, on an embedded broker with fresh data that ends with the benchmark. */
final class ScratchKafka implements AutoCloseable {

    private final EmbeddedKafkaBroker broker;
    private int prefixes;

    /** @param folder where the broker keeps its data */
    ScratchKafka(Path folder) {
        broker = EmbeddedKafkaBroker.start(folder);
    }

    /** Fresh topics, empty. */
    Topics freshTopics() {
        return new Topics(new KafkaConnection(
                broker.bootstrapServers(),
                // What is held back is not read.
                Map.of("isolation.level", "read_committed"),
                "benchmark-" + ++prefixes + "-"));
    }

    @Override
    public void close() {
        broker.close();
    }

    /** The topics of one run, and a sender into them. Closing it deletes them. */
    static final class Topics implements AutoCloseable {
        /** What Kafka's brokers allow. */
        private static final Duration LONGEST_HELD = Duration.ofMinutes(15);

        private final KafkaConnection connection;
        private final KafkaProducer<byte[], byte[]> producer;

        private Topics(KafkaConnection connection) {
            this.connection = connection;
            connection.createTopics(Topic.values());
            producer = producer(Map.of());
        }

        private KafkaProducer<byte[], byte[]> producer(Map<String, String> settings) {
            Properties properties = connection.properties();
            properties.put("linger.ms", "0");
            properties.put("batch.size", String.valueOf(256 << 10));
            properties.put("max.in.flight.requests.per.connection", "1");
            properties.putAll(settings);
            return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }

        /** A sender of events that nobody sees before all of them. */
        Held hold() {
            return new Held();
        }

        KafkaConnection connection() {
            return connection;
        }

        void register(GeneratedParcels parcels, long parcel) {
            producer.send(new ProducerRecord<>(
                    connection.name(Topic.SHIPMENTS),
                    utf8(parcels.carrier(parcel) + "/" + parcels.number(parcel)),
                    utf8(parcels.registration(parcel, 1))));
        }

        /**
         * Sends an event as a JSON line. Source {@code line} and not {@code manual}, which is no sign of life of a carrier's feed: the silence
         * of feeds is watched too. The carriers' own formats are not read.
         */
        void say(GeneratedParcels parcels, long parcel, int event, Instant at, Instant receivedAt) {
            producer.send(record(parcels, parcel, event, at, receivedAt));
        }

        private ProducerRecord<byte[], byte[]> record(
                GeneratedParcels parcels, long parcel, int event, Instant at, Instant receivedAt) {
            return PayloadHeaders.record(
                    connection.name(Topic.CARRIER_PAYLOADS),
                    parcels.number(parcel),
                    new Payload(
                            parcels.carrier(parcel),
                            "benchmark",
                            "line",
                            receivedAt,
                            null,
                            utf8(parcels.event(parcel, event, at))));
        }

        /** Events in one transaction of Kafka's: they stand in the log, and consumers come to them when they are shown. */
        final class Held implements AutoCloseable {
            private final KafkaProducer<byte[], byte[]> held = producer(Map.of(
                    "transactional.id",
                    connection.topicPrefix() + "held",
                    "transaction.timeout.ms",
                    String.valueOf(LONGEST_HELD.toMillis())));

            private Held() {
                held.initTransactions();
                held.beginTransaction();
            }

            /** As {@link Topics#say}. */
            void say(GeneratedParcels parcels, long parcel, int event, Instant at, Instant receivedAt) {
                held.send(record(parcels, parcel, event, at, receivedAt));
            }

            /** Returns when all that was sent stands in the log. */
            void flush() {
                held.flush();
            }

            void show() {
                held.commitTransaction();
            }

            @Override
            public void close() {
                held.close();
            }
        }

        /** Tells every partition the time. */
        void tick(Instant now) {
            String topic = connection.name(Topic.CARRIER_PAYLOADS);
            producer.partitionsFor(topic)
                    .forEach(partition -> producer.send(PayloadHeaders.tick(topic, partition.partition(), now)));
            producer.flush();
        }

        /** Returns when all that was sent stands in the log. */
        void flush() {
            producer.flush();
        }

        private static byte[] utf8(String text) {
            return text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void close() throws Exception {
            producer.close();
            List<String> names =
                    Arrays.stream(Topic.values()).map(connection::name).toList();
            try (Admin admin = Admin.create(connection.properties())) {
                admin.deleteTopics(names).all().get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the topics of the benchmark were not deleted: " + e.getMessage(), e);
            }
        }
    }
}
