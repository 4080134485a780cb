package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRowsTest {

    /** Rows are taken apart by hand where they are simple; the library says what is right. */
    @Test
    void whatIsTakenApartByHandIsWhatTheLibraryMakesOfIt() throws IOException {
        Random random = new Random(7);
        String[] pieces = {"\"", "\"", ",", ",", "a", " ", "\"\"", "\",\"", "é", "\n", "'"};
        int read = 0;
        for (int i = 0; i < 50_000; i++) {
            StringBuilder row = new StringBuilder("x,");
            for (int n = random.nextInt(9); n >= 0; n--) {
                row.append(pieces[random.nextInt(pieces.length)]);
            }
            if (!isOneRecord(row.toString())) {
                continue;
            }
            List<String> expected = library(row.toString());
            if (expected != null) {
                read++;
                assertThat(byUs(row.toString())).as(row.toString()).isEqualTo(expected);
            }
        }
        assertThat(read).isGreaterThan(10_000);
    }

    @ParameterizedTest
    @ValueSource(chars = {'*', '^', '.', '$', '+', '?', '(', '[', '\\', '|', '\t'})
    void anyDelimiterIsACharacterAndNoPattern(char delimiter) throws IOException {
        String row = "a" + delimiter + delimiter + "b" + delimiter;

        assertThat(CsvRows.parse(row, new CsvDialect(delimiter, true))).containsExactly("a", "", "b", "");
    }

    private static boolean isOneRecord(String row) throws IOException {
        byte[] bytes = row.getBytes(StandardCharsets.UTF_8);
        try (RecordSplitter splitter = new RecordSplitter(new ByteArrayInputStream(bytes), CsvDialect.COMMA, 0, 1)) {
            RecordSplitter.Raw record = splitter.next();
            return record.broken() == null && record.bytes().length == bytes.length;
        }
    }

    private static List<String> byUs(String row) {
        try {
            return CsvRows.parse(row, CsvDialect.COMMA);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Null where it refuses the row, or makes several of it. */
    private static List<String> library(String row) {
        try (CSVParser parser = CSVParser.parse(new StringReader(row), CSVFormat.RFC4180)) {
            var records = parser.getRecords();
            return records.size() == 1 ? records.get(0).toList() : null;
        } catch (IOException | UncheckedIOException e) {
            return null;
        }
    }
}
