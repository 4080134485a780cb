package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import java.io.IOException;

/** The rows of a delimited file, each a record; one that breaks a rule is rejected. */
final class FulfilmentRows implements Records<ToldFulfilment> {

    /** Makes a record of a row whose fields can be read. */
    @FunctionalInterface
    interface Reading {
        ToldFulfilment read(CsvRows.Row row) throws BrokenRuleException;
    }

    /**
     * Reads the rows of a file from any place on.
     *
     * @param orderColumn where a row that is rejected names its order
     * @param decided     what its whole text decided
     */
    static BlockReader.Opener<ToldFulfilment> in(
            CsvHead head, String orderColumn, Reading reading, Conventions decided) {
        return new BlockReader.Opener<>() {
            @Override
            public Records<ToldFulfilment> open(long offset, long line) throws IOException {
                return new FulfilmentRows(head.rows(offset, line), orderColumn, reading);
            }

            @Override
            public Conventions decided() {
                return decided;
            }
        };
    }

    private final CsvRows rows;
    private final String orderColumn;
    private final Reading reading;

    /** @param orderColumn where a row that is rejected names its order */
    FulfilmentRows(CsvRows rows, String orderColumn, Reading reading) {
        this.rows = rows;
        this.orderColumn = orderColumn;
        this.reading = reading;
    }

    @Override
    public Read<ToldFulfilment> next() throws IOException {
        CsvRows.Row row = rows.next();
        if (row == null) {
            return null;
        }
        int bytes = row.text().length();
        try {
            if (row.broken() != null) {
                throw new BrokenRuleException(row.broken(), row.reason());
            }
            return Read.accepted(reading.read(row), bytes, row::text);
        } catch (BrokenRuleException e) {
            return Read.rejected(
                    new RejectedRecord(row.line(), e.rule(), e.getMessage(), row.text(), row.get(orderColumn)), bytes);
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
}
