package io.parcelwatch.importorders;

import io.parcelwatch.intake.CopyRows;
import io.parcelwatch.intake.ImportFile;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import javax.sql.DataSource;

/** Writes orders to {@code staged_order} and {@code staged_line}. */
final class StageOrders {

    private StageOrders() {}

    static void stage(ImportFile file, List<ChannelOrder> orders, DataSource dataSource) {
        CopyRows staged = new CopyRows(
                "staged_order",
                "file_id",
                "line",
                "content",
                "as_of",
                "external_id",
                "name",
                "placed_at",
                "currency",
                "total",
                "subtotal",
                "shipping",
                "taxes",
                "financial_status",
                "fulfillment_status",
                "paid_at",
                "fulfilled_at",
                "cancelled_at",
                "updated_at",
                "destination_country",
                "destination_region",
                "destination_postal_code",
                "destination_city",
                "customer_key",
                "customer_name",
                "email",
                "phone",
                "street");
        CopyRows lines = new CopyRows(
                "staged_line",
                "file_id",
                "line",
                "line_no",
                "sku",
                "name",
                "quantity",
                "price",
                "requires_shipping",
                "fulfillment_status");
        for (ChannelOrder order : orders) {
            Object[] words = words(order);
            List<Object> content = new ArrayList<>(Arrays.asList(words));
            int lineNo = 0;
            for (ChannelOrder.Line line : order.lines()) {
                lineNo++;
                lines.add(
                        file.id(),
                        order.line(),
                        lineNo,
                        line.sku(),
                        line.name(),
                        line.quantity(),
                        plain(line.price()),
                        line.requiresShipping(),
                        line.fulfillmentStatus());
                content.addAll(Arrays.asList(
                        line.sku(),
                        line.name(),
                        line.quantity(),
                        plain(line.price()),
                        line.requiresShipping(),
                        line.fulfillmentStatus()));
            }
            Object[] row = new Object[words.length + 4];
            row[0] = file.id();
            row[1] = order.line();
            row[2] = digest(content);
            row[3] = order.times().asOf();
            System.arraycopy(words, 0, row, 4, words.length);
            staged.add(row);
        }
        staged.copyInto(dataSource);
        lines.copyInto(dataSource);
    }

    /** What is imported of an order itself, in the order of the columns. */
    private static Object[] words(ChannelOrder order) {
        ChannelOrder.Times times = order.times();
        ChannelOrder.Amounts amounts = order.amounts();
        ChannelOrder.Customer customer = order.customer();
        return new Object[] {
            order.externalId(),
            order.name(),
            times.placed(),
            amounts.currency(),
            plain(amounts.total()),
            plain(amounts.subtotal()),
            plain(amounts.shipping()),
            plain(amounts.taxes()),
            order.financialStatus(),
            order.fulfillmentStatus(),
            times.paid(),
            times.fulfilled(),
            times.cancelled(),
            times.updated(),
            order.destination().country(),
            order.destination().region(),
            order.destination().postalCode(),
            order.destination().city(),
            customerKey(order),
            customer.name(),
            customer.email(),
            phone(customer),
            customer.street()
        };
    }

    private static String customerKey(ChannelOrder order) {
        ChannelOrder.Customer customer = order.customer();
        if (customer.email() != null) {
            return "email " + customer.email().toLowerCase(Locale.ROOT);
        }
        return phone(customer) != null ? "phone " + phone(customer) : "order " + order.externalId();
    }

    private static String phone(ChannelOrder.Customer customer) {
        return customer.phones().isEmpty() ? null : customer.phones().get(0);
    }

    private static String plain(BigDecimal amount) {
        return amount == null ? null : amount.toPlainString();
    }

    private static UUID digest(List<Object> content) {
        return ImportFile.identity(content.stream()
                .map(value -> value == null ? null : value.toString())
                .toArray(String[]::new));
    }
}
