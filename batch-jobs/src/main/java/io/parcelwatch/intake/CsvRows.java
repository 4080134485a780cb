package io.parcelwatch.intake;

import java.io.Closeable;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * The rows of a CSV file by column name, from any row on. A row that cannot be read is a row with a broken rule. Rows without any text (empty
 * lines, lines of delimiters, as spreadsheets append them) are passed over.
 */
public final class CsvRows implements Closeable {

    private final Map<String, Integer> columns;
    private final int width;
    private final CsvDialect dialect;
    private final RecordSplitter splitter;
    private final CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();

    CsvRows(CsvHead head, RecordSplitter splitter) {
        this.columns = new HashMap<>();
        for (int i = 0; i < head.columns().size(); i++) {
            columns.putIfAbsent(head.columns().get(i), i);
        }
        this.width = head.columns().size();
        this.dialect = head.dialect();
        this.splitter = splitter;
    }

    /** A row: where it starts, its text, its fields, and which rule it breaks where it breaks one. */
    public final class Row implements FieldSource {

        private final RecordSplitter.Raw raw;
        private final String text;
        private final List<String> fields;
        private final Rule broken;
        private final String reason;

        private Row(RecordSplitter.Raw raw, String text, List<String> fields, Rule broken, String reason) {
            this.raw = raw;
            this.text = text;
            this.fields = fields;
            this.broken = broken;
            this.reason = reason;
        }

        /** Physical line it starts in, from 1. */
        public long line() {
            return raw.line();
        }

        /** Where it starts in the file, in bytes. */
        public long offset() {
            return raw.offset();
        }

        /** The row as it stands in the file. */
        public String text() {
            return text;
        }

        /** The rule it breaks as a row; null where its fields can be read. */
        public Rule broken() {
            return broken;
        }

        /** Whether its end is unknown: then its fields are those before the place at which it breaks. */
        public boolean torn() {
            return broken == Rule.BAD_QUOTE || broken == Rule.UNCLOSED_QUOTE || broken == Rule.RECORD_TOO_LARGE;
        }

        /** What is wrong with it as a row. */
        public String reason() {
            return reason;
        }

        /**
         * The fields as they stand in the row, in its order; fewer or more than the header has where the row breaks COLUMN_COUNT. Of a row that
         * cannot be parsed those before the place at which it breaks.
         */
        public List<String> fields() {
            return fields;
        }

        /** Whether the row goes as far as a column: one that breaks before it does not tell it, one where it is blank does. */
        public boolean tells(String column) {
            Integer index = columns.get(column);
            return index != null && index < fields.size();
        }

        /** A field by its column; null also where the file has no such column or the row no such field. */
        @Override
        public String get(String column) {
            Integer index = columns.get(column);
            if (index == null || index >= fields.size()) {
                return null;
            }
            String field = fields.get(index).strip();
            return field.isEmpty() ? null : field;
        }
    }

    /** The next row; null at the end of the file. */
    public Row next() throws IOException {
        while (true) {
            RecordSplitter.Raw raw = splitter.next();
            if (raw == null) {
                return null;
            }
            Row row = read(raw);
            if (row.broken() != null || row.fields.stream().anyMatch(field -> !field.isBlank())) {
                return row;
            }
        }
    }

    /** Bytes of the file before the row that {@link #next} would give. */
    public long offset() {
        return splitter.offset();
    }

    /** Physical line of that row. */
    public long line() {
        return splitter.line();
    }

    private Row read(RecordSplitter.Raw raw) {
        String text;
        Rule broken = raw.broken();
        String reason = broken == Rule.UNCLOSED_QUOTE
                ? "a quote is opened and not closed within 1 MiB or before the file ends"
                : broken == Rule.RECORD_TOO_LARGE ? "the record has more than 1 MiB" : null;
        try {
            text = strict.decode(ByteBuffer.wrap(raw.bytes())).toString();
        } catch (CharacterCodingException e) {
            text = escaped(raw.bytes());
            if (broken == null) {
                broken = Rule.ENCODING;
                reason = "the record is not UTF-8; its other bytes are shown as \\xNN";
            }
        }
        if (text.indexOf('\0') >= 0) {
            text = text.replace("\0", "\\x00");
            broken = broken == null ? Rule.NUL_CHARACTER : broken;
            reason = reason == null ? "the record holds NUL characters, shown as \\x00" : reason;
        }
        if (broken == Rule.UNCLOSED_QUOTE || broken == Rule.RECORD_TOO_LARGE) {
            return new Row(raw, text, leadingFields(text), broken, reason);
        }
        List<String> fields;
        try {
            fields = parse(text, dialect);
        } catch (UncheckedIOException | IOException e) {
            return new Row(
                    raw,
                    text,
                    leadingFields(text),
                    Rule.BAD_QUOTE,
                    "something other than a delimiter follows a closing quote");
        }
        if (broken == null && fields.size() != width && fields.stream().anyMatch(field -> !field.isBlank())) {
            broken = Rule.COLUMN_COUNT;
            reason = "the row has " + fields.size() + " fields, the header " + width;
        }
        return new Row(raw, text, fields, broken, reason);
    }

