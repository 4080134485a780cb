package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FulfilmentBadInputTest {

    private static final String CSV = "order_reference,carrier,tracking_number,service,origin_region,quantity\n";

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder);
        store.orders(new ShopifyExport().order("1", "#1"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void ninetyThousandBlankRowsAtTheEndAreNoRows() {
        assertThat(store.fulfilments(CSV + "1,UPS,X1,,,\n" + ",,,,,\n".repeat(90_000))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
    }

    @Test
    void formulasAreTextAndABillionPiecesAreANumber() {
        store.fulfilments(CSV + "1,UPS,X1,=cmd|' /C calc'!A0,@SUM(A1),1000000000\n1,UPS,X2,,,1e9\n");
        assertThat(store.sandbox().texts("select service || origin_region from fulfilment"))
                .containsExactly("=cmd|' /C calc'!A0@SUM(A1)");
        assertThat(store.rejects()).containsExactly("3 BAD_QUANTITY");
    }

    @Test
    void suspiciousNumbersAndUnknownCarriersAreImportedAndKeptAsWarnings() {
        store.fulfilments(CSV + "1,UPS,1Z5R89390357567128,,,\n1,Pigeon Post,X1,,,\n1,UPS,1Z5R89390357567127,,,\n");
        assertThat(store.parcels())
                .containsExactly("1 pigeon-post/X1", "1 ups/1Z5R89390357567127", "1 ups/1Z5R89390357567128");
        assertThat(store.sandbox()
                        .texts("select line || ' ' || rule || ': ' || reason from import_warning order by line"))
                .containsExactly(
                        "2 SUSPICIOUS_NUMBER: the check digit of UPS 1Z number 1Z5R89390357567128 is wrong",
                        "3 UNKNOWN_CARRIER: no alias names the carrier: Pigeon Post; it is kept as pigeon-post");
    }

    @Test
    void moreThanWasOrderedIsImportedAsToldAndKeptAsAWarning() {
        String rows = "order_reference,carrier,tracking_number,line,quantity\n1,UPS,X1,MUG-1,5\n1,UPS,X2,MUG-1,\n"
                + "1,UPS,X3,MUG-1,1\n1,UPS,X3,1,2\n";
        List<String> kept = List.of(
                "2 MORE_THAN_ORDERED: parcel X1 holds 5 of line MUG-1, of which 2 were ordered",
                "5 MORE_THAN_ORDERED: parcel X3 holds 3 of line 1, of which 2 were ordered");
        store.sandbox().failOnInsert("fulfilment", "new.tracking_number = 'X3'", Failure.SESSION_DIES);

        assertThat(store.fulfilments(rows).outcome()).isEqualTo(Outcome.FAILED);
        store.sandbox().leaveAsKilled();
        store.sandbox().heal("fulfilment");
        store.fulfilments(rows);

        assertThat(store.contents()).containsExactly("X1 MUG-1=5", "X2 MUG-1=2", "X3 MUG-1=3");
        assertThat(store.sandbox()
                        .texts("select line || ' ' || rule || ': ' || reason from import_warning order by line"))
                .isEqualTo(kept);
    }

    @Test
    void anAccountMayRejectWhatOthersAreWarnedOf() {
        Path file = store.sandbox().file("strict.csv", CSV + "1,UPS,1Z5R89390357567128,,,\n1,Pigeon Post,X1,,,\n");
        run(file, Map.of(Rule.SUSPICIOUS_NUMBER, Severity.REJECT, Rule.UNKNOWN_CARRIER, Severity.OFF));
        assertThat(store.parcels()).containsExactly("1 pigeon-post/X1");
        assertThat(store.rejects()).containsExactly("2 SUSPICIOUS_NUMBER");
        assertThat(store.sandbox().count("import_warning")).isZero();
    }

    @Test
    void anAccountMayRejectParcelsThatHoldMoreThanWasOrdered() {
        Path file = store.sandbox()
                .file(
                        "strict.csv",
                        "order_reference,carrier,tracking_number,line,quantity\n1,UPS,X1,MUG-1,5\n1,UPS,X2,MUG-1,\n"
                                + "1,UPS,X3,MUG-1,1\n1,UPS,X3,1,2\n");
        Map<Rule, Severity> strict = Map.of(Rule.MORE_THAN_ORDERED, Severity.REJECT);

        assertThat(run(file, strict).counts()).isEqualTo(new Counts(4, 1, 0, 0, 0, 3));
        assertThat(store.contents()).containsExactly("X2 MUG-1=2");
        assertThat(store.sandbox().texts("select line || ' ' || rule || ': ' || reason from open_reject order by line"))
                .containsExactly(
                        "2 MORE_THAN_ORDERED: parcel X1 holds more of line MUG-1 than were ordered",
                        "4 MORE_THAN_ORDERED: parcel X3 holds more of line MUG-1 than were ordered",
                        "5 MORE_THAN_ORDERED: parcel X3 holds more of line 1 than were ordered");

        ImportResult retried = ImportFulfilments.retry(store.sandbox().intake(), RejectFilter.ALL, request -> request);
        assertThat(retried.counts()).isEqualTo(new Counts(3, 3, 0, 0, 0, 0));
        assertThat(store.contents()).containsExactly("X1 MUG-1=5", "X2 MUG-1=2", "X3 MUG-1=3");
    }

    /** A fulfilment that was corrected within the file holds what its newest word says. */
    @Test
    void olderWordsOfTheFileDoNotCountForWhatAParcelHolds() {
        Path file = store.sandbox()
                .file(
                        "corrected.csv",
                        "Shipment ID,Order Number,Carrier,Tracking Number,Modify Date,Item SKU,Item Quantity\n"
                                + "7,1,UPS,X1,2026-03-02 10:00,MUG-1,2\n7,1,UPS,X1,2026-03-02 11:00,MUG-1,2\n");

        assertThat(run(file, Map.of(Rule.MORE_THAN_ORDERED, Severity.REJECT)).counts())
                .isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
    }

    private ImportResult run(Path file, Map<Rule, Severity> severities) {
        AccountRules usual = AccountRules.USUAL;
        return ImportFulfilments.run(
                store.sandbox().intake(),
                ImportRequest.of("shopify", "paris", List.of(file))
                        .withRules(new AccountRules(
                                severities,
                                usual.rounding(),
                                usual.future(),
                                usual.maxQuantity(),
                                usual.required(),
                                usual.currencies(),
                                usual.countries(),
                                usual.threshold(),
                                usual.conventions())));
    }

    @Test
    void bytesThatAreNoUtf8AndNulCharactersCostTheirRow() {
        byte[] bytes =
                (CSV + "1,UPS,X1,Z@rich,,\n1,UPS,X2,nu!l,,\n1,UPS,X3,Zürich,,\n").getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = bytes[i] == '@' ? (byte) 0xFC : bytes[i] == '!' ? 0 : bytes[i];
        }

        assertThat(store.fulfilments(bytes, Conventions.UNKNOWN).counts()).isEqualTo(new Counts(3, 1, 0, 0, 0, 2));
        assertThat(store.rejects()).containsExactly("2 ENCODING", "3 NUL_CHARACTER");
        assertThat(store.sandbox().texts("select service from fulfilment")).containsExactly("Zürich");
    }

    @Test
    void aFileInUtf16WithItsByteOrderMarkIsReadLikeAnyOther() {
        for (Charset charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE)) {
            byte[] bytes = ("\uFEFF" + CSV + "1,UPS,X" + charset + ",東京,,\n").getBytes(charset);
            assertThat(store.fulfilments(bytes, Conventions.UNKNOWN).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        }
        assertThat(store.sandbox().texts("select distinct service from fulfilment"))
                .containsExactly("東京");
    }

    @Test
    void aQuoteThatNeverClosesAndALineOfAGigabyteAreOneRejectEach() throws IOException {
        Path file = folder.resolve("huge.csv");
        try (RandomAccessFile out = new RandomAccessFile(file.toFile(), "rw")) {
            out.write((CSV + "1,UPS,X1,,,\n1,UPS,X2,\"no end,,\n1,UPS,X3,,,\n" + "x".repeat(RejectedRecord.MAX_RAW))
                    .getBytes(StandardCharsets.UTF_8));
            // A hole takes no room on the disk; it reads as zeros.
            out.seek(1L << 30);
            out.write("\n1,UPS,X4,,,\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(store.fulfilments(file, Conventions.UNKNOWN).counts()).isEqualTo(new Counts(5, 3, 0, 0, 0, 2));
        assertThat(store.parcels()).containsExactly("1 ups/X1", "1 ups/X3", "1 ups/X4");
        assertThat(store.rejects()).containsExactly("3 UNCLOSED_QUOTE", "5 RECORD_TOO_LARGE");
    }

    @Test
    void noStringIsTooNaughtyForATextField() throws IOException {
        List<String> naughty = Json.MAPPER.readerForListOf(String.class).readValue(Files.readAllBytes(blns()));
        StringBuilder csv = new StringBuilder(CSV);
        ArrayNode array = Json.MAPPER.createArrayNode();
        int n = 0;
        for (String text : naughty) {
            csv.append("1,UPS,X")
                    .append(++n)
                    .append(",\"")
                    .append(text.replace("\"", "\"\""))
                    .append("\",,\n");
            var object = array.addObject();
            object.put("id", n)
                    .put("order_id", 1)
                    .put("tracking_company", "UPS")
                    .put("tracking_number", "J" + n);
            object.putObject("origin_address").put("province_code", text);
            object.put("name", text);
        }
        ImportResult rows = store.fulfilments(csv.toString());
        assertThat(rows.outcome()).isEqualTo(Outcome.DONE);
        assertThat(rows.counts().read()).isEqualTo(n);
        ImportResult json = store.fulfilments("{\"fulfillments\":" + array + "}");
        assertThat(json.outcome()).isEqualTo(Outcome.DONE);
        assertThat(json.counts().read()).isEqualTo(n);
        for (String rule : store.sandbox().texts("select distinct rule from rejected_record")) {
            assertThat(rule).isIn("FIELD_TOO_LONG", "NUL_CHARACTER");
        }
    }

    private static Path blns() throws IOException {
        try (var files = Files.walk(RealData.folder("conformance/blns"))) {
            return files.filter(file -> file.getFileName().toString().equals("blns.json"))
                    .findFirst()
                    .orElseThrow();
        }
    }
}
