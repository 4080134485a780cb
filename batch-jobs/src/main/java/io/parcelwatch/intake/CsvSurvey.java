package io.parcelwatch.intake;

import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import java.io.IOException;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * What all rows of a file say together about how its dates and amounts are written. Takes one reading of the file,
 * before it is imported.
 *
 * @param dates   of the file's date columns
 * @param amounts of its amount columns
 */
public record CsvSurvey(TimeStyle.Evidence dates, AmountStyle.Evidence amounts) {

    /** Reads a file from its header to its end; columns that it does not have say nothing. */
    public static CsvSurvey of(CsvHead head, List<String> dateColumns, List<String> amountColumns) {
        CsvSurvey survey = new CsvSurvey(new TimeStyle.Evidence(), new AmountStyle.Evidence());
        try (CsvRows rows = head.rows()) {
            for (CsvRows.Row row = rows.next(); row != null; row = rows.next()) {
                if (row.broken() == null) {
                    for (String column : dateColumns) {
                        survey.dates.look(column, row.get(column));
                    }
                    for (String column : amountColumns) {
                        survey.amounts.look(column, row.get(column));
                    }
                }
            }
            return survey;
        } catch (IOException e) {
            throw new UnusableInputException(head.input().path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /**
     * How the file writes its times.
     *
     * @param order what the format's documentation says of the order of its dates; null where it says nothing
     * @param zone  whose times are meant where neither they nor the account say
     * @throws UnusableInputException where the order of its dates stays open
     */
    public TimeStyle timeStyle(InputFile file, Conventions conventions, DateOrder order, ZoneId zone) {
        return new TimeStyle(
                dates.decide(file, conventions, order),
                Optional.of(conventions.zone().orElse(zone)));
    }

    /**
     * How the file writes its amounts.
     *
     * @param mark what the format's documentation says of the decimal mark; null where it says nothing
     * @throws UnusableInputException where it stays open
     */
    public AmountStyle amountStyle(InputFile file, Conventions conventions, DecimalMark mark) {
        return new AmountStyle(amounts.decide(file, conventions, mark));
    }
}
