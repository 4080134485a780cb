package io.parcelwatch.importorders;

import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.RecordSplitter;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The orders of a file that gives each of their items a row: rows that follow each other and bear the same order id
 * are one order. Looks one row ahead, since only the next order's first row ends an order.
 */
final class RowsOfOrders implements Records<ChannelOrder> {

    private static final int MAX_ROWS = 2_000;

    /** What a format makes of the rows. */
    interface Form {

        /**
         * Whether a row speaks of an order; one that does not (a footer, an explanation of the columns) is passed
         * over.
         */
        default boolean speaksOfOrder(CsvRows.Row row) {
            return true;
        }

        /**
         * The id of the order that a row belongs to; null where it has none: then it is an order of its own, and
         * mostly rejected.
         */
        String order(CsvRows.Row row);

        /** Whether a row begins another order although it bears the id of the one before it: that order is told twice. */
        default boolean startsOrder(CsvRows.Row row) {
            return false;
        }

        /** What a rejected record is said to speak of; null where a row does not tell. */
        default String reference(CsvRows.Row row) {
            return order(row);
        }

        /** What some rows of an order are worth, as far as they can be read; null where that cannot be told. */
        Money worth(List<CsvRows.Row> rows);

        /** The order that its rows tell. Every one can be read as a row. */
        ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException;
    }

    private final CsvRows rows;
    private final Form form;
    private CsvRows.Row ahead;

    private RowsOfOrders(CsvRows rows, Form form) throws IOException {
        this.rows = rows;
        this.form = form;
        this.ahead = nextOfOrder();
    }

    /**
     * Reads the rows of a file from any place on.
     *
     * @param decided what its whole text decided
     */
    static BlockReader.Opener<ChannelOrder> in(CsvHead head, Form form, Conventions decided) {
        return new BlockReader.Opener<>() {
            @Override
            public Records<ChannelOrder> open(long offset, long line) throws IOException {
                return new RowsOfOrders(head.rows(offset, line), form);
            }

            @Override
            public Conventions decided() {
                return decided;
            }
        };
    }

    /** The same for a format that leaves nothing open. */
    static BlockReader.Opener<ChannelOrder> in(CsvHead head, Form form) {
        return in(head, form, Conventions.UNKNOWN);
    }

    /**
     * What is wrong with a row is said with its line, since an order has many.
     *
     * @param <T> what is read from the row
     */
    static <T> T ofRow(CsvRows.Row row, RowReading<T> reading) throws BrokenRuleException {
        return ofRow(row, row, reading);
    }

    /**
     * The same where the fields have other names than the row's columns.
     *
     * @param <T> what is read from the row
     */
    static <T> T ofRow(CsvRows.Row row, FieldSource source, RowReading<T> reading) throws BrokenRuleException {
        try {
            return reading.read(new Fields(source));
        } catch (BrokenRuleException e) {
            throw new BrokenRuleException(e.rule(), "line " + row.line() + ": " + e.getMessage());
        }
    }

    /** Those of some texts that are there, in one; null where none is. */
    static String joined(String between, String... texts) {
        String joined = Stream.of(texts).filter(Objects::nonNull).collect(Collectors.joining(between));
        return joined.isEmpty() ? null : joined;
    }

    /**
     * Reads something from a row.
     *
     * @param <T> what is read
     */
    interface RowReading<T> {
        T read(Fields fields) throws BrokenRuleException;
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
        String id = form.order(first);
        List<CsvRows.Row> order = new ArrayList<>();
        long bytes = 0;
        boolean tooLarge = false;
        do {
            bytes += ahead.text().length();
            tooLarge |= bytes > RecordSplitter.MAX_RECORD && !order.isEmpty() || order.size() >= MAX_ROWS;
            if (!tooLarge) {
                order.add(ahead);
            }
            ahead = nextOfOrder();
        } while (ahead != null && id != null && id.equals(form.order(ahead)) && !form.startsOrder(ahead));
        try {
            if (tooLarge) {
                throw new BrokenRuleException(
                        Rule.RECORD_TOO_LARGE, "the order has more than 1 MiB or " + MAX_ROWS + " rows");
            }
            for (CsvRows.Row row : order) {
                if (row.broken() != null) {
                    throw new BrokenRuleException(row.broken(), "line " + row.line() + ": " + row.reason());
                }
            }
            return Read.accepted(form.read(order), bytes, () -> text(order));
        } catch (BrokenRuleException e) {
            Money worth = form.worth(order);
            return Read.rejected(
                    new RejectedRecord(
                            first.line(),
                            e.rule(),
                            e.getMessage(),
                            text(order),
                            form.reference(first),
                            worth == null ? null : worth.value(),
                            worth == null ? null : worth.currency()),
                    bytes);
        }
    }

    private CsvRows.Row nextOfOrder() throws IOException {
        CsvRows.Row row = rows.next();
        while (row != null && !form.speaksOfOrder(row)) {
            row = rows.next();
        }
        return row;
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

    @Override
    public void close() throws IOException {
        rows.close();
    }
}
