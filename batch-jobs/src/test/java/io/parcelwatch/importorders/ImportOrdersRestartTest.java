package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each step breaks in the middle; what is committed is counted exactly; the next run ends as if nothing had happened. */
class ImportOrdersRestartTest {

    private static final int ORDERS = 24_000;

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;
    private Path file;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= ORDERS; i++) {
            export.order("" + i, "#" + i, "Total", i % 1000 == 0 ? "free" : "24.90")
                    .line("TEE-" + i, 1);
        }
        file = sandbox.file("orders.csv", export.text());
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private ImportResult run() {
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(file)));
    }

    private void expectTheWholeFile() {
        assertThat(
                        sandbox.texts(
                                "select records_read || ' ' || inserted || ' ' || updated || ' ' || unchanged || ' ' || skipped || ' ' || rejected from import_file"))
                .containsExactly(ORDERS + " 23976 0 0 0 24");
        assertThat(sandbox.count("sales_order")).isEqualTo(23_976);
        assertThat(sandbox.count("order_line")).isEqualTo(2 * 23_976);
        assertThat(sandbox.count("order_milestone")).isEqualTo(23_976);
        assertThat(sandbox.count("rejected_record")).isEqualTo(24);
        assertThat(sandbox.count("staged_order") + sandbox.count("staged_line")).isZero();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aRunThatBreaksOffWhileStagingGoesOnBehindItsLastBlock(Failure failure) {
        sandbox.failOnInsert("staged_order", "new.external_id = '7777'", failure);

        ImportResult broken = run();

        assertThat(broken.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(broken.outcome().exitCode()).isEqualTo(1);
        assertThat(broken.counts().read()).isEqualTo(BlockReader.MAX_RECORDS);
        assertThat(sandbox.count("staged_order")).isEqualTo(BlockReader.MAX_RECORDS - 5);
        assertThat(sandbox.count("rejected_record"))
                .as("rejects go with their neighbours")
                .isEqualTo(5);
        assertThat(sandbox.count("sales_order")).isZero();

        sandbox.heal("staged_order");
        ImportResult resumed = run();

        assertThat(resumed.outcome()).isEqualTo(Outcome.DONE);
        assertThat(resumed.counts()).isEqualTo(new Counts(ORDERS, 23_976, 0, 0, 0, 24));
        assertThat(
                        sandbox.number(
                                "select s.write_count from batch_step_execution s where s.step_name = 'stage' order by step_execution_id desc limit 1"))
                .as("blocks read by the second run")
                .isEqualTo(4);
        expectTheWholeFile();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aRunThatBreaksOffWhileMergingGoesOnBehindItsLastRange(Failure failure) {
        sandbox.failOnInsert("sales_order", "new.external_id = '23999'", failure);

        ImportResult broken = run();

        assertThat(broken.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(broken.files().get(0).message()).contains(failure == Failure.EXCEPTION ? "out of luck" : "");
        long merged = expectOnePartWholeAndOfTheOtherOneRange();
        assertThat(broken.counts()).isEqualTo(new Counts(ORDERS, merged, 0, 0, 0, 24));

        sandbox.heal("sales_order");
        assertThat(run().outcome()).isEqualTo(Outcome.DONE);
        expectTheWholeFile();
        assertThat(run().outcome()).isEqualTo(Outcome.UNCHANGED);
    }

    /** The order that fails, no. 23999, is in the second range of its part. */
    private long expectOnePartWholeAndOfTheOtherOneRange() {
        long merged = sandbox.number("select count(*) from staged_order where part <>"
                        + " (select part from staged_order where external_id = '23999')")
                + MergeOrders.RANGE;
        assertThat(sandbox.count("sales_order")).isEqualTo(merged);
        assertThat(sandbox.number("select count(*) from staged_order s join import_part p using (file_id, part)"
                        + " where s.line <= p.merged_line"))
                .isEqualTo(merged);
        return merged;
    }

    @Test
    void whatACrashOfTheServerEmptiedIsStagedAgain() {
        sandbox.failOnInsert("sales_order", "new.external_id = '23999'", Failure.EXCEPTION);
        run();
        long merged = expectOnePartWholeAndOfTheOtherOneRange();
        sandbox.heal("sales_order");
        // What recovery does with unlogged tables.
        sandbox.jdbc().execute("truncate staged_order, staged_line");
        sandbox.leaveAsKilled();

        assertThat(run().counts()).isEqualTo(new Counts(ORDERS, 23_976 - merged, 0, merged, 0, 24));
        assertThat(sandbox.count("sales_order")).isEqualTo(23_976);
        assertThat(sandbox.count("order_line")).isEqualTo(2 * 23_976);
        assertThat(sandbox.count("rejected_record")).isEqualTo(24);
        assertThat(sandbox.count("import_part")).isZero();
    }

    @Test
    void whatACrashOfTheServerEmptiedWhileStagingIsStagedAgain() {
        sandbox.failOnInsert("staged_order", "new.external_id = '7777'", Failure.SESSION_DIES);
        run();
        sandbox.heal("staged_order");
        sandbox.jdbc().execute("truncate staged_order, staged_line");
        sandbox.leaveAsKilled();

        assertThat(run().counts()).isEqualTo(new Counts(ORDERS, 23_976, 0, 0, 0, 24));
        expectTheWholeFile();
    }

    @Test
    void aProcessThatWasKilledTwiceIsRecoveredTwice() {
        sandbox.failOnInsert("staged_order", "new.external_id = '7777'", Failure.SESSION_DIES);
        run();
        sandbox.leaveAsKilled();
        run();
        assertThat(sandbox.count("staged_order")).isEqualTo(BlockReader.MAX_RECORDS - 5);
        sandbox.leaveAsKilled();
        sandbox.heal("staged_order");
        sandbox.failOnInsert("sales_order", "new.external_id = '23999'", Failure.SESSION_DIES);
        run();
        expectOnePartWholeAndOfTheOtherOneRange();
        sandbox.leaveAsKilled();
        sandbox.heal("sales_order");

        assertThat(run().outcome()).isEqualTo(Outcome.DONE);
        expectTheWholeFile();
        assertThat(sandbox.texts("select status from batch_job_execution order by job_execution_id"))
                .containsExactly("FAILED", "FAILED", "FAILED", "COMPLETED");
    }

    @Test
    void whatWasStagedAndPurgedIsReadAgain() {
        sandbox.failOnInsert("sales_order", "new.external_id = '23999'", Failure.EXCEPTION);
        run();
        long merged = expectOnePartWholeAndOfTheOtherOneRange();
        sandbox.heal("sales_order");
        sandbox.jdbc().update("update import_file set ended_at = ended_at - interval '8 days'");
        Path other =
                sandbox.file("other.csv", new ShopifyExport().order("x1", "#x1").text());
        ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(other)));
        assertThat(sandbox.count("staged_order")).isZero();

        assertThat(run().counts()).isEqualTo(new Counts(ORDERS, 23_976 - merged, 0, merged, 0, 24));
        assertThat(sandbox.count("sales_order")).isEqualTo(23_977);
    }
}
