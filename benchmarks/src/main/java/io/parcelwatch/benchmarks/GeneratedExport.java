package io.parcelwatch.benchmarks;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * An order export of Shopify of any length, the same each time: orders of two and of three lines by turns, a customer an order, a name in
 * quotes on every row, an address in quotes on an order's first.
 */
final class GeneratedExport {

    /** The columns, in the order in which Shopify's admin writes them. */
    static final String HEADER =
            "Name,Email,Financial Status,Paid at,Fulfillment Status,Fulfilled at,Currency,Subtotal,"
                    + "Shipping,Taxes,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,"
                    + "Lineitem requires shipping,Shipping Name,Shipping Address1,Shipping City,Shipping Zip,Shipping Province,"
                    + "Shipping Country,Cancelled at,Id";

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
        return String.format(
                Locale.ROOT,
                "#%d,c%d@example.org,paid,2026-03-01 10:00:00 +0100,unfulfilled,,EUR,%d.00,4.90,0.00,%d.90,%s,1,%s,true,"
                        + "Customer %d,\"Road %d\",Paris,'%05d,,FR,,50%08d%n",
                order,
                order,
                lines * 10,
                lines * 10 + 4,
                placed(order),
                article(order, 1),
                order,
                order % 90,
                order % 99_999,
                order);
    }

    private static String furtherRow(long order, int line) {
        return String.format(
                Locale.ROOT,
                "#%d,c%d@example.org,,,,,,,,,,%s,1,%s,true,,,,,,,,%n",
                order,
                order,
                placed(order),
                article(order, line));
    }

    private static String article(long order, int line) {
        long number = (order + line) % 500;
        return "\"Tea, no. " + number + "\",9.90,TEA-" + number;
    }

    private static String placed(long order) {
        return String.format(Locale.ROOT, "2026-03-01 09:%02d:%02d +0100", order % 60, order % 59);
    }
}
