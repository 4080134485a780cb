package io.parcelwatch.watchshipments;

import io.parcelwatch.wire.PayloadHeaders;
import java.time.Instant;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Kafka's records as raw records: bytes, headers and coordinates. Reads nothing, so that it can never throw. */
final class KafkaRecords implements KafkaRecordDeserializationSchema<RawRecord> {

    private static final long serialVersionUID = 1L;

    @Override
    public void deserialize(ConsumerRecord<byte[], byte[]> record, Collector<RawRecord> out) {
        Instant receivedAt =
                PayloadHeaders.receivedAt(record.headers(), Instant.ofEpochMilli(Math.max(0, record.timestamp())));
        out.collect(new RawRecord(
                record.topic() + "/" + record.partition() + "/" + record.offset(),
                PayloadHeaders.text(record.headers(), PayloadHeaders.CARRIER),
                PayloadHeaders.text(record.headers(), PayloadHeaders.ACCOUNT),
                PayloadHeaders.text(record.headers(), PayloadHeaders.SOURCE),
                PayloadHeaders.text(record.headers(), PayloadHeaders.PAYLOAD_ID),
                receivedAt.toEpochMilli(),
                record.value(),
                null));
    }

    @Override
    public TypeInformation<RawRecord> getProducedType() {
        return TypeInformation.of(RawRecord.class);
    }
}
