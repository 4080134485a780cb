package io.parcelwatch.wire;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.TrackingNumbers;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;

/** How we read and write JSON everywhere: strictly, with numbers as they are written. */
public final class Json {

    /** Reads strictly (no trailing tokens, no duplicate keys) and writes absent fields not at all. Thread-safe. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonReadFeature.ALLOW_LEADING_ZEROS_FOR_NUMBERS)
            .build();

    static {
        // A payload is at most 1 MiB; what nests deeper than this is no payload of a carrier.
        MAPPER.getFactory()
                .setStreamReadConstraints(
                        StreamReadConstraints.builder().maxNestingDepth(200).build());
    }

    private Json() {}

    /**
     * The JSON object that a text is.
     *
     * @throws MalformedException where it is not one
     */
    public static JsonNode object(byte[] bytes) {
        if (bytes == null) {
            throw new MalformedException("no JSON: nothing");
        }
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JsonProcessingException e) {
            throw new MalformedException(
                    "no JSON: " + e.getOriginalMessage().lines().findFirst().orElse("?"));
        } catch (IOException e) {
            throw new MalformedException("no JSON: " + e.getMessage());
        } catch (NumberFormatException | ArithmeticException e) {
            // 0.4e00669999999999999999: JSON, but no number that a machine can hold.
            throw new MalformedException("no JSON: a number out of range");
        }
        if (node == null || !node.isObject()) {
            throw new MalformedException("no JSON object");
        }
        return node;
    }

    /** Control characters say nothing; NUL is refused by PostgreSQL, and U+001F separates keys of ours. */
    private static String withoutControls(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (control(text.charAt(i))) {
                StringBuilder kept = new StringBuilder(text.length());
                text.chars().filter(c -> !control((char) c)).forEach(c -> kept.append((char) c));
                return kept.toString();
            }
        }
        return text;
    }

    private static boolean control(char c) {
        return c < ' ' && c != '\t' && c != '\n' && c != '\r';
    }

    /** The text of a field, without control characters; null where absent, null, blank or no scalar. */
    public static String text(JsonNode object, String field) {
        JsonNode node = object.get(field);
        if (node == null || !node.isValueNode() || node.isNull()) {
            return null;
        }
        String text = node.asText();
        text = withoutControls(text);
        return text.isBlank() ? null : text;
    }

    /** The text of a field that must be there. */
    static String required(JsonNode object, String field) {
        String text = text(object, field);
        if (text == null) {
            throw new MalformedException("\"" + field + "\" is missing");
        }
        return text;
    }

    /** The tracking number, normalised. */
    static String trackingNumber(JsonNode object) {
        String number = TrackingNumbers.normalize(required(object, "tracking_number"));
        if (number == null) {
            throw new MalformedException("\"tracking_number\" holds no character that counts");
        }
        return number;
    }

    /** A moment in ISO 8601 with offset; null where the field is absent. */
    static OffsetDateTime moment(JsonNode object, String field) {
        String text = text(object, field);
        if (text == null) {
            return null;
        }
        try {
            OffsetDateTime moment = OffsetDateTime.parse(text, DateTimeFormatter.ISO_OFFSET_DATE_TIME);
            // PostgreSQL's timestamps end in 294276; a year beyond 9999 is nobody's parcel.
            if (moment.getYear() < 1 || moment.getYear() > 9999) {
                throw new MalformedException("\"" + field + "\" is out of range: " + text);
            }
            return moment;
        } catch (DateTimeException e) {
            throw new MalformedException("\"" + field + "\" is no ISO 8601 time with offset: " + text);
        }
    }

    static Instant instant(JsonNode object, String field) {
        OffsetDateTime moment = moment(object, field);
        return moment == null ? null : moment.toInstant();
    }

    /** A word of an enumeration; null where the field is absent. */
    static <E extends Enum<E>> E word(JsonNode object, String field, Class<E> words) {
        String text = text(object, field);
        if (text == null) {
            return null;
        }
        try {
            return Enum.valueOf(words, text);
        } catch (IllegalArgumentException e) {
            throw new MalformedException("\"" + field + "\" is none of our words: " + text);
        }
    }

    static Place place(JsonNode object, String field) {
        JsonNode node = object.get(field);
        if (node == null || node.isNull()) {
            return Place.NOWHERE;
        }
        if (!node.isObject()) {
            throw new MalformedException("\"" + field + "\" is no object");
        }
        return new Place(text(node, "city"), text(node, "region"), text(node, "postal_code"), text(node, "country"));
    }

    static void put(ObjectNode object, String field, Object value) {
        if (value != null) {
            object.put(field, value.toString());
        }
    }

    static void put(ObjectNode object, String field, Place place) {
        if (place != null && place.fullness() > 0) {
            ObjectNode node = object.putObject(field);
            put(node, "city", place.city());
            put(node, "region", place.region());
            put(node, "postal_code", place.postalCode());
            put(node, "country", place.country());
        }
    }
}
