package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RetryRejectsTest {

    private static final String PARCELS = "order_reference,carrier,tracking_number\n";

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

    private ImportResult orders(String file, ShopifyExport export) {
        return ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file(file, export.text()))));
    }

    private ImportResult parcels(String text) {
        return ImportFulfilments.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("parcels.csv", text))));
    }

    private ImportResult retryParcels() {
        return ImportFulfilments.retry(sandbox.intake(), RejectFilter.ALL, UnaryOperator.identity());
    }

    private ImportResult retryOrders() {
        return ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, UnaryOperator.identity());
    }

    @Test
    void parcelsThatCameBeforeTheirOrdersAreTakenAgainAndTheirRejectsAreResolved() {
        orders("orders.csv", new ShopifyExport().order("1", "#1"));
        parcels(PARCELS + "1,UPS,X1\n2,UPS,X2\n1,UPS,X3\n3,UPS,X4\n");
        orders("later.csv", new ShopifyExport().order("2", "#2"));

        ImportResult retried = retryParcels();

        assertThat(retried.outcome()).isEqualTo(Outcome.DONE);
        assertThat(retried.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select file || ' ' || line || ' ' || tracking_number from fulfilment where line = 3"))
                .containsExactly("parcels.csv 3 X2");
        assertThat(sandbox.texts(
                        "select line || ' ' || (resolved_at is not null) || ' ' || (resolved_by_run is not null)"
                                + " from rejected_record order by line"))
                .containsExactly("3 true true", "5 false false");
        assertThat(sandbox.texts("select line::text from open_reject")).containsExactly("5");
        assertThat(retryParcels().counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
        orders("last.csv", new ShopifyExport().order("3", "#3"));
        assertThat(retryParcels().counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.count("open_reject")).isZero();
        assertThat(retryParcels().files()).isEmpty();
    }

    @Test
    void whatStillFailsStaysWithItsNewReason() {
        orders("orders.csv", new ShopifyExport().order("1", "#1"));
        parcels("order_reference,carrier,tracking_number,line\n1,UPS,X1,MUG-1\n2,UPS,X2,NOPE\n");
        orders("later.csv", new ShopifyExport().order("2", "#2"));

        assertThat(retryParcels().counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));

        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || (resolved_at is null) from rejected_record"))
                .containsExactly("3 UNKNOWN_LINE true");
    }

    @Test
    void aRetryThatBreaksOffGoesOnAndNothingIsTwice() {
        orders("orders.csv", new ShopifyExport().order("1", "#1"));
        parcels(PARCELS + "2,UPS,X2\n3,UPS,X3\n");
        orders("later.csv", new ShopifyExport().order("2", "#2").order("3", "#3"));
        sandbox.failOnInsert("fulfilment", "new.tracking_number = 'X3'", IntakeSandbox.Failure.SESSION_DIES);
        assertThat(retryParcels().outcome()).isEqualTo(Outcome.FAILED);
        sandbox.leaveAsKilled();
        assertThat(sandbox.count("open_reject")).isEqualTo(2);
        sandbox.heal("fulfilment");

        assertThat(retryParcels().counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));

        assertThat(sandbox.count("open_reject")).isZero();
        assertThat(sandbox.number("select count(*) from import_file where retry_of is not null"))
                .as("one import, begun twice")
                .isEqualTo(1);
        assertThat(sandbox.published()).hasSize(2);
    }

    @Test
    void ordersOfSeveralRowsAreFoundAgainInTheirLines() {
        orders(
                "orders.csv",
                new ShopifyExport()
                        .order("1", "#1")
                        .order("2", "#2", "Total", "free", "Notes", "two\r\nlines")
                        .line("TEE", 3)
                        .order("3", "#3")
                        .order("4", "#4", "Currency", "???"));
        assertThat(
                        sandbox.texts(
                                "select line || ' ' || rule || ' ' || coalesce(amount::text, '-') || ' ' || currency from open_reject order by 1"))
                .containsExactly("3 BAD_NUMBER - EUR", "7 BAD_CURRENCY 24.90 ???");
        // As if the rules had been extended since.
        sandbox.jdbc().update("update rejected_record set raw = replace(replace(raw, 'free', '24.90'), '???', 'SEK')");

        assertThat(retryOrders().counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));

        assertThat(sandbox.texts("select external_id || ' ' || file || ' ' || line from sales_order order by 1"))
                .containsExactly("1 orders.csv 2", "2 orders.csv 3", "3 orders.csv 6", "4 orders.csv 7");
        assertThat(sandbox.count("order_line")).isEqualTo(5);
        assertThat(sandbox.count("open_reject")).isZero();
        assertThat(sandbox.count("rejected_record")).isEqualTo(2);
    }

    @Test
    void aVersionThatIsNewerThanTheRejectedOneStays() {
        orders("orders.csv", new ShopifyExport().order("1", "#1", "Total", "free"));
        orders("newer.csv", new ShopifyExport().order("1", "#1", "Fulfilled at", "2026-03-02 10:00:00 +0100"));
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'free', '1.00')");

        assertThat(retryOrders().counts()).isEqualTo(Counts.NONE);

        assertThat(sandbox.texts("select total::text from sales_order")).containsExactly("24.90");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    @Test
    void anOrderThatWasMendedAndImportedAgainClosesItsReject() {
        orders(
                "orders.csv",
                new ShopifyExport().order("1", "#1", "Total", "free").order("2", "#2", "Total", "free"));
        orders("mended.csv", new ShopifyExport().order("1", "#1").order("3", "#3"));

        assertThat(
                        sandbox.texts(
                                "select line || ' ' || coalesce(resolved_by_run::text, 'open') from rejected_record order by line"))
                .containsExactly("2 " + runOf("mended.csv"), "3 open");
    }

    private long runOf(String file) {
        return sandbox.number("select run_id from import_file where file = '" + file + "'");
    }

    @Test
    void noRetryBringsARejectedRecordBackOverTheOrderThatWasMendedSince() {
        orders(
                "orders.csv",
                new ShopifyExport().order("1", "#1", "Total", "free").order("2", "#2", "Total", "free"));
        orders("mended.csv", new ShopifyExport().order("1", "#1"));
        // As it was left before imports closed what they mend.
        sandbox.jdbc().update("update rejected_record set resolved_at = null, resolved_by_run = null");
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'free', '1.00')");

        ImportResult retried = retryOrders();

        assertThat(retried.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(retried.files().get(0).warnings())
                .containsExactly(
                        "of its rejected records 1 are of orders that were imported since: they are resolved, and not"
                                + " taken again");
        assertThat(sandbox.texts("select external_id || ' ' || total from sales_order order by 1"))
                .containsExactly("1 24.90", "2 1.00");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    @Test
    void aRetryOfAnOldFileDoesNotCloseWhatANewerOneTellsOfTheOrder() {
        orders("old.csv", new ShopifyExport().order("1", "#1", "Total", "free"));
        orders("new.csv", new ShopifyExport().order("1", "#1", "Total", "gratis"));
        // The tests' clock stands still: their imports were long ago.
        sandbox.jdbc()
                .update(
                        "update import_file set started_at = started_at - interval '1 day', ended_at = ended_at - interval '1 day'");
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'free', '1.00')");

        assertThat(ImportOrders.retry(
                                sandbox.intake(),
                                new RejectFilter(
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.of("old.csv"),
                                        Optional.empty(),
                                        Optional.empty(),
                                        Optional.empty()),
                                UnaryOperator.identity())
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));

        retryOrders();
        assertThat(sandbox.texts("select file from open_reject")).containsExactly("new.csv");
    }

    @Test
    void aMendedFileThatIsReadBesideTheOneThatRejectsClosesItsRejectsAndNotTheOtherWayRound() {
        Path good =
                sandbox.file("good.csv", new ShopifyExport().order("1", "#1").text());
        Path bad = sandbox.file(
                "bad.csv", new ShopifyExport().order("1", "#1", "Total", "free").text());

        ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(good, bad)));
        ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "lyon", List.of(bad, good)));

        assertThat(sandbox.texts("select account from open_reject")).containsExactly("paris");
    }

    @Test
    void anOrderThatIsToldInSeveralPlacesIsTakenAgainAsOne() {
        Path mapping = sandbox.file("m.yaml", """
                zone: UTC
                order: {placed_at: Date, currency: Currency, total: Total}
                line: {name: Item, quantity: Qty}
                rows: {group_by: Order}
                """);
        Path file = sandbox.file(
                "orders.csv",
                "Order,Date,Item,Qty,Currency,Total\nA3,2026-02-25,Mug,1,QQQ,9.50\nA4,2026-02-25,Mug,1,EUR,9.50\nA3,2026-02-25,Hat,1,QQQ,9.50\n");
        ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(file)).withMapping(mapping));
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'QQQ', 'SEK')");

        ImportResult retried = retryOrders();

        assertThat(retried.outcome()).as(retried.toString()).isEqualTo(Outcome.DONE);
        assertThat(
                        sandbox.texts(
                                "select o.external_id || ' ' || l.name from sales_order o join order_line l on l.order_id = o.id order by 1"))
                .containsExactly("A3 Hat", "A3 Mug", "A4 Mug");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    @Test
    void recordsThatAreFoundInAnotherNumberAreNotImported() {
        orders(
                "orders.csv",
                new ShopifyExport().order("1", "#1", "Total", "free").order("2", "#2"));
        sandbox.jdbc()
                .update(
                        "update rejected_record set raw = replace(raw, 'free', '1.00') || chr(10) || replace(replace(raw, 'free', '1.00'), '#1', '#7')");

        ImportResult retried = retryOrders();

        assertThat(retried.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(retried.files().get(0).message()).contains("none is imported");
        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("2");
        assertThat(sandbox.count("open_reject")).isEqualTo(1);
    }

    @Test
    void aMappingThatIsNamedReadsWhatWasReadByOneAndNothingElse() {
        orders("orders.csv", new ShopifyExport().order("1", "#1", "Total", "free"));
        String text = """
                zone: UTC
                order: {id: Order, placed_at: Date, currency: {constant: EUR}, total: Total}
                line: {name: Item, quantity: Qty}
                """;
        Path mapping = sandbox.file("m.yaml", text);
        Path file = sandbox.file(
                "mapped.csv",
                "Order,Date,Item,Qty,Total,Pieces\nA,2026-02-25,Mug,many,1.50,3\nB,2026-02-25,Mug,2,1.50,2\n");
        ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "paris", List.of(file)).withMapping(mapping));
        Path mended = sandbox.file("mended.yaml", text.replace("Qty", "Pieces"));
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'free', '1.00')");

        ImportResult retried =
                ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, request -> request.withMapping(mended));

        assertThat(retried.counts()).as(retried.toString()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.count("open_reject")).isZero();
    }

    @Test
    void theThresholdDoesNotStandInTheWayOfARetry() {
        orders("orders.csv", new ShopifyExport().order("0", "#0"));
        StringBuilder text = new StringBuilder(PARCELS);
        for (int i = 1; i <= 30; i++) {
            text.append(i).append(",UPS,X").append(i).append('\n');
        }
        assertThat(parcels(text.toString()).outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);
        orders("later.csv", new ShopifyExport().order("7", "#7"));

        assertThat(retryParcels().counts()).isEqualTo(new Counts(30, 1, 0, 0, 0, 29));
        assertThat(sandbox.count("open_reject")).isEqualTo(29);
    }

    @Test
    void whatIsNotKeptWholeIsSaidAndStays() {
        orders(
                "orders.csv",
                new ShopifyExport().order("1", "#1").order("2", "#2", "Total", "free", "Notes", "x".repeat(70_000)));

        ImportResult retried = retryOrders();

        assertThat(retried.counts()).isEqualTo(Counts.NONE);
        assertThat(retried.files().get(0).warnings())
                .containsExactly(
                        "of its rejected records 1 cannot be taken again, because its text was too long to be kept whole:"
                                + " mend the file and import it");
        assertThat(sandbox.count("open_reject")).isEqualTo(1);
    }

    @Test
    void theSameFileReadByNewRulesResolvesWhatItRejected() {
        ShopifyExport export = new ShopifyExport().order("1", "#1").order("2", "#2", "Total", "free");
        orders("orders.csv", export);
        // As if it had been read by an older version, which refused more.
        sandbox.jdbc().update("update import_file set id = gen_random_uuid(), format = 'shopify-csv 0'");
        sandbox.jdbc()
                .update("update rejected_record set line = 2, id = gen_random_uuid(), import_id = gen_random_uuid()");
        sandbox.jdbc().update("delete from batch_job_execution_params");
        sandbox.jdbc().update("update batch_job_instance set job_key = 'older'");

        orders("orders.csv", export);

        assertThat(sandbox.texts("select line || ' ' || (resolved_at is null) from rejected_record order by line"))
                .containsExactly("2 false", "3 true");
    }

    @Test
    void jsonRecordsAreFoundAgainInTheirLinesAlsoWhereSeveralStandInOne() {
        String order = "{\"id\":%d,\"name\":\"#%d\",\"created_at\":\"2026-03-01T10:00:00+01:00\",\"currency\":\"%s\","
                + "\"total_price\":\"24.90\",\"line_items\":[{\"title\":\"Mug\",\"quantity\":1,\"price\":\"24.90\"}]}";
        String text = "{\"orders\":[" + order.formatted(1, 1, "XXY") + "," + order.formatted(2, 2, "EUR") + ",\n"
                + order.formatted(3, 3, "XXY") + "," + order.formatted(4, 4, "XXY") + "]}";
        ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("orders.json", text))));
        List<String> lines = sandbox.texts("select line::text from open_reject order by line");
        assertThat(lines).hasSize(3);
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'XXY', 'SEK')");

        assertThat(retryOrders().counts()).isEqualTo(new Counts(3, 3, 0, 0, 0, 0));

        assertThat(sandbox.texts("select line::text from sales_order where currency = 'SEK' order by line"))
                .isEqualTo(lines);
        assertThat(sandbox.count("open_reject")).isZero();
    }

    private static final String JSON =
            "{\"id\":%d,\"name\":\"#%d\",\"created_at\":\"2026-03-01T10:00:00+01:00\",\"currency\":\"%s\","
                    + "\"total_price\":\"24.90\",\"line_items\":[{\"title\":\"Mug\",\"quantity\":1,\"price\":\"24.90\"}]}";

    @Test
    void aMalformedOrderTakesNoOtherAlongWhenItIsTakenAgain() {
        String text =
                JSON.formatted(1, 1, "EUR") + "\n" + JSON.formatted(2, 2, "EUR").replace("\"currency\":", "") + "\n"
                        + JSON.formatted(3, 3, "XXY") + "\n" + JSON.formatted(4, 4, "XXY") + "\n";
        ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("orders.jsonl", text))));
        assertThat(sandbox.texts("select line || ' ' || rule from open_reject order by line"))
                .containsExactly("2 MALFORMED_JSON", "3 BAD_CURRENCY", "4 BAD_CURRENCY");
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'XXY', 'SEK')");

        ImportResult retried = retryOrders();

        assertThat(retried.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(retried.files())
                .anySatisfy(file -> assertThat(file.warnings())
                        .singleElement()
                        .asString()
                        .contains("1 cannot be taken again", "the file itself has to be mended"));
        assertThat(sandbox.texts("select external_id || ' ' || line from sales_order order by line"))
                .containsExactly("1 1", "3 3", "4 4");
        assertThat(sandbox.texts("select line || ' ' || rule from open_reject")).containsExactly("2 MALFORMED_JSON");
    }

    @Test
    void anOrderThatStandsInSeveralLinesOfJsonIsTakenAgain() {
        String text = "{\"orders\":[\n" + JSON.formatted(1, 1, "EUR") + ",\n"
                + JSON.formatted(2, 2, "XXY").replace(",", ",\r\n") + ",\n" + JSON.formatted(3, 3, "XXY") + "]}";
        ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("orders.json", text))));
        List<String> lines = sandbox.texts("select line::text from open_reject order by line");
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'XXY', 'SEK')");

        assertThat(retryOrders().counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));

        assertThat(sandbox.texts("select line::text from sales_order where currency = 'SEK' order by line"))
                .hasSize(2)
                .isEqualTo(lines);
    }

    @Test
    void ordersOfABulkOperationAreTakenAgainWithTheirLineItems() {
        String order = "{\"id\":\"gid://shopify/Order/%d\",\"name\":\"#%d\",\"createdAt\":\"2026-03-01T09:00:00Z\","
                + "\"currencyCode\":\"%s\",\"totalPriceSet\":{\"shopMoney\":{\"amount\":\"1.0\"}}}\n";
        String item =
                "{\"id\":\"gid://shopify/LineItem/%d\",\"name\":\"Mug\",\"quantity\":1,\"__parentId\":\"gid://shopify/Order/%d\"}\n";
        String text = order.formatted(1, 1, "EUR")
                + item.formatted(11, 1)
                + order.formatted(2, 2, "XXY")
                + item.formatted(21, 2)
                + item.formatted(22, 2)
                + order.formatted(3, 3, "XXY")
                + item.formatted(31, 3);
        ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("bulk.jsonl", text))));
        assertThat(sandbox.count("open_reject")).isEqualTo(2);
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, 'XXY', 'SEK')");

        assertThat(retryOrders().counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));

        assertThat(sandbox.texts("select o.external_id || ' ' || o.line || ' ' || count(*) from sales_order o"
                        + " join order_line l on l.order_id = o.id group by o.id order by 1"))
                .containsExactly("1 1 1", "2 3 2", "3 6 1");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    /** The account, which now tells another order of dates, does not win over what the whole file showed. */
    private static ImportRequest withMonthFirst(ImportRequest request, Path mapping) {
        return request.withMapping(mapping)
                .withConventions(new Conventions(
                        Optional.empty(), Optional.of(Conventions.DateOrder.MONTH_FIRST), Optional.empty()));
    }

    @Test
    void mappedOrdersThatAreTakenAgainAreReadAsTheWholeFileWas() {
        Path mapping = sandbox.file("m.yaml", """
                zone: UTC
                order: {id: Order, placed_at: Date, currency: {constant: EUR}, total: Total}
                line: {name: Item, quantity: Qty}
                """);
        Path file = sandbox.file(
                "orders.csv",
                "Order,Date,Item,Qty,Total\nA,25/02/2026,Mug,1,\"1,50\"\nB,04/03/2026,Mug,1,\"1,500x\"\n");
        ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(file)).withMapping(mapping));
        sandbox.jdbc().update("update rejected_record set raw = replace(raw, '1,500x', '1,500')");

        assertThat(ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, request -> withMonthFirst(request, mapping))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));

        assertThat(sandbox.texts(
                        "select external_id || ' ' || placed_at::date || ' ' || total from sales_order order by 1"))
                .containsExactly("A 2026-02-25 1.50", "B 2026-03-04 1.50");
    }

    @Test
    void mappedParcelsThatAreTakenAgainAreReadAsTheWholeFileWas() {
        orders("orders.csv", new ShopifyExport().order("1", "#1"));
        Path mapping = sandbox.file("m.yaml", """
                zone: UTC
                fulfilment: {order: Order, carrier: Carrier, tracking_number: Number, shipped_at: Shipped}
                """);
        Path file =
                sandbox.file("parcels.csv", "Order,Carrier,Number,Shipped\n1,UPS,X1,25/02/2026\n2,UPS,X2,04/03/2026\n");
        ImportFulfilments.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "paris", List.of(file)).withMapping(mapping));
        orders("later.csv", new ShopifyExport().order("2", "#2"));

        assertThat(ImportFulfilments.retry(
                                sandbox.intake(), RejectFilter.ALL, request -> withMonthFirst(request, mapping))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));

        assertThat(sandbox.texts("select tracking_number || ' ' || shipped_at::date from fulfilment order by 1"))
                .containsExactly("X1 2026-02-25", "X2 2026-03-04");
    }
}
