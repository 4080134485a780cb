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
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The orders report of eBay's Seller Hub ("Download report", type All orders), with the English columns of the
 * American and of the British and Australian site.
 *
 * <ul>
 *   <li>A row an item. An order of several items has a summary row before them, with the order's address and amounts
 *       and without an item; what it leaves blank, and all without a summary row, is what the items add up to.
 *   <li>{@code Sold For} is the price of one piece.
 *   <li>The report ends with {@code 2 record(s) downloaded} and {@code Seller ID : ...}; reports that were put
 *       together have these lines in their middle, and the header once more. An order that stands in both was told
 *       twice.
 *   <li>What was sold and never checked out has no order number, and is rejected.
 *   <li>Times have no offset: they are eBay's, which is Pacific Time, unless the account's zone is told. {@code $}
 *       alone is USD: other sites write {@code AU $}, {@code C $}.
 *   <li>{@code --} stands for nothing.
 * </ul>
 */
final class EbayOrders extends CsvExport {

    private static final ZoneId EBAY_TIME = ZoneId.of("America/Los_Angeles");

    /** Columns by their American names, with what other sites call them. */
    private static final Map<String, List<String>> COLUMNS = Map.ofEntries(
            Map.entry("Order Number", List.of()),
            Map.entry("Buyer Name", List.of()),
            Map.entry("Buyer Email", List.of()),
            Map.entry("Ship To Name", List.of("Post To Name")),
            Map.entry("Ship To Phone", List.of("Post To Phone")),
            Map.entry("Ship To Address 1", List.of("Post To Address 1")),
            Map.entry("Ship To Address 2", List.of("Post To Address 2")),
            Map.entry("Ship To City", List.of("Post To City")),
            Map.entry("Ship To State", List.of("Post To State", "Post To County", "Ship To County")),
            Map.entry("Ship To Zip", List.of("Post To Postcode", "Ship To Postcode", "Post To Zip")),
            Map.entry("Ship To Country", List.of("Post To Country")),
            Map.entry("Item Number", List.of("Item ID")),
            Map.entry("Item Title", List.of()),
            Map.entry("Custom Label", List.of("Custom Label (SKU)")),
            Map.entry("Quantity", List.of()),
            Map.entry("Sold For", List.of()),
            Map.entry("Shipping And Handling", List.of("Postage And Packaging", "Postage And Handling", "P&P")),
            Map.entry("Seller Collected Tax", List.of()),
            Map.entry("eBay Collected Tax", List.of()),
            Map.entry("Total Price", List.of()),
            Map.entry("Sale Date", List.of()),
            Map.entry("Paid On Date", List.of()),
            Map.entry("Shipped On Date", List.of("Dispatched On Date", "Posted On Date")),
            Map.entry("Maximum Estimated Delivery Date", List.of("Latest Estimated Delivery Date")));

    private static final List<String> NEEDED =
            List.of("Order Number", "Item Title", "Quantity", "Sold For", "Total Price", "Sale Date");
    private static final List<String> DATES =
            List.of("Sale Date", "Paid On Date", "Shipped On Date", "Maximum Estimated Delivery Date");
    private static final List<String> AMOUNTS =
            List.of("Sold For", "Shipping And Handling", "Seller Collected Tax", "eBay Collected Tax", "Total Price");

