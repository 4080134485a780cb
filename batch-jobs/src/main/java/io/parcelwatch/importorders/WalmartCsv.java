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
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The order download of Walmart's Seller Center, saved as CSV (it comes as a workbook, which is refused): a row a line
 * of a purchase order. What a customer orders at once ({@code Order#}) may be several purchase orders ({@code PO#});
 * the seller ships, and this imports, purchase orders. Walmart does not document the columns. They are those of files
 * {@code PO_Data_*.xlsx} as four public programs of sellers, independent of each other, read or write them: 37 columns
 * from {@code PO#} to {@code Original Customer Order Id}, {@code Shipping Config SOurce} among them; since 2022 also
 * {@code Customer Intent To Cancel}. Older ones (2016) have {@code Customer Email ID}, and no {@code Delivery Date}.
 *
 * <ul>
 *   <li>{@code Item Cost} is taken as of one piece, shipping and tax as of the row: an assumption where {@code Qty} is
 *       above 1, since no source says it. All are USD.
 *   <li>{@code Delivery Date} is the promise; {@code Ship By} is the seller's own limit.
 *   <li>Dates have the year first, or as a spreadsheet of the United States saves them the month, and are Pacific
 *       Time's.
 *   <li>The country is always the United States.
 *   <li>A cancelled line is none of the order's; a purchase order of nothing else is cancelled, since when is not
 *       said: when it was placed.
 * </ul>
 */
final class WalmartCsv extends CsvExport {

    private static final ZoneId ZONE = ZoneId.of("America/Los_Angeles");
    private static final String CURRENCY = "USD";
    private static final List<String> NEEDED =
            List.of("PO#", "Order#", "Order Date", "Ship By", "SKU", "Qty", "Item Cost");

    WalmartCsv() {
        super("walmart", "walmart-csv", 2, Gathering.LINES_AND_AMOUNTS, NEEDED);
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return TimeStyle.warnings(conventions, ZONE);
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        CsvSurvey survey = CsvSurvey.of(
                csv, List.of("Order Date", "Ship By", "Delivery Date"), List.of("Item Cost", "Shipping Cost", "Tax"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, DateOrder.MONTH_FIRST, ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, DecimalMark.POINT);
        return RowsOfOrders.in(csv, new Rows(times, amounts), Conventions.of(times, amounts));
    }

    private record Rows(TimeStyle times, AmountStyle amounts) implements RowsOfOrders.Form {

        @Override
        public String order(CsvRows.Row row) {
            return row.get("PO#");
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal prices = null;
            for (CsvRows.Row row : rows) {
                BigDecimal each = Sums.readable(List.of(row), "Item Cost", amounts);
                String pieces = row.get("Qty");
                // What is no number of pieces counts as one.
                prices = Sums.of(
                        prices,
                        each == null || pieces == null || !pieces.matches("[0-9]{1,9}")
                                ? each
                                : each.multiply(new BigDecimal(pieces)));
            }
            return prices == null ? null : new Money(prices, CURRENCY);
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = fields.id("PO#");
            fields.required("Order Date");
            List<Item> items = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                items.add(RowsOfOrders.ofRow(row, this::item));
            }
            boolean cancelled = items.stream().allMatch(Item::cancelled);
            List<Item> bought = items.stream()
                    .filter(item -> item.line() != null && (cancelled || !item.cancelled()))
                    .toList();
            Instant placed = fields.time("Order Date", times);
            String name = fields.name("Order#");
            return new ChannelOrder(
                    first.line(),
                    order,
                    name == null ? order : name,
                    bought.isEmpty(),
                    new Times(placed, null, null, cancelled ? placed : null, null),
                    Promise.of(fields.written("Delivery Date", times), times),
                    amounts(bought),
                    null,
                    fields.text("Status"),
                    new Place(fields.text("City"), fields.text("State"), fields.text("Zip"), "US"),
                    customer(fields),
                    bought.stream().map(Item::line).toList());
        }

        private Item item(Fields fields) throws BrokenRuleException {
            fields.required("Qty");
            fields.required("Item Cost");
            String status = fields.text("Status");
            boolean cancelled =
                    status != null && status.toLowerCase(Locale.ROOT).startsWith("cancel");
            // Of a cancelled line no piece may be left.
            int pieces = cancelled && "0".equals(fields.text("Qty")) ? 0 : fields.quantity("Qty");
            BigDecimal price = fields.amount("Item Cost", amounts);
            String description = fields.text("Item Description");
            return new Item(
                    pieces == 0
                            ? null
                            : new Line(
                                    fields.name("SKU"),
                                    description != null ? description : fields.required("SKU"),
                                    pieces,
                                    price,
                                    true,
                                    status),
                    cancelled,
                    price.multiply(BigDecimal.valueOf(pieces)),
                    fields.amount("Shipping Cost", amounts),
                    fields.amount("Tax", amounts));
        }

        private static Amounts amounts(List<Item> items) {
            BigDecimal prices = null;
            BigDecimal shipping = null;
            BigDecimal taxes = null;
            for (Item item : items) {
                prices = Sums.of(prices, item.price());
                shipping = Sums.of(shipping, item.shipping());
                taxes = Sums.of(taxes, item.taxes());
            }
            return new Amounts(CURRENCY, Sums.of(prices, shipping, taxes), prices, shipping, taxes);
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String phone = fields.text("Customer Phone Number");
            String street = Fields.joined(", ", fields.text("Ship to Address 1"), fields.text("Ship to Address 2"));
            return new Customer(
                    fields.text("Customer Name"),
                    fields.name("Customer Email ID"),
                    phone == null ? List.of() : List.of(phone),
                    street != null ? street : fields.text("Customer Shipping Address"));
        }
    }

    /**
     * What a row says.
     *
     * @param line  null where no piece of it is left
     * @param price of all its pieces
     */
    private record Item(Line line, boolean cancelled, BigDecimal price, BigDecimal shipping, BigDecimal taxes) {}
}
