package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.wire.KafkaConnection;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Imports share staging with each other, with dry runs and with readers, and leave it once: what is merged is not merged again. */
@Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class OrderStagingTest {

    private static final String PARTITIONS =
            "pg_inherits where inhparent in ('staged_order'::regclass, 'staged_line'::regclass)";

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

    private ImportResult run(String account, Path file) {
        return run(sandbox.intake(), account, file);
    }

    private static ImportResult run(Intake intake, String account, Path file) {
        return ImportOrders.run(intake, ImportRequest.of("shopify", account, List.of(file)));
    }

    /** Order 1 twice, the newer one first. */
    private Path toldTwice() {
        return sandbox.file(
                "twice.csv",
                new ShopifyExport()
                        .order("1", "#1", "Fulfilled at", "2026-03-04 10:00:00 +0000")
                        .order("1", "#1", "Fulfilled at", "2026-03-03 10:00:00 +0000")
                        .text());
    }

    private Path order(String file, String id, String... more) {
        return sandbox.file(file, new ShopifyExport().order(id, "#" + id, more).text());
    }

    private Connection readerOfStaging() throws SQLException {
        Connection reader = sandbox.session();
        reader.setAutoCommit(false);
        reader.createStatement().execute("select count(*) from staged_order, staged_line");
        return reader;
    }

    @Test
    void twoAccountsThatKeepDuplicatesAtOnceBothEnd() throws Exception {
        Path file = toldTwice();
        sandbox.intake();
        sandbox.jdbc()
                .execute("create function hold() returns trigger language plpgsql as"
                        + " $$ begin perform pg_advisory_xact_lock_shared(42); return new; end $$");
        sandbox.jdbc()
                .execute("create trigger hold before insert on order_change for each row execute function hold()");
        ExecutorService pool = Executors.newFixedThreadPool(2);
        try (Connection gate = sandbox.session()) {
            gate.createStatement().execute("select pg_advisory_lock(42)");
            List<Future<ImportResult>> runs =
                    List.of(pool.submit(() -> run("paris", file)), pool.submit(() -> run("berlin", file)));
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> sandbox.number(
                                    "select count(*) from pg_locks where locktype = 'advisory' and objid = 42"
                                            + " and not granted and database = (select oid from pg_database where datname = current_database())")
                            == 2);
            gate.createStatement().execute("select pg_advisory_unlock(42)");

            for (Future<ImportResult> run : runs) {
                ImportResult result = run.get(60, TimeUnit.SECONDS);
                assertThat(result.files().get(0).message()).isEmpty();
                assertThat(result.outcome()).isEqualTo(Outcome.DONE);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(sandbox.number("select count(*) from order_change where kind = 'DUPLICATE'"))
                .isEqualTo(2);
        assertThat(sandbox.count("staged_order") + sandbox.count("staged_line")).isZero();
    }

    @Test
    void nothingOfAnImportStaysInStaging() {
        run("paris", toldTwice());

        assertThat(sandbox.count(PARTITIONS)).isZero();
        assertThat(sandbox.count("import_part")).isZero();
    }

    @Test
    void aReaderThatStaysOpenStopsNoImport() throws SQLException {
        sandbox.failOnInsert("sales_order", "true", Failure.EXCEPTION);
        assertThat(run("paris", toldTwice()).outcome()).isEqualTo(Outcome.FAILED);
        sandbox.heal("sales_order");

        // It has read the rows of paris, which can only be deleted then, and keeps all partitions from being dropped.
        try (Connection reader = readerOfStaging()) {
            assertThat(run("paris", toldTwice()).outcome()).isEqualTo(Outcome.DONE);
            assertThat(run("berlin", toldTwice()).outcome()).isEqualTo(Outcome.DONE);
            assertThat(sandbox.count("staged_order") + sandbox.count("staged_line"))
                    .isZero();
            assertThat(sandbox.count(PARTITIONS)).isEqualTo(4);
            reader.rollback();
        }

        run("paris", order("later.csv", "2"));
        assertThat(sandbox.count(PARTITIONS)).isZero();
    }

    @Test
    void aDryRunThatStaysOpenHoldsUpNoOtherAccountNorTheOtherWayRound() throws SQLException {
        sandbox.failOnInsert("sales_order", "new.account = 'oslo'", Failure.EXCEPTION);
        assertThat(run("oslo", toldTwice()).outcome()).isEqualTo(Outcome.FAILED);
        sandbox.heal("sales_order");
        long staged = sandbox.count("staged_order");

        try (Intake rehearsal = Intake.rehearse(sandbox.database(), Clock.fixed(IntakeSandbox.NOW, ZoneOffset.UTC))) {
            assertThat(run(rehearsal, "paris", toldTwice()).counts()).isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
            assertThat(run("berlin", toldTwice()).outcome()).isEqualTo(Outcome.DONE);
            assertThat(sandbox.count(PARTITIONS)).as("those of oslo").isEqualTo(2);
            // What a run left in staging is not there for a dry run, which reads the file from its beginning.
            assertThat(run(rehearsal, "oslo", toldTwice()).counts()).isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
            try (Connection reader = readerOfStaging()) {
                assertThat(run(rehearsal, "paris", order("more.csv", "2")).counts())
                        .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
                reader.rollback();
            }
        }

        assertThat(staged).isEqualTo(2);
        assertThat(sandbox.count("staged_order")).isEqualTo(staged);
        assertThat(run("oslo", toldTwice()).outcome()).isEqualTo(Outcome.DONE);
        assertThat(sandbox.texts("select distinct account from sales_order order by 1"))
                .containsExactly("berlin", "oslo");
    }

    /** From now on every import fails when it publishes, since the number of another account's parcel waits. */
    private void loseKafka() {
        run("oslo", order("oslo.csv", "9"));
        sandbox.kafkaIs(() -> new KafkaConnection(
                "127.0.0.1:1", Map.of("default.api.timeout.ms", "600", "request.timeout.ms", "500"), ""));
        Path parcels = sandbox.file("parcels.csv", "order_reference,carrier,tracking_number\n9,UPS,X9\n");
        ImportResult waits =
                ImportFulfilments.run(sandbox.intake(), ImportRequest.of("shopify", "oslo", List.of(parcels)));
        assertThat(waits.outcome()).isEqualTo(Outcome.FAILED);
    }

    @Test
    void aRunThatFailedWhenItPublishedKeepsItsCountsWhenItIsRunAgain() {
        run(
                "paris",
                sandbox.file(
                        "p1.csv",
                        new ShopifyExport()
                                .order("1", "#1")
                                .order("2", "#2")
                                .order("3", "#3")
                                .text()));
        loseKafka();
        Path file = sandbox.file(
                "p2.csv",
                new ShopifyExport()
                        .order("1", "#1")
                        .order("2", "#2", "Shipping City", "Bonn")
                        .order("3", "#3", "Shipping City", "Bonn")
                        .order("4", "#4")
                        .order("5", "#5", "Total", "free")
                        .text());
        ImportResult failed = run("paris", file);
        assertThat(failed.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(failed.counts()).isEqualTo(new Counts(5, 1, 2, 1, 0, 1));

        sandbox.kafkaIs(sandbox::kafka);
        ImportResult again = run("paris", file);

        assertThat(again.outcome()).isEqualTo(Outcome.DONE);
        assertThat(again.counts()).isEqualTo(failed.counts());
        assertThat(again.files().get(0).remarks())
                .isEqualTo(failed.files().get(0).remarks());
        assertThat(sandbox.published()).hasSize(1);
        assertThat(run("paris", file).outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    @Test
    void aRunThatFailedWhenItPublishedDoesNotUndoWhatCameSince() {
        run("paris", order("q1.csv", "1"));
        loseKafka();
        Path bonn = order("q2.csv", "1", "Shipping City", "Bonn");
        assertThat(run("paris", bonn).outcome()).isEqualTo(Outcome.FAILED);
        // A week later nothing of it is purged, so that it is not read again either.
        sandbox.jdbc().update("update import_file set ended_at = ended_at - interval '8 days'");
        assertThat(run("paris", order("q3.csv", "1", "Shipping City", "Koeln")).counts())
                .isEqualTo(new Counts(1, 0, 1, 0, 0, 0));

        sandbox.kafkaIs(sandbox::kafka);
        ImportResult again = run("paris", bonn);

        assertThat(again.outcome()).isEqualTo(Outcome.DONE);
        assertThat(again.counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(sandbox.texts("select destination_city from sales_order where account = 'paris'"))
                .containsExactly("Koeln");
    }
}
