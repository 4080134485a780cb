package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RealData;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WooCommerceJsonTest {

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

    private static ImportRequest of(Path file) {
        return ImportRequest.of("woocommerce", "paris", List.of(file));
    }

    private ImportResult run(Path file) {
        return ImportOrders.run(sandbox.intake(), of(file));
    }

    @Test
    void ordersComeInWithTheTimesInUtcAndTheAddressTheyGoTo() {
        ImportResult result = run(Sample.file("woocommerce-orders.json"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', external_id, name, placed_at, paid_at, cancelled_at, updated_at, currency, total, shipping, taxes,
                                         financial_status, destination_postal_code, destination_city, destination_country)
                        from sales_order order by 1"""))
                .containsExactly(
                        "727 | 2026-727 | 2026-03-01 09:00:00+00 | 2026-03-01 09:01:00+00 | 2026-03-01 09:05:00+00 | EUR | 34.90 | 4.90 | 5.57 | processing | 75008 | Paris | FR",
                        "728 | 2026-728 | 2026-03-01 11:00:00+00 | 2026-03-02 08:00:00+00 | 2026-03-02 08:00:00+00 | EUR | 10.00 | 0.00 | 0.00 | cancelled | 10115 | Berlin | DE");
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', o.external_id, l.line_no, l.sku, l.name, l.quantity, l.price)
                        from order_line l join sales_order o on o.id = l.order_id order by 1"""))
                .containsExactly("727 | 1 | MUG-1 | Mug &ndash; blue | 3 | 10.00", "728 | 1 | Hat | 1 | 10.00");
        assertThat(sandbox.texts("select concat_ws(' | ', name, email, phone, street) from customer order by 1"))
                .containsExactly(
                        "Kim Petit | kim@example.com | +33142685300 | 12 rue du Bac, Bât. B",
                        "Lou Mori | lou@example.com | +4930901820 | Ringstr. 1");
    }

    @Test
    void localTimesWithoutTheirUtcNeedTheZoneOfTheAccount() {
        Path file = sandbox.file(
                "old.json",
                "{\"id\":1,\"date_created\":\"2026-03-01T10:00:00\",\"currency\":\"EUR\",\"total\":\"1.00\",\"line_items\":[{\"name\":\"a\",\"quantity\":1,\"price\":1e-7}]}");

        assertThat(run(file).counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || order_ref from rejected_record"))
                .containsExactly("BAD_TIME 1");

        Path again = sandbox.file("again.json", "[" + Sample.textOf(file) + "]");
        Conventions paris = new Conventions(Optional.of(ZoneId.of("Europe/Paris")), Optional.empty(), Optional.empty());
        assertThat(ImportOrders.run(sandbox.intake(), of(again).withConventions(paris))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts("select placed_at::text from sales_order")).containsExactly("2026-03-01 09:00:00+00");
    }

    @Test
    void realAnswersComeIn() {
        Path real = RealData.folder("channels/woocommerce");

        assertThat(run(real.resolve("v3_order_example_01.json")).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(run(real.resolve("v3_order_example_03.json")).counts().rejected())
                .isZero();
        assertThat(sandbox.texts("select total::text from sales_order where external_id = '727'"))
                .containsExactly("29.35");
    }
}
