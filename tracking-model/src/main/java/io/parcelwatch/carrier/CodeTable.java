package io.parcelwatch.carrier;

import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/**
 * What a carrier's codes mean: a CSV file beside the adapters, whose comment lines name its sources. The key columns differ by carrier; the
 * columns {@code status,reason,scan} are the same everywhere.
 */
final class CodeTable {

    /**
     * What a code means.
     *
     * @param status null where the row only knows a reason
     * @param reason null where the row only knows a status
     * @param scan   whether such an event means that somebody touched the parcel
     */
    record Meaning(Status status, Reason reason, boolean scan) {}

    private static final CSVFormat FORMAT = CSVFormat.DEFAULT
            .builder()
            .setCommentMarker('#')
            .setIgnoreEmptyLines(true)
            .setHeader()
            .setSkipHeaderRecord(true)
            .get();

    private final Map<String, Meaning> rows;

    private CodeTable(Map<String, Meaning> rows) {
        this.rows = Map.copyOf(rows);
    }

    /**
     * Reads a table from the jar. A fault in it (an unknown word, a key twice) is a fault of the build and fails at once.
     *
     * @param resource   the file's name beside this class
     * @param keyColumns the columns that together identify a row; an empty cell is part of the key
     */
    static CodeTable load(String resource, String... keyColumns) {
        Map<String, Meaning> rows = new HashMap<>();
        try (InputStream in = CodeTable.class.getResourceAsStream(resource);
                InputStreamReader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            for (CSVRecord row : FORMAT.parse(text)) {
                String key = key(Arrays.stream(keyColumns).map(row::get).toArray(String[]::new));
                Meaning meaning = new Meaning(
                        word(row.get("status"), Status.class),
                        word(row.get("reason"), Reason.class),
                        Boolean.parseBoolean(row.get("scan")));
                if (rows.put(key, meaning) != null) {
                    throw new IllegalStateException(resource + " has two rows for " + key.strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read from the jar", e);
        }
        return new CodeTable(rows);
    }

    /** The row of a key, or null. Null parts count as empty. */
    Meaning find(String... key) {
        return rows.get(key(key));
    }

    /** How many codes the table knows. */
    int size() {
        return rows.size();
    }

    private static String key(String... parts) {
        StringBuilder key = new StringBuilder();
        for (String part : parts) {
            key.append(part == null ? "" : part).append('\t');
        }
        return key.toString();
    }

    private static <E extends Enum<E>> E word(String cell, Class<E> words) {
        return cell.isEmpty() ? null : Enum.valueOf(words, cell);
    }
}
