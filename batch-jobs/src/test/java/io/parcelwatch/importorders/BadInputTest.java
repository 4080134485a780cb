package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BadInputTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private ImportResult run(Path... files) {
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(files)));
    }

    private void expectRefusal(String message, Path... files) {
        assertThatThrownBy(() -> run(files))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining(message)
                .satisfies(refusal -> assertThat(refusal.getMessage().lines()).hasSize(1));
        assertThat(sandbox.count("import_file") + sandbox.count("batch_job_instance"))
                .isZero();
    }

    @Test
    void whatCannotBeImportedIsRefusedInOneLineThatSaysWhatToDo() {
        byte[] rubbish = new byte[50_000];
        new Random(1).nextBytes(rubbish);
        expectRefusal("missing.csv does not exist: check the path", folder.resolve("missing.csv"));
        expectRefusal("is a folder: name the files in it", folder);
        expectRefusal("empty.csv is empty: export it again", sandbox.file("empty.csv", ""));
        expectRefusal("blank.csv is empty: export it again", sandbox.file("blank.csv", "\uFEFF\r\n\r\n"));
        expectRefusal("rubbish.csv is binary, not text", sandbox.file("rubbish.csv", rubbish));
        expectRefusal("a.csv is a ZIP archive or a workbook", sandbox.file("a.csv", "PK\u0003\u0004...."));
        expectRefusal(
                "b.csv is compressed: unpack it first",
                sandbox.file("b.csv", new byte[] {0x1F, (byte) 0x8B, 8, 0, 'a', 'b'}));
        expectRefusal(
                "parcels.csv is no order export of shopify (no column Name, Created at, Currency",
                sandbox.file("parcels.csv", "order_reference,carrier,tracking_number\n1,UPS,X1\n"));
        expectRefusal(
                "open.csv does not start with a header row",
                sandbox.file("open.csv", "\"Name,Id\nno end to the quote\n"));
    }

    @Test
    void oneUnusableFileOfSeveralKeepsAllFromBeingImported() {
        expectRefusal(
                "empty.csv is empty",
                sandbox.file("good.csv", new ShopifyExport().order("1", "#1").text()),
                sandbox.file("empty.csv", ""));
    }

    @Test
    void anUnknownChannelOrFormatIsRefused() {
        Path file =
                sandbox.file("orders.csv", new ShopifyExport().order("1", "#1").text());

        assertThatThrownBy(
                        () -> ImportOrders.run(sandbox.intake(), ImportRequest.of("spotify", "paris", List.of(file))))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage(
                        "channel spotify is unknown: name one of amazon, ebay, etsy, shopify, tiktok, walmart, woocommerce");
        assertThatThrownBy(() -> ImportOrders.run(
                        sandbox.intake(),
                        ImportRequest.of("shopify", "paris", List.of(file)).withFormat("xml")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageStartingWith("format xml is unknown for channel shopify: name one of shopify-csv, ");
    }

    @Test
    void aFileWithAHeaderAndNoOrderIsImportedEmpty() {
        assertThat(run(sandbox.file("orders.csv", new ShopifyExport().header())).counts())
                .isEqualTo(Counts.NONE);
    }

    @Test
    void aFileThatIsCutOffWithinAQuoteGivesItsLastOrderToTheRejects() {
        String text = new ShopifyExport()
                .order("1", "#1")
                .order("2", "#2", "Notes", "one\ntwo")
                .text();

        ImportResult result = run(sandbox.file("orders.csv", text.substring(0, text.indexOf("two") + 1)));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("1");
        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || order_ref from rejected_record order by line"))
                .containsExactly("3 UNCLOSED_QUOTE #2", "4 COLUMN_COUNT t");
    }

    @Test
    void aFileThatIsCutOffWithinAContinuationRowGivesTheWholeOrderToTheRejects() {
        String text = new ShopifyExport()
                .order("1", "#1")
                .order("2", "#2")
                .line("TEE", 3)
                .text();

        run(sandbox.file("orders.csv", text.substring(0, text.indexOf("Article"))));

        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("1");
        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || order_ref from rejected_record"))
                .containsExactly("3 COLUMN_COUNT 2");
    }

    @Test
    void aByteOrderMarkCarriageReturnsHashesAndBlankRowsAreNoReasonToRejectAnything() {
        String text = new ShopifyExport()
                .order("1", "#1")
                .order("2", "# a note is data")
                .line("TEE", 1)
                .text();
        String spreadsheet = "\uFEFF" + text.replace("\n", "\r\n") + ",".repeat(30) + "\r\n\r\n,,\r\n";

        assertThat(run(sandbox.file("orders.csv", spreadsheet)).counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.texts("select name || ' ' || line from sales_order order by 1"))
                .containsExactly("# a note is data 3", "#1 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-16LE", "UTF-16BE"})
    void aFileInUtf16WithItsByteOrderMarkIsReadLikeAnyOther(String charset) {
        String text = new ShopifyExport()
                .order("1", "#1", "Shipping City", "Zürich")
                .order("2", "#2", "Shipping City", "東京")
                .text();

        assertThat(run(sandbox.file("orders.csv", ("\uFEFF" + text).getBytes(Charset.forName(charset))))
                        .counts())
                .isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.texts("select destination_city from sales_order order by external_id"))
                .containsExactly("Zürich", "東京");
    }

    @Test
    void bytesThatAreNoUtf8AndNulCharactersCostTheirOrder() {
        byte[] bytes = new ShopifyExport()
                .order("1", "#1", "Shipping City", "Z@rich")
                .order("2", "#2", "Shipping City", "N!l")
                .order("3", "#3", "Shipping City", "Zürich")
                .text()
                .getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length - 4; i++) {
            if (bytes[i] == 'Z' && bytes[i + 1] == '@') {
                bytes[i + 1] = (byte) 0xFC;
            }
            if (bytes[i] == 'N' && bytes[i + 1] == '!') {
                bytes[i + 1] = 0;
            }
        }

        ImportResult result = run(sandbox.file("latin1.csv", bytes));

        assertThat(result.counts()).isEqualTo(new Counts(3, 1, 0, 0, 0, 2));
        assertThat(sandbox.texts("select destination_city from sales_order")).containsExactly("Zürich");
        assertThat(
                        sandbox.texts(
                                "select rule || ' ' || order_ref || ' ' || (raw like '%Z\\\\xFCrich%' or raw like '%N\\\\x00l%') from rejected_record order by line"))
                .containsExactly("ENCODING 1 true", "NUL_CHARACTER 2 true");
    }

    @Test
    void aLineOfAGigabyteIsOneRejectAndTheOrdersAroundItComeIn() throws IOException {
        Path file = folder.resolve("huge.csv");
        List<String> lines = new ShopifyExport()
                .order("1", "#1")
                .order("2", "#2")
                .text()
                .lines()
                .toList();
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write((lines.get(0) + "\n" + lines.get(1) + "\n" + "x".repeat(RejectedRecord.MAX_RAW))
                    .getBytes(StandardCharsets.UTF_8));
            // A hole takes no room on the disk; it reads as zeros.
            out.seek(1L << 30);
            out.write(("\n" + lines.get(2) + "\n").getBytes(StandardCharsets.UTF_8));
        }

        assertThat(run(file).counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || line || ' ' || length(raw) from rejected_record"))
                .containsExactly("RECORD_TOO_LARGE 3 " + RejectedRecord.MAX_RAW);
        assertThat(sandbox.texts("select line::text from sales_order order by 1"))
                .containsExactly("2", "4");
    }

    @Test
    void aFileInUtf16ThatIsCutOffWithinACharacterCostsItsLastOrder() {
        byte[] whole = ("\uFEFF"
                        + new ShopifyExport().order("1", "#1").order("2", "#2").text())
                .getBytes(StandardCharsets.UTF_16LE);

        ImportResult result = run(sandbox.file("odd.csv", Arrays.copyOf(whole, whole.length - 61)));

        assertThat(result.counts().inserted()).isEqualTo(1);
        assertThat(result.counts().rejected()).isEqualTo(1);
        assertThat(sandbox.texts("select rule || ' ' || line from rejected_record"))
                .containsExactly("COLUMN_COUNT 3");
    }

    @Test
    void aFileOfOneHugeLineIsRefused() throws IOException {
        Path file = folder.resolve("line.csv");
        try (OutputStream out = Files.newOutputStream(file)) {
            byte[] megabyte = new byte[1 << 20];
            Arrays.fill(megabyte, (byte) 'x');
            for (int i = 0; i < 100; i++) {
                out.write(megabyte);
            }
        }

        expectRefusal("line.csv does not start with a header row", file);
    }

    @Test
    void ninetyThousandBlankRowsAtTheEndAreNoOrders() {
        String text = new ShopifyExport().order("1", "#1").order("2", "#2").text();
        String spreadsheet = text + (",".repeat(30) + "\r\n").repeat(90_000);

        assertThat(run(sandbox.file("orders.csv", spreadsheet)).counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.count("rejected_record")).isZero();
    }
}
