package io.parcelwatch.intake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import io.parcelwatch.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The records of a JSON file, from any of them on: of JSON lines each line; of other files the elements of their arrays and their objects, as
 * {@link JsonSplitter} finds them. A record that cannot be read is a record with a broken rule, and reading goes on behind it: in JSON lines at
 * the next line, elsewhere where its braces balance.
 */
public final class JsonRecords implements Closeable {

    /** Numbers as they are written: 10.00 keeps its decimals. */
    private static final ObjectReader READER =
            Json.MAPPER.reader().without(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES);

    private static final int LINES_LOOKED_AT = 5;

    private static final CsvDialect LINES = new CsvDialect('\0', false);

    private final Source source;
    private Item ahead;

    private JsonRecords(Source source) {
        this.source = source;
    }

    /**
     * A record.
     *
     * @param offset where it starts in the text, in bytes
     * @param line   physical line it starts in, from 1; of several that start in one line each counts as if it stood in its own
     * @param bytes  how long it is; of a record that is too large, what is kept of it
     * @param text   as it stands in the file
     * @param object null where it cannot be parsed
     * @param broken the rule it breaks as a record; null where it breaks none
     * @param reason what is wrong with it as a record
     */
    public record Item(long offset, long line, long bytes, String text, JsonNode object, Rule broken, String reason) {}

    /** Where raw records come from. */
    private interface Source extends Closeable {

        RecordSplitter.Raw next() throws IOException;

        long offset();

        long line();
    }

    /**
     * The records of a file from a place on. Where the file is not JSON lines, everything before that place is read again, since only that
     * tells what is around it.
     *
     * @param envelopes  names of fields that hold records, as {@code orders} in {@code {"orders":[...]}}
     * @param fromOffset bytes of text before the first record to read; 0 for the first of the file
     * @param fromLine   line of that record; of no meaning where the offset is 0
     */
    public static JsonRecords open(InputFile input, Set<String> envelopes, long fromOffset, long fromLine)
            throws IOException {
        if (isLines(input, envelopes)) {
            return new JsonRecords(lines(
                    new RecordSplitter(input.open(fromOffset), LINES, fromOffset, fromOffset == 0 ? 1 : fromLine)));
        }
        JsonRecords records = new JsonRecords(documents(new JsonSplitter(input.open(0), envelopes)));
        records.passBefore(fromOffset);
        return records;
    }

    private static Source lines(RecordSplitter lines) {
        return new Source() {
            @Override
            public RecordSplitter.Raw next() throws IOException {
                RecordSplitter.Raw raw = lines.next();
                while (raw != null && isBlank(raw.bytes())) {
                    raw = lines.next();
                }
                return raw;
            }

            @Override
            public long offset() {
                return lines.offset();
            }

            @Override
            public long line() {
                return lines.line();
            }

            @Override
            public void close() throws IOException {
                lines.close();
            }
        };
    }

    private static Source documents(JsonSplitter splitter) {
        return new Source() {
            @Override
            public RecordSplitter.Raw next() throws IOException {
                return splitter.next();
            }

            @Override
            public long offset() {
                return splitter.offset();
            }

            @Override
            public long line() {
                return splitter.line();
            }

            @Override
            public void close() throws IOException {
                splitter.close();
            }
        };
    }

    /**
     * Whether a file has a record a line: the first one is a record, or else is no beginning of something longer. What stands in several lines
     * after it, or a broken line, is told apart by whether a record fills one of the next lines.
     */
    public static boolean isLines(InputFile input, Set<String> envelopes) throws IOException {
        try (RecordSplitter lines = new RecordSplitter(input.open(0), LINES, 0, 1)) {
            Source filled = lines(lines);
            RecordSplitter.Raw line = filled.next();
            if (line == null || line.broken() != null) {
                return false;
            }
            boolean record = isOneRecord(line.bytes(), envelopes);
            if (!record && (line.bytes()[0] != '{' || goesOn(line.bytes()))) {
                return false;
            }
            line = filled.next();
            if (line == null || record && !goesOn(line.bytes())) {
                return record;
            }
            for (int n = 0; n < LINES_LOOKED_AT && line != null; n++) {
                if (line.broken() == null && line.bytes()[0] == '{' && isOneRecord(line.bytes(), envelopes)) {
                    return true;
                }
                line = filled.next();
            }
            return false;
        }
    }

    /** Whether a line is an object, the whole of it, and no envelope. */
    private static boolean isOneRecord(byte[] line, Set<String> envelopes) throws IOException {
        try (JsonSplitter splitter = new JsonSplitter(new ByteArrayInputStream(line), envelopes)) {
            RecordSplitter.Raw record = splitter.next();
            return record != null
                    && record.broken() == null
                    && record.bytes()[0] == '{'
                    && isBlank(line, 0, (int) record.offset())
                    && isBlank(line, (int) record.offset() + record.bytes().length, line.length);
        }
    }

