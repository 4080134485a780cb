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
import java.util.ArrayList;
import java.util.List;

/**
 * Etsy's file EtsySoldOrderItems.csv (CSV type "Order Items"): a row an item, without the order's status, so a part of
 * it. {@link EtsyOrders} tells the rest.
 *
 * <p>Shipping, its discount and the sales tax are the order's; they stand on each of its rows, or on the first alone,
 * and count once. Price is of one piece, Item Total of all; discounts are each row's own. The order's total follows
 * from these.
 */
final class EtsyItems extends CsvExport {

    private static final List<String> NEEDED =
            List.of("Sale Date", "Item Name", "Quantity", "Price", "Item Total", "Currency", "Order ID");

    EtsyItems() {
        super("etsy", "etsy-items", 2, Gathering.LINES_AND_TOTAL, NEEDED);
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return TimeStyle.warnings(conventions, EtsyOrders.ZONE);
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        CsvSurvey survey = CsvSurvey.of(
                csv,
                List.of("Sale Date", "Date Paid", "Date Shipped"),
                List.of(
                        "Price",
                        "Discount Amount",
                        "Shipping Discount",
                        "Order Shipping",
                        "Order Sales Tax",
                        "Item Total"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, DateOrder.MONTH_FIRST, EtsyOrders.ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, DecimalMark.POINT);
        return RowsOfOrders.in(csv, new Rows(times, amounts), Conventions.of(times, amounts));
    }

    private record Rows(TimeStyle times, AmountStyle amounts) implements RowsOfOrders.Form {

        @Override
        public String order(CsvRows.Row row) {
            return EtsyOrders.number(row.get("Order ID"));
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal items = Sums.readable(rows, "Item Total", amounts);
            return items == null ? null : new Money(items, rows.get(0).get("Currency"));
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = EtsyOrders.number(fields.id("Order ID"));
            fields.required("Sale Date");
            String currency = fields.required("Currency");
            List<Line> lines = new ArrayList<>(rows.size());
            BigDecimal subtotal = null;
            BigDecimal shipping = null;
            BigDecimal shippingDiscount = null;
            BigDecimal taxes = null;
            for (CsvRows.Row row : rows) {
                Item item = RowsOfOrders.ofRow(row, this::item);
                lines.add(item.line());
                subtotal = Sums.of(subtotal, item.total(), Sums.minus(item.discount()));
                shipping = larger(shipping, item.shipping());
                shippingDiscount = larger(shippingDiscount, item.shippingDiscount());
                taxes = larger(taxes, item.taxes());
            }
            BigDecimal paidShipping = Sums.of(shipping, Sums.minus(shippingDiscount));
            return new ChannelOrder(
                    first.line(),
                    order,
                    order,
                    true,
                    new Times(
                            fields.time("Sale Date", times),
                            fields.time("Date Paid", times),
                            fields.time("Date Shipped", times),
                            null,
                            null),
                    Promise.NONE,
                    new Amounts(currency, Sums.of(subtotal, paidShipping, taxes), subtotal, paidShipping, taxes),
                    null,
                    null,
                    new Place(
                            fields.text("Ship City"),
                            fields.text("Ship State"),
                            fields.text("Ship Zipcode"),
                            fields.text("Ship Country")),
                    new Customer(
                            fields.text("Ship Name"),
                            null,
                            List.of(),
                            Fields.joined(", ", fields.text("Ship Address1"), fields.text("Ship Address2"))),
                    lines);
        }

        private Item item(Fields fields) throws BrokenRuleException {
            fields.required("Quantity");
            fields.required("Item Total");
            return new Item(
                    new Line(
                            fields.name("SKU"),
                            fields.required("Item Name"),
                            fields.quantity("Quantity"),
                            fields.amount("Price", amounts),
                            true,
                            null),
                    fields.amount("Item Total", amounts),
                    fields.amount("Discount Amount", amounts),
                    fields.amount("Order Shipping", amounts),
                    fields.amount("Shipping Discount", amounts),
                    fields.amount("Order Sales Tax", amounts));
        }

        private static BigDecimal larger(BigDecimal one, BigDecimal other) {
            return one == null ? other : other == null ? one : one.max(other);
        }
    }

    /** What a row says; shipping and taxes are the order's. */
    private record Item(
            Line line,
            BigDecimal total,
            BigDecimal discount,
            BigDecimal shipping,
            BigDecimal shippingDiscount,
            BigDecimal taxes) {}
}
