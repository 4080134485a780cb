package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
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
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;

/**
 * Etsy's file EtsySoldOrders.csv (Shop Manager, Settings, Options, Download Data, CSV type "Orders"): a row an order,
 * with its amounts and its status and without its items, so a part of it. {@link EtsyItems} tells the rest.
 *
 * <p>Dates have the month first and two digits of the year. The country stands in words. A column may be there twice;
 * the first counts. A cancelled order does not say since when: it counts as cancelled when it was placed.
 */
final class EtsyOrders extends CsvExport {

    /** Nothing that Etsy writes has a time of day or an offset. */
    static final ZoneId ZONE = ZoneOffset.UTC;

    private static final List<String> NEEDED =
            List.of("Sale Date", "Order ID", "Full Name", "Currency", "Order Value", "Order Total");

    EtsyOrders() {
        super("etsy", "etsy-orders", 1, Gathering.NONE, NEEDED);
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
                List.of("Sale Date", "Date Shipped"),
                List.of("Order Value", "Discount Amount", "Shipping", "Sales Tax", "Order Total"));
        TimeStyle times = survey.timeStyle(csv.input(), conventions, DateOrder.MONTH_FIRST, ZONE);
        AmountStyle amounts = survey.amountStyle(csv.input(), conventions, DecimalMark.POINT);
        return RowsOfOrders.in(csv, new Rows(times, amounts), Conventions.of(times, amounts));
    }

    /** The number of an order, which some files write as #3001. */
    static String number(String written) {
        return written != null && written.startsWith("#") ? written.substring(1) : written;
    }

    private record Rows(TimeStyle times, AmountStyle amounts) implements RowsOfOrders.Form {

        @Override
        public String order(CsvRows.Row row) {
            return number(row.get("Order ID"));
        }

        @Override
        public boolean severalRows() {
            return false;
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            BigDecimal total = Sums.readable(rows, "Order Total", amounts);
            return total == null ? null : new Money(total, rows.get(0).get("Currency"));
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row row = rows.get(0);
            Fields fields = new Fields(row);
            String order = number(fields.id("Order ID"));
            fields.required("Sale Date");
            fields.required("Order Total");
            Instant placed = fields.time("Sale Date", times);
            String status = fields.text("Status");
            boolean cancelled =
                    status != null && status.toLowerCase(Locale.ROOT).startsWith("cancel");
            return new ChannelOrder(
                    row.line(),
                    order,
                    order,
                    true,
                    new Times(placed, null, fields.time("Date Shipped", times), cancelled ? placed : null, null),
                    Promise.NONE,
                    new Amounts(
                            fields.required("Currency"),
                            fields.amount("Order Total", amounts),
                            Sums.of(
                                    fields.amount("Order Value", amounts),
                                    Sums.minus(fields.amount("Discount Amount", amounts))),
                            Sums.of(
                                    fields.amount("Shipping", amounts),
                                    Sums.minus(fields.amount("Shipping Discount", amounts))),
                            fields.amount("Sales Tax", amounts)),
                    status,
                    null,
                    new Place(
                            fields.text("Ship City"),
                            fields.text("Ship State"),
                            fields.text("Ship Zipcode"),
                            fields.text("Ship Country")),
                    new Customer(
                            fields.text("Full Name"),
                            null,
                            List.of(),
                            Fields.joined(", ", fields.text("Street 1"), fields.text("Street 2"))),
                    List.of());
        }
    }
}
