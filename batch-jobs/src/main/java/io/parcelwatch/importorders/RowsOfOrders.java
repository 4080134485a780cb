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

/**
 * The orders of a file that gives each of their items a row: rows that follow each other and bear the same order id
 * are one order. Looks one row ahead, since only the next order's first row ends an order.
 *
 * <p>A row that breaks before it tells its order may be the last of the order before it, the first of the one behind
 * it, or one of its own: all of these are one reject, since half an order is worse than none; unless the format says
 * that it is no part of them.
 */
final class RowsOfOrders implements Records<ChannelOrder> {

    private static final int MAX_ROWS = 2_000;

    /** What a format makes of the rows. */
    interface Form {

        /**
         * Whether a row speaks of an order; one that does not (a footer, an explanation of the columns) is passed
         * over, and ends the order before it.
         */
        default boolean speaksOfOrder(CsvRows.Row row) {
            return true;
        }

        /** Whether an order may have several rows; else each row is an order, and one that is there twice is told twice. */
        default boolean severalRows() {
            return true;
        }

        /** Whether a row that breaks before it tells its order may be one of the orders around it; else it is a record of its own. */
        default boolean tornIsPart() {
            return severalRows();
        }

        /** Whether a row begins an order even where the row before it bears the same id. */
        default boolean startsOrder(CsvRows.Row row) {
            return false;
        }

        /**
         * The id of the order that a row belongs to; null where it has none: then it is an order of its own, and
         * mostly rejected.
         */
        String order(CsvRows.Row row);

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
    private boolean aheadStartsOrder;

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
        boolean torn = false;
        boolean next;
        List<CsvRows.Row> order = new ArrayList<>();
        long bytes = 0;
        boolean tooLarge = false;
        do {
            bytes += ahead.text().length();
            tooLarge |= bytes > RecordSplitter.MAX_RECORD && !order.isEmpty() || order.size() >= MAX_ROWS;
            if (!tooLarge) {
                order.add(ahead);
            }
            boolean unknown = isTorn(ahead);
            torn |= unknown;
            ahead = nextOfOrder();
            if (ahead == null || aheadStartsOrder || !form.severalRows()) {
                next = true;
            } else if (isTorn(ahead)) {
                // A second one costs the order behind it, with which it is read.
                next = torn;
            } else if (unknown) {
                id = form.order(ahead);
                next = false;
            } else {
                next = id == null || !id.equals(form.order(ahead)) || form.startsOrder(ahead);
            }
        } while (!next);
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

    /** Whether a row breaks before it tells which order it belongs to. */
    private boolean isTorn(CsvRows.Row row) {
        return row.torn() && form.tornIsPart() && form.order(row) == null;
    }

    private CsvRows.Row nextOfOrder() throws IOException {
        CsvRows.Row row = rows.next();
        aheadStartsOrder = false;
        while (row != null && !form.speaksOfOrder(row)) {
            aheadStartsOrder = true;
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
