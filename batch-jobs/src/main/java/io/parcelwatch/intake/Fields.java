package io.parcelwatch.intake;

import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.Conventions.DateOrder;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The fields of a record, read by rule. Every method gives null for a blank field, unless it says otherwise. */
public final class Fields {

    private static final int MAX_TEXT = 2_000;
    private static final int MAX_NAME = 200;
    private static final Pattern SCIENTIFIC = Pattern.compile("\\d([.,]\\d+)?[eE]\\+\\d+");
    private static final Instant EARLIEST = Instant.parse("1990-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("2100-01-01T00:00:00Z");

    /** Times that leave nothing open. */
    private static final TimeStyle STRICT = new TimeStyle(DateOrder.YEAR_FIRST, Optional.empty());

    private final FieldSource source;

    public Fields(FieldSource source) {
        this.source = source;
    }

    /** A text of at most 2,000 characters. */
    public String text(String column) throws BrokenRuleException {
        return text(column, MAX_TEXT);
    }

    /** A name of at most 200 characters: what is looked up by an index, whose entries PostgreSQL bounds. */
    public String name(String column) throws BrokenRuleException {
        return text(column, MAX_NAME);
    }

    private String text(String column, int longest) throws BrokenRuleException {
        String text = source.get(column);
        if (text != null && text.length() > longest) {
            throw new BrokenRuleException(
                    Rule.FIELD_TOO_LONG,
                    "%s has %,d characters, at most %,d are kept".formatted(column, text.length(), longest));
        }
        return text;
    }

    /** A text of any length, of which only parts are kept. */
    public String raw(String column) {
        return source.get(column);
    }

    /** A text that has to be there. */
    public String required(String column) throws BrokenRuleException {
        return present(column, text(column));
    }

    /** A name that has to be there. */
    public String requiredName(String column) throws BrokenRuleException {
        return present(column, name(column));
    }

    private static String present(String column, String text) throws BrokenRuleException {
        if (text == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, column + " is blank");
        }
        return text;
    }

    /** An id that has to be there, in full. */
    public String id(String column) throws BrokenRuleException {
        String id = requiredName(column);
        if (SCIENTIFIC.matcher(id).matches()) {
            throw new BrokenRuleException(
                    Rule.BAD_ID,
                    column + " is " + id + ": a spreadsheet has rounded it; import the export as it was downloaded");
        }
        return id;
    }

    /** An exact amount, with a point before its decimals. */
    public BigDecimal amount(String column) throws BrokenRuleException {
        String text = text(column);
        if (text == null) {
            return null;
        }
        if (!isAmount(text)) {
            throw new BrokenRuleException(Rule.BAD_NUMBER, column + " is no amount: " + shortened(text));
        }
        return new BigDecimal(text);
    }

    /** An amount as the file writes them, with the currency that stands beside it. */
    public Money money(String column, AmountStyle style) throws BrokenRuleException {
        String text = text(column);
        Money money = text == null ? null : style.money(text);
        if (text != null && money == null) {
            throw new BrokenRuleException(Rule.BAD_NUMBER, column + " is no amount: " + shortened(text));
        }
        return money;
    }

    /** The same without the currency. */
    public BigDecimal amount(String column, AmountStyle style) throws BrokenRuleException {
        Money money = money(column, style);
        return money == null ? null : money.value();
    }

    /** Those of some texts that are there, in one; null where none is. */
    public static String joined(String between, String... texts) {
        String joined = Stream.of(texts).filter(Objects::nonNull).collect(Collectors.joining(between));
        return joined.isEmpty() ? null : joined;
    }

    /** The amount that a text is, where it is one; else null. */
    public static BigDecimal amountOrNull(String text) {
        return text == null || !isAmount(text) ? null : new BigDecimal(text);
    }

    /** Up to 15 digits, with a point and up to 6 more behind them or without; minus before them. By hand: an order has a dozen. */
    private static boolean isAmount(String text) {
        int start = text.startsWith("-") ? 1 : 0;
        int point = text.indexOf('.');
        int end = point < 0 ? text.length() : point;
        return areDigits(text, start, end, 15) && (point < 0 || areDigits(text, point + 1, text.length(), 6));
    }

    private static boolean areDigits(String text, int from, int to, int most) {
        for (int i = from; i < to; i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return from < to && to - from <= most;
    }

    /** A number of pieces, from 1; 0 for a blank field. */
    public int quantity(String column) throws BrokenRuleException {
        String text = text(column);
        if (text == null) {
            return 0;
        }
        try {
            int quantity = Integer.parseInt(text);
            if (quantity > 0) {
                return quantity;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new BrokenRuleException(
                Rule.BAD_QUANTITY, column + " is no whole number from 1 to 2,147,483,647: " + shortened(text));
    }

    /**
     * A moment: {@code 2025-10-07 09:50:26 +0200}, with {@code T} or blank before the time, seconds and their fraction where given, the offset
     * as {@code +0200}, {@code +02:00}, {@code UTC} or {@code Z}.
     */
    public Instant time(String column) throws BrokenRuleException {
        String text = text(column);
        if (text == null) {
            return null;
        }
        try {
            return plausible(column, text, STRICT.moment(WrittenTime.iso(text)));
        } catch (DateTimeException e) {
            throw new BrokenRuleException(
                    Rule.BAD_TIME, column + " is no date and time with offset: " + shortened(text));
        }
    }

    /** A moment as the file writes its times; the first of the day where it writes no time. */
    public Instant time(String column, TimeStyle style) throws BrokenRuleException {
        WrittenTime written = written(column, style);
        if (written == null) {
            return null;
        }
        try {
            return plausible(column, text(column), style.moment(written));
        } catch (DateTimeException e) {
            throw new BrokenRuleException(
                    Rule.BAD_TIME, column + " is " + shortened(text(column)) + ": " + e.getMessage());
        }
    }

    /** A date, with time and offset where the file writes them. */
    public WrittenTime written(String column, TimeStyle style) throws BrokenRuleException {
        String text = text(column);
        if (text == null) {
            return null;
        }
        try {
            return WrittenTime.read(text, style.order());
        } catch (DateTimeException e) {
            throw new BrokenRuleException(Rule.BAD_TIME, column + " is no date: " + shortened(text));
        }
    }

    /** A moment between 1990 and 2100, as all that happens to orders. */
    public static Instant plausible(String column, String text, Instant moment) throws BrokenRuleException {
        if (moment.isBefore(EARLIEST) || !moment.isBefore(LATEST)) {
            throw new BrokenRuleException(Rule.BAD_TIME, column + " is not between 1990 and 2100: " + shortened(text));
        }
        return moment;
    }

    /** A text for a message: at most 60 characters of it. */
    public static String shortened(String text) {
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }
}
