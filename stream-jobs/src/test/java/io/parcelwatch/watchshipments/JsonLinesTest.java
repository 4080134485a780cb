package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.fs.local.LocalDataInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonLinesTest {

    @TempDir
    Path directory;

    @Test
    void linesAreNumberedAsAnEditorNumbersThem() throws IOException {
        assertThat(read("\uFEFF{\"a\":1}\r\n\n   \n{\"b\":2}"))
                .extracting(
                        RawRecord::coordinates, record -> new String(record.value(), StandardCharsets.UTF_8).strip())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("lines.jsonl:1", "{\"a\":1}"),
                        org.assertj.core.groups.Tuple.tuple("lines.jsonl:4", "{\"b\":2}"));
    }

    @Test
    void anEmptyFileHasNoLines() throws IOException {
        assertThat(read("")).isEmpty();
    }

    @Test
    void aLineThatIsTooLongHasADefectAndTheNextOneIsRead() throws IOException {
        List<RawRecord> records = read("x".repeat(3 << 20) + "\n{}");
        assertThat(records).hasSize(2);
        assertThat(records.get(0).defect()).contains("3145728 bytes");
        assertThat(records.get(0).value()).hasSize(1 << 20);
        assertThat(records.get(1).defect()).isNull();
    }

    private List<RawRecord> read(String content) throws IOException {
        Path file = Files.writeString(directory.resolve("lines.jsonl"), content);
        List<RawRecord> records = new ArrayList<>();
        try (var reader = new JsonLines("lines.jsonl")
                .createReader(new Configuration(), new LocalDataInputStream(file.toFile()))) {
            for (RawRecord record = reader.read(); record != null; record = reader.read()) {
                records.add(record);
            }
        }
        return records;
    }
}
