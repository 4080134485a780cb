package io.parcelwatch.watchshipments;

import io.parcelwatch.wire.PayloadHeaders;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * Kafka's records as raw records: bytes, headers and coordinates. Reads nothing, so that it can never throw.
 *
 * <p>Nothing is received later than it is handed to Kafka: a time of receipt that is more than {@link #SENDERS_SKEW} ahead of the record's own
 * timestamp becomes that, for the clock and for the rows. It follows from the record alone, so a replay says the same.
 */
final class KafkaRecords implements KafkaRecordDeserializationSchema<RawRecord> {

    private static final long serialVersionUID = 1L;

    /** How far a sender's clock may be ahead of Kafka's. */
    static final Duration SENDERS_SKEW = Duration.ofMinutes(1);

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
        long kafkaTime = Math.max(0, record.timestamp());
        long receivedAt = PayloadHeaders.receivedAt(record.headers(), Instant.ofEpochMilli(kafkaTime))
                .toEpochMilli();
        if (kafkaTime > 0) {
            receivedAt = Math.min(receivedAt, kafkaTime + SENDERS_SKEW.toMillis());
        }
        out.collect(new RawRecord(
                record.topic() + "/" + record.partition() + "/" + record.offset(),
                PayloadHeaders.text(record.headers(), PayloadHeaders.CARRIER),
                PayloadHeaders.text(record.headers(), PayloadHeaders.ACCOUNT),
                PayloadHeaders.text(record.headers(), PayloadHeaders.SOURCE),
                PayloadHeaders.text(record.headers(), PayloadHeaders.PAYLOAD_ID),
                receivedAt,
                record.value(),
                null));
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }
}
