package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.wire.KafkaConnection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ImportFulfilmentsTest {

    private static final String HEADER =
            "order_reference,carrier,tracking_number,service,shipped_at,promised_at,origin_country,origin_region,origin_postal_code,line,quantity\n";

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;
    private int files;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private ImportResult orders(String account, ShopifyExport export) {
        Path file = sandbox.file("orders-" + ++files + ".csv", export.text());
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", account, List.of(file)));
    }

    private ImportResult parcels(String account, String text) {
        Path file = sandbox.file("parcels-" + ++files + ".csv", text);
        return ImportFulfilments.run(sandbox.intake(), ImportRequest.of("shopify", account, List.of(file)));
    }

    @Test
    void aParcelIsRegisteredAndPublishedWithEverythingTheWatchNeedsAndNoPersonalData() {
        orders("paris", new ShopifyExport().order("5001", "#1001"));

        ImportResult result = parcels(
                "paris",
                HEADER
                        + "#1001,United Parcel Service,1z 999aa1 0123456784,Ground,2026-03-02T08:00:00+01:00,2026-03-06,DE,BE,10115,,\n");

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.published())
                .containsExactly(new Registration(
                        "ups",
                        "1Z999AA10123456784",
                        1,
                        List.of(new RegisteredOrder(
                                new OrderRef("shopify", "paris", "5001"),
                                1,
                                "Ground",
                                new Place(null, "BE", "10115", "DE"),
                                new Place(null, null, "75008", "FR"),
                                Instant.parse("2026-03-01T09:00:00Z"),
                                // The last microsecond of the day in Paris.
                                Instant.parse("2026-03-06T22:59:59.999999Z"),
                                PromisePrecision.DATE,
                                null,
                                IntakeSandbox.NOW,
                                null))));
        assertThat(sandbox.texts("select status from order_status")).containsExactly("IN_PREPARATION");
    }

    @Test
    void columnsStandInAnyOrderAndOnlyThreeAreNeeded() {
        orders("paris", new ShopifyExport().order("5001", "#1001"));

        assertThat(parcels("paris", "tracking_number,note,order_reference,carrier\nX1,hello,5001,DHL\n")
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts("select carrier || '/' || tracking_number from fulfilment"))
                .containsExactly("dhl/X1");
    }

    @Test
    void theSameParcelsAgainChangeNothingAndPublishNothing() {
        orders("paris", new ShopifyExport().order("5001", "#1001"));
        parcels("paris", HEADER + "#1001,UPS,X1,Ground,,2026-03-06,,,,,\n");
        List<String> before = sandbox.state();
        int asked = sandbox.kafkaAsked();

        assertThat(parcels("paris", HEADER + "#1001,UPS,X1,Ground,,2026-03-06,,,,,\n")
                        .outcome())
                .isEqualTo(Outcome.UNCHANGED);
        assertThat(parcels("paris", HEADER + "5001,ups, x1 ,,,,,,,,\n").counts())
                .isEqualTo(new Counts(1, 0, 0, 1, 0, 0));

        assertThat(sandbox.state()).isEqualTo(before);
        assertThat(sandbox.kafkaAsked()).isEqualTo(asked);
    }

    @Test
    void aPromiseOnceGivenStandsAndLaterOnesAreEstimates() {
        orders("paris", new ShopifyExport().order("5001", "#1001"));
        parcels("paris", HEADER + "5001,UPS,X1,,,,,,,,\n");
        parcels("paris", HEADER + "5001,UPS,X1,,,2026-03-06,,,,,\n");
        parcels("paris", HEADER + "5001,UPS,X1,,,2026-03-08T12:00:00Z,,,,,\n");

        assertThat(sandbox.texts(
                        "select promised_at || ' ' || promise_precision || ' ' || estimated_at from fulfilment"))
                .containsExactly("2026-03-06 22:59:59.999999+00 DATE 2026-03-08 12:00:00+00");
        assertThat(sandbox.published().stream().map(Registration::revision)).containsExactly(1L, 2L, 3L);
    }

    @Test
    void ofSeveralRowsAboutOneParcelTheFirstPromiseStandsAndTheLastWordCounts() {
        orders("paris", new ShopifyExport().order("1", "#1").order("2", "#2"));
        parcels("paris", HEADER + "2,UPS,X2,,,2026-03-06T12:00:00Z,,,,,\n");
        String rows = "1,UPS,X1,Ground,2026-03-02T08:00:00Z,2026-03-09T12:00:00Z,DE,BE,10115,,\n"
                + "1,UPS,X1,Express,2026-03-03T08:00:00Z,2026-03-10T12:00:00Z,FR,,75001,,\n"
                + "2,UPS,X2,,,2026-03-09T12:00:00Z,,,,,\n2,UPS,X2,,,2026-03-10T12:00:00Z,,,,,\n";

        assertThat(parcels("paris", HEADER + rows).counts()).isEqualTo(new Counts(4, 2, 2, 0, 0, 0));

        assertThat(sandbox.texts("select concat_ws(' ', service, shipped_at, origin_country, origin_region,"
                        + " origin_postal_code, promised_at, estimated_at) from fulfilment order by tracking_number"))
                .containsExactly(
                        "Express 2026-03-03 08:00:00+00 FR BE 75001 2026-03-09 12:00:00+00 2026-03-10 12:00:00+00",
                        "2026-03-06 12:00:00+00 2026-03-10 12:00:00+00");
        assertThat(parcels("paris", HEADER + rows + "\n").counts()).isEqualTo(new Counts(4, 0, 0, 4, 0, 0));
    }

    @Test
    void aParcelTakesOverThePromiseOfItsOrderAndAnotherInTheFileIsTheEstimate() {
        orders("paris", new ShopifyExport().order("1", "#1").order("2", "#2"));
        sandbox.jdbc()
                .update("update sales_order set promised_at = '2026-03-05 12:00Z', promise_precision = 'INSTANT',"
                        + " estimated_at = case external_id when '2' then timestamptz '2026-03-06 12:00Z' end");

        parcels("paris", HEADER + "1,UPS,X1,,,2026-03-07T12:00:00Z,,,,,\n2,UPS,X2,,,,,,,,\n");

        assertThat(
                        sandbox.texts(
                                "select promised_at || ' ' || promise_precision || ' ' || estimated_at from fulfilment order by tracking_number"))
                .containsExactly(
                        "2026-03-05 12:00:00+00 INSTANT 2026-03-07 12:00:00+00",
                        "2026-03-05 12:00:00+00 INSTANT 2026-03-06 12:00:00+00");
    }

    @Test
    void anOrderIsFoundByIdBeforeNameAndAnAmbiguousNameIsRejected() {
        orders(
                "paris",
                new ShopifyExport()
                        .order("1001", "#2002")
                        .order("7", "#1001")
                        .order("8", "#3003")
                        .order("9", "3003"));
        orders("lyon", new ShopifyExport().order("55", "#4004"));

        ImportResult result = parcels(
                "paris",
                HEADER + "1001,UPS,X1,,,,,,,,\n#1001,UPS,X2,,,,,,,,\n3003,UPS,X3,,,,,,,,\n4004,UPS,X4,,,,,,,,\n");

        assertThat(result.counts()).isEqualTo(new Counts(4, 2, 0, 0, 0, 2));
        assertThat(
                        sandbox.texts(
                                "select tracking_number || ' ' || external_id from fulfilment f join sales_order o on o.id = f.order_id order by 1"))
                .containsExactly("X1 1001", "X2 7");
        assertThat(
                        sandbox.texts(
                                "select line || ' ' || rule || ' ' || order_ref || ' ' || raw from rejected_record order by line"))
                .containsExactly(
                        "4 AMBIGUOUS_ORDER 3003 3003,UPS,X3,,,,,,,,", "5 UNKNOWN_ORDER 4004 4004,UPS,X4,,,,,,,,");
        assertThat(sandbox.texts("select reason from rejected_record where line = 5"))
                .containsExactly("no order of shopify/paris has the id or name 4004");
    }

    @Test
    void aFileThatCameBeforeItsOrdersIsTakenAgainOnceTheyAreThere() {
        orders("paris", new ShopifyExport().order("1", "#1"));
        String text = HEADER + "1,UPS,X1,,,,,,,,\n2,UPS,X2,,,,,,,,\n";
        assertThat(parcels("paris", text).counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(parcels("paris", text).outcome()).isEqualTo(Outcome.UNCHANGED);
        orders("paris", new ShopifyExport().order("2", "#2"));

        assertThat(parcels("paris", text).counts()).isEqualTo(new Counts(2, 1, 0, 1, 0, 0));
        assertThat(sandbox.count("open_reject")).isZero();
        assertThat(parcels("paris", text).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(sandbox.published()).extracting(Registration::trackingNumber).containsExactlyInAnyOrder("X1", "X2");
    }

    @Test
    void rowsOfOneParcelBelongTogetherAndNameTheirLinesBySkuOrNumber() {
        orders("paris", new ShopifyExport().order("1", "#1").line("TEE", 3).line("", 2, "Lineitem name", "Gift wrap"));

        ImportResult result = parcels(
                "paris",
                HEADER
                        + "1,UPS,X1,,,,,,,MUG-1,2\n1,UPS,X2,,,,,,,TEE,\n#1,ups,x1,Express,,,,,,3,1\n1,UPS,X1,,,,,,,NOPE,1\n");

        assertThat(result.counts()).isEqualTo(new Counts(4, 3, 0, 0, 0, 1));
        assertThat(sandbox.texts(
                        "select tracking_number || ' ' || coalesce(service, '-') || ' ' || line_ref || ' ' || quantity"
                                + " from fulfilment f join fulfilment_line l on l.fulfilment_id = f.id order by 1"))
                .containsExactly("X1 Express 3 1", "X1 Express MUG-1 2", "X2 - TEE 3");
        assertThat(sandbox.texts("select rule from rejected_record")).containsExactly("UNKNOWN_LINE");
    }

    @Test
    void aNumberThatIsUsedAgainLongAfterOpensANewJourney() {
        orders("paris", new ShopifyExport().order("1", "#1", "Created at", "2025-10-01 10:00:00 +0000", "Paid at", ""));
        orders("lyon", new ShopifyExport().order("2", "#2"));
        parcels("paris", HEADER + "1,UPS,X1,,,,,,,,\n");
        parcels("lyon", HEADER + "2,UPS,X1,,,,,,,,\n");

        assertThat(
                        sandbox.texts(
                                "select external_id || ' ' || journey from fulfilment f join sales_order o on o.id = f.order_id order by 1"))
                .containsExactly("1 1", "2 2");
        assertThat(sandbox.published())
                .filteredOn(registration -> registration.revision() == 2)
                .singleElement()
                .satisfies(registration -> assertThat(registration.orders())
                        .extracting(order -> order.order().account() + " " + order.journey())
                        .containsExactly("paris 1", "lyon 2"));
    }

    @Test
    void anOrderThatIsCancelledOrSentElsewhereIsPublishedAgainAndOtherChangesAreNot() {
        orders("paris", new ShopifyExport().order("1", "#1"));
        parcels("paris", HEADER + "1,UPS,X1,,,,,,,,\n");

        orders("paris", new ShopifyExport().order("1", "#1", "Total", "30.00"));
        assertThat(sandbox.published()).hasSize(1);
        orders("paris", new ShopifyExport().order("1", "#1", "Shipping Zip", "'69001"));
        orders(
                "paris",
                new ShopifyExport()
                        .order("1", "#1", "Shipping Zip", "'69001", "Cancelled at", "2026-03-03 10:00:00 +0000"));

        List<Registration> published = sandbox.published();
        assertThat(published).extracting(Registration::revision).containsExactly(1L, 2L, 3L);
        assertThat(published.get(1).orders().get(0).destination().postalCode()).isEqualTo("69001");
        assertThat(published.get(2).orders().get(0).cancelledAt()).isEqualTo(Instant.parse("2026-03-03T10:00:00Z"));
    }

    @Test
    void badRowsAreRejectedByName() {
        orders("paris", new ShopifyExport().order("1", "#1"));

        parcels(
                "paris",
                HEADER + ",UPS,X1,,,,,,,,\n1,,X1,,,,,,,,\n1,UPS,,,,,,,,,\n1,UPS,9.4E+21,,,,,,,,\n1,UPS,X1,,soon,,,,,,\n"
                        + "1,UPS,X1,,,2026-02-30,,,,,\n1,UPS,X1,,,,,,,1,0\n1,UPS,X1\n1,UPS,X1,\"a\"b,,,,,,,\n"
                        + "1,UPS,\u00a0,,,,,,,,\n1,UPS,N/A,,,,,,,,\n1,UPS," + "9".repeat(150) + ",,,,,,,,\n");

        assertThat(sandbox.texts("select line || ' ' || rule from rejected_record order by line"))
                .containsExactly(
                        "2 REQUIRED_FIELD",
                        "3 REQUIRED_FIELD",
                        "4 REQUIRED_FIELD",
                        "5 BAD_ID",
                        "6 BAD_TIME",
                        "7 BAD_TIME",
                        "8 BAD_QUANTITY",
                        "9 COLUMN_COUNT",
                        "10 BAD_QUOTE",
                        "11 REQUIRED_FIELD",
                        "12 BAD_ID",
                        "13 FIELD_TOO_LONG");
    }

    @Test
    void ofTooManyUnknownOrdersNothingIsRegisteredUntilTheyAreKnown() {
        orders("paris", new ShopifyExport().order("0", "#0"));
        StringBuilder text = new StringBuilder(HEADER);
        ShopifyExport missing = new ShopifyExport();
        for (int i = 0; i < 30; i++) {
            text.append(i).append(",UPS,X").append(i).append(",,,,,,,,\n");
            missing.order("" + i, "#" + i);
        }

        ImportResult refused = parcels("paris", text.toString());

        assertThat(refused.outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);
        assertThat(sandbox.count("fulfilment")).isZero();
        assertThat(sandbox.count("rejected_record")).isEqualTo(29);
        orders("paris", missing);
        assertThat(parcels("paris", text.toString()).counts()).isEqualTo(new Counts(30, 30, 0, 0, 0, 0));
        assertThat(sandbox.count("rejected_record")).isZero();
    }

    @Test
    void whatIsNoFulfilmentFileIsRefusedInOneLine() {
        assertThatThrownBy(() -> parcels("paris", HEADER))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage(
                        "no order of shopify/paris is known: check --channel and --account, or run import-orders first");
        orders("paris", new ShopifyExport().order("1", "#1"));
        assertThatThrownBy(() ->
                        parcels("paris", new ShopifyExport().order("1", "#1").text()))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("no column order_reference, carrier, tracking_number");
    }

    /** Breaks within the first block, at its end, in the second one and at the last row. */
    @ParameterizedTest
    @CsvSource({"1, SESSION_DIES", "4999, EXCEPTION", "5500, SESSION_DIES", "6001, EXCEPTION"})
    void aRunThatBreaksOffWhileStagingGoesOnBehindItsLastBlock(int row, Failure failure) {
        ShopifyExport export = new ShopifyExport();
        for (int i = 0; i < 50; i++) {
            export.order("" + i, "#" + i);
        }
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 1; i <= 6001; i++) {
            text.append(i % 50)
                    .append(i % 1000 == 0 ? ",,X" : ",UPS,X")
                    .append(i)
                    .append(",,,,,,,,\n");
        }
        orders("paris", export);
        sandbox.failOnInsert("staged_fulfilment", "new.tracking_number = 'X" + row + "'", failure);

        ImportResult broken = parcels("paris", text.toString());

        boolean second = row > BlockReader.MAX_RECORDS;
        assertThat(broken.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(broken.counts().read()).isEqualTo(second ? BlockReader.MAX_RECORDS : 0);
        assertThat(sandbox.count("staged_fulfilment")).isEqualTo(second ? BlockReader.MAX_RECORDS - 5 : 0);
        assertThat(sandbox.count("rejected_record"))
                .as("rejects go with their neighbours")
                .isEqualTo(second ? 5 : 0);
        assertThat(sandbox.count("fulfilment")).isZero();

        sandbox.leaveAsKilled();
        sandbox.heal("staged_fulfilment");
        assertThat(parcels("paris", text.toString()).counts()).isEqualTo(new Counts(6001, 5995, 0, 0, 0, 6));
        assertThat(sandbox.count("fulfilment")).isEqualTo(5995);
        assertThat(sandbox.count("rejected_record")).isEqualTo(6);
        assertThat(sandbox.count("staged_fulfilment")).isZero();
        assertThat(sandbox.published()).hasSize(5995).allMatch(registration -> registration.revision() == 1);
        assertThat(parcels("paris", text.toString()).outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aRunThatBreaksOffWhileMergingGoesOnAndRegistersEachParcelOnce(Failure failure) {
        ShopifyExport export = new ShopifyExport();
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 1; i <= 4500; i++) {
            export.order("" + i, "#" + i);
            text.append(i).append(",UPS,X").append(i).append(",,,,,,,,\n");
        }
        orders("paris", export);
        sandbox.failOnInsert("fulfilment", "new.tracking_number = 'X4200'", failure);

        assertThat(parcels("paris", text.toString()).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(sandbox.count("fulfilment")).isEqualTo(4000);
        assertThat(sandbox.kafkaAsked())
                .as("publishing waits for the whole file")
                .isZero();

        sandbox.leaveAsKilled();
        sandbox.heal("fulfilment");
        assertThat(parcels("paris", text.toString()).counts()).isEqualTo(new Counts(4500, 4500, 0, 0, 0, 0));
        assertThat(sandbox.published()).hasSize(4500).allMatch(registration -> registration.revision() == 1);
    }

    @Test
    void whatKafkaDidNotTakeIsPublishedWhenItIsBack() {
        orders("paris", new ShopifyExport().order("1", "#1").order("2", "#2"));
        sandbox.kafkaIs(() -> new KafkaConnection(
                "127.0.0.1:1", Map.of("default.api.timeout.ms", "600", "request.timeout.ms", "500"), ""));

        ImportResult failed = parcels("paris", HEADER + "1,UPS,X1,,,,,,,,\n");

        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failed.files().get(0).message()).startsWith("Kafka at 127.0.0.1:1 does not answer");
        assertThat(failed.counts().inserted()).isEqualTo(1);
        assertThat(sandbox.number("select count(*) from registration where published_revision < revision"))
                .isEqualTo(1);

        sandbox.kafkaIs(sandbox::kafka);
        assertThat(parcels("paris", HEADER + "1,UPS,X1,,,,,,,,\n").outcome()).isEqualTo(Outcome.DONE);
        assertThat(sandbox.published()).extracting(Registration::trackingNumber).containsExactly("X1");
        assertThat(sandbox.number("select count(*) from registration where published_revision < revision"))
                .isZero();
    }

    @Test
    void aRunThatDiesBetweenSendingAndMarkingSendsAgainAndLosesNothing() {
        ShopifyExport export = new ShopifyExport();
        StringBuilder text = new StringBuilder(HEADER);
        for (int i = 1; i <= 1200; i++) {
            export.order("" + i, "#" + i);
            text.append(i).append(",UPS,").append(10_000 + i).append(",,,,,,,,\n");
        }
        orders("paris", export);
        sandbox.failOnInsert(
                "registration", "new.published_revision = 1 and new.tracking_number = '10700'", Failure.SESSION_DIES);

        assertThat(parcels("paris", text.toString()).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(sandbox.number("select count(*) from registration where published_revision = 1"))
                .isEqualTo(500);
        sandbox.leaveAsKilled();
        sandbox.heal("registration");
        assertThat(parcels("paris", text.toString()).outcome()).isEqualTo(Outcome.DONE);

        assertThat(sandbox.number("select count(*) from registration where published_revision = 1"))
                .isEqualTo(1200);
        List<Registration> published = sandbox.published();
        assertThat(published).hasSize(1700);
        assertThat(published.stream().map(Registration::trackingNumber).distinct())
                .hasSize(1200);
    }
}
