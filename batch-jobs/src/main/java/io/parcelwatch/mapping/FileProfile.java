package io.parcelwatch.mapping;

import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a delimited file holds: how it is written, and what its columns look like. Made by one reading of the whole file, in memory that does
 * not depend on its length.
 *
 * @param head      its header, maybe not in its first line
 * @param headerRow physical line of the header, from 1; 0 where an import finds it by itself
 * @param rows      how many rows can be read
 * @param broken    how many cannot
 * @param columns   in the order of the header
 */
public record FileProfile(CsvHead head, int headerRow, long rows, long broken, List<ColumnProfile> columns) {

    private static final int ROWS_BEFORE_HEADER = 20;
    private static final int ROWS_LOOKED_AT = 30;

    /**
     * Reads a file.
     *
     * @throws UnusableInputException where it is no delimited text
     */
    public static FileProfile of(InputFile file) {
        InputFile input = file.orWindows1252();
        try {
            CsvHead found = CsvHead.of(input)
                    .orElseThrow(() -> new UnusableInputException(
                            input.path() + " is no delimited text with a header row: check that it is the right file"));
            CsvHead head = found;
            int headerRow = 0;
            int best = fitting(found);
            for (int row = 1; row <= ROWS_BEFORE_HEADER; row++) {
                CsvHead other = CsvHead.of(input, null, row).orElse(null);
                if (other != null && other.columns().size() > 1 && fitting(other) > best + 1) {
                    best = fitting(other);
                    head = other;
                    headerRow = row;
                }
            }
            return read(head, headerRow);
        } catch (IOException e) {
            throw new UnusableInputException(input.path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Physical line in which the header starts, from 1. */
    public long headerLine() {
        return headerRow > 0
                ? headerRow
                : head.line() - Math.max(1, head.text().lines().count());
    }

    /** How many of the next rows have as many fields as a header. */
    private static int fitting(CsvHead head) throws IOException {
        int fitting = 0;
        try (CsvRows rows = head.rows()) {
            CsvRows.Row row = rows.next();
            for (int n = 0; row != null && n < ROWS_LOOKED_AT; n++) {
                fitting += row.broken() == null ? 1 : 0;
                row = rows.next();
            }
        }
        return fitting;
    }

    private static FileProfile read(CsvHead head, int headerRow) throws IOException {
        List<ColumnProfile> columns = new ArrayList<>();
        head.columns().forEach(name -> columns.add(new ColumnProfile(name)));
        long good = 0;
        long broken = 0;
        try (CsvRows rows = head.rows()) {
            for (CsvRows.Row row = rows.next(); row != null; row = rows.next()) {
                if (row.broken() != null) {
                    broken++;
                    continue;
                }
                good++;
                List<String> fields = row.fields();
                for (int i = 0; i < columns.size(); i++) {
                    columns.get(i).look(fields.get(i));
                }
            }
        }
        return new FileProfile(head, headerRow, good, broken, List.copyOf(columns));
    }
}
