package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.Place;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The CSV export of Shopify's admin: a row a line item, the order's own columns only on its first row, continuation rows repeat Name (and
 * Created at). Rows of one order follow each other. A row with order columns starts an order even where the name is that of the row before:
 * it is the next version of it, or the order of another store.
 */
final class ShopifyCsv extends CsvExport {

    private static final List<String> NEEDED =
            List.of("Name", "Created at", "Currency", "Total", "Lineitem quantity", "Lineitem name");

    /** Columns that are filled on the first row of an order and on no other. */
    private static final List<String> FIRST_ROW_ONLY = List.of("Id", "Currency", "Total", "Financial Status");

    ShopifyCsv() {
        super("shopify", "shopify-csv", 1, Gathering.NONE, NEEDED);
    }

    @Override
    public List<String> warnings(FileHead head, Conventions conventions) {
        return head.missing(List.of("Id")).isEmpty()
                ? List.of()
                : List.of(
                        "the file has no column Id: orders are identified by their name within the account, so do not mix"
                                + " it with files that have one");
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        return RowsOfOrders.in(csv, new Rows(csv.has("Id")));
    }

    /** @param identified whether the file has the ids of its orders */
    private record Rows(boolean identified) implements RowsOfOrders.Form {

        @Override
        public String order(CsvRows.Row row) {
            return row.get("Name");
        }

        @Override
        public String reference(CsvRows.Row row) {
            String id = row.get("Id");
            return id != null ? id : row.get("Name");
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            CsvRows.Row first = rows.get(0);
            return new Money(Fields.amountOrNull(first.get("Total")), first.get("Currency"));
        }

        /** Name stands first in each row: what breaks before it is no row of this export. */
        @Override
        public boolean tornIsPart() {
            return false;
        }

        @Override
        public boolean startsOrder(CsvRows.Row row) {
            // A row whose columns cannot be told stays with the order whose name it bears: better a whole order
            // rejected than a part lost.
            if (row.broken() == null) {
                for (String column : FIRST_ROW_ONLY) {
                    if (row.get(column) != null) {
                        return true;
                    }
                }
            }
            return false;
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row first = rows.get(0);
            if (!startsOrder(first)) {
                throw new BrokenRuleException(
                        Rule.ORDER_WITHOUT_FIRST_ROW,
                        "a continuation row of order " + first.get("Name")
                                + ", whose first row does not stand before it");
            }
            Fields fields = new Fields(first);
            String name = fields.requiredName("Name");
            Times times = times(fields);
            Amounts amounts = amounts(fields);
            List<Line> lines = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                lines.add(RowsOfOrders.ofRow(row, Rows::line));
            }
            return new ChannelOrder(
                    first.line(),
                    identified ? fields.id("Id") : name,
                    name,
                    false,
                    times,
                    Promise.NONE,
                    amounts,
                    fields.text("Financial Status"),
                    fields.text("Fulfillment Status"),
                    new Place(
                            fields.text("Shipping City"),
                            fields.text("Shipping Province"),
                            withoutApostrophe(fields.text("Shipping Zip")),
                            fields.text("Shipping Country")),
                    customer(fields),
                    lines);
        }

        private static Times times(Fields fields) throws BrokenRuleException {
            fields.required("Created at");
            return new Times(
                    fields.time("Created at"),
                    fields.time("Paid at"),
                    fields.time("Fulfilled at"),
                    fields.time("Cancelled at"),
                    // Not among the columns of the admin's export; apps that write the same form add it.
                    fields.time("Updated at"));
        }

        private static Amounts amounts(Fields fields) throws BrokenRuleException {
            fields.required("Total");
            return new Amounts(
                    fields.required("Currency"),
                    fields.amount("Total"),
                    fields.amount("Subtotal"),
                    fields.amount("Shipping"),
                    fields.amount("Taxes"));
        }

        private static Line line(Fields fields) throws BrokenRuleException {
            fields.required("Lineitem quantity");
            return new Line(
                    fields.name("Lineitem sku"),
                    fields.required("Lineitem name"),
                    fields.quantity("Lineitem quantity"),
                    fields.amount("Lineitem price"),
                    !"false".equalsIgnoreCase(fields.text("Lineitem requires shipping")),
                    fields.text("Lineitem fulfillment status"));
        }

        private static Customer customer(Fields fields) throws BrokenRuleException {
            String shipTo = fields.text("Shipping Name");
            return new Customer(
                    shipTo != null ? shipTo : fields.text("Billing Name"),
                    fields.name("Email"),
                    Stream.of(
                                    withoutApostrophe(fields.text("Phone")),
                                    withoutApostrophe(fields.text("Shipping Phone")),
                                    withoutApostrophe(fields.text("Billing Phone")))
                            .filter(Objects::nonNull)
                            .toList(),
                    street(fields));
        }

        private static String street(Fields fields) throws BrokenRuleException {
            String first = fields.text("Shipping Address1");
            // Street is Address1 and Address2 in one; older exports have only that.
            return first == null
                    ? fields.text("Shipping Street")
                    : Fields.joined(", ", first, fields.text("Shipping Address2"));
        }

        /** Shopify writes {@code '75008}, so that spreadsheets keep leading zeros. */
        private static String withoutApostrophe(String written) {
            return written != null && written.startsWith("'") ? written.substring(1) : written;
        }
    }
}
