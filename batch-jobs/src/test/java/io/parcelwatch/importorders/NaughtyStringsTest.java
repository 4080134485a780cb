package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.intake.RejectThreshold;
import io.parcelwatch.intake.RejectedRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The Big List of Naughty Strings, and some of our own, in the text fields of orders: what goes in comes out, or is
 * kept as rejected.
 */
class NaughtyStringsTest {

    private static final List<String> OURS = List.of(
            "=cmd|'/C calc'!A0",
            "+1+1",
            "@SUM(A1)",
            "\u0000",
            "a\u0000b",
            "--",
            "Seller ID : x",
            "#1001",
            "'",
            "\"",
            "\"\"",
            "a\"b",
            "\\",
            "\\|",
            ";",
            "|",
            ":",
            "\r\n",
            "a\r\nb",
            "\u2028",
            "\uFEFF",
            "\\N",
            "\\.",
            "{}",
            "[1]",
            "x".repeat(2_000),
            "x".repeat(2_001));

    @TempDir
    Path folder;

    private static List<String> strings() throws IOException {
        List<String> strings = new ArrayList<>(OURS);
        for (JsonNode string : new ObjectMapper()
                .readTree(
                        RealData.folder("conformance/blns").resolve("blns.json").toFile())) {
            strings.add(string.asText());
        }
        return strings;
    }

    /** What is kept of a text: white space around it says nothing. */
    private static String kept(String text) {
        String kept = text.strip();
        return kept.isEmpty() ? null : kept;
    }

    @Test
    void inEveryTextFieldOfAnOrderTheyComeOutAsTheyWentInOrAreRejected() throws IOException {
        Map<String, String> columns = new LinkedHashMap<>();
        columns.put("Name", "o.name");
        columns.put("Financial Status", "o.financial_status");
        columns.put("Fulfillment Status", "o.fulfillment_status");
        columns.put("Shipping City", "o.destination_city");
        columns.put("Shipping Province", "o.destination_region");
        columns.put("Shipping Name", "c.name");
        columns.put("Shipping Address1", "c.street");
        columns.put("Lineitem name", "l.name");
        columns.put("Lineitem sku", "l.sku");
        // What the rules change on purpose: only whether the order is there.
        columns.put("Email", null);
        columns.put("Shipping Zip", null);
        columns.put("Shipping Country", null);
        columns.put("Shipping Phone", null);
        columns.put("Notes", null);
        Map<String, String> expected = new HashMap<>();
        Map<String, String> shown = new HashMap<>();
        ShopifyExport export = new ShopifyExport();
        List<String> strings = strings();
        for (int i = 0; i < strings.size(); i++) {
            for (Map.Entry<String, String> column : columns.entrySet()) {
                String id = (1_000_000L + i) + "-" + shown.size();
                expected.put(id, kept(strings.get(i)));
                shown.put(id, column.getValue());
                export.order(id, "#" + id, column.getKey(), strings.get(i));
            }
        }
        try (IntakeSandbox sandbox = new IntakeSandbox(folder)) {
            Path file = sandbox.file("orders.csv", export.text());
            ImportResult result = ImportOrders.run(
                    sandbox.intake(),
                    ImportRequest.of("shopify", "paris", List.of(file)).withThreshold(RejectThreshold.NEVER));

            assertThat(result.counts().read()).isEqualTo(expected.size());
            Set<String> rejected = Set.copyOf(sandbox.texts("select order_ref from rejected_record"));
            Set<String> imported = Set.copyOf(sandbox.texts("select external_id from sales_order"));
            assertThat(imported.size() + rejected.size()).as("nothing is lost").isEqualTo(expected.size());
            for (String column :
                    Set.copyOf(columns.values().stream().filter(c -> c != null).toList())) {
                Map<String, String> found = new HashMap<>();
                sandbox.jdbc()
                        .query(
                                "select o.external_id, " + column
                                        + " from sales_order o join customer c on c.id = o.customer_id join order_line l on l.order_id = o.id",
                                row -> {
                                    found.put(row.getString(1), row.getString(2));
                                });
                shown.forEach((id, where) -> {
                    if (column.equals(where) && imported.contains(id)) {
                        assertThat(found.get(id)).as(column + " of " + id).isEqualTo(expected.get(id));
                    }
                });
            }
            assertThat(sandbox.texts("select distinct rule from rejected_record"))
                    .as("what may be wrong with a text that stands where it may")
                    .isSubsetOf("NUL_CHARACTER", "FIELD_TOO_LONG", "REQUIRED_FIELD", "BAD_EMAIL");
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '!', quoteCharacter = '~', textBlock = """
            ebay        ! Order Number,Item Title,Quantity,Sold For,Total Price,Sale Date,Ship To City ! $,%s,1,$5.00,$5.00,Sep-18-26,%s
            etsy        ! Order ID,Item Name,Quantity,Price,Item Total,Currency,Sale Date,Ship City ! $,%s,1,5.00,5.00,USD,08/14/25,%s
            tiktok      ! Order ID,Product Name,Quantity,SKU Subtotal After Discount,Order Amount,Created Time,City ! $,%s,1,£5.00,£5.00,2026-03-01 09:00:00,%s
            walmart     ! PO#,Item Description,Order#,Order Date,Ship By,SKU,Qty,Item Cost,City ! $,%s,1,2026-03-01,2026-03-01,M,1,5.00,%s
            woocommerce ! order_id,item_name,order_date,status,order_total,order_currency,item_quantity,shipping_city ! $,%s,2026-03-01,new,5.00,EUR,1,%s
            woocommerce ! Order Number,Item Name,Order Status,Order Date,Order Total Amount,Currency,Quantity,City (Shipping) ! $,%s,New,2026-03-01,5.00,EUR,1,%s
            """)
    void inEveryChannelsFileTheyStayWhereTheyStand(String channel, String header, String row) throws IOException {
        List<String> strings = strings();
        List<String> lines = new ArrayList<>(List.of(header));
        for (int i = 0; i < strings.size(); i++) {
            String quoted = '"' + strings.get(i).replace("\"", "\"\"") + '"';
            lines.add(row.replace("$,", (10_000 + i) + ",").replace("%s", quoted));
        }

        FormatReading reading =
                FormatReading.of(folder, channel, FormatReading.in("Europe/Berlin"), lines.toArray(String[]::new));

        assertThat(reading.orders().size() + reading.rejected().size()).isEqualTo(strings.size());
        assertThat(reading.rejected().stream()
                        .map(RejectedRecord::rule)
                        .map(Enum::name)
                        .collect(Collectors.toSet()))
                .isSubsetOf("NUL_CHARACTER", "FIELD_TOO_LONG", "REQUIRED_FIELD");
        for (ChannelOrder order : reading.orders()) {
            String text = kept(strings.get(Integer.parseInt(order.externalId()) - 10_000));
            // To eBay two dashes are nothing.
            String expected = channel.equals("ebay") && "--".equals(text) ? null : text;
            assertThat(order.destination().city()).isEqualTo(expected);
            if (expected != null) {
                assertThat(order.lines()).extracting(ChannelOrder.Line::name).containsExactly(expected);
            }
        }
    }
}
