package io.parcelwatch.wire;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/** The headers of a record on {@link Topic#CARRIER_PAYLOADS}; all values are UTF-8 text. */
public final class PayloadHeaders {

    public static final String CARRIER = "carrier";
    public static final String ACCOUNT = "account";
    public static final String SOURCE = "source";
    /** ISO 8601 instant. */
    public static final String RECEIVED_AT = "received_at";

    public static final String PAYLOAD_ID = "payload_id";

    /**
     * The source of a record that only tells the time: {@code received_at} is the moment, there is no value. Ticks travel in every partition
     * of the payloads themselves, so that a watermark behind a backlog stays behind it, and stands still while Kafka is down.
     */
    public static final String CLOCK = "clock";

    /** The largest payload, in bytes. */
    public static final int MAX_PAYLOAD_BYTES = 1024 * 1024;

    private static final Instant EARLIEST_RECEIPT = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST_RECEIPT = Instant.parse("9999-12-31T00:00:00Z");

    private PayloadHeaders() {}

    /**
     * A payload as a record.
     *
     * @param topic   the full name of the topic
     * @param key     account and number where known, else the payload's id
     */
    public static ProducerRecord<byte[], byte[]> record(String topic, String key, Payload payload) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, bytes(key), payload.body());
        put(record.headers(), CARRIER, payload.carrier());
        put(record.headers(), ACCOUNT, payload.account());
        put(record.headers(), SOURCE, payload.source());
        put(record.headers(), RECEIVED_AT, payload.receivedAt().toString());
        put(record.headers(), PAYLOAD_ID, payload.payloadId());
        return record;
    }

    /** A tick of the clock for one partition. */
    public static ProducerRecord<byte[], byte[]> tick(String topic, int partition, Instant now) {
        ProducerRecord<byte[], byte[]> record = new ProducerRecord<>(topic, partition, null, null);
        put(record.headers(), SOURCE, CLOCK);
        put(record.headers(), RECEIVED_AT, now.toString());
        return record;
    }

    /** A header as text, or null where it is absent. */
    public static String text(Headers headers, String name) {
        Header header = headers.lastHeader(name);
        return header == null || header.value() == null
                ? null
                : new String(header.value(), StandardCharsets.UTF_8).replace("\0", "");
    }

    /** The time of receipt, or the fallback where the header is absent, no instant, or none of the years 2000 to 9999. */
    public static Instant receivedAt(Headers headers, Instant fallback) {
        String written = text(headers, RECEIVED_AT);
        try {
            Instant at = written == null ? fallback : Instant.parse(written);
            return at.isBefore(EARLIEST_RECEIPT) || at.isAfter(LATEST_RECEIPT) ? fallback : at;
        } catch (DateTimeParseException e) {
            return fallback;
        }
    }

    private static void put(Headers headers, String name, String value) {
        if (value != null) {
            headers.add(name, bytes(value));
        }
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }
}
