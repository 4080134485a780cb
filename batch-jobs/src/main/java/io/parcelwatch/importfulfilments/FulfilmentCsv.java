package io.parcelwatch.importfulfilments;

import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Promise;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.importfulfilments.ToldFulfilment.Source;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.Place;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;

/**
 * Our own form of fulfilments, documented in README.md beside this class: CSV, columns by name in any order, the first
 * three needed. A row is a parcel, or an order line in it.
 */
final class FulfilmentCsv implements FulfilmentFormat {

    private static final List<String> NEEDED = List.of("order_reference", "carrier", "tracking_number");

    @Override
    public String name() {
        return "fulfilment-csv";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        List<String> missing = head.missing(NEEDED);
        return missing.isEmpty() ? Optional.empty() : Optional.of("no column " + String.join(", ", missing));
    }

    @Override
    public BlockReader.Opener<ToldFulfilment> prepare(FileHead head, Conventions conventions) {
        CsvHead csv = head.csv().orElseThrow();
        return (offset, line) -> new FulfilmentRows(csv.rows(offset, line), "order_reference", FulfilmentCsv::read);
    }

    private static ToldFulfilment read(CsvRows.Row row) throws BrokenRuleException {
        Fields fields = new Fields(row);
        String order = fields.id("order_reference");
        String carrier = fields.requiredName("carrier");
        String number = fields.id("tracking_number");
        String replaces = row.get("replaces") == null ? null : fields.id("replaces");
        Parcel parcel = new Parcel(
                carrier,
                number,
                replaces,
                fields.name("service"),
                fields.time("shipped_at"),
                promise(fields),
                new Place(
                        null,
                        fields.text("origin_region"),
                        fields.text("origin_postal_code"),
                        fields.text("origin_country")));
        return new ToldFulfilment(
                row.line(),
                row.text(),
                Source.NONE,
                List.of(new Row(order, parcel, fields.name("line"), fields.quantity("quantity"))));
    }

    private static Promise promise(Fields fields) throws BrokenRuleException {
        String written = fields.text("promised_at");
        if (written == null || written.length() != 10) {
            return new Promise(null, fields.time("promised_at"));
        }
        try {
            LocalDate day = LocalDate.parse(written);
            if (day.getYear() >= 1990 && day.getYear() < 2100) {
                return new Promise(day, null);
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw new BrokenRuleException(Rule.BAD_TIME, "promised_at is no day between 1990 and 2100: " + written);
    }
}
