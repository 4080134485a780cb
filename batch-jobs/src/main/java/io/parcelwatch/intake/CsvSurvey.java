package io.parcelwatch.intake;

import java.io.IOException;
import java.util.List;

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
}
