package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import java.nio.file.Path;
import java.util.List;
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
}
