package io.parcelwatch.watchshipments;

import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.time.Instant;
import java.util.Properties;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends the time into every partition of the payloads, so that the watermark moves when no carrier speaks, stays behind a backlog that is being
 * caught up, and stands still while Kafka is down.
 *
 * <p>Not Kafka's own sink: that one writes a record for an element, and a tick has to reach partitions that are added while the job runs.
 */
final class ClockTicks implements Sink<Long> {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(ClockTicks.class);

    private final KafkaConnection kafka;

    ClockTicks(KafkaConnection kafka) {
        this.kafka = kafka;
    }

    @Override
    public SinkWriter<Long> createWriter(WriterInitContext context) {
        return new Writer();
    }

    private final class Writer implements SinkWriter<Long> {
        private final KafkaProducer<byte[], byte[]> producer;
        private final TickFailures failures = new TickFailures(kafka.name(Topic.CARRIER_PAYLOADS));

        Writer() {
            Properties properties = kafka.properties();
            properties.put(ProducerConfig.METADATA_MAX_AGE_CONFIG, "15000");
            // A tick that could not be sent in time is worth nothing: the next one says more.
            properties.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "1000");
            properties.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "5000");
            properties.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "4000");
            properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "false");
            properties.put(ProducerConfig.ACKS_CONFIG, "1");
            producer = new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
        }

        @Override
        public void write(Long tick, Context context) {
            String topic = kafka.name(Topic.CARRIER_PAYLOADS);
            failures.nextTick();
            try {
                Instant now = Instant.now();
                for (PartitionInfo partition : producer.partitionsFor(topic)) {
                    // The answer comes on a thread of the producer, before the next tick.
                    producer.send(PayloadHeaders.tick(topic, partition.partition(), now), (sent, failure) -> {
                        if (failure != null) {
                            failures.add(failure).ifPresent(LOG::warn);
                        }
                    });
                }
            } catch (org.apache.kafka.common.errors.TimeoutException e) {
                // Kafka is away: the clock waits for it.
                failures.add(e).ifPresent(LOG::warn);
            }
        }

        @Override
        public void flush(boolean endOfInput) {
            // Nothing hangs on a tick.
        }

        @Override
        public void close() {
            producer.close(java.time.Duration.ofSeconds(1));
        }
    }
}
