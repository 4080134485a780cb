package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopifyJsonTest {

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

    private ImportResult run(Path... files) {
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(files)));
    }

    @Test
    void ordersComeInWithTheShopsAmountsAndWithoutTheLinesThatWereTakenOut() {
        ImportResult result = run(Sample.file("shopify-orders.json"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', external_id, name, placed_at, fulfilled_at, updated_at, currency, total, subtotal, shipping, taxes,
                                         financial_status, fulfillment_status, line)
                        from sales_order order by 1"""))
                .containsExactly(
                        "5001 | #1001 | 2026-03-01 09:00:00+00 | 2026-03-01 09:00:30+00 | EUR | 29.40 | 24.50 | 4.90 | 3.98 | paid | unfulfilled | 3",
                        "5002 | #1002 | 2026-03-01 10:00:00+00 | 2026-03-03 07:00:00+00 | 2026-03-03 08:00:00+00 | JPY | 2500 | 2000 | 500 | 0 | partially_refunded | fulfilled | 78");
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', o.external_id, l.line_no, l.sku, l.name, l.quantity, l.price, l.fulfillment_status)
                        from order_line l join sales_order o on o.id = l.order_id order by 1"""))
                .containsExactly(
                        "5001 | 1 | MUG-1 | Mug, blue | 2 | 10.00 | pending",
                        "5001 | 2 | TEE-2 | Article TEE-2 | 3 | 1.50 | pending",
                        "5002 | 1 | Sent, and came back | 1 | 2000 | fulfilled");
        assertThat(sandbox.texts("select concat_ws(' | ', name, email, phone, street) from customer order by 1"))
                .containsExactly(
                        "Kim Petit | kim+5001@example.com | +33142685300 | 12 rue du Bac",
                        "Lou Mori | lou@example.com");
    }

    @Test
    void everyFormOfTheSameOrdersIsReadAlike() throws IOException {
        run(Sample.file("shopify-orders.json"));
        List<String> before = sandbox.state().stream()
                .map(row -> row.replaceAll("\"line\": \\d+", ""))
                .toList();
        JsonNode orders =
                Json.MAPPER.readTree(Sample.text("shopify-orders.json")).path("orders");
        List<String> lines = new ArrayList<>();
        orders.forEach(order -> lines.add(order.toString()));

        for (String text : List.of(
                String.join("\n", lines),
                "[" + String.join(",", lines) + "]",
                "{\"order\":" + lines.get(0) + "}\n{\"order\":" + lines.get(1) + "}",
                "{\"orders\":[" + lines.get(0) + "]}{\"orders\":[" + lines.get(1) + "]}")) {
            assertThat(run(sandbox.file("again.json", text)).counts()).as(text).isEqualTo(new Counts(2, 0, 0, 2, 0, 0));
        }
        assertThat(sandbox.state().stream()
                        .map(row -> row.replaceAll("\"line\": \\d+", ""))
                        .toList())
                .isEqualTo(before);
    }

    @Test
    void aBrokenOrderCostsItselfAndIsKeptWithWhatIsKnownOfIt() {
        String good = order(1, "");
        String text = String.join(
                "\n",
                good,
                order(2, ",\"total_price\":\"1\""),
                order(3, "").replace("\"24.90\"", "\"a lot\""),
                order(4, "").replace("2026-03-01T10:00:00Z", "2026-03-01T10:00:00"),
                order(5, "").replace("\"quantity\":1", "\"quantity\":-1"),
                order(6, ",\"note\":\"\\u0000\""),
                order(7, ",\"note\":\"\\ud800\""),
                "{\"errors\":\"Not Found\"}",
                order(8, "").replace("\"EUR\"", "12"),
                order(9, "").replace("\"id\":9", "\"id\":5.1E+12"),
                order(10, ""),
                good.substring(0, 40));

        ImportResult result = ImportOrders.run(
                sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(sandbox.file("orders.jsonl", text))));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(sandbox.texts("select external_id || ' ' || line from sales_order order by line"))
                .containsExactly("1 1", "10 11");
        assertThat(sandbox.texts("select concat_ws(' ', line, rule, order_ref) from rejected_record order by line"))
                .containsExactly(
                        "2 MALFORMED_JSON",
                        "3 BAD_NUMBER 3",
                        "4 BAD_TIME 4",
                        "5 BAD_QUANTITY 5",
                        "6 NUL_CHARACTER 6",
                        "7 ENCODING 7",
                        "8 REQUIRED_FIELD",
                        "9 BAD_CURRENCY 8",
                        "10 BAD_ID 5.1E+12",
                        "12 MALFORMED_JSON");
        assertThat(sandbox.texts("select reason from rejected_record where line = 5"))
                .containsExactly("line_items 1: quantity is no whole number from 1 to 2,147,483,647: -1");
    }

    @Test
    void aRunThatBreaksOffInsideAnArrayGoesOnWithinIt() {
        StringBuilder text = new StringBuilder("{\"orders\":[");
        for (int id = 1; id <= 12_000; id++) {
            text.append(id == 1 ? "" : ",").append(order(id, id % 5000 == 7 ? ",\"a\":tru" : ""));
        }
        Path file = sandbox.file("orders.json", text.append("]}").toString());
        sandbox.failOnInsert("staged_order", "new.external_id = '6000'", Failure.EXCEPTION);
        assertThat(run(file).outcome()).isEqualTo(Outcome.FAILED);
        assertThat(sandbox.number("select staged_offset from import_file")).isPositive();
        sandbox.heal("staged_order");

        assertThat(run(file).counts()).isEqualTo(new Counts(12_000, 11_997, 0, 0, 0, 3));
        assertThat(sandbox.count("sales_order")).isEqualTo(11_997);
        assertThat(sandbox.texts("select line::text from rejected_record r order by r.line"))
                .containsExactly("7", "5007", "10007");
    }

    @Test
    void aFileThatWasCutOffGivesWhatItHolds() {
        String text = "{\"orders\":[" + order(1, "") + "," + order(2, "");

        assertThat(run(sandbox.file("between.json", text)).counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(run(sandbox.file("within.json", text.substring(0, text.length() - 20)))
                        .counts())
                .isEqualTo(new Counts(2, 0, 0, 1, 0, 1));
        assertThat(sandbox.texts("select distinct rule from rejected_record")).containsExactly("MALFORMED_JSON");
    }

    @Test
    void whatIsNoOrderIsRefusedAndAnAnswerWithoutOrdersIsNot() {
        assertThatThrownBy(() -> run(sandbox.file("a.json", "{\"products\":[{\"id\":1}]}")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("a.json is no order export of shopify (")
                .hasMessageContaining("no object with id, created_at, total_price");
        assertThatThrownBy(() -> ImportOrders.run(
                        sandbox.intake(),
                        ImportRequest.of("shopify", "paris", List.of(sandbox.file("b.json", "{\"orders\":[]}")))
                                .withFormat("shopify-csv")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("b.json is JSON, and shopify-csv is not");
        assertThat(run(sandbox.file("c.json", "{\"orders\":[]}")).counts()).isEqualTo(Counts.NONE);
    }

    @Test
    void realAnswersComeIn() {
        Path real = RealData.folder("channels/shopify");

        assertThat(run(real.resolve("rest_order.json")).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(
                        sandbox.texts(
                                "select concat_ws(' ', external_id, name, total, currency, destination_region) from sales_order"))
                .containsExactly("450789469 #1001 409.94 USD KY");
        assertThat(sandbox.count("order_line")).isEqualTo(3);
        assertThat(run(real.resolve("rest_orders.json")).counts().read()).isEqualTo(1);
    }

    static String order(int id, String more) {
        return "{\"id\":" + id + ",\"name\":\"#" + id
                + "\",\"created_at\":\"2026-03-01T10:00:00Z\",\"currency\":\"EUR\",\"total_price\":\"24.90\""
                + ",\"line_items\":[{\"name\":\"Mug\",\"quantity\":1}]" + more + "}";
    }
}
