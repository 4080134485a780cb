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
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The columns of SkyVerge's "WooCommerce Customer/Order/Coupon Export" (formats Default and Default - One Row per
 * Item, versions 3 to 5), which WebToffee's "Order Export &amp; Import" shares in its format of a row an item; after
 * the plugin's own generator (class-wc-customer-order-csv-export-generator.php).
 *
 * <ul>
 *   <li>A row an item in columns {@code item_*}, the order's columns on each; or a row an order with its items in
 *       {@code line_items}: {@code name:Mug|product_id:7|sku:M|quantity:2|total:9.98;name:...}. There a backslash
 *       stands before such a character that is meant as itself. Items as JSON, which the plugin can be told to write,
 *       are not read.
 *   <li>Times are the shop's local ones, without offset; amounts have a decimal point. {@code order_date} was
 *       {@code date} in version 3.
 *   <li>Prices of lines are after discounts and before tax.
 *   <li>A cancelled order does not say since when: it counts as cancelled when it was placed.
 * </ul>
 */
final class WooCommerceCsv extends CsvExport {

    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final List<String> NEEDED = List.of("order_id", "status", "order_total", "order_currency");

    WooCommerceCsv() {
        super("woocommerce", "woocommerce-csv", 2, Gathering.TOGETHER, NEEDED);
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        return super.refusal(head)
                .or(() -> lacks(head, "order_date", "date"))
                .or(() -> lacks(head, "line_items", "item_name"));
    }

