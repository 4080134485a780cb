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
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
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
            if (row.broken() != null || hasText(row.fields)) {
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
            text = text(raw.bytes());
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
        if (broken == null && fields.size() != width && hasText(fields)) {
            broken = Rule.COLUMN_COUNT;
            reason = "the row has " + fields.size() + " fields, the header " + width;
        }
        return new Row(raw, text, fields, broken, reason);
    }

    /** The decoder alone tells bytes that are no UTF-8 from what it puts in their place; the constructor is several times as fast. */
    private String text(byte[] bytes) throws CharacterCodingException {
        String text = new String(bytes, StandardCharsets.UTF_8);
        return text.indexOf('\uFFFD') < 0
                ? text
                : strict.decode(ByteBuffer.wrap(bytes)).toString();
    }

    private static boolean hasText(List<String> fields) {
        for (String field : fields) {
            if (!field.isBlank()) {
                return true;
            }
        }
        return false;
    }

    static List<String> parse(String text, CsvDialect dialect) throws IOException {
        if (text.isEmpty()) {
            return List.of();
        }
        Cut fields = new Cut(text);
        if (!dialect.quoted() || text.indexOf('"') < 0) {
            // Most rows. A record has no line ends outside quotes, so its fields are what stands between the
            // delimiters; a parser for each row costs more than all else that is done with it.
            fields.split(dialect.delimiter());
            return fields;
        }
        if (fields.simplyQuoted(dialect.delimiter())) {
            return fields;
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

    /** Where the fields of a row stand in it. An export has many columns, of which few are read: a field is a text once somebody asks for it. */
    private static final class Cut extends AbstractList<String> implements RandomAccess {

        /** More than most exports have. */
        private static final int COLUMNS = 80;

        private final String text;
        private int[] bounds = new int[2 * COLUMNS];
        private int size;

        Cut(String text) {
            this.text = text;
        }

        @Override
        public int size() {
            return size;
        }

        @Override
        public String get(int index) {
            Objects.checkIndex(index, size);
            int to = bounds[2 * index + 1];
            // The end of a field with doubled quotes is kept as its complement.
            return to < 0
                    ? text.substring(bounds[2 * index], ~to).replace("\"\"", "\"")
                    : text.substring(bounds[2 * index], to);
        }

        private void add(int from, int to) {
            if (2 * size == bounds.length) {
                bounds = Arrays.copyOf(bounds, 2 * bounds.length);
            }
            bounds[2 * size] = from;
            bounds[2 * size + 1] = to;
            size++;
        }

        void split(char delimiter) {
            int from = 0;
            for (int end = text.indexOf(delimiter); end >= 0; end = text.indexOf(delimiter, from)) {
                add(from, end);
                from = end + 1;
            }
            add(from, text.length());
        }

        /**
         * Takes the fields of a row that is quoted as RFC 4180 has it: whole fields, quotes within them doubled. False where anything is unusual:
         * that is the library's to judge, which costs several times as much, mostly to be set up for a single row. What stands before it is taken
         * all the same.
         */
        boolean simplyQuoted(char delimiter) {
            int at = 0;
            int quote = text.indexOf('"');
            while (true) {
                int end;
                if (at < text.length() && text.charAt(at) == '"') {
                    end = text.indexOf('"', at + 1);
                    boolean doubled = false;
                    while (end >= 0 && end + 1 < text.length() && text.charAt(end + 1) == '"') {
                        doubled = true;
                        end = text.indexOf('"', end + 2);
                    }
                    if (end < 0 || end + 1 < text.length() && text.charAt(end + 1) != delimiter) {
                        return false;
                    }
                    add(at + 1, doubled ? ~end : end);
                    end++;
                    quote = text.indexOf('"', end);
                } else {
                    end = text.indexOf(delimiter, at);
                    end = end < 0 ? text.length() : end;
                    if (quote >= 0 && quote < end) {
                        return false;
                    }
                    add(at, end);
                }
                if (end == text.length()) {
                    return true;
                }
                at = end + 1;
            }
        }
    }

    /** What can be said of a row that cannot be parsed: the fields before the one at which it breaks. */
    private List<String> leadingFields(String text) {
        int lineEnd = text.indexOf('\n');
        String line = lineEnd < 0 ? text : text.substring(0, lineEnd);
        Cut fields = new Cut(line);
        // Of what was cut off the last field may be a part.
        return fields.simplyQuoted(dialect.delimiter()) ? fields.subList(0, fields.size() - 1) : fields;
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
