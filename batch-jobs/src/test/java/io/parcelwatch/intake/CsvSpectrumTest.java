package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Reads what others found to be hard about CSV: the files of csv-spectrum. */
class CsvSpectrumTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "comma_in_quotes",
                "empty",
                "empty_crlf",
                "escaped_quotes",
                "json",
                "newlines",
                "newlines_crlf",
                "quotes_and_newlines",
                "simple",
                "simple_crlf",
                "utf8"
            })
    void everyFileIsReadAsItsAuthorsMeantIt(String name) throws IOException {
        Path spectrum = RealData.folder("conformance/csv-spectrum");
        List<Map<String, String>> expected = new ArrayList<>();
        for (JsonNode object : new ObjectMapper()
                .readTree(spectrum.resolve("json/" + name + ".json").toFile())) {
            Map<String, String> row = new LinkedHashMap<>();
            object.properties().forEach(field -> {
                String text = field.getValue().asText().strip();
                row.put(field.getKey(), text.isEmpty() ? null : text);
            });
            expected.add(row);
        }

        assertThat(rows(spectrum.resolve("csvs/" + name + ".csv"))).isEqualTo(expected);
    }

    @Test
    void noFileIsLeftOut() throws IOException {
        try (Stream<Path> files =
                Files.list(RealData.folder("conformance/csv-spectrum").resolve("csvs"))) {
            assertThat(files)
                    .as("location_coordinates is read here, what is expected of it tells of another file")
                    .hasSize(12);
        }
        assertThat(rows(RealData.folder("conformance/csv-spectrum").resolve("csvs/location_coordinates.csv")))
                .hasSize(1)
                .allSatisfy(row -> assertThat(row).containsEntry("Cities", "Modesto"));
    }

    private static List<Map<String, String>> rows(Path file) throws IOException {
        CsvHead head = CsvHead.of(InputFile.look(file)).orElseThrow();
        List<Map<String, String>> read = new ArrayList<>();
        try (CsvRows rows = head.rows()) {
            for (CsvRows.Row row = rows.next(); row != null; row = rows.next()) {
                assertThat(row.broken()).isNull();
                Map<String, String> fields = new LinkedHashMap<>();
                for (String column : head.columns()) {
                    fields.put(column, row.get(column));
                }
                read.add(fields);
            }
        }
        return read;
    }
}
