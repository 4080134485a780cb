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
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Amazon's tab-separated order reports: a row an order item, without quotes, so that a quote is a character like any
 * other. The columns are those of "Order reports attributes" and "Order Tracking reports attributes" in the
 * documentation of the Selling Partner API.
 *
 * <ul>
 *   <li>{@code item-price} is what all pieces of a row cost together.
 *   <li>Taxes are on top of prices in USD and CAD, elsewhere the prices hold them.
 *   <li>{@code promise-date} is when the seller has to ship, not when the parcel was promised to arrive: no promise.
 *       That is {@code latest-delivery-date} or {@code delivery-end-date}, where a report has one.
 *   <li>What has no price yet (a pending order, a cancelled item) tells only a part of an order.
 *   <li>European sites write windows-1252.
 * </ul>
 */
final class AmazonReport extends CsvExport {

    /** What must be shipped: the reports "new orders" (with prices) and "unshipped orders" (without). */
    static final AmazonReport UNSHIPPED =
            new AmazonReport("amazon-unshipped", "order-id", "quantity-purchased", "order-item-id");

    /** Every order that changed, FBA's too. */
    static final AmazonReport ALL_ORDERS =
            new AmazonReport("amazon-all-orders", "amazon-order-id", "quantity", "last-updated-date", "order-status");

    private static final String CANCELLED = "Cancelled";
    private static final AmountStyle AMOUNTS = new AmountStyle(DecimalMark.POINT);
    private static final Set<String> TAX_ON_TOP = Set.of("USD", "CAD");

    private final String id;
    private final String quantity;

    private AmazonReport(String name, String id, String quantity, String... alsoNeeded) {
        super(
                "amazon",
                name,
                2,
                Gathering.LINES_AND_AMOUNTS,
                Stream.concat(Stream.of(id, "purchase-date", "sku", "product-name", quantity), Stream.of(alsoNeeded))
                        .toList());
        this.id = id;
        this.quantity = quantity;
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return head.orWindows1252().encodingWarnings();
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.orWindows1252().csv().orElseThrow();
        // One that a spreadsheet saved with other delimiters has its quotes, too.
        boolean asDownloaded = csv.dialect().delimiter() == '\t';
        return RowsOfOrders.in(asDownloaded ? csv.unquoted() : csv, new Rows());
    }

    private final class Rows implements RowsOfOrders.Form {

        @Override
        public String order(CsvRows.Row row) {
            return row.get(id);
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal items = Sums.readable(rows, "item-price", AMOUNTS);
            return items == null ? null : new Money(items, rows.get(0).get("currency"));
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = fields.id(id);
            fields.required("purchase-date");
            Instant updated = fields.time("last-updated-date");
            boolean cancelled = CANCELLED.equalsIgnoreCase(fields.text("order-status"));
            List<Item> items = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                Item item = RowsOfOrders.ofRow(row, this::item);
                if (cancelled || !item.cancelled()) {
                    items.add(item);
                }
            }
            List<Item> bought =
                    items.stream().filter(item -> item.line() != null).toList();
            boolean whole = !bought.isEmpty() && bought.stream().allMatch(item -> item.price() != null);
            String currency = whole ? fields.required("currency") : fields.text("currency");
            return new ChannelOrder(
                    first.line(),
                    order,
                    order,
                    !whole,
                    new Times(
                            fields.time("purchase-date"),
                            fields.time("payments-date"),
                            null,
                            cancelled ? updated : null,
                            updated),
                    promise(fields),
                    whole ? amounts(items, currency) : new Amounts(currency, null, null, null, null),
                    null,
                    AmazonJson.fulfilment(fields.text("order-status")),
                    new Place(
                            fields.text("ship-city"),
                            fields.text("ship-state"),
                            fields.text("ship-postal-code"),
                            fields.text("ship-country")),
                    customer(fields),
                    bought.stream().map(Item::line).toList());
        }

        private Item item(Fields fields) throws BrokenRuleException {
            boolean cancelled = CANCELLED.equalsIgnoreCase(fields.text("item-status"));
            // Amazon empties cancelled items, and a row that only adds a promotion to the one before it.
            int pieces = "0".equals(fields.text(quantity)) ? 0 : fields.quantity(quantity);
            BigDecimal price = fields.amount("item-price", AMOUNTS);
            Line line = pieces == 0
                    ? null
                    : new Line(
                            fields.name("sku"),
                            fields.required("product-name"),
                            pieces,
                            Sums.each(price, pieces),
                            true,
                            fields.text("item-status"));
            return new Item(
                    line,
                    cancelled,
                    price,
                    discount(fields, "item-promotion-discount"),
                    Sums.of(
                            fields.amount("shipping-price", AMOUNTS),
                            fields.amount("gift-wrap-price", AMOUNTS),
                            discount(fields, "ship-promotion-discount")),
                    Sums.of(
                            fields.amount("item-tax", AMOUNTS),
                            fields.amount("shipping-tax", AMOUNTS),
                            fields.amount("gift-wrap-tax", AMOUNTS)));
        }

        /** A discount is written with and without its minus. */
        private static BigDecimal discount(Fields fields, String column) throws BrokenRuleException {
            BigDecimal discount = fields.amount(column, AMOUNTS);
            return discount == null ? null : discount.abs().negate();
        }

        private static Amounts amounts(List<Item> items, String currency) {
            BigDecimal prices = null;
            BigDecimal discounts = null;
            BigDecimal shipping = null;
            BigDecimal taxes = null;
            for (Item item : items) {
                prices = Sums.of(prices, item.price());
                discounts = Sums.of(discounts, item.discount());
                shipping = Sums.of(shipping, item.shipping());
                taxes = Sums.of(taxes, item.taxes());
            }
            BigDecimal onTop = currency != null && TAX_ON_TOP.contains(currency) ? taxes : null;
            BigDecimal subtotal = Sums.of(prices, discounts);
            return new Amounts(currency, Sums.of(subtotal, shipping, onTop), subtotal, shipping, taxes);
        }

        private static Promise promise(Fields fields) throws BrokenRuleException {
            Instant latest = fields.time("latest-delivery-date");
            Instant until = latest != null ? latest : fields.time("delivery-end-date");
            return until == null ? Promise.NONE : new Promise(null, until);
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String recipient = fields.text("recipient-name");
            return new Customer(
                    recipient != null ? recipient : fields.text("buyer-name"),
                    fields.name("buyer-email"),
                    Stream.of(fields.text("ship-phone-number"), fields.text("buyer-phone-number"))
                            .filter(Objects::nonNull)
                            .toList(),
                    street(fields));
        }

        private static String street(Fields fields) throws BrokenRuleException {
            return Fields.joined(
                    ", ", fields.text("ship-address-1"), fields.text("ship-address-2"), fields.text("ship-address-3"));
        }
    }

    /**
     * What a row says.
     *
     * @param line     null where it says nothing of pieces
     * @param price    of all pieces; null where it is not known yet
     * @param discount negative, or null
     */
    private record Item(
            Line line,
            boolean cancelled,
            BigDecimal price,
            BigDecimal discount,
            BigDecimal shipping,
            BigDecimal taxes) {}
}
