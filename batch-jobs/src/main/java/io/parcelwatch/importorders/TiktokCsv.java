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
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The order export of TikTok Shop's Seller Center (Orders, Export, CSV): a row a SKU, the order's own columns on each.
 *
 * <ul>
 *   <li>The row under the header explains the columns: an order id without any digit is none.
 *   <li>Ids and times end with a tab, so that spreadsheets leave them alone.
 *   <li>Times are {@code dd/MM/yyyy HH:mm:ss} or {@code MM/dd/yyyy h:mm:ss AM}, as the region has it, without offset.
 *   <li>Amounts may come without currency: then it is that of the country the order goes to, since a shop sells in
 *       one.
 *   <li>A line's price is its subtotal after discounts, by piece. {@code Order Amount} is what the buyer paid.
 *   <li>Address columns differ by region.
 * </ul>
 */
final class TiktokCsv extends CsvExport {

    private static final ZoneId ZONE = ZoneOffset.UTC;
    private static final List<String> NEEDED = List.of(
            "Order ID", "Product Name", "Quantity", "SKU Subtotal After Discount", "Order Amount", "Created Time");

    /** The markets of TikTok Shop. */
    private static final Map<String, String> CURRENCIES = Map.ofEntries(
            Map.entry("united states", "USD"),
            Map.entry("united kingdom", "GBP"),
            Map.entry("indonesia", "IDR"),
            Map.entry("malaysia", "MYR"),
            Map.entry("philippines", "PHP"),
            Map.entry("singapore", "SGD"),
            Map.entry("thailand", "THB"),
            Map.entry("vietnam", "VND"),
            Map.entry("japan", "JPY"),
            Map.entry("mexico", "MXN"),
            Map.entry("brazil", "BRL"),
            Map.entry("germany", "EUR"),
            Map.entry("france", "EUR"),
            Map.entry("italy", "EUR"),
            Map.entry("spain", "EUR"),
            Map.entry("ireland", "EUR"),
            Map.entry("us", "USD"),
            Map.entry("gb", "GBP"),
            Map.entry("uk", "GBP"));

    TiktokCsv() {
        super("tiktok", "tiktok-csv", 2, Gathering.LINES_AND_SUBTOTAL, NEEDED);
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
                List.of("Created Time", "Paid Time", "Shipped Time", "Cancelled Time"),
                List.of("SKU Subtotal After Discount", "Shipping Fee After Discount", "Taxes", "Order Amount"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, null, ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, null);
        return RowsOfOrders.in(csv, new Rows(times, amounts), Conventions.of(times, amounts));
    }

    private record Rows(TimeStyle times, AmountStyle amounts) implements RowsOfOrders.Form {

        @Override
        public boolean speaksOfOrder(CsvRows.Row row) {
            String id = row.get("Order ID");
            return id == null || row.broken() != null || id.chars().anyMatch(Character::isDigit);
        }

        @Override
        public String order(CsvRows.Row row) {
            return row.get("Order ID");
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            String paid = rows.get(0).get("Order Amount");
            Money money = paid == null ? null : amounts.money(paid);
            return money == null ? null : new Money(money.value(), currency(money, rows.get(0)));
        }

        private static String currency(Money money, CsvRows.Row row) {
            String country = row.get("Country");
            return money.currency() != null || country == null
                    ? money.currency()
                    : CURRENCIES.get(country.toLowerCase(Locale.ROOT));
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(first);
            String order = fields.id("Order ID");
            fields.required("Created Time");
            fields.required("Order Amount");
            Money paid = fields.money("Order Amount", amounts);
            String currency = currency(paid, first);
            if (currency == null) {
                throw new BrokenRuleException(
                        Rule.REQUIRED_FIELD,
                        "neither Order Amount nor the country tells the currency: " + fields.text("Order Amount"));
            }
            List<Line> lines = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                lines.add(RowsOfOrders.ofRow(row, this::line));
            }
            return new ChannelOrder(
                    first.line(),
                    order,
                    order,
                    false,
                    new Times(
                            fields.time("Created Time", times),
                            fields.time("Paid Time", times),
                            fields.time("Shipped Time", times),
                            fields.time("Cancelled Time", times),
                            null),
                    Promise.NONE,
                    new Amounts(
                            currency,
                            paid.value(),
                            Sums.readable(rows, "SKU Subtotal After Discount", amounts),
                            fields.amount("Shipping Fee After Discount", amounts),
                            fields.amount("Taxes", amounts)),
                    null,
                    fields.text("Order Status"),
                    new Place(
                            first(fields, "City", "Regency and City", "Municipality", "Districts"),
                            first(fields, "State", "Province", "Region"),
                            fields.text("Zipcode"),
                            fields.text("Country")),
                    customer(fields),
                    lines);
        }

        private Line line(Fields fields) throws BrokenRuleException {
            fields.required("Quantity");
            int pieces = fields.quantity("Quantity");
            String sku = fields.name("Seller SKU");
            return new Line(
                    sku != null ? sku : fields.name("SKU ID"),
                    fields.required("Product Name"),
                    pieces,
                    Sums.each(fields.amount("SKU Subtotal After Discount", amounts), pieces),
                    true,
                    null);
        }

        private static String first(Fields fields, String... columns) throws BrokenRuleException {
            for (String column : columns) {
                String text = fields.text(column);
                if (text != null) {
                    return text;
                }
            }
            return null;
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String phone = fields.text("Phone #");
            return new Customer(
                    fields.text("Recipient"),
                    null,
                    phone == null ? List.of() : List.of(phone),
                    Fields.joined(
                            ", ",
                            first(fields, "Detail Address", "Address Line 1"),
                            first(fields, "Additional address information", "Address Line 2")));
        }
    }
}
