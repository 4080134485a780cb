package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopifyBulkTest {

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

    private List<String> orders(String account) {
        return sandbox.texts("""
                select (to_jsonb(o) - 'file' - 'line' - 'as_of' - 'content' - 'updated_at' - 'paid_at' - 'account' - 'id' - 'customer_id')::text
                from sales_order o where account = '%s' order by external_id""".formatted(account));
    }

    private List<String> lines(String account) {
        return sandbox.texts("""
                select (to_jsonb(l) - 'order_id' || jsonb_build_object('order', o.external_id))::text
                from order_line l join sales_order o on o.id = l.order_id where account = '%s' order by o.external_id, l.line_no""".formatted(account));
    }

    @Test
    void linesBelongToTheirOrdersAndOtherPartsDoNotCount() {
        ImportResult result = run("paris", Sample.file("shopify-bulk.jsonl"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', external_id, name, total, shipping, financial_status, fulfillment_status, line)
                        from sales_order order by 1"""))
                .containsExactly(
                        "5001 | #1001 | 29.40 | 4.90 | paid | unfulfilled | 1",
                        "5002 | #1002 | 10.00 | partially_refunded | partial | 5");
        assertThat(sandbox.texts("""
                        select concat_ws(' | ', o.external_id, l.line_no, l.sku, l.name, l.quantity, l.price, l.fulfillment_status)
                        from order_line l join sales_order o on o.id = l.order_id order by 1"""))
                .containsExactly(
                        "5001 | 1 | MUG-1 | Mug, blue | 2 | 10.00 | pending",
                        "5001 | 2 | TEE-2 | Article TEE-2 | 3 | 1.50 | pending",
                        "5002 | 1 | HAT-1 | Hat | 2 | 5.00 | partial");
    }

    /** What the forms cannot tell alike: only the CSV export knows when the order was paid, and it does not know the last update. */
    @Test
    void oneOrderAsCsvAsRestAnswerAndAsBulkLinesIsOneOrder() throws IOException {
        Path csv = sandbox.file(
                "orders.csv",
                new ShopifyExport()
                        .order("5001", "#1001", "Subtotal", "24.50", "Total", "29.40")
                        .line("TEE-2", 3, "Lineitem fulfillment status", "pending")
                        .text());
        ObjectMapper json = new ObjectMapper();
        Path rest = sandbox.file(
                "rest.json",
                json.readTree(Sample.text("shopify-orders.json"))
                        .at("/orders/0")
                        .toString());
        List<String> bulkLines = Sample.text("shopify-bulk.jsonl").lines().toList();
        Path bulk = sandbox.file("bulk.jsonl", String.join("\n", bulkLines.subList(0, 4)));

        run("csv", csv);
        run("rest", rest);
        run("bulk", bulk);

        assertThat(orders("csv")).hasSize(1).isEqualTo(orders("rest")).isEqualTo(orders("bulk"));
        assertThat(lines("csv")).hasSize(2).isEqualTo(lines("rest")).isEqualTo(lines("bulk"));
        assertThat(
                        sandbox.texts(
                                "select distinct concat_ws(' ', name, email, phone, street, city, postal_code, country) from customer"))
                .hasSize(1);

        assertThat(run("one", csv).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(run("one", rest).counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(run("one", bulk).counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(sandbox.number("select count(*) from sales_order where account = 'one'"))
                .isEqualTo(1);
    }

    @Test
    void linesThatStandAnywhereBelongToTheirOrdersJustTheSame() {
        List<String> orders = new ArrayList<>();
        List<String> items = new ArrayList<>();
        List<String> grouped = new ArrayList<>();
        for (int id = 1; id <= 300; id++) {
            orders.add(order(id));
            grouped.add(order(id));
            for (int n = 0; n < id % 4; n++) {
                items.add(item(id, n));
                grouped.add(item(id, n));
            }
        }
        run("grouped", sandbox.file("grouped.jsonl", String.join("\n", grouped)));

        run("behind", sandbox.file("behind.jsonl", String.join("\r\n", orders) + "\r\n" + String.join("\r\n", items)));
        List<String> shuffled = new ArrayList<>(grouped);
        Collections.shuffle(shuffled, new Random(3));
        run(
                "shuffled",
                sandbox.file(
                        "shuffled.jsonl", ("\uFEFF" + String.join("\n", shuffled)).getBytes(StandardCharsets.UTF_8)));

        assertThat(lines("grouped")).hasSize(450);
        assertThat(lines("behind")).isEqualTo(lines("grouped"));
        assertThat(orders("shuffled")).hasSize(300).isEqualTo(orders("grouped"));
        assertThat(lines("shuffled")).hasSize(450);
        assertThat(sandbox.texts("select distinct rejected::text from import_file"))
                .containsExactly("0");
    }

    @Test
    void aRunThatBreaksOffGoesOnBehindItsLastOrderWithAllItsLines() {
        List<String> orders = new ArrayList<>();
        List<String> items = new ArrayList<>();
        for (int id = 1; id <= 6_000; id++) {
            orders.add(order(id));
            items.add(item(id, 0));
        }
        Path file = sandbox.file("bulk.jsonl", String.join("\n", orders) + "\n" + String.join("\n", items));
        sandbox.failOnInsert("staged_order", "new.external_id = '5500'", Failure.EXCEPTION);
        assertThat(run("paris", file).outcome()).isEqualTo(Outcome.FAILED);
        sandbox.heal("staged_order");

        assertThat(run("paris", file).counts()).isEqualTo(new Counts(6_000, 6_000, 0, 0, 0, 0));
        assertThat(sandbox.count("order_line")).isEqualTo(6_000);
    }

    @Test
    void aBrokenLineCostsItsOrderAndALineWithoutOrderItself() {
        String text = String.join(
                "\n",
                order(1),
                item(1, 0),
                order(2),
                item(2, 0).replace("\"quantity\":1", "\"quantity\":1.5"),
                order(3),
                item(3, 0).replace("\"quantity\":1", "\"quantity\":"),
                item(9, 0),
                "{\"id\":\"gid://shopify/Order/4\",",
                item(1, 1),
                order(5).replace("EUR", "\\u0000"),
                item(5, 0),
                "{\"id\":\"gid://shopify/DraftOrder/6\",\"createdAt\":\"2026-03-01T09:00:00Z\"}",
                order(7),
                item(7, 0));

        assertThat(run("paris", sandbox.file("bulk.jsonl", text)).counts()).isEqualTo(new Counts(8, 2, 0, 0, 0, 6));
        assertThat(lines("paris")).hasSize(3);
        assertThat(sandbox.texts("select concat_ws(' ', line, rule, order_ref) from rejected_record r order by r.line"))
                .containsExactly(
                        "3 BAD_QUANTITY 2",
                        "5 MALFORMED_JSON 3",
                        "7 ORDER_WITHOUT_FIRST_ROW 9",
                        "8 MALFORMED_JSON",
                        "10 NUL_CHARACTER 5",
                        "12 BAD_ID gid://shopify/DraftOrder/6");
        assertThat(sandbox.texts("select raw from rejected_record where line = 3")
                        .get(0)
                        .lines())
                .containsExactly(order(2), item(2, 0).replace("\"quantity\":1", "\"quantity\":1.5"));
    }

    @Test
    void anOrderOfMoreThanTwoThousandLinesIsRejected() {
        List<String> lines = new ArrayList<>(List.of(order(1)));
        for (int n = 0; n < 2_001; n++) {
            lines.add(item(1, n));
        }
        lines.add(order(2));
        lines.add(item(2, 0));

        assertThat(run("paris", sandbox.file("bulk.jsonl", String.join("\n", lines)))
                        .counts())
                .isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule from rejected_record")).containsExactly("RECORD_TOO_LARGE");
    }

    @Test
    void aLineThatIsCutWithinItsParentCostsTheOrderThatItFollows() {
        String cut = item(5, 1);
        String text =
                String.join("\n", order(4), item(4, 0), order(5), item(5, 0), cut.substring(0, cut.length() - 12));

        assertThat(run("paris", sandbox.file("bulk.jsonl", text)).counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select concat_ws(' ', line, rule, order_ref) from rejected_record"))
                .containsExactly("3 MALFORMED_JSON 5");
        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("4");
    }

    @Test
    void aBrokenLineAmongStrayOnesIsToldByItself() {
        String text = String.join("\n", order(1), order(2), item(1, 0), "{\"id\":", item(2, 0));

        assertThat(run("paris", sandbox.file("bulk.jsonl", text)).counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(sandbox.texts("select concat_ws(' ', line, rule) from rejected_record"))
                .containsExactly("4 MALFORMED_JSON");
        assertThat(lines("paris")).hasSize(2);
    }

    @Test
    void aFileMayBeginWithAsManyLineItemsAsItLikes() {
        List<String> lines = new ArrayList<>();
        for (int n = 0; n < 30; n++) {
            lines.add(item(1, n));
        }
        lines.add(order(1));

        assertThat(run("paris", sandbox.file("bulk.jsonl", String.join("\n", lines)))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(lines("paris")).hasSize(30);
    }

    @Test
    void whatIsNotAnObjectALineIsRefused() {
        Path array = sandbox.file("bulk.json", "[" + String.join(",\n", order(1), order(2), item(1, 0)) + "]");

        assertThatThrownBy(() -> ImportOrders.run(
                        sandbox.intake(),
                        ImportRequest.of("shopify", "paris", List.of(array)).withFormat("shopify-bulk")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("not an object a line");
        assertThat(sandbox.count("import_file")).isZero();
    }

    private static String order(int id) {
        return "{\"id\":\"gid://shopify/Order/" + id + "\",\"name\":\"#" + id
                + "\",\"createdAt\":\"2026-03-01T09:00:00Z\",\"currencyCode\":\"EUR\",\"totalPriceSet\":{\"shopMoney\":{\"amount\":\"1.0\"}}}";
    }

    private static String item(int order, int n) {
        return "{\"id\":\"gid://shopify/LineItem/" + (order * 10_000L + n) + "\",\"name\":\"Item " + n
                + "\",\"quantity\":1,\"__parentId\":\"gid://shopify/Order/" + order + "\"}";
    }
}
