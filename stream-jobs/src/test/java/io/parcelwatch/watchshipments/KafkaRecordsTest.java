package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.wire.PayloadHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.common.functions.util.ListCollector;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class KafkaRecordsTest {

    private static final Instant HANDED = Instant.parse("2026-03-02T08:00:00Z");

    @Test
    void aTimeOfReceiptALifetimeAheadOfItsRecordIsTheRecordsAndAMinute() {
        assertThat(receivedAt("2099-01-01T00:00:00Z", HANDED.toEpochMilli())).isEqualTo(HANDED.plusSeconds(60));
    }

    @Test
    void aTimeOfReceiptBeforeItsRecordOrALittleAheadIsKept() {
        assertThat(receivedAt("2026-03-01T08:00:00Z", HANDED.toEpochMilli())).isEqualTo("2026-03-01T08:00:00Z");
        assertThat(receivedAt("2026-03-02T08:00:59Z", HANDED.toEpochMilli())).isEqualTo("2026-03-02T08:00:59Z");
    }

    @Test
    void aRecordWithoutATimestampKeepsWhatItsHeaderSays() {
        assertThat(receivedAt("2026-03-02T08:00:00Z", ConsumerRecord.NO_TIMESTAMP))
                .isEqualTo(HANDED);
    }

    private static Instant receivedAt(String header, long timestamp) {
        RecordHeaders headers = new RecordHeaders();
        headers.add(PayloadHeaders.RECEIVED_AT, header.getBytes(StandardCharsets.UTF_8));
        List<RawRecord> read = new ArrayList<>();
        new KafkaRecords()
                .deserialize(
                        new ConsumerRecord<>(
                                "carrier-payloads",
                                0,
                                1L,
                                timestamp,
                                TimestampType.CREATE_TIME,
                                -1,
                                -1,
                                null,
                                new byte[0],
                                headers,
                                Optional.empty()),
                        new ListCollector<>(read));
        return Instant.ofEpochMilli(read.get(0).receivedAt());
    }
}
