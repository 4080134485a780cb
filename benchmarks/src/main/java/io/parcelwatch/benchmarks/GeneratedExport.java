package io.parcelwatch.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An order export of Shopify of any length, the same each time: all columns that Shopify's admin writes, orders of two and of three lines by
 * turns, a customer an order, the order's own values on its first row alone, as Shopify leaves them out on the others.
 */
final class GeneratedExport {

    /** The columns, in the order in which Shopify's admin writes them. */
    static final String HEADER =
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,"
                    + "Discount Code,Discount Amount,Shipping Method,Created at,Lineitem quantity,Lineitem name,Lineitem price,"
                    + "Lineitem compare at price,Lineitem sku,Lineitem requires shipping,Lineitem taxable,"
                    + "Lineitem fulfillment status,Billing Name,Billing Street,Billing Address1,Billing Address2,Billing Company,"
                    + "Billing City,Billing Zip,Billing Province,Billing Country,Billing Phone,Shipping Name,Shipping Street,"
                    + "Shipping Address1,Shipping Address2,Shipping Company,Shipping City,Shipping Zip,Shipping Province,"
                    + "Shipping Country,Shipping Phone,Notes,Note Attributes,Cancelled at,Payment Method,Payment Reference,"
                    + "Refunded Amount,Vendor,Outstanding Balance,Employee,Location,Device ID,Id,Tags,Risk Level,Source,"
                    + "Lineitem discount,Tax 1 Name,Tax 1 Value,Tax 2 Name,Tax 2 Value,Tax 3 Name,Tax 3 Value,Tax 4 Name,"
                    + "Tax 4 Value,Tax 5 Name,Tax 5 Value,Phone,Receipt Number,Duties,Billing Province Name,"
                    + "Shipping Province Name,Payment ID,Payment Terms Name,Next Payment Due At,Payment References";

    private GeneratedExport() {}

    /**
     * Writes the export.
     *
     * @param rows how many rows without the header; the last order may have fewer lines for it
     * @return how many orders it holds
     */
    static long write(Path file, long rows) throws IOException {
        long written = 0;
        long order = 0;
        try (BufferedWriter out = Files.newBufferedWriter(file, StandardCharsets.UTF_8)) {
            out.write(HEADER);
            out.write('\n');
            while (written < rows) {
                order++;
                long lines = Math.min(order % 2 == 0 ? 3 : 2, rows - written);
                for (int line = 1; line <= lines; line++) {
                    out.write(line == 1 ? firstRow(order, lines) : furtherRow(order, line));
                }
                written += lines;
            }
        }
        return order;
    }

    private static String firstRow(long order, long lines) {
        String address = String.format(
                Locale.ROOT,
                "Customer %d,\"Road %d\",\"Road %d\",,,Paris,'%05d,,FR,",
                order,
                order % 90,
                order % 90,
                order % 99_999);
        return String.format(
                Locale.ROOT,
                "#%d,c%d@example.org,paid,2026-03-01 10:00:00 +0100,unfulfilled,,no,EUR,%d.00,4.90,0.00,%d.90,,0.00,Standard,%s,1,%s,true,true,"
                        + "pending,%s,%s,,,,Card,c%d.1,0.00,Tea House,0.00,,,,50%08d,,Low,web,0.00,,,,,,,,,,,,,,,,c%d.1,,,c%d.1%n",
                order,
                order,
                lines * 10,
                lines * 10 + 4,
                placed(order),
                article(order, 1),
                address,
                address,
                order,
                order,
                order,
                order);
    }

    private static String furtherRow(long order, int line) {
        return String.format(
                Locale.ROOT,
                "#%d,c%d@example.org,,,,,,,,,,,,,,%s,1,%s,true,true,pending,,,,,,,,,,,,,,,,,,,,,,,,,,,Tea House,,,,,,,,,0.00,,,,,,,,,,,,,,,,,,,%n",
                order,
                order,
                placed(order),
                article(order, line));
    }

    private static String article(long order, int line) {
        long number = (order + line) % 500;
        return "\"Tea, no. " + number + "\",9.90,,TEA-" + number;
    }

    private static String placed(long order) {
        return String.format(Locale.ROOT, "2026-03-01 09:%02d:%02d +0100", order % 60, order % 59);
    }
}