    static List<String> parse(String text, CsvDialect dialect) throws IOException {
        if (text.isEmpty()) {
            return List.of();
        }
        if (!dialect.quoted() || text.indexOf('"') < 0) {
            // Most rows. A record has no line ends outside quotes, so its fields are what stands between the
            // delimiters; a parser for each row costs more than all else that is done with it.
            return split(text, dialect.delimiter());
        }
        List<String> simple = new ArrayList<>();
        if (simplyQuoted(text, dialect.delimiter(), simple)) {
            return simple;
        }
        // No comments: a line that starts with # is an order. Surrounding spaces belong to a field.
        CSVFormat format =
                CSVFormat.RFC4180.builder().setDelimiter(dialect.delimiter()).get();
        try (CSVParser parser = CSVParser.parse(new StringReader(text), format)) {
            for (CSVRecord record : parser) {
                return record.toList();
            }
            return List.of();
        }
    }

    private static List<String> split(String text, char delimiter) {
        List<String> fields = new ArrayList<>();
        int from = 0;
        for (int end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, from)) {
            fields.add(text.substring(from, end));
            from = end + 1;
        }
        fields.add(text.substring(from));
        return fields;
    }

    /**
     * Takes the fields of a row that is quoted as RFC 4180 has it: whole fields, quotes within them doubled. False where anything is unusual:
     * that is the library's to judge, which costs several times as much, mostly to be set up for a single row. What stands before it is taken
     * all the same.
     */
    private static boolean simplyQuoted(String text, char delimiter, List<String> fields) {
        int at = 0;
        while (true) {
            int end;
            if (at < text.length() && text.charAt(at) == '"') {
                end = text.indexOf('"', at + 1);
                boolean doubled = false;
                while (end >= 0 && end + 1 < text.length() && text.charAt(end + 1) == '"') {
                    doubled = true;
                    end = text.indexOf('"', end + 2);
                }
                if (end < 0) {
                    return false;
                }
                String field = text.substring(at + 1, end);
                end++;
                if (end < text.length() && text.charAt(end) != delimiter) {
                    return false;
                }
                fields.add(doubled ? field.replace("\"\"", "\"") : field);
            } else {
                end = text.indexOf(delimiter, at);
                end = end < 0 ? text.length() : end;
                String field = text.substring(at, end);
                if (field.indexOf('"') >= 0) {
                    return false;
                }
                fields.add(field);
            }
            if (end == text.length()) {
                return true;
            }
            at = end + 1;
        }
    }

    /** What can be said of a row that cannot be parsed: the fields before the one at which it breaks. */
    private List<String> leadingFields(String text) {
        int lineEnd = text.indexOf('\n');
        String line = lineEnd < 0 ? text : text.substring(0, lineEnd);
        List<String> fields = new ArrayList<>();
        if (simplyQuoted(line, dialect.delimiter(), fields)) {
            // Of what was cut off the last field may be a part.
            fields.remove(fields.size() - 1);
        }
        return fields;
    }

    /** Text with the bytes that are no UTF-8 as {@code \xNN}. */
    static String escaped(byte[] bytes) {
        CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        List<String> pieces = new ArrayList<>();
        while (true) {
            CoderResult result = decoder.decode(in, out, true);
            if (!result.isError()) {
                break;
            }
            out.flip();
            pieces.add(out.toString());
            out.clear();
            for (int i = 0; i < result.length(); i++) {
                pieces.add(String.format("\\x%02X", in.get() & 0xFF));
            }
            decoder.reset();
        }
        out.flip();
        pieces.add(out.toString());
        return String.join("", pieces);
    }

    @Override
    public void close() throws IOException {
        splitter.close();
    }
}