    EbayOrders() {
        super("ebay", "ebay-orders", 2, Gathering.TOGETHER, NEEDED);
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        if (head.csv().isEmpty()) {
            return Optional.of("no header");
        }
        Map<String, String> names = names(head.csv().get());
        List<String> missing =
                NEEDED.stream().filter(column -> !names.containsKey(column)).toList();
        return missing.isEmpty() ? Optional.empty() : Optional.of("no column " + String.join(", ", missing));
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return Stream.concat(
                        head.orWindows1252().encodingWarnings().stream(),
                        TimeStyle.warnings(conventions, EBAY_TIME).stream())
                .toList();
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.orWindows1252().csv().orElseThrow();
        Map<String, String> names = names(csv);
        CsvSurvey survey = CsvSurvey.of(csv, written(DATES, names), written(AMOUNTS, names));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, null, EBAY_TIME);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, null);
        return RowsOfOrders.in(csv, new Rows(names, times, amounts), Conventions.of(times, amounts));
    }

    private static List<String> written(List<String> columns, Map<String, String> names) {
        return columns.stream().map(names::get).filter(name -> name != null).toList();
    }

    /** What this file calls the columns that it has. */
    private static Map<String, String> names(CsvHead csv) {
        Map<String, String> folded = new HashMap<>();
        csv.columns().forEach(column -> folded.putIfAbsent(column.toLowerCase(Locale.ROOT), column));
        Map<String, String> names = new HashMap<>();
        COLUMNS.forEach((column, others) -> Stream.concat(Stream.of(column), others.stream())
                .map(name -> folded.get(name.toLowerCase(Locale.ROOT)))
                .filter(name -> name != null)
                .findFirst()
                .ifPresent(name -> names.put(column, name)));
        return names;
    }

    private record Rows(Map<String, String> names, TimeStyle times, AmountStyle amounts) implements RowsOfOrders.Form {

        @Override
        public boolean speaksOfOrder(CsvRows.Row row) {
            List<String> fields = row.fields();
            return fields.stream().limit(2).noneMatch(field -> field.contains("record(s) downloaded"))
                    && !(fields.size() > 0 && fields.get(0).strip().startsWith("Seller ID"))
                    // The header of a report that was put behind another.
                    && !names.get("Order Number").equals(order(row));
        }

        @Override
        public String order(CsvRows.Row row) {
            return source(row).get("Order Number");
        }

        private FieldSource source(CsvRows.Row row) {
            return column -> {
                String name = names.get(column);
                String text = name == null ? null : row.get(name);
                return "--".equals(text) ? null : text;
            };
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            String total = source(rows.get(0)).get("Total Price");
            Money money = total == null ? null : amounts.money(total);
            return money == null ? null : inDollars(total, money);
        }

        private static Money inDollars(String text, Money money) {
            return money.currency() == null && text.indexOf('$') >= 0 ? new Money(money.value(), "USD") : money;
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            Fields fields = new Fields(source(first));
            String order = fields.id("Order Number");
            fields.required("Sale Date");
            List<Line> lines = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                FieldSource source = source(row);
                if (isItem(source)) {
                    lines.add(RowsOfOrders.ofRow(row, source, this::line));
                }
            }
            return new ChannelOrder(
                    first.line(),
                    order,
                    order,
                    lines.isEmpty(),
                    new Times(
                            fields.time("Sale Date", times),
                            fields.time("Paid On Date", times),
                            fields.time("Shipped On Date", times),
                            null,
                            null),
                    Promise.of(fields.written("Maximum Estimated Delivery Date", times), times),
                    amounts(rows),
                    null,
                    null,
                    new Place(
                            fields.text("Ship To City"),
                            fields.text("Ship To State"),
                            fields.text("Ship To Zip"),
                            fields.text("Ship To Country")),
                    customer(fields),
                    lines);
        }

        private Line line(Fields fields) throws BrokenRuleException {
            fields.required("Quantity");
            Money price = fields.money("Sold For", amounts);
            return new Line(
                    fields.name("Custom Label"),
                    fields.required("Item Title"),
                    fields.quantity("Quantity"),
                    price == null ? null : price.value(),
                    true,
                    null);
        }

        /** Each amount of the first row, where that is a summary and tells it, else of all items together. */
        private Amounts amounts(List<CsvRows.Row> rows) throws BrokenRuleException {
            boolean summary = !isItem(source(rows.get(0)));
            List<CsvRows.Row> items = summary ? rows.subList(1, rows.size()) : rows;
            List<CsvRows.Row> paid =
                    summary && source(rows.get(0)).get("Total Price") != null ? rows.subList(0, 1) : items;
            BigDecimal total = sum(paid, "Total Price");
            if (total == null) {
                throw new BrokenRuleException(Rule.REQUIRED_FIELD, "Total Price is blank");
            }
            BigDecimal subtotal = null;
            for (CsvRows.Row row : items) {
                Fields fields = new Fields(source(row));
                BigDecimal price = fields.amount("Sold For", amounts);
                if (price != null) {
                    subtotal = Sums.of(
                            subtotal, price.multiply(BigDecimal.valueOf(Math.max(1, fields.quantity("Quantity")))));
                }
            }
            return new Amounts(
                    currency(paid),
                    total,
                    subtotal,
                    once(rows.get(0), items, summary, "Shipping And Handling"),
                    once(rows.get(0), items, summary, "Seller Collected Tax", "eBay Collected Tax"));
        }

        private BigDecimal once(CsvRows.Row first, List<CsvRows.Row> items, boolean summary, String... columns)
                throws BrokenRuleException {
            BigDecimal told = summary ? sum(List.of(first), columns) : null;
            return told != null ? told : sum(items, columns);
        }

        private BigDecimal sum(List<CsvRows.Row> rows, String... columns) throws BrokenRuleException {
            BigDecimal sum = null;
            for (CsvRows.Row row : rows) {
                Fields fields = new Fields(source(row));
                for (String column : columns) {
                    sum = Sums.of(sum, fields.amount(column, amounts));
                }
            }
            return sum;
        }

        /** The currency of what was paid; a row may write 0.00 without one. */
        private String currency(List<CsvRows.Row> paid) throws BrokenRuleException {
            String currency = null;
            for (CsvRows.Row row : paid) {
                Fields fields = new Fields(source(row));
                Money money = fields.money("Total Price", amounts);
                String told = money == null
                        ? null
                        : inDollars(fields.text("Total Price"), money).currency();
                if (currency != null && told != null && !currency.equals(told)) {
                    throw new BrokenRuleException(
                            Rule.BAD_CURRENCY, "the order has amounts in " + currency + " and " + told);
                }
                currency = currency == null ? told : currency;
            }
            if (currency == null) {
                throw new BrokenRuleException(
                        Rule.REQUIRED_FIELD,
                        "Total Price names no currency: " + source(paid.get(0)).get("Total Price"));
            }
            return currency;
        }

        private static boolean isItem(FieldSource source) {
            return source.get("Item Title") != null || source.get("Item Number") != null;
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String recipient = fields.text("Ship To Name");
            String phone = fields.text("Ship To Phone");
            return new Customer(
                    recipient != null ? recipient : fields.text("Buyer Name"),
                    fields.name("Buyer Email"),
                    phone == null ? List.of() : List.of(phone),
                    Fields.joined(", ", fields.text("Ship To Address 1"), fields.text("Ship To Address 2")));
        }
    }
}
