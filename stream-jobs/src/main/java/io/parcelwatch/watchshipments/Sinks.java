package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Base64;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Where the workflow's output goes.
 *
 * @param tables           the tables of the watch
 * @param feedAlerts       table {@code shipment_alert}, of carriers' feeds
 * @param deadLetterTable  table {@code dead_letter}
 * @param news             the topics {@code shipment-changes} and {@code shipment-alerts}
 * @param deadLetterTopic  the topic {@code dead-letters}
 */
public record Sinks(
        Sink<ShipmentDocument> tables,
        Sink<FeedAlert> feedAlerts,
        Sink<DeadLetter> deadLetterTable,
        Sink<ShipmentNews> news,
        Sink<DeadLetter> deadLetterTopic) {

    private static final int SHIPMENTS_A_BATCH = 4_000;

    /** Each may hold a payload of a MiB. */
    private static final int LETTERS_A_BATCH = 20;

    /** Live: PostgreSQL and Kafka. */
    static Sinks live(Database database, PostgresSink.Admission admission, KafkaConnection kafka) {
        Sink<DeadLetter> deadLetterTopic =
                topicSink(kafka, (KafkaRecordSerializationSchema<DeadLetter>) (letter, context, timestamp) ->
                        new ProducerRecord<>(kafka.name(Topic.DEAD_LETTERS), utf8(letter.id()), utf8(json(letter))));
        return new Sinks(
                new PostgresSink<>(database, admission, ShipmentTables.live(), SHIPMENTS_A_BATCH, deadLetterTopic),
                new PostgresSink<>(database, admission, new FeedAlertTable(null), SHIPMENTS_A_BATCH, deadLetterTopic),
                deadLetterTable(database, admission),
                topicSink(kafka, (KafkaRecordSerializationSchema<ShipmentNews>) (news, context, timestamp) ->
                        new ProducerRecord<>(kafka.name(news.topic()), utf8(news.key()), utf8(news.json()))),
                deadLetterTopic);
    }

    /** Bounded: PostgreSQL alone; nothing about the past is told to topics. */
    static Sinks bounded(Database database, Instant asOf) {
        return new Sinks(
                new PostgresSink<>(
                        database,
                        PostgresSink.Admission.CHECKED_BEFORE,
                        ShipmentTables.bounded(asOf),
                        SHIPMENTS_A_BATCH,
                        new DiscardingSink<>()),
                new PostgresSink<>(
                        database,
                        PostgresSink.Admission.CHECKED_BEFORE,
                        new FeedAlertTable(asOf),
                        SHIPMENTS_A_BATCH,
                        new DiscardingSink<>()),
                deadLetterTable(database, PostgresSink.Admission.CHECKED_BEFORE),
                new DiscardingSink<>(),
                new DiscardingSink<>());
    }

    /** Its letters reach the topic on a way of their own. */
    private static Sink<DeadLetter> deadLetterTable(Database database, PostgresSink.Admission admission) {
        return new PostgresSink<>(database, admission, new DeadLetterTable(), LETTERS_A_BATCH, new DiscardingSink<>());
    }

    private static <T> Sink<T> topicSink(KafkaConnection kafka, KafkaRecordSerializationSchema<T> records) {
        var properties = kafka.properties();
        // The broker is asked seldom while much is told; memory is taken only as it is needed.
        properties.setProperty("linger.ms", "50");
        properties.setProperty("batch.size", String.valueOf(128 * 1024));
        properties.setProperty("compression.type", "lz4");
        // With more, the first batches into a topic just created can be refused as out of sequence for ever
        // (KAFKA-15591).
        properties.setProperty("max.in.flight.requests.per.connection", "1");
        properties.setProperty("max.request.size", String.valueOf(3 * 1024 * 1024));
        return KafkaSink.<T>builder()
                .setBootstrapServers(kafka.bootstrapServers())
                .setKafkaProducerConfig(properties)
                .setRecordSerializer(records)
                .setDeliveryGuarantee(DeliveryGuarantee.AT_LEAST_ONCE)
                .build();
    }

    private static String json(DeadLetter letter) {
        ObjectNode json = Json.MAPPER.createObjectNode();
        put(json, "id", letter.id());
        put(json, "reason", letter.reason());
        put(json, "detail", letter.detail());
        put(json, "carrier", letter.carrier());
        put(json, "tracking_number", letter.trackingNumber());
        put(json, "source", letter.source());
        put(json, "coordinates", letter.coordinates());
        put(json, "received_at", letter.receivedAt());
        // What is larger stays in the table, and where it came from the coordinates say.
        if (letter.payload() != null && letter.payload().length <= 512 * 1024) {
            put(json, "payload_base64", Base64.getEncoder().encodeToString(letter.payload()));
        }
        return json.toString();
    }

    private static void put(ObjectNode json, String field, Object value) {
        if (value != null) {
            json.put(field, value.toString());
        }
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
