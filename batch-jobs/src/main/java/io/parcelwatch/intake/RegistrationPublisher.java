package io.parcelwatch.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.parcelwatch.model.Registration;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.KafkaUnreachableException;
import io.parcelwatch.wire.RegistrationJson;
import io.parcelwatch.wire.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemStreamWriter;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Sends registrations to topic {@code shipments} and marks them once all replicas have acknowledged them. A crash in between sends them
 * again, which changes nothing: a record is the whole truth about its number. Kafka is asked for at the first chunk, so that an import with
 * nothing to publish starts none.
 */
final class RegistrationPublisher implements ItemStreamWriter<Registration> {

    private static final Logger LOG = LoggerFactory.getLogger(RegistrationPublisher.class);

    private static final String SECONDS_TO_DELIVER = "30000";

    private final Intake intake;
    private final Pace pace;
    private final JdbcTemplate jdbc;
    private KafkaConnection kafka;
    private KafkaProducer<String, byte[]> producer;

    RegistrationPublisher(Intake intake, ImportFile file) {
        this.intake = intake;
        this.pace = new Pace(file, "publish");
        this.jdbc = new JdbcTemplate(intake.dataSource());
    }

    @Override
    public void write(Chunk<? extends Registration> registrations) {
        if (registrations.isEmpty()) {
            return;
        }
        connect();
        List<Future<RecordMetadata>> acknowledgements = new ArrayList<>();
        List<Object[]> published = new ArrayList<>();
        try {
            for (Registration registration : registrations) {
                acknowledgements.add(producer.send(new ProducerRecord<>(
                        kafka.name(Topic.SHIPMENTS),
                        RegistrationJson.key(registration.carrier(), registration.trackingNumber()),
                        Json.MAPPER.writeValueAsBytes(RegistrationJson.write(registration)))));
                published.add(new Object[] {
                    registration.revision(),
                    registration.carrier(),
                    registration.trackingNumber(),
                    registration.revision()
                });
            }
            producer.flush();
            for (int i = acknowledgements.size() - 1; i >= 0; i--) {
                if (!acknowledged(acknowledgements.get(i))) {
                    published.remove(i);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(kafka, e);
        } catch (ExecutionException | KafkaException e) {
            throw new KafkaUnreachableException(kafka, e);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a registration can always be written", e);
        }
        jdbc.batchUpdate(
                "update registration set published_revision = ? where carrier = ? and tracking_number = ? and published_revision < ?",
                published);
        pace.advance(registrations.size());
    }

    /** Whether a registration arrived; false for one that no record can hold, which must not keep the others from being sent. */
    private static boolean acknowledged(Future<RecordMetadata> acknowledgement)
            throws InterruptedException, ExecutionException {
        try {
            acknowledgement.get();
            return true;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RecordTooLargeException) {
                LOG.error(
                        "a number holds more orders than a record of the topic can: {}",
                        e.getCause().getMessage());
                return false;
            }
            throw e;
        }
    }

    private void connect() {
        if (producer != null) {
            return;
        }
        kafka = intake.kafka();
        kafka.createTopics(Topic.SHIPMENTS);
        Properties properties = kafka.properties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        // On a topic just created the first request may fail and the second succeed; with more than one on its way the
        // first is then refused as
        // out of order until it expires (KAFKA-15591).
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        properties.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, StringSerializer.class.getName());
        properties.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class.getName());
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, SECONDS_TO_DELIVER);
        producer = new KafkaProducer<>(properties);
    }

    /** Does not wait for what was not acknowledged: that is sent again, by whoever holds the rows' locks then. */
    @Override
    public void close() {
        if (producer != null) {
            producer.close(Duration.ZERO);
            producer = null;
        }
    }
}
