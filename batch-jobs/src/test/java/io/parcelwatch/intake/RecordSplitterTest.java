package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordSplitterTest {

    private static List<RecordSplitter.Raw> split(String text) throws IOException {
        return split(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
    }

    private static List<RecordSplitter.Raw> split(InputStream in) throws IOException {
        List<RecordSplitter.Raw> records = new ArrayList<>();
        try (RecordSplitter splitter = new RecordSplitter(in, CsvDialect.COMMA, 0, 1)) {
            for (RecordSplitter.Raw raw = splitter.next(); raw != null; raw = splitter.next()) {
                records.add(raw);
            }
        }
        return records;
    }

    private static String shown(RecordSplitter.Raw raw) {
        return raw.line() + "@" + raw.offset() + ":"
                + new String(raw.bytes(), StandardCharsets.UTF_8)
                        .replace("\r", "\\r")
                        .replace("\n", "\\n") + (raw.broken() == null ? "" : " " + raw.broken());
    }

    @Test
    void lineEndsOfEveryKindEndARecordOutsideQuotesAndCountLinesInside() throws IOException {
        assertThat(split("a,b\nc,\"d\r\ne\nf\"\r\n\ng\rh"))
                .extracting(RecordSplitterTest::shown)
                .containsExactly("1@0:a,b", "2@4:c,\"d\\r\\ne\\nf\"", "5@16:", "6@17:g", "7@19:h");
    }

    @Test
    void aQuoteWithinAPlainFieldIsACharacter() throws IOException {
        assertThat(split("5\" screen,x\n\"say \"\"hi\"\"\n\",y\nz"))
                .extracting(RecordSplitterTest::shown)
                .containsExactly("1@0:5\" screen,x", "2@12:\"say \"\"hi\"\"\\n\",y", "4@28:z");
    }

    @Test
    void aQuoteThatNeverClosesCostsOneLine() throws IOException {
        assertThat(split("a\n\"open,b\nc,d\ne\n"))
                .extracting(RecordSplitterTest::shown)
                .containsExactly("1@0:a", "2@2:\"open,b UNCLOSED_QUOTE", "3@10:c,d", "4@14:e");
    }

    @Test
    void aQuoteThatTheNextOneFarBelowSeemsToCloseCostsOneLine() throws IOException {
        assertThat(split("#5,\"open,1\n#6,a,1\n#7,\"x, y\",1\n#8,b,1"))
                .extracting(RecordSplitterTest::shown)
                .containsExactly("1@0:#5,\"open,1 UNCLOSED_QUOTE", "2@11:#6,a,1", "3@18:#7,\"x, y\",1", "4@30:#8,b,1");
    }

    @Test
    void aFieldOfMoreLinesThanAnyNoteHasIsAQuoteThatNeverCloses() throws IOException {
        List<RecordSplitter.Raw> records = split("\"open\n" + "x\n".repeat(2 * RecordSplitter.MAX_LINES) + "\",y\n");
        assertThat(records.get(0).broken()).isEqualTo(Rule.UNCLOSED_QUOTE);
        assertThat(records.get(1)).extracting(RecordSplitterTest::shown).isEqualTo("2@6:x");
    }

    @Test
    void aQuoteThatStaysOpenForAMegabyteCostsOneLine() throws IOException {
        String filler = "0123456789\n".repeat(200_000);

        List<RecordSplitter.Raw> records = split("\"open\n" + filler);

        assertThat(records).hasSize(200_001);
        assertThat(shown(records.get(0))).isEqualTo("1@0:\"open UNCLOSED_QUOTE");
        assertThat(shown(records.get(200_000))).isEqualTo("200001@2199995:0123456789");
    }

    @Test
    void aRecordMayHaveAMegabyteAndNotAByteMore() throws IOException {
        String full = "x".repeat(RecordSplitter.MAX_RECORD);

        List<RecordSplitter.Raw> records = split(full + "\r\n" + full + "y\r\nnext\n");

        assertThat(records).extracting(RecordSplitter.Raw::broken).containsExactly(null, Rule.RECORD_TOO_LARGE, null);
        assertThat(records.get(0).bytes()).hasSize(RecordSplitter.MAX_RECORD);
        assertThat(records.get(1).bytes()).hasSize(RejectedRecord.MAX_RAW);
        assertThat(shown(records.get(2))).isEqualTo("3@2097157:next");
    }

    @Test
    void itDoesNotMatterHowTheBytesArrive() throws IOException {
        String text = "a,\"b\r\n\"\"c\"\r\nd\r\n".repeat(50);
        InputStream oneByOne = new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] target, int offset, int length) {
                return super.read(target, offset, Math.min(1, length));
            }
        };

        assertThat(split(oneByOne))
                .extracting(RecordSplitterTest::shown)
                .isEqualTo(split(text).stream().map(RecordSplitterTest::shown).toList())
                .hasSize(100);
    }
}