    /** Whether a line ends where a value in several lines goes on. */
    private static boolean goesOn(byte[] line) {
        String text = new String(line, StandardCharsets.ISO_8859_1).strip();
        return !text.isEmpty() && "{[,:".indexOf(text.charAt(text.length() - 1)) >= 0;
    }

    private static boolean isBlank(byte[] bytes) {
        return isBlank(bytes, 0, bytes.length);
    }

    private static boolean isBlank(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (bytes[i] != ' ' && bytes[i] != '\t') {
                return false;
            }
        }
        return true;
    }

    private void passBefore(long offset) throws IOException {
        if (offset == 0) {
            return;
        }
        RecordSplitter.Raw raw = source.next();
        while (raw != null && raw.offset() < offset) {
            raw = source.next();
        }
        ahead = raw == null ? null : read(raw);
    }

    /** The next record; null at the end of the file. */
    public Item next() throws IOException {
        if (ahead != null) {
            Item item = ahead;
            ahead = null;
            return item;
        }
        RecordSplitter.Raw raw = source.next();
        return raw == null ? null : read(raw);
    }

    /** Bytes of text before the record that {@link #next} would give. */
    public long offset() {
        return ahead == null ? source.offset() : ahead.offset();
    }

    /** The line of that record, or one before it. */
    public long line() {
        return ahead == null ? source.line() : ahead.line();
    }

    /** A record that was found, parsed. */
    public static Item read(RecordSplitter.Raw raw) {
        byte[] bytes = raw.bytes();
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            text = CsvRows.escaped(bytes).replace("\0", "\\x00");
            if (raw.broken() == null) {
                return broken(raw, text, Rule.ENCODING, "the record is not UTF-8; its other bytes are shown as \\xNN");
            }
        }
        if (text.indexOf('\0') >= 0) {
            text = text.replace("\0", "\\x00");
            if (raw.broken() == null) {
                return broken(raw, text, Rule.NUL_CHARACTER, "the record holds NUL characters, shown as \\x00");
            }
        }
        if (raw.broken() == Rule.RECORD_TOO_LARGE) {
            return broken(raw, text, raw.broken(), "the record has more than 1 MiB");
        }
        if (raw.broken() != null) {
            return broken(
                    raw,
                    text,
                    raw.broken(),
                    "the file ends before all brackets are closed: it was cut off, or one is missing from here on");
        }
        JsonNode value;
        try {
            value = READER.readTree(text);
        } catch (JsonProcessingException e) {
            return broken(raw, text, Rule.MALFORMED_JSON, "no JSON: " + shortReason(e));
        } catch (IOException | NumberFormatException | ArithmeticException e) {
            // 0.4e00669999999999999999: JSON, but no number that a machine can hold.
            return broken(raw, text, Rule.MALFORMED_JSON, "no JSON that can be read: a number out of range");
        }
        if (!value.isObject()) {
            return broken(raw, text, Rule.MALFORMED_JSON, "no JSON object but " + Fields.shortened(text.strip()));
        }
        // All other characters were seen to be whole when the text was decoded.
        if (text.contains("\\u")) {
            if (anyText(value, JsonRecords::hasNul)) {
                return new Item(
                        raw.offset(),
                        raw.line(),
                        bytes.length,
                        text,
                        value,
                        Rule.NUL_CHARACTER,
                        "the record holds NUL characters, written \\u0000");
            }
            if (anyText(value, JsonRecords::hasHalfCharacter)) {
                return new Item(
                        raw.offset(),
                        raw.line(),
                        bytes.length,
                        text,
                        value,
                        Rule.ENCODING,
                        "the record holds one half of a surrogate pair without the other");
            }
        }
        return new Item(raw.offset(), raw.line(), bytes.length, text, value, null, null);
    }

    private static Item broken(RecordSplitter.Raw raw, String text, Rule rule, String reason) {
        return new Item(raw.offset(), raw.line(), raw.bytes().length, text, null, rule, reason);
    }

    private static String shortReason(JsonProcessingException e) {
        String message = e.getOriginalMessage().lines().findFirst().orElse("?");
        String shortened = message.length() <= 200 ? message : message.substring(0, 200) + "...";
        // The message may repeat what stands in the record.
        String plain = shortened.replace('\0', '?');
        return e.getLocation() == null
                ? plain
                : plain + " (at its character " + e.getLocation().getCharOffset() + ")";
    }

    /** Whether a condition holds for any text in a value, names of fields included. The reader bounds how deep it nests. */
    private static boolean anyText(JsonNode value, Predicate<String> condition) {
        if (value.isTextual()) {
            return condition.test(value.textValue());
        }
        for (var names = value.fieldNames(); names.hasNext(); ) {
            if (condition.test(names.next())) {
                return true;
            }
        }
        for (JsonNode part : value) {
            if (anyText(part, condition)) {
                return true;
            }
        }
        return false;
    }

    private static boolean hasNul(String text) {
        return text.indexOf('\0') >= 0;
    }

    private static boolean hasHalfCharacter(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isHighSurrogate(text.charAt(i))
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                i++;
            } else if (Character.isSurrogate(text.charAt(i))) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() throws IOException {
        source.close();
    }
}
