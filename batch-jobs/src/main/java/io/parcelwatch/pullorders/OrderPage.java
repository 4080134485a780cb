package io.parcelwatch.pullorders;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.wire.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import java.util.zip.GZIPOutputStream;

/**
 * A page of orders, as it is stored.
 *
 * @param lines    the orders as the channel wrote them, one JSON object a line, compressed (gzip)
 * @param digest   SHA-256 of the lines, hexadecimal
 * @param orders   how many
 * @param newest   the latest time at which one of them changed; null where none says
 * @param next     asks for the next page; null: this is the last
 * @param answered when the API answered, by its own clock
 */
record OrderPage(byte[] lines, String digest, int orders, Instant newest, String next, Instant answered) {

    /**
     * Numbers stay as they are written: {@code 10.00} is not {@code 10}, and no amount passes through a double. A key that comes twice does
     * not cost the page: the last one counts.
     */
    private static final ObjectMapper MAPPER = ((JsonMapper) Json.MAPPER.copy())
            .rebuild()
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .disable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .build();

    /**
     * What an answer holds.
     *
     * @throws PullFailedException where it is no JSON
     */
    static JsonNode json(ApiClient client, ApiClient.Answer answer) {
        try {
            JsonNode json = MAPPER.readTree(answer.body());
            if (json != null && !json.isMissingNode()) {
                return json;
            }
            throw unreadable(client, answer, "an empty answer");
        } catch (JsonProcessingException e) {
            throw unreadable(
                    client,
                    answer,
                    "no JSON, " + e.getOriginalMessage().lines().findFirst().orElse("?"));
        } catch (IOException | NumberFormatException | ArithmeticException e) {
            throw unreadable(client, answer, "no JSON that can be read");
        }
    }

    /**
     * The objects of a list in an answer.
     *
     * @param what the list's name, for messages
     * @throws PullFailedException where it is no list of objects
     */
    static List<ObjectNode> objects(ApiClient client, ApiClient.Answer answer, JsonNode list, String what) {
        List<ObjectNode> objects = new ArrayList<>();
        for (JsonNode element : list) {
            if (element instanceof ObjectNode object) {
                objects.add(object);
            }
        }
        if (!list.isArray() || objects.size() < list.size()) {
            throw unreadable(client, answer, "no list of " + what);
        }
        return objects;
    }

    /** An answer that is not what the channel documents. */
    static PullFailedException unreadable(ApiClient client, ApiClient.Answer answer, String what) {
        return new PullFailedException(client.place(answer.asked()) + " answers what it should not: " + what
                + "; run again later, the pull goes on where it stands");
    }

    /**
     * A page of these orders.
     *
     * @param updated when an order changed
     */
    static OrderPage of(List<ObjectNode> orders, Function<JsonNode, Instant> updated, String next, Instant answered) {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        MessageDigest sha256 = sha256();
        int count = 0;
        Instant newest = null;
        try (OutputStream lines = new GZIPOutputStream(packed)) {
            for (JsonNode order : orders) {
                byte[] line = (MAPPER.writeValueAsString(order) + "\n").getBytes(StandardCharsets.UTF_8);
                sha256.update(line);
                lines.write(line);
                count++;
                Instant changed = updatedOrNull(order, updated);
                newest = newest == null || changed != null && changed.isAfter(newest) ? changed : newest;
            }
        } catch (IOException e) {
            throw new UncheckedIOException("a tree can always be written to memory", e);
        }
        return new OrderPage(
                packed.toByteArray(), HexFormat.of().formatHex(sha256.digest()), count, newest, next, answered);
    }

    /** An order without a time is the importer's to judge, not ours. */
    private static Instant updatedOrNull(JsonNode order, Function<JsonNode, Instant> updated) {
        try {
            return updated.apply(order);
        } catch (DateTimeException e) {
            return null;
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows SHA-256", e);
        }
    }
}
