package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.ImportResult.Remark;
import java.nio.file.Path;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DryRunTest {

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

    private static ImportRequest request(Path... files) {
        return ImportRequest.of("shopify", "paris", List.of(files));
    }

    private Intake rehearsal() {
        return Intake.rehearse(sandbox.database(), Clock.fixed(IntakeSandbox.NOW, ZoneOffset.UTC));
    }

    private Path parcels(String text) {
        return sandbox.file("parcels.csv", "order_reference,carrier,tracking_number\n" + text);
    }

    /** All rows of all tables of ours and of Spring Batch. */
    private List<String> everything() {
        List<String> all = new ArrayList<>();
        for (String table : sandbox.texts("select relname from pg_class where relnamespace = 'public'::regnamespace"
                + " and relkind in ('r', 'p') and not relispartition order by 1")) {
            all.add(table);
            all.addAll(sandbox.texts("select t::text from " + table + " t order by 1"));
        }
        return all;
    }

    @Test
    void aDryRunSaysWhatARealOneDoesAndLeavesNoTrace() {
        ImportOrders.run(
                sandbox.intake(),
                request(sandbox.file(
                        "before.csv",
                        new ShopifyExport().order("1", "#1").order("2", "#2").text())));
        Path file = sandbox.file(
                "orders.csv",
                new ShopifyExport()
                        .order("1", "#1")
                        .order("2", "#2", "Fulfilled at", "2026-03-04 10:00:00 +0000")
                        .order("2", "#2", "Fulfilled at", "2026-03-03 10:00:00 +0000")
                        .order("3", "#3", "Shipping Country", "Atlantis")
                        .order("4", "#4", "Total", "free")
                        .text());
        List<String> before = everything();

        ImportResult said;
        try (Intake rehearsal = rehearsal()) {
            said = ImportOrders.run(rehearsal, request(file));
        }

        assertThat(everything()).isEqualTo(before);
        assertThat(said.counts()).isEqualTo(new Counts(5, 1, 1, 1, 1, 1));
        assertThat(said.files().get(0).remarks())
                .containsExactly(
                        new Remark("BAD_NUMBER", true, 1, 6, "Total is no amount: free"),
                        new Remark(
                                "DUPLICATE_ORDER",
                                false,
                                1,
                                4,
                                "the order stands again, newer and different, in line 3"),
                        new Remark(
                                "UNKNOWN_COUNTRY",
                                false,
                                1,
                                5,
                                "the country is neither an ISO 3166-1 code nor a name we know: Atlantis"));
        ImportResult done = ImportOrders.run(sandbox.intake(), request(file));
        assertThat(done.counts()).isEqualTo(said.counts());
        assertThat(done.files().get(0).remarks()).isEqualTo(said.files().get(0).remarks());
    }

    @Test
    void theSecondFileOfADryRunSeesWhatTheFirstWouldHaveDone() {
        Path first = sandbox.file("a.csv", new ShopifyExport().order("1", "#1").text());
        Path second = sandbox.file(
                "b.csv", new ShopifyExport().order("1", "#1").order("2", "#2").text());

        try (Intake rehearsal = rehearsal()) {
            ImportResult said = ImportOrders.run(rehearsal, request(first, second, first));

            assertThat(said.files())
                    .extracting(ImportResult.FileResult::outcome, ImportResult.FileResult::counts)
                    .containsExactly(
                            org.assertj.core.groups.Tuple.tuple(Outcome.DONE, new Counts(1, 1, 0, 0, 0, 0)),
                            org.assertj.core.groups.Tuple.tuple(Outcome.DONE, new Counts(2, 1, 0, 1, 0, 0)),
                            org.assertj.core.groups.Tuple.tuple(Outcome.UNCHANGED, new Counts(1, 0, 0, 1, 0, 0)));
        }
        assertThat(sandbox.count("sales_order") + sandbox.count("import_file")).isZero();
    }

    @Test
    void parcelsAreRehearsedWithoutKafkaAlsoWhileOthersWaitToBePublished() {
        ImportOrders.run(
                sandbox.intake(),
                request(sandbox.file(
                        "orders.csv", new ShopifyExport().order("1", "#1").text())));
        sandbox.jdbc()
                .update("insert into registration (carrier, tracking_number, revision) values ('ups', 'WAITS', 1)");
        List<String> before = everything();

        try (Intake rehearsal = rehearsal()) {
            ImportResult said = ImportFulfilments.run(rehearsal, request(parcels("1,UPS,X1\n2,UPS,X2\n")));

            assertThat(said.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
            assertThat(said.files().get(0).remarks())
                    .containsExactly(
                            new Remark("UNKNOWN_ORDER", true, 1, 3, "no order of shopify/paris has the id or name 2"));
        }

        assertThat(everything()).isEqualTo(before);
        assertThat(sandbox.published()).isEmpty();
        assertThat(sandbox.kafkaAsked()).isZero();
    }

    @Test
    void tooManyRejectsAndFailuresAreRehearsedToo() {
        ShopifyExport export = new ShopifyExport();
        for (int i = 0; i < 30; i++) {
            export.order("" + i, "#" + i, "Total", i < 25 ? "free" : "24.90");
        }
        Path refused = sandbox.file("refused.csv", export.text());
        Path good =
                sandbox.file("good.csv", new ShopifyExport().order("1", "#1").text());
        try (Intake rehearsal = rehearsal()) {
            ImportResult said = ImportOrders.run(rehearsal, request(refused, good));

            assertThat(said.files())
                    .extracting(ImportResult.FileResult::outcome)
                    .containsExactly(Outcome.TOO_MANY_REJECTS, Outcome.DONE);
            assertThat(said.files().get(0).remarks().get(0).records()).isEqualTo(25);
        }
        assertThat(sandbox.count("rejected_record")).isZero();

        sandbox.failOnInsert("sales_order", "new.external_id = '1'", IntakeSandbox.Failure.SESSION_DIES);
        try (Intake rehearsal = rehearsal()) {
            assertThat(ImportOrders.run(rehearsal, request(good)).outcome()).isEqualTo(Outcome.FAILED);
        }
        sandbox.heal("sales_order");
        assertThat(ImportOrders.run(sandbox.intake(), request(good)).outcome()).isEqualTo(Outcome.DONE);
    }

    @Test
    void aRetryOfRejectsIsRehearsedAsWell() {
        ImportOrders.run(
                sandbox.intake(),
                request(sandbox.file(
                        "orders.csv", new ShopifyExport().order("1", "#1").text())));
        ImportFulfilments.run(sandbox.intake(), request(parcels("2,UPS,X2\n")));
        ImportOrders.run(
                sandbox.intake(),
                request(sandbox.file(
                        "later.csv", new ShopifyExport().order("2", "#2").text())));
        List<String> before = everything();

        try (Intake rehearsal = rehearsal()) {
            assertThat(ImportFulfilments.retry(rehearsal, RejectFilter.ALL, of -> of)
                            .counts())
                    .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        }

        assertThat(everything()).isEqualTo(before);
    }
}
