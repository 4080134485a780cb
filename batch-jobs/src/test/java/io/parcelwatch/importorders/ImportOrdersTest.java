package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RejectThreshold;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImportOrdersTest {

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

    private ImportResult run(String account, Path... files) {
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", account, List.of(files)));
    }

    @Test
    void ordersLinesAndCustomersComeInExactly() {
        Path file = sandbox.file(
                "orders.csv",
                new ShopifyExport()
                        .order("5001", "#1001", "Total", "1234567.89", "Notes", "two\r\nlines, and a \"quote\"")
                        .line("TEE-2", 3)
                        .order("5002", "#1002", "Email", "", "Shipping Phone", "")
                        .text());

        ImportResult result = run("paris", file);

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(
                        sandbox.texts(
                                "select external_id || ' ' || name || ' ' || placed_at || ' ' || total || ' ' || currency || ' ' || destination_postal_code from sales_order order by 1"))
                .containsExactly(
                        "5001 #1001 2026-03-01 09:00:00+00 1234567.89 EUR 75008",
                        "5002 #1002 2026-03-01 09:00:00+00 24.90 EUR 75008");
        assertThat(
                        sandbox.texts(
                                "select line_no || ' ' || sku || ' ' || quantity || ' ' || price from order_line order by order_id, line_no"))
                .containsExactlyInAnyOrder("1 MUG-1 2 10.00", "2 TEE-2 3 1.50", "1 MUG-1 2 10.00");
        assertThat(sandbox.texts("select phone from customer where email is not null"))
                .containsExactly("+33142685300");
        assertThat(sandbox.kafkaAsked()).isZero();
        assertThat(sandbox.count("staged_order")).isZero();
    }

    @Test
    void theSameFileTwiceChangesNothing() {
        String text = new ShopifyExport()
                .order("5001", "#1001")
                .line("TEE-2", 3)
                .order("5002", "#1002")
                .text();
        run("paris", sandbox.file("monday.csv", text));
        List<String> before = sandbox.state();

        ImportResult again = run("paris", sandbox.file("copy-of-monday.csv", text));

        assertThat(again.outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(again.outcome().exitCode()).isZero();
        assertThat(again.counts()).isEqualTo(new Counts(2, 0, 0, 2, 0, 0));
        assertThat(sandbox.state()).isEqualTo(before);
    }

    @Test
    void aNewerExportUpdatesWhatDiffersAndNothingElse() {
        run(
                "paris",
                sandbox.file(
                        "1.csv",
                        new ShopifyExport()
                                .order("1", "#1")
                                .line("TEE-2", 3)
                                .order("2", "#2")
                                .text()));

        ImportResult result = run(
                "paris",
                sandbox.file(
                        "2.csv",
                        new ShopifyExport()
                                .order("1", "#1", "Fulfilled at", "2026-03-02 08:00:00 +0100", "Shipping Zip", "'01099")
                                .order("2", "#2")
                                .order("3", "#3")
                                .text()));

        assertThat(result.counts()).isEqualTo(new Counts(3, 1, 1, 1, 0, 0));
        assertThat(sandbox.texts("select destination_postal_code from sales_order where external_id = '1'"))
                .containsExactly("01099");
        assertThat(
                        sandbox.number(
                                "select count(*) from order_line l join sales_order o on o.id = l.order_id where external_id = '1'"))
                .as("a line that is gone from the order")
                .isEqualTo(1);
        assertThat(sandbox.texts("select file || ':' || line from sales_order where external_id = '2'"))
                .containsExactly("1.csv:4");
    }

    @Test
    void anOlderVersionNeverOverwrites() {
        run(
                "paris",
                sandbox.file(
                        "new.csv",
                        new ShopifyExport()
                                .order("1", "#1", "Cancelled at", "2026-03-05 10:00:00 +0100")
                                .text()));
        List<String> before = sandbox.state();

        ImportResult result = run(
                "paris",
                sandbox.file("old.csv", new ShopifyExport().order("1", "#1").text()));

        assertThat(result.counts()).isEqualTo(new Counts(1, 0, 0, 0, 1, 0));
        assertThat(sandbox.state()).isEqualTo(before);
    }

    @Test
    void aNewOrderTellsWhereAKnownCustomerLivesUnlessItIsOlder() {
        String[] kim = {"Email", "kim@example.com", "Paid at", "", "Shipping City"};
        run(
                "paris",
                sandbox.file(
                        "1.csv",
                        new ShopifyExport().order("1", "#1", with(kim, "Paris")).text()));
        run(
                "paris",
                sandbox.file(
                        "2.csv",
                        new ShopifyExport()
                                .order("2", "#2", with(kim, "Lyon", "Created at", "2026-02-01 10:00:00 +0100"))
                                .order("3", "#3", with(kim, "Nice", "Created at", "2026-02-02 10:00:00 +0100"))
                                .text()));
        assertThat(sandbox.texts("select city from customer")).containsExactly("Paris");

        run(
                "paris",
                sandbox.file(
                        "3.csv",
                        new ShopifyExport()
                                .order("4", "#4", with(kim, "Brest", "Created at", "2026-03-03 10:00:00 +0100"))
                                .order("5", "#5", with(kim, "Lille", "Created at", "2026-03-02 10:00:00 +0100"))
                                .text()));
        assertThat(sandbox.texts("select city || ' ' || as_of from customer"))
                .containsExactly("Brest 2026-03-03 09:00:00+00");
        assertThat(sandbox.texts("select distinct (customer_id = c.id)::text from sales_order, customer c"))
                .containsExactly("true");
    }

    private static String[] with(String[] some, String... more) {
        return Stream.concat(Stream.of(some), Stream.of(more)).toArray(String[]::new);
    }

    @Test
    void ofOneOrderTwiceInAFileTheNewestCountsWhereverItStands() {
        ImportResult result = run(
                "paris",
                sandbox.file(
                        "orders.csv",
                        new ShopifyExport()
                                .order("1", "#1", "Total", "30.00", "Fulfilled at", "2026-03-04 08:00:00 +0100")
                                .order("1", "#1", "Total", "24.90")
                                .order("2", "#2", "Total", "1.00")
                                .order("2", "#2", "Total", "2.00")
                                .text()));

        assertThat(result.counts()).isEqualTo(new Counts(4, 2, 0, 0, 2, 0));
        assertThat(sandbox.texts("select external_id || ' ' || total from sales_order order by 1"))
                .as("by time, else by place in the file")
                .containsExactly("1 30.00", "2 2.00");
    }

    @Test
    void storesWithTheSameNamesStayApart() {
        String text = new ShopifyExport().order("77", "#1001").text();

        run("paris", sandbox.file("paris.csv", text));
        ImportResult lyon = run("lyon", sandbox.file("lyon.csv", text));

        assertThat(lyon.counts().inserted()).isEqualTo(1);
        assertThat(sandbox.texts("select account from sales_order where name = '#1001' order by 1"))
                .containsExactly("lyon", "paris");
        assertThat(sandbox.number("select count(distinct id) from customer")).isEqualTo(2);
    }

    @Test
    void withoutAColumnIdTheNameIdentifiesWithAWarning() {
        ImportResult result = run(
                "paris",
                sandbox.file(
                        "old.csv",
                        new ShopifyExport("Id", "Phone").order("", "#1001").text()));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.files().get(0).warnings()).singleElement().asString().contains("no column Id");
        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("#1001");
    }

    @Test
    void aRejectedOrderIsKeptWholeBesideItsNeighbours() {
        ImportResult result = run(
                "paris",
                sandbox.file(
                        "orders.csv",
                        new ShopifyExport()
                                .order("1", "#1")
                                .order("2", "#2", "Notes", "a\nb")
                                .line("TEE-2", 0)
                                .line("TEE-3", 1)
                                .order("3", "#3", "Created at", "yesterday")
                                .order("4", "#4", "Total", "1,50")
                                .order("5", "#5", "Currency", "Euro")
                                .order("6", "#6", "Total", "-1")
                                .order("7.1E+12", "#7")
                                .order("", "#8")
                                .order("9", "#9", "Lineitem quantity", "2147483648")
                                .order("10", "#10")
                                .text()));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts()).isEqualTo(new Counts(10, 2, 0, 0, 0, 8));
        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || order_ref from rejected_record order by line"))
                .containsExactly(
                        "3 BAD_QUANTITY 2",
                        "7 BAD_TIME 3",
                        "8 BAD_NUMBER 4",
                        "9 BAD_CURRENCY 5",
                        "10 NEGATIVE_TOTAL 6",
                        "11 BAD_ID 7.1E+12",
                        "12 REQUIRED_FIELD #8",
                        "13 BAD_QUANTITY 9");
        assertThat(sandbox.texts("select raw from rejected_record where line = 3"))
                .singleElement()
                .asString()
                .startsWith("#2,")
                .contains("\"a\nb\"")
                .contains("TEE-3");
        assertThat(sandbox.texts("select reason from rejected_record where line = 3"))
                .containsExactly("line 5: Lineitem quantity is no whole number from 1 to 2,147,483,647: 0");
        assertThat(
                        sandbox.texts(
                                "select file || ' ' || channel || '/' || account || ' ' || recorded_at from rejected_record where line = 3"))
                .containsExactly("orders.csv shopify/paris 2026-03-10 12:00:00+00");
    }

    @Test
    void rowsThatFollowNoFirstRowAreRejectedAsOneOrder() {
        ShopifyExport export = new ShopifyExport().order("1", "#1").line("A", 1).line("B", 1);
        List<String> lines = export.text().lines().toList();
        ImportResult result = run(
                "paris",
                sandbox.file("cut.csv", String.join("\n", List.of(lines.get(0), lines.get(2), lines.get(3))) + "\n"));

        assertThat(result.counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || line || ' ' || order_ref from rejected_record"))
                .containsExactly("ORDER_WITHOUT_FIRST_ROW 2 #1");
    }

    @Test
    void tooManyRejectsTouchNoOrderAndAHigherThresholdLetsTheSameFilePass() {
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= 100; i++) {
            export.order("" + i, "#" + i, "Total", i <= 20 ? "?" : "1.00");
        }
        Path file = sandbox.file("orders.csv", export.text());

        ImportResult refused = run("paris", file);

        assertThat(refused.outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);
        assertThat(refused.outcome().exitCode()).isEqualTo(3);
        assertThat(refused.files().get(0).message()).contains("20 of 100 records are rejected");
        assertThat(sandbox.count("sales_order")).isZero();
        assertThat(sandbox.count("rejected_record")).isEqualTo(20);
        assertThat(run("paris", file).outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);

        ImportResult passed = ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "paris", List.of(file)).withThreshold(new RejectThreshold(0.5, 20)));

        assertThat(passed.outcome()).isEqualTo(Outcome.DONE);
        assertThat(passed.counts()).isEqualTo(new Counts(100, 80, 0, 0, 0, 20));
        assertThat(sandbox.count("rejected_record")).isEqualTo(20);
    }

    @Test
    void fewRejectsNeverStopAFileHoweverLargeTheirShare() {
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= 20; i++) {
            export.order("" + i, "#" + i, "Total", i <= 19 ? "?" : "1.00");
        }

        assertThat(run("paris", sandbox.file("orders.csv", export.text())).counts())
                .isEqualTo(new Counts(20, 1, 0, 0, 0, 19));
    }

    @Test
    void milestonesAreWrittenOnceAndACancellationIsAddedLater() {
        run("paris", sandbox.file("1.csv", new ShopifyExport().order("1", "#1").text()));
        run(
                "paris",
                sandbox.file(
                        "2.csv",
                        new ShopifyExport()
                                .order("1", "#1", "Cancelled at", "2026-03-05 10:00:00 +0100")
                                .text()));
        List<String> milestones = sandbox.texts("select to_jsonb(m)::text from order_milestone m order by 1");
        run(
                "paris",
                sandbox.file(
                        "3.csv",
                        new ShopifyExport()
                                .order("1", "#1", "Cancelled at", "2026-03-06 10:00:00 +0100")
                                .text()));

        assertThat(sandbox.texts("select cancelled_at::text from sales_order"))
                .containsExactly("2026-03-06 09:00:00+00");
        assertThat(sandbox.texts("select to_jsonb(m)::text from order_milestone m order by 1"))
                .isEqualTo(milestones);
        assertThat(sandbox.texts("select milestone || ' ' || occurred_at from order_milestone order by 1"))
                .containsExactly("CANCELLED 2026-03-05 09:00:00+00", "ORDER_RECEIVED 2026-03-01 09:00:00+00");
        assertThat(sandbox.texts("select status from order_status")).containsExactly("CANCELLED");
    }

    @Test
    void whileOneRunHoldsTheAccountAnotherIsTurnedAwayAndOtherAccountsAreNot() throws Exception {
        Path file =
                sandbox.file("orders.csv", new ShopifyExport().order("1", "#1").text());
        try (Connection other = sandbox.session();
                var lock = other.createStatement()) {
            lock.execute("select pg_advisory_lock(hashtextextended('parcelwatch import-orders shopify/paris', 0))");

            ImportResult turnedAway = run("paris", file);

            assertThat(turnedAway.outcome()).isEqualTo(Outcome.ALREADY_RUNNING);
            assertThat(turnedAway.outcome().exitCode()).isEqualTo(4);
            assertThat(turnedAway.message()).contains("already running for shopify/paris");
            assertThat(sandbox.count("import_file")).isZero();
            assertThat(run("lyon", file).outcome()).isEqualTo(Outcome.DONE);
            lock.execute("select pg_advisory_unlock_all()");
        }
        assertThat(run("paris", file).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void twoRunsAtOnceImportOnce() throws Exception {
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= 3000; i++) {
            export.order("" + i, "#" + i);
        }
        Path file = sandbox.file("orders.csv", export.text());
        sandbox.intake();
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try {
            List<Future<ImportResult>> runs =
                    List.of(pool.submit(() -> run("paris", file)), pool.submit(() -> run("paris", file)));
            List<Outcome> outcomes =
                    List.of(runs.get(0).get().outcome(), runs.get(1).get().outcome());
            assertThat(outcomes).contains(Outcome.DONE);
            assertThat(outcomes).isSubsetOf(Outcome.DONE, Outcome.UNCHANGED, Outcome.ALREADY_RUNNING);
        } finally {
            pool.shutdown();
        }
        assertThat(sandbox.count("sales_order")).isEqualTo(3000);
        assertThat(sandbox.number("select sum(inserted) from import_file")).isEqualTo(3000);
    }

    @Test
    void whoWatchesIsToldHowItAdvances() {
        List<String> told = new ArrayList<>();
        ImportRequest request = ImportRequest.of(
                        "shopify",
                        "paris",
                        List.of(sandbox.file(
                                "orders.csv",
                                new ShopifyExport()
                                        .order("1", "#1")
                                        .order("2", "#2")
                                        .text())))
                .withProgress((file, step, records, rate, left) -> told.add(step + " " + records));

        ImportOrders.run(sandbox.intake(), request);

        assertThat(told.get(0)).isEqualTo("stage 2");
        assertThat(told.get(told.size() - 1)).isEqualTo("merge 2");
    }
}
