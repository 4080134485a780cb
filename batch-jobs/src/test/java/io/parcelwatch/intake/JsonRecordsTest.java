package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonRecordsTest {

    private static final Set<String> ENVELOPES = Set.of("orders", "payload");

    @TempDir
    Path folder;

    private InputFile file(String text) throws IOException {
        return InputFile.look(Files.writeString(folder.resolve("file.json"), text));
    }

    private static List<JsonRecords.Item> read(InputFile file, long offset, long line) throws IOException {
        List<JsonRecords.Item> items = new ArrayList<>();
        try (JsonRecords records = JsonRecords.open(file, ENVELOPES, offset, line)) {
            for (JsonRecords.Item item = records.next(); item != null; item = records.next()) {
                items.add(item);
            }
        }
        return items;
    }

    private List<String> shown(String text) throws IOException {
        return read(file(text), 0, 0).stream().map(JsonRecordsTest::shown).toList();
    }

    private static String shown(JsonRecords.Item item) {
        return item.line() + "@" + item.offset() + ":" + item.text().replace("\n", "\\n")
                + (item.broken() == null ? "" : " " + item.broken());
    }

    @Test
    void aLineIsARecordWhereTheFirstOneIsAWholeObject() throws IOException {
        assertThat(shown("{\"a\":1}\n\n {\"a\":2} \r\n{\"a\":\nrubbish\n{\"a\":3}"))
                .containsExactly(
                        "1@0:{\"a\":1}",
                        "3@9: {\"a\":2} ",
                        "4@20:{\"a\": MALFORMED_JSON",
                        "5@26:rubbish MALFORMED_JSON",
                        "6@34:{\"a\":3}");
    }

    @Test
    void aBrokenFirstLineDoesNotMakeADocumentOfLines() throws IOException {
        assertThat(shown("{\"a\":\"x\n{\"a\":2}\n{\"a\":3}\n"))
                .containsExactly("1@0:{\"a\":\"x MALFORMED_JSON", "2@8:{\"a\":2}", "3@16:{\"a\":3}");
    }

    @Test
    void anObjectInOneLineBeforeOneInSeveralDoesNotMakeLines() throws IOException {
        assertThat(shown("{\"a\":1}\n\n{\n \"a\": 2,\n \"b\": [\n  {}\n ]\n}\n"))
                .containsExactly("1@0:{\"a\":1}", "3@9:{\\n \"a\": 2,\\n \"b\": [\\n  {}\\n ]\\n}");
    }

    @Test
    void theElementsOfAnArrayAreRecordsWhateverStandsAroundIt() throws IOException {
        List<String> records = List.of("{\"a\":[1,{\"orders\":[]}]}", "{\"b\":\"}],\\\"\"}");
        for (String around : List.of(
                "[%s,%s]",
                "{\"orders\":[%s,%s]}",
                "{\"next\":{\"orders\":1},\"x\":\"orders\",\"orders\":[%s,%s],\"more\":[{}]}",
                "{\"payload\":{\"t\":1,\"orders\":[%s,%s],\"u\":{}},\"v\":[]}",
                "[{\"orders\":[%s]},\n{\"orders\":[%s]}]",
                "{\"orders\":[%s]}\n{\"orders\":[%s]}",
                "{\"orders\":[%s],\"payload\":[%s]}",
                "%s%s",
                "%s,\n%s,\n")) {
            String text = around.formatted(records.get(0), records.get(1));
            assertThat(read(file(text), 0, 0))
                    .as(text)
                    .extracting(JsonRecords.Item::text)
                    .isEqualTo(records);
            assertThat(read(file(text), 0, 0))
                    .as(text)
                    .allSatisfy(item -> assertThat(text.indexOf(item.text())).isEqualTo((int) item.offset()));
        }
    }

    @Test
    void anObjectUnderAnEnvelopesNameIsARecord() throws IOException {
        assertThat(shown("{\"payload\":{\"a\":1},\"x\":2}")).containsExactly("1@11:{\"a\":1}");
    }

    @Test
    void recordsAreCountedByLinesAndWithinALineOneByOne() throws IOException {
        assertThat(read(file("[{},{},{}]"), 0, 0))
                .extracting(JsonRecords.Item::line)
                .containsExactly(1L, 2L, 3L);
        assertThat(read(file("{\r\n \"orders\": [\r\n  {\r\n  },\r\n  {}\r\n ]\r\n}"), 0, 0))
                .extracting(JsonRecords.Item::line)
                .containsExactly(3L, 5L);
    }

    @Test
    void readingGoesOnAtAnyRecord() throws IOException {
        for (String text : List.of(
                "{\"a\":1}\n{\"a\":\n{\"a\":3}\n{\"a\":4}\n",
                "[{\"a\":1},{\"a\":,},{\"a\":3}]",
                "{\n\"x\":[],\n\"orders\":[\n{\"a\":1},\n1,\n{\"a\":3}\n]\n}\n[{\"a\":4}]",
                "[{\"a\":1},{\"a\":2")) {
            InputFile file = file(text);
            List<JsonRecords.Item> all = read(file, 0, 0);
            assertThat(all).hasSizeGreaterThan(1);
            try (JsonRecords records = JsonRecords.open(file, ENVELOPES, 0, 0)) {
                for (int done = 1; done <= all.size(); done++) {
                    records.next();
                    assertThat(read(file, records.offset(), records.line()))
                            .as("%s after %d", text, done)
                            .isEqualTo(all.subList(done, all.size()));
                }
            }
        }
    }

    @Test
    void aBrokenElementCostsItselfWhereBracesBalance() throws IOException {
        assertThat(shown("[{\"a\":1},{\"a\":},7,{\"a\":tru},}, \"x,]\" ,{\"a\":2} {\"a\":3}]"))
                .containsExactly(
                        "1@1:{\"a\":1}",
                        "2@9:{\"a\":} MALFORMED_JSON",
                        "3@16:7 MALFORMED_JSON",
                        "4@18:{\"a\":tru} MALFORMED_JSON",
                        "5@28:} MALFORMED_JSON",
                        "6@31:\"x,]\"  MALFORMED_JSON",
                        "7@38:{\"a\":2}",
                        "8@46:{\"a\":3}");
    }

    @Test
    void aTextThatIsNotClosedEndsWithItsLine() throws IOException {
        assertThat(shown("[\n {\n  \"a\": \"x,\n  \"b\": 1\n },\n {\"a\":2}\n]"))
                .containsExactly("2@3:{\\n  \"a\": \"x,\\n  \"b\": 1\\n } MALFORMED_JSON", "6@30:{\"a\":2}");
    }

    @Test
    void aBraceThatIsMissingCostsTheRestAndWhatStoodBeforeIsThere() throws IOException {
        assertThat(shown("[{\"a\":1},{\"a\":{},{\"a\":2},{\"a\":3}]"))
                .containsExactly(
                        "1@1:{\"a\":1}", "2@9:{\"a\":{},{\"a\":2},{\"a\":3}] MALFORMED_JSON", "3@33: MALFORMED_JSON");
    }

    @Test
    void aFileThatIsCutOffSaysSo() throws IOException {
        assertThat(shown("{\"orders\":[{\"a\":1},")).containsExactly("1@11:{\"a\":1}", "2@19: MALFORMED_JSON");
        assertThat(shown("{\"orders\":[{\"a\":1}],\"x\":")).containsExactly("1@11:{\"a\":1}", "2@24: MALFORMED_JSON");
        assertThat(shown("{\"orders\":[{\"a\":1},{\"a\":\"x"))
                .containsExactly("1@11:{\"a\":1}", "2@19:{\"a\":\"x MALFORMED_JSON");
    }

    @Test
    void whatJsonAllowsAndNoOrderNeedsBreaksNothing() throws IOException {
        String deep = "[".repeat(100_000);
        assertThat(read(file("{\"a\":1}\n" + deep + "\n{\"a\":" + deep + "\n{\"a\":2}\n"), 0, 0))
                .extracting(JsonRecords.Item::broken)
                .containsExactly(null, Rule.MALFORMED_JSON, Rule.MALFORMED_JSON, null);
        assertThat(read(file(deep), 0, 0)).extracting(JsonRecords.Item::broken).containsExactly(Rule.MALFORMED_JSON);
        assertThat(read(file("[" + deep + "]".repeat(100_000) + ",{\"a\":1}]"), 0, 0))
                .extracting(JsonRecords.Item::broken)
                .containsExactly(Rule.MALFORMED_JSON, null);
        assertThat(read(
                        file(String.join(
                                "\n",
                                "{\"a\":1}",
                                "{\"a\":1,\"a\":2}",
                                "{\"a\":" + "9".repeat(100_000) + "}",
                                "{\"a\":1e999999999}",
                                "{\"a\":0.4e00669999999999999999}",
                                "{\"a\":\"\\u0000\"}",
                                "{\"a\\u0000\":1}",
                                "{\"a\":[\"\\ud800\"]}",
                                "{\"a\":\"\\udc00\\ud800\"}",
                                "{\"a\":\"\\ud83d\\ude00\"}")),
                        0,
                        0))
                .extracting(JsonRecords.Item::broken)
                .containsExactly(
                        null,
                        Rule.MALFORMED_JSON,
                        Rule.MALFORMED_JSON,
                        null,
                        Rule.MALFORMED_JSON,
                        Rule.NUL_CHARACTER,
                        Rule.NUL_CHARACTER,
                        Rule.ENCODING,
                        Rule.ENCODING,
                        null);
    }

    @Test
    void aRecordMayHaveAMegabyteAndNotAByteMore() throws IOException {
        String full = "{\"a\":\"" + "x".repeat(RecordSplitter.MAX_RECORD - 8) + "\"}";
        String more = full.replace("xx\"}", "xxx\"}");
        for (String text : List.of(
                "{\"a\":1}\n" + full + "\n" + more + "\n{\"a\":2}",
                "[{\"a\":1}," + full + "," + more + ",{\"a\":2}]")) {
            List<JsonRecords.Item> items = read(file(text), 0, 0);
            assertThat(items)
                    .extracting(JsonRecords.Item::broken)
                    .containsExactly(null, null, Rule.RECORD_TOO_LARGE, null);
            assertThat(items.get(1).text()).isEqualTo(full);
            assertThat(items.get(2).text()).hasSize(RejectedRecord.MAX_RAW).startsWith("{\"a\":\"xxx");
        }
    }

    @Test
    void aRecordOfAHundredMegabytesIsOneRejectAndReadingGoesOnBehindIt() throws IOException {
        byte[] megabyte = new byte[1 << 20];
        Arrays.fill(megabyte, (byte) 'x');
        Path path = folder.resolve("huge.json");
        try (OutputStream out = Files.newOutputStream(path)) {
            out.write("[{\"a\":1},{\"a\":\"".getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 100; i++) {
                out.write(megabyte);
            }
            out.write("\"},{\"a\":2}]".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(read(InputFile.look(path), 0, 0))
                .extracting(JsonRecords.Item::broken)
                .containsExactly(null, Rule.RECORD_TOO_LARGE, null);
    }

    @Test
    void bytesThatAreNoUtf8CostTheirRecord() throws IOException {
        byte[] bytes = "[{\"a\":\"Z@rich\"},{\"a\":\"Zürich\"}]".getBytes(StandardCharsets.UTF_8);
        bytes[8] = (byte) 0xFC;
        InputFile file = InputFile.look(Files.write(folder.resolve("latin1.json"), bytes));

        assertThat(read(file, 0, 0))
                .extracting(JsonRecordsTest::shown)
                .containsExactly("1@1:{\"a\":\"Z\\xFCrich\"} ENCODING", "2@16:{\"a\":\"Zürich\"}");
    }

    @Test
    void itDoesNotMatterHowTheBytesArrive() throws IOException {
        String text = "{\"t\":1,\"orders\":[{\"a\":\"\\\"x\"},{\"b\":[1,\n2]},}],\"u\":{}}[{\"a\":\"é\"}]";
        InputStream oneByOne = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };
        List<String> records = new ArrayList<>();
        try (JsonSplitter splitter = new JsonSplitter(oneByOne, ENVELOPES)) {
            for (RecordSplitter.Raw raw = splitter.next(); raw != null; raw = splitter.next()) {
                records.add(new String(raw.bytes(), StandardCharsets.UTF_8));
            }
        }

        assertThat(records)
                .isEqualTo(read(file(text), 0, 0).stream()
                        .map(JsonRecords.Item::text)
                        .toList());
    }
}