    private static Optional<String> lacks(FileHead head, String one, String other) {
        return head.missing(List.of(one, other)).size() < 2
                ? Optional.empty()
                : Optional.of("no column " + one + " or " + other);
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return TimeStyle.warnings(conventions, ZONE);
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        CsvSurvey survey = CsvSurvey.of(
                csv,
                List.of("order_date", "date", "paid_date"),
                List.of("order_total", "shipping_total", "tax_total", "item_total"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, null, ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, DecimalMark.POINT);
        return RowsOfOrders.in(
                csv,
                new Rows(csv.has("item_name"), csv.has("order_date") ? "order_date" : "date", times, amounts),
                Conventions.of(times, amounts));
    }

    private record Rows(boolean rowAnItem, String date, TimeStyle times, AmountStyle amounts)
            implements RowsOfOrders.Form {

        private static final Set<String> CANCELLED = Set.of("cancelled", "trash");

        @Override
        public String order(CsvRows.Row row) {
            return row.get("order_id");
        }

        @Override
        public boolean severalRows() {
            return rowAnItem;
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal total = Sums.readable(rows.subList(0, 1), "order_total", amounts);
            return total == null ? null : new Money(total, rows.get(0).get("order_currency"));
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = fields.id("order_id");
            fields.required(date);
            fields.required("order_total");
            Instant placed = fields.time(date, times);
            String status = status(fields.text("status"));
            List<Item> items = new ArrayList<>();
            for (CsvRows.Row row : rows) {
                items.addAll(RowsOfOrders.ofRow(row, rowAnItem ? this::inColumns : this::packed));
            }
            BigDecimal subtotal = null;
            for (Item item : items) {
                subtotal = Sums.of(subtotal, item.total());
            }
            return new ChannelOrder(
                    first.line(),
                    order,
                    Stream.of(fields.name("order_number_formatted"), fields.name("order_number"))
                            .filter(name -> name != null)
                            .findFirst()
                            .orElse(order),
                    items.isEmpty(),
                    new Times(
                            placed,
                            fields.time("paid_date", times),
                            null,
                            status != null && CANCELLED.contains(status) ? placed : null,
                            null),
                    Promise.NONE,
                    new Amounts(
                            fields.required("order_currency"),
                            fields.amount("order_total", amounts),
                            subtotal,
                            fields.amount("shipping_total", amounts),
                            fields.amount("tax_total", amounts)),
                    status,
                    null,
                    place(fields),
                    customer(fields),
                    items.stream().map(Item::line).toList());
        }

        private static String status(String written) {
            return written != null && written.startsWith("wc-") ? written.substring(3) : written;
        }

        private List<Item> inColumns(Fields fields) throws BrokenRuleException {
            // An order without items has a row all the same.
            return fields.text("item_name") == null || isNothing(fields, "item_")
                    ? List.of()
                    : List.of(item(fields, "item_"));
        }

        private List<Item> packed(Fields fields) throws BrokenRuleException {
            // Longer than any single text we keep: each of its parts is measured on its own.
            String packed = fields.raw("line_items");
            if (packed == null) {
                return List.of();
            }
            if (packed.startsWith("[")) {
                throw new BrokenRuleException(
                        Rule.BAD_ITEMS, "line_items is JSON: export items as text, or a row an item");
            }
            List<Item> items = new ArrayList<>();
            for (String written : split(packed, ';')) {
                Map<String, String> parts = new HashMap<>();
                for (String part : split(written, '|')) {
                    List<String> keyAndValue = split(part, ':');
                    String value = part.substring(
                            Math.min(part.length(), keyAndValue.get(0).length() + 1));
                    String plain = unescaped(value).strip();
                    if (!plain.isEmpty()) {
                        parts.putIfAbsent(keyAndValue.get(0).strip(), plain);
                    }
                }
                Fields itemFields = new Fields(parts::get);
                if (!parts.isEmpty() && !isNothing(itemFields, "")) {
                    items.add(item(itemFields, ""));
                }
            }
            return items;
        }

        /** An item of which no piece is bought any more stays in the order, with a quantity of 0. */
        private static boolean isNothing(Fields fields, String prefix) throws BrokenRuleException {
            return "0".equals(fields.text(prefix + "quantity"));
        }

        private Item item(Fields fields, String prefix) throws BrokenRuleException {
            fields.required(prefix + "quantity");
            int pieces = fields.quantity(prefix + "quantity");
            BigDecimal total = fields.amount(prefix + "total", amounts);
            return new Item(
                    new Line(
                            fields.name(prefix + "sku"),
                            fields.required(prefix + "name"),
                            pieces,
                            Sums.each(total, pieces),
                            true,
                            null),
                    total);
        }

        /** The parts between a separator, as written; one with a backslash before it separates nothing. */
        private static List<String> split(String text, char separator) {
            List<String> parts = new ArrayList<>();
            int from = 0;
            for (int i = 0; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '\\') {
                    i++;
                } else if (c == separator) {
                    parts.add(text.substring(from, i));
                    from = i + 1;
                }
            }
            parts.add(text.substring(from));
            return parts;
        }

        private static String unescaped(String text) {
            return text.indexOf('\\') < 0 ? text : text.replaceAll("\\\\([\\\\|;:])", "$1");
        }

        /** Where it is shipped to; orders that are not have billing columns alone. */
        private static Place place(Fields fields) throws BrokenRuleException {
            String side = side(fields);
            String region = fields.text(side + "state_code");
            return new Place(
                    fields.text(side + "city"),
                    region != null ? region : fields.text(side + "state"),
                    fields.text(side + "postcode"),
                    fields.text(side + "country"));
        }

        private static String side(Fields fields) throws BrokenRuleException {
            return fields.text("shipping_country") == null && fields.text("shipping_city") == null
                    ? "billing_"
                    : "shipping_";
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String side = side(fields);
            String phone = fields.text("billing_phone");
            return new Customer(
                    Fields.joined(" ", fields.text(side + "first_name"), fields.text(side + "last_name")),
                    fields.name("billing_email"),
                    phone == null ? List.of() : List.of(phone),
                    Fields.joined(", ", fields.text(side + "address_1"), fields.text(side + "address_2")));
        }
    }

    /** What an item says; the total is of all its pieces. */
    private record Item(Line line, BigDecimal total) {}
}
