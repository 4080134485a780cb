package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.RecordSplitter;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The CSV export of Shopify's admin: a row a line item, the order's own columns only on its first row, continuation rows repeat Name (and
 * Created at). Rows of one order follow each other. A row with order columns starts an order even where the name is that of the row before:
 * it is the next version of it, or the order of another store.
 */
final class ShopifyCsv implements ChannelFormat {

    private static final List<String> NEEDED =
            List.of("Name", "Created at", "Currency", "Total", "Lineitem quantity", "Lineitem name");

    /** Columns that are filled on the first row of an order and on no other. */
    private static final List<String> FIRST_ROW_ONLY = List.of("Id", "Currency", "Total", "Financial Status");

    private static final int MAX_ROWS = 2_000;

    @Override
    public String channel() {
        return "shopify";
    }

    @Override
    public String name() {
        return "shopify-csv";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        List<String> missing = head.missing(NEEDED);
        return missing.isEmpty() ? Optional.empty() : Optional.of("no column " + String.join(", ", missing));
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
        return (offset, line) -> new Orders(csv.rows(offset, line), csv.has("Id"));
    }

    /** Gathers the rows of an order, and reads them as one. Looks one row ahead: only the next order's first row ends an order. */
    private static final class Orders implements Records<ChannelOrder> {

        private final CsvRows rows;
        private final boolean identified;
        private CsvRows.Row ahead;

        Orders(CsvRows rows, boolean identified) throws IOException {
            this.rows = rows;
            this.identified = identified;
            this.ahead = rows.next();
        }

        @Override
        public long offset() {
            return ahead == null ? rows.offset() : ahead.offset();
        }

        @Override
        public long line() {
            return ahead == null ? rows.line() : ahead.line();
        }

        @Override
        public Read<ChannelOrder> next() throws IOException {
            if (ahead == null) {
                return null;
            }
            CsvRows.Row first = ahead;
            String name = first.get("Name");
            List<CsvRows.Row> order = new ArrayList<>();
            long bytes = 0;
            boolean tooLarge = false;
            do {
                bytes += ahead.text().length();
                tooLarge |= bytes > RecordSplitter.MAX_RECORD && !order.isEmpty() || order.size() >= MAX_ROWS;
                if (!tooLarge) {
                    order.add(ahead);
                }
                ahead = rows.next();
            } while (ahead != null && name != null && name.equals(ahead.get("Name")) && !startsOrder(ahead));

            try {
                if (tooLarge) {
                    throw new BrokenRuleException(
                            Rule.RECORD_TOO_LARGE, "the order has more than 1 MiB or " + MAX_ROWS + " rows");
                }
                return Read.accepted(read(order), bytes, () -> text(order));
            } catch (BrokenRuleException e) {
                String reference = first.get("Id") != null ? first.get("Id") : name;
                return Read.rejected(
                        new RejectedRecord(
                                first.line(),
                                e.rule(),
                                e.getMessage(),
                                text(order),
                                reference,
                                Fields.amountOrNull(first.get("Total")),
                                first.get("Currency")),
                        bytes);
            }
        }

        /** The rows as they stand in the file; what is too much to be kept is left out. */
        private static String text(List<CsvRows.Row> order) {
            StringBuilder raw = new StringBuilder();
            for (CsvRows.Row row : order) {
                if (raw.length() >= RejectedRecord.MAX_RAW) {
                    break;
                }
                raw.append(raw.isEmpty() ? "" : "\n").append(row.text());
            }
            return raw.toString();
        }

        private static boolean startsOrder(CsvRows.Row row) {
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

        private ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            for (CsvRows.Row row : rows) {
                if (row.broken() != null) {
                    throw new BrokenRuleException(row.broken(), "line " + row.line() + ": " + row.reason());
                }
            }
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
                lines.add(line(row, new Fields(row)));
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

        private static Line line(CsvRows.Row row, Fields fields) throws BrokenRuleException {
            try {
                fields.required("Lineitem quantity");
                return new Line(
                        fields.name("Lineitem sku"),
                        fields.required("Lineitem name"),
                        fields.quantity("Lineitem quantity"),
                        fields.amount("Lineitem price"),
                        !"false".equalsIgnoreCase(fields.text("Lineitem requires shipping")),
                        fields.text("Lineitem fulfillment status"));
            } catch (BrokenRuleException e) {
                throw new BrokenRuleException(e.rule(), "line " + row.line() + ": " + e.getMessage());
            }
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
                    : Stream.of(first, fields.text("Shipping Address2"))
                            .filter(part -> part != null)
                            .collect(Collectors.joining(", "));
        }

        /** Shopify writes {@code '75008}, so that spreadsheets keep leading zeros. */
        private static String withoutApostrophe(String written) {
            return written != null && written.startsWith("'") ? written.substring(1) : written;
        }

        @Override
        public void close() throws IOException {
            rows.close();
        }
    }
}
