package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of wrong numbers, cancelled fulfilments and voided labels. */
class CorrectionsTest {

    private static final String CSV = "order_reference,carrier,tracking_number,replaces\n";

    @TempDir
    Path folder;

    private static final String PROMISED = "order_reference,carrier,tracking_number,replaces,promised_at\n";

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder);
        store.orders(new ShopifyExport().order("1", "#1").order("2", "#2"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    /** A fulfilment of Shopify's API. */
    private static String fulfilment(int id, String order, String status, String updatedAt, String... numbers) {
        return """
                {"id":%d,"order_id":%s,"status":"%s","created_at":"2026-03-01T10:00:00+01:00","updated_at":"%s","tracking_company":"UPS",
                "tracking_numbers":[%s],"line_items":[{"sku":"MUG-1","name":"Mug, blue","quantity":2}]}""".formatted(
                id, order, status, updatedAt, numbers.length == 0 ? "" : '"' + String.join("\",\"", numbers) + '"');
    }

    private static String document(String... fulfilments) {
        return "{\"fulfillments\":[" + String.join(",\n", fulfilments) + "]}";
    }

    @Test
    void aRowThatReplacesANumberWithdrawsItAndTheWatchLearnsOfBoth() {
        store.fulfilments(CSV + "1,UPS,X1,\n2,UPS,X1,\n");
        store.carrierSays("X1", "IN_TRANSIT");
        assertThat(store.status("1")).isEqualTo("SHIPPED");

        assertThat(store.fulfilments(CSV + "1,UPS,X2,x1\n").counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));

        assertThat(store.parcels()).containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2", "2 ups/X1");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of("2"), "X2", List.of("1")));
        assertThat(store.status("1")).isEqualTo("IN_PREPARATION");
        assertThat(store.status("2")).isEqualTo("SHIPPED");
    }

    @Test
    void aNumberWhoseOrdersAreAllGoneIsPublishedWithNone() {
        store.fulfilments(CSV + "1,UPS,X1,\n");
        store.fulfilments(CSV + "1,UPS,X2,X1\n");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of(), "X2", List.of("1")));
    }

    @Test
    void aWrongNumberThatComesLateStaysWithdrawn() {
        store.fulfilments(CSV + "1,UPS,X2,X1\n");
        assertThat(store.parcels()).containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2");

        assertThat(store.fulfilments(CSV + "1,UPS,X1,\n1,FedEx,X1,\n").counts())
                .isEqualTo(new Counts(2, 0, 0, 0, 2, 0));

        assertThat(store.parcels()).containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2");
        assertThat(store.watched()).isEqualTo(Map.of("X2", List.of("1")));
    }

    @Test
    void aCorrectionStandsWhereverItsRowsStandInTheFile() {
        store.fulfilments(CSV + "1,UPS,X2,X1\n1,UPS,X1,\n2,UPS,Y1,\n2,UPS,Y2,Y1\n");
        assertThat(store.parcels())
                .containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2", "2 ups/Y1 CORRECTED for Y2", "2 ups/Y2");
        assertThat(store.watched()).isEqualTo(Map.of("X2", List.of("1"), "Y2", List.of("2")));
    }

    @Test
    void aCorrectionCanBeTakenBackByName() {
        store.fulfilments(CSV + "1,UPS,X1,\n");
        store.fulfilments(CSV + "1,UPS,X2,X1\n");
        store.fulfilments(CSV + "1,UPS,X1,X2\n");
        assertThat(store.parcels()).containsExactly("1 ups/X1", "1 ups/X2 CORRECTED for X1");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of("1"), "X2", List.of()));
    }

    @Test
    void aWrongCarrierIsCorrectedLikeAWrongNumber() {
        store.fulfilments(CSV + "1,FedEx,X1,\n");
        store.fulfilments(CSV + "1,UPS,X1,X1\n");
        assertThat(store.parcels()).containsExactly("1 fedex/X1 CORRECTED for X1", "1 ups/X1");
    }

    @Test
    void theRightNumberTakesOverThePromiseOfTheWrongOne() {
        store.fulfilments(PROMISED + "1,UPS,X1,,2026-03-06T12:00:00Z\n2,UPS,Y1,,2026-03-06T12:00:00Z\n");
        store.fulfilments(PROMISED + "1,UPS,X1,,2026-03-07T12:00:00Z\n");

        store.fulfilments(PROMISED + "1,UPS,X2,X1,\n2,UPS,Y2,Y1,2026-03-08T12:00:00Z\n");

        assertThat(store.promises())
                .containsExactly(
                        "X1 2026-03-06 12:00, 2026-03-07 12:00",
                        "X2 2026-03-06 12:00, 2026-03-07 12:00",
                        "Y1 2026-03-06 12:00",
                        "Y2 2026-03-06 12:00, 2026-03-08 12:00");
    }

    @Test
    void thePromiseOfAWrongNumberIsTakenOverWhereverItsRowsStand() {
        store.fulfilments(
                PROMISED + "1,UPS,X3,X2,\n1,UPS,X2,X1,2026-03-08T12:00:00Z\n1,UPS,X1,,2026-03-06T12:00:00Z\n");
        store.fulfilments(PROMISED + "2,UPS,Y2,,\n2,UPS,Y1,,2026-03-06T12:00:00Z\n");
        store.fulfilments(PROMISED + "2,UPS,Y2,Y1,\n");

        assertThat(store.promises())
                .containsExactly(
                        "X1 2026-03-06 12:00",
                        "X2 2026-03-06 12:00, 2026-03-08 12:00",
                        "X3 2026-03-06 12:00, 2026-03-08 12:00",
                        "Y1 2026-03-06 12:00",
                        "Y2 2026-03-06 12:00");
    }

    @Test
    void aFulfilmentWhoseNumberChangedKeepsThePromise() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1")));
        store.fulfilments(PROMISED + "1,UPS,X1,,2026-03-06T12:00:00Z\n");
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-03T10:00:00Z", "X2")));
        assertThat(store.promises()).containsExactly("X1 2026-03-06 12:00", "X2 2026-03-06 12:00");
    }

    @Test
    void theSameCorrectionAgainChangesNothing() {
        store.fulfilments(CSV + "1,UPS,X1,\n");
        store.fulfilments(CSV + "1,UPS,X2,X1\n");
        List<String> before = store.sandbox().state();

        assertThat(store.fulfilments(CSV + "1,UPS,X2,X1\n").outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(store.fulfilments(CSV + "1,UPS,X2,X1\n\n").counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));

        assertThat(store.sandbox().state()).isEqualTo(before);
    }

    @Test
    void aFulfilmentWhoseNumberChangedWithdrawsTheOldOne() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1")));
        assertThat(store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-03T10:00:00Z", "X2")))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));

        assertThat(store.parcels()).containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of(), "X2", List.of("1")));
    }

    @Test
    void anOlderWordImportedLateNeverBringsACorrectedNumberBack() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-03T10:00:00Z", "X2")));
        List<String> before = store.sandbox().state();

        assertThat(store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1")))
                        .counts())
                .isEqualTo(new Counts(1, 0, 0, 0, 1, 0));

        assertThat(store.sandbox().state()).isEqualTo(before);
    }

    @Test
    void ofSeveralWordsInOneFileTheNewestCountsWhereverItStands() {
        assertThat(store.fulfilments(document(
                                fulfilment(7, "1", "success", "2026-03-03T10:00:00Z", "X2"),
                                fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1"),
                                fulfilment(8, "2", "success", "2026-03-02T10:00:00Z", "Y1"),
                                fulfilment(8, "2", "cancelled", "2026-03-03T10:00:00Z", "Y1")))
                        .counts())
                .isEqualTo(new Counts(4, 1, 0, 0, 3, 0));
        assertThat(store.parcels()).containsExactly("1 ups/X2");
    }

    @Test
    void aCancelledFulfilmentWithdrawsItsParcelsAndStaysCancelled() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1", "X2")));
        assertThat(store.fulfilments(document(fulfilment(7, "1", "cancelled", "2026-03-03T10:00:00Z", "X1", "X2")))
                        .counts())
                .isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(store.parcels()).containsExactly("1 ups/X1 CANCELLED", "1 ups/X2 CANCELLED");
        assertThat(store.status("1")).isEqualTo("ORDER_RECEIVED");

        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T11:00:00Z", "X1")));
        assertThat(store.parcels()).containsExactly("1 ups/X1 CANCELLED", "1 ups/X2 CANCELLED");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of(), "X2", List.of()));
    }

    @Test
    void aNewFulfilmentMayUseTheNumberOfACancelledOne() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1")));
        String both = document(
                fulfilment(8, "1", "success", "2026-03-03T11:00:00Z", "X1"),
                fulfilment(7, "1", "cancelled", "2026-03-03T10:00:00Z", "X1"));
        store.fulfilments(both);
        assertThat(store.parcels()).containsExactly("1 ups/X1");
        store.fulfilments(both + "\n");
        assertThat(store.parcels()).containsExactly("1 ups/X1");
        assertThat(store.watched()).isEqualTo(Map.of("X1", List.of("1")));
    }

    @Test
    void aNumberThatIsTakenAwayFromAFulfilmentIsWithdrawnWithoutASuccessor() {
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-02T10:00:00Z", "X1")));
        store.fulfilments(document(fulfilment(7, "1", "success", "2026-03-03T10:00:00Z")));
        assertThat(store.parcels()).containsExactly("1 ups/X1 CORRECTED");
    }

    @Test
    void aCorrectionMovesTheLinesToTheRightNumber() {
        store.orders(new ShopifyExport().order("3", "#3").line("TEE", 1));
        store.fulfilments(document(fulfilment(7, "3", "success", "2026-03-02T10:00:00Z", "X1")));
        store.fulfilments(document(fulfilment(7, "3", "success", "2026-03-03T10:00:00Z", "X2")));
        store.carrierSays("X2", "DELIVERED");
        assertThat(store.contents()).containsExactly("X1 MUG-1=2", "X2 MUG-1=2");
        assertThat(store.status("3")).as("the tee is awaited").isEqualTo("PARTIALLY_DELIVERED");
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aRunThatBreaksOffBetweenAWithdrawalAndItsSuccessorFinishesBoth(Failure failure) {
        StringBuilder wrong = new StringBuilder(CSV);
        StringBuilder right = new StringBuilder(CSV);
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= 2500; i++) {
            export.order("" + i, "#" + i);
            wrong.append(i).append(",UPS,X").append(i).append(",\n");
            right.append(i).append(",UPS,Z").append(i).append(",X").append(i).append('\n');
        }
        store.orders(export);
        store.fulfilments(wrong.toString());
        store.sandbox().failOnInsert("fulfilment", "new.tracking_number = 'Z2100'", failure);

        assertThat(store.fulfilments(right.toString()).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(store.sandbox().number("select count(*) from fulfilment where withdrawn_at is not null"))
                .isEqualTo(2000);

        store.sandbox().leaveAsKilled();
        store.sandbox().heal("fulfilment");
        assertThat(store.fulfilments(right.toString()).counts()).isEqualTo(new Counts(2500, 2500, 0, 0, 0, 0));
        assertThat(
                        store.sandbox()
                                .number(
                                        "select count(*) from fulfilment where (withdrawn_at is null) = (tracking_number like 'Z%')"))
                .isEqualTo(5000);
        assertThat(store.sandbox()
                        .number("select count(*) from registration where revision = 2 and tracking_number like 'X%'"))
                .isEqualTo(2500);
        assertThat(store.watched().get("X2100")).isEmpty();
        assertThat(store.sandbox().count("staged_fulfilment")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aRunThatBreaksOffWhileItFindsOutWhatIsWithdrawnStartsThatAnew(Failure failure) {
        store.fulfilments(CSV + "1,UPS,X1,\n2,UPS,Y1,\n");
        store.sandbox().failOnInsert("staged_fulfilment", "new.part < 0 and new.tracking_number = 'Y1'", failure);
        String correction = CSV + "1,UPS,X2,X1\n2,UPS,Y2,Y1\n3,UPS,Z1,\n";

        assertThat(store.fulfilments(correction).outcome()).isEqualTo(Outcome.FAILED);
        store.sandbox().leaveAsKilled();
        store.sandbox().heal("staged_fulfilment");

        assertThat(store.fulfilments(correction).counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(store.parcels())
                .containsExactly("1 ups/X1 CORRECTED for X2", "1 ups/X2", "2 ups/Y1 CORRECTED for Y2", "2 ups/Y2");
        assertThat(store.rejects()).containsExactly("4 UNKNOWN_ORDER");
    }
}
