package io.parcelwatch.importorders;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes what Shopify's admin exports, for tests: one row a line item, the order's columns on its first row. */
public final class ShopifyExport {

    private static final List<String> COLUMNS = List.of(
            "Name",
            "Email",
            "Financial Status",
            "Paid at",
            "Fulfillment Status",
            "Fulfilled at",
            "Currency",
            "Subtotal",
            "Shipping",
            "Taxes",
            "Total",
            "Created at",
            "Lineitem quantity",
            "Lineitem name",
            "Lineitem price",
            "Lineitem sku",
            "Lineitem requires shipping",
            "Lineitem fulfillment status",
            "Billing Name",
            "Billing Country",
            "Shipping Name",
            "Shipping Address1",
            "Shipping City",
            "Shipping Zip",
            "Shipping Province",
            "Shipping Country",
            "Shipping Phone",
            "Notes",
            "Cancelled at",
            "Id",
            "Phone");

    private final List<Map<String, String>> rows = new ArrayList<>();
    private final List<String> columns;

    public ShopifyExport(String... without) {
        columns = COLUMNS.stream().filter(c -> !List.of(without).contains(c)).toList();
    }

    /** An order of one line, of which {@code more} may change any column: name, value, name, value... */
    public ShopifyExport order(String id, String name, String... more) {
        Map<String, String> row = new LinkedHashMap<>();
        row.put("Id", id);
        row.put("Name", name);
        row.put("Email", "kim+" + id + "@example.com");
        row.put("Financial Status", "paid");
        row.put("Paid at", "2026-03-01 10:00:30 +0100");
        row.put("Fulfillment Status", "unfulfilled");
        row.put("Currency", "EUR");
        row.put("Subtotal", "20.00");
        row.put("Shipping", "4.90");
        row.put("Taxes", "3.98");
        row.put("Total", "24.90");
        row.put("Created at", "2026-03-01 10:00:00 +0100");
        row.put("Lineitem quantity", "2");
        row.put("Lineitem name", "Mug, blue");
        row.put("Lineitem price", "10.00");
        row.put("Lineitem sku", "MUG-1");
        row.put("Lineitem requires shipping", "true");
        row.put("Lineitem fulfillment status", "pending");
        row.put("Shipping Name", "Kim Petit");
        row.put("Shipping Address1", "12 rue du Bac");
        row.put("Shipping City", "Paris");
        row.put("Shipping Zip", "'75008");
        row.put("Shipping Country", "FR");
        row.put("Shipping Phone", "01 42 68 53 00");
        put(row, more);
        rows.add(row);
        return this;
    }

    /** A further line of the order before. */
    public ShopifyExport line(String sku, int quantity, String... more) {
        Map<String, String> before = rows.get(rows.size() - 1);
        Map<String, String> row = new LinkedHashMap<>();
        row.put("Name", before.get("Name"));
        row.put("Created at", before.get("Created at"));
        row.put("Lineitem quantity", String.valueOf(quantity));
        row.put("Lineitem name", "Article " + sku);
        row.put("Lineitem price", "1.50");
        row.put("Lineitem sku", sku);
        row.put("Lineitem requires shipping", "true");
        put(row, more);
        rows.add(row);
        return this;
    }

    private static void put(Map<String, String> row, String... more) {
        for (int i = 0; i < more.length; i += 2) {
            row.put(more[i], more[i + 1]);
        }
    }

    public String header() {
        return String.join(",", columns);
    }

    /** The file's text, with LF between rows. */
    public String text() {
        StringBuilder text = new StringBuilder(header()).append('\n');
        rows.forEach(row -> text.append(text(row)).append('\n'));
        return text.toString();
    }

    private String text(Map<String, String> row) {
        List<String> fields = new ArrayList<>();
        for (String column : columns) {
            String field = row.getOrDefault(column, "");
            fields.add(field.matches("(?s).*[,\"\r\n].*") ? '"' + field.replace("\"", "\"\"") + '"' : field);
        }
        return String.join(",", fields);
    }
}
