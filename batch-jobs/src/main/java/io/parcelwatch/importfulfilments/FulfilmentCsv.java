package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.TrackingNumbers;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Our own form of fulfilments, documented in README.md beside this class: CSV, columns by name in any order, the first three needed. */
final class FulfilmentCsv {

    /** Counts up with every change of what is made of a file. */
    static final String IDENTITY = "fulfilment-csv 1";

    static final List<String> NEEDED = List.of("order_reference", "carrier", "tracking_number");

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    private FulfilmentCsv() {}

    static Records<FulfilmentRow> open(CsvHead head, long offset, long line) throws IOException {
        CsvRows rows = head.rows(offset, line);
        return new Records<>() {
            @Override
            public Read<FulfilmentRow> next() throws IOException {
                CsvRows.Row row = rows.next();
                if (row == null) {
                    return null;
                }
                int bytes = row.text().length();
                try {
                    return Read.accepted(read(row), bytes, row::text);
                } catch (BrokenRuleException e) {
                    return Read.rejected(
                            new RejectedRecord(
                                    row.line(), e.rule(), e.getMessage(), row.text(), row.get("order_reference")),
                            bytes);
                }
            }

            @Override
            public long offset() {
                return rows.offset();
            }

            @Override
            public long line() {
                return rows.line();
            }

            @Override
            public void close() throws IOException {
                rows.close();
            }
        };
    }

    private static final int MAX_NUMBER = 100;

    private static FulfilmentRow read(CsvRows.Row row) throws BrokenRuleException {
        if (row.broken() != null) {
            throw new BrokenRuleException(row.broken(), row.reason());
        }
        Fields fields = new Fields(row);
        String promised = fields.text("promised_at");
        LocalDate promisedDay = promised == null || promised.length() != 10 ? null : day(promised);
        return new FulfilmentRow(
                row.line(),
                fields.id("order_reference"),
                CarrierSlugs.of(fields.requiredName("carrier")),
                number(fields.id("tracking_number")),
                fields.name("service"),
                fields.time("shipped_at"),
                promisedDay,
                promisedDay == null ? fields.time("promised_at") : null,
                new Place(
                        null,
                        fields.text("origin_region"),
                        fields.text("origin_postal_code"),
                        country(fields.text("origin_country"))),
                fields.name("line"),
                fields.quantity("quantity"),
                row.text().length() <= RejectedRecord.MAX_RAW
                        ? row.text()
                        : row.text().substring(0, RejectedRecord.MAX_RAW));
    }

    private static String number(String written) throws BrokenRuleException {
        String number = TrackingNumbers.normalize(written);
        if (number == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, "tracking_number is blank");
        }
        if (number.length() > MAX_NUMBER) {
            throw new BrokenRuleException(
                    Rule.FIELD_TOO_LONG, "tracking_number has more characters than any carrier's: " + number.length());
        }
        if (number.chars().noneMatch(Character::isDigit)) {
            // "N/A", "PICKUP": one such number would hold the parcels of thousands of orders.
            throw new BrokenRuleException(Rule.BAD_ID, "tracking_number has no digit: " + written);
        }
        return number;
    }

    private static LocalDate day(String text) throws BrokenRuleException {
        try {
            LocalDate day = LocalDate.parse(text);
            if (day.getYear() >= 1990 && day.getYear() < 2100) {
                return day;
            }
        } catch (DateTimeException e) {
            // Said below.
        }
        throw new BrokenRuleException(Rule.BAD_TIME, "promised_at is no day between 1990 and 2100: " + text);
    }

    private static String country(String written) {
        String upper = written == null ? null : written.toUpperCase(Locale.ROOT);
        return upper != null && COUNTRIES.contains(upper) ? upper : null;
    }
}
