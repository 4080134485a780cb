package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.AmountStyle;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The columns of "Advanced Order Export For WooCommerce" (AlgolPlus), a row an item. Their names are those of the
 * plugin's own source (classes/core/class-wc-order-export-data-extractor.php, {@code get_order_fields_*} and
 * {@code get_order_product_fields}) and of its newer versions' files, as some ten public programs read them.
 *
 * <ul>
 *   <li>The seller chooses the columns: those without which a file is something else are ticked by default. {@code Order
 *       Id}, {@code Currency} and {@code Completed Date} are not: without the first an order is known by its number;
 *       without the second the account's rules have to tell the currency ({@code currency}).
 *   <li>An order's columns stand on each of its rows, which is the default ("populate other columns"). A row beyond the
 *       last item tells a coupon only.
 *   <li>Times are the shop's local ones, without offset. {@code Item Cost} is of one piece, after discounts and before
 *       tax; {@code Order Subtotal Amount} is before discounts, which are taken off it.
 *   <li>{@code Quantity (- Refund)} is what is left of an item after refunds; one of which nothing is left is left out.
 *   <li>{@code Order Status} is the word that the shop shows. Only the English one tells a cancelled order, which does
 *       not say since when: it counts as cancelled when it was placed.
 * </ul>
 */
final class WooCommerceAdvancedCsv extends CsvExport {

    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final List<String> NEEDED =
            List.of("Order Number", "Order Status", "Order Date", "Order Total Amount");

    WooCommerceAdvancedCsv() {
        super("woocommerce", "woocommerce-advanced-csv", 1, Gathering.TOGETHER, NEEDED);
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        Stream<String> unidentified = column(head.csv().orElseThrow(), "Order ID", "Order Id") == null
                ? Stream.of(
                        "the file has no column Order ID: orders are identified by their number within the account, so do"
                                + " not mix it with files that have one where numbers and ids differ")
                : Stream.empty();
        return Stream.concat(TimeStyle.warnings(conventions, ZONE).stream(), unidentified)
                .toList();
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        if (!csv.has("Currency") && conventions.currency().isEmpty()) {
            throw new UnusableInputException(csv.input().path()
                    + " does not tell the currency: tick Currency in the plugin's order fields, or say in the rules file what"
                    + " the account's is, as in currency: EUR");
        }
        CsvSurvey survey = CsvSurvey.of(
                csv,
                List.of("Order Date", "Paid Date", "Completed Date"),
                List.of("Order Total Amount", "Order Shipping Amount", "Order Total Tax Amount", "Item Cost"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, null, ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, DecimalMark.POINT);
        Columns columns = new Columns(
                column(csv, "Order ID", "Order Id", "Order Number"),
                column(csv, "Item Name", "Product Name", "Name"),
                column(csv, "Quantity (- Refund)", "Quantity"));
        return RowsOfOrders.in(
                csv, new Rows(columns, conventions.currency(), times, amounts), Conventions.of(times, amounts));
    }

    /** The first of some columns that a file has; null where it has none. */
    private static String column(CsvHead csv, String... names) {
        return Stream.of(names).filter(csv::has).findFirst().orElse(null);
    }

    /** Those that go by several names, by the one they have in the file; null where it has none. */
    private record Columns(String id, String item, String quantity) {}

    private record Rows(Columns columns, Optional<String> usual, TimeStyle times, AmountStyle amounts)
            implements RowsOfOrders.Form {

        private static final Set<String> CANCELLED = Set.of("cancelled", "wc-cancelled", "trash");

        @Override
        public String order(CsvRows.Row row) {
            return row.get(columns.id());
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal total = Sums.readable(rows.subList(0, 1), "Order Total Amount", amounts);
            return total == null ? null : new Money(total, currency(rows.get(0).get("Currency")));
        }

        private String currency(String written) {
            return written != null ? written : usual.orElse(null);
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = fields.id(columns.id());
            fields.required("Order Date");
            fields.required("Order Total Amount");
            Instant placed = fields.time("Order Date", times);
            String status = fields.text("Order Status");
            List<Line> lines = new ArrayList<>();
            for (CsvRows.Row row : rows) {
                RowsOfOrders.ofRow(row, this::line).ifPresent(lines::add);
            }
            String name = fields.name("Order Number");
            return new ChannelOrder(
                    first.line(),
                    order,
                    name != null ? name : order,
                    lines.isEmpty(),
                    new Times(
                            placed,
                            fields.time("Paid Date", times),
                            fields.time("Completed Date", times),
                            status != null && CANCELLED.contains(status.toLowerCase(Locale.ROOT)) ? placed : null,
                            null),
                    Promise.NONE,
                    amounts(fields),
                    status,
                    null,
                    place(fields),
                    customer(fields),
                    lines);
        }

        private Amounts amounts(Fields fields) throws BrokenRuleException {
            BigDecimal subtotal = fields.amount("Order Subtotal Amount", amounts);
            BigDecimal discount = fields.amount("Cart Discount Amount", amounts);
            String currency = currency(fields.text("Currency"));
            return new Amounts(
                    currency != null ? currency : fields.required("Currency"),
                    fields.amount("Order Total Amount", amounts),
                    subtotal == null || discount == null ? subtotal : subtotal.subtract(discount),
                    fields.amount("Order Shipping Amount", amounts),
                    fields.amount("Order Total Tax Amount", amounts));
        }

        private Optional<Line> line(Fields fields) throws BrokenRuleException {
            String item = columns.item() == null ? null : fields.text(columns.item());
            // Behind the last item stands what the order has more of: coupons.
            if (item == null || columns.quantity() == null || "0".equals(fields.text(columns.quantity()))) {
                return Optional.empty();
            }
            fields.required(columns.quantity());
            return Optional.of(new Line(
                    fields.name("SKU"),
                    item,
                    fields.quantity(columns.quantity()),
                    fields.amount("Item Cost", amounts),
                    true,
                    null));
        }

        private static Place place(Fields fields) throws BrokenRuleException {
            String side = side(fields);
            String code = fields.text("Postcode " + side);
            return new Place(
                    fields.text("City " + side),
                    fields.text("State Code " + side),
                    code != null ? code : fields.text("Zip " + side),
                    fields.text("Country Code " + side));
        }

        /** Where it is shipped to; orders that are not have billing columns alone. */
        private static String side(Fields fields) throws BrokenRuleException {
            return fields.text("Country Code (Shipping)") == null && fields.text("City (Shipping)") == null
                    ? "(Billing)"
                    : "(Shipping)";
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String side = side(fields);
            String phone = fields.text("Phone (Billing)");
            String name = Fields.joined(" ", fields.text("First Name " + side), fields.text("Last Name " + side));
            String street = fields.text("Address 1&2 " + side);
            return new Customer(
                    name != null ? name : fields.text("Full Name " + side),
                    fields.name("Email (Billing)"),
                    phone == null ? List.of() : List.of(phone),
                    street != null
                            ? street
                            : Fields.joined(", ", fields.text("Address 1 " + side), fields.text("Address 2 " + side)));
        }
    }
}
