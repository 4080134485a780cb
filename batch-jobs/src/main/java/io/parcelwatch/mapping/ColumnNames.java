package io.parcelwatch.mapping;

import io.parcelwatch.settings.Similar;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;

/** Lists of words that stand in data files beside this class: names of columns, words for statuses, in six languages. */
final class ColumnNames {

    private ColumnNames() {}

    /** By field, the names that its columns have, the likeliest first, each folded. */
    static Map<String, List<String>> fields() {
        return read("column-names.csv");
    }

    /** By meaning, the words for it, each folded. */
    static Map<String, List<String>> statuses() {
        return read("status-words.csv");
    }

    private static Map<String, List<String>> read(String resource) {
        CSVFormat format = CSVFormat.RFC4180
                .builder()
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (InputStream in = ColumnNames.class.getResourceAsStream(resource);
                CSVParser rows = CSVParser.parse(new InputStreamReader(in, StandardCharsets.UTF_8), format)) {
            Map<String, List<String>> lists = new LinkedHashMap<>();
            rows.forEach(row -> lists.put(
                    row.get(0),
                    Stream.of(row.get(1).split("\\|"))
                            .map(Similar::folded)
                            .distinct()
                            .toList()));
            return lists;
        } catch (IOException e) {
            throw new UncheckedIOException(resource, e);
        }
    }
}
