package io.parcelwatch.intake;

import io.parcelwatch.intake.Conventions.DecimalMark;
import java.math.BigDecimal;
import java.util.Currency;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;

/**
 * How one file writes its amounts, decided once for the whole of it.
 *
 * @param mark what stands before the decimals
 */
public record AmountStyle(DecimalMark mark) {

    /**
     * An amount as a text says it.
     *
     * @param value    exact
     * @param currency ISO 4217; null where the text names none: {@code $} alone is twenty countries' dollar
     */
    public record Money(BigDecimal value, String currency) {}

    private static final int MAX_WHOLE = 15;
    private static final int MAX_DECIMALS = 6;

    /** Signs and abbreviations that name one currency in exports; an empty one is known, and names none. */
    private static final Map<String, String> CURRENCIES = currencies();

    /**
     * The amount that a text says: digits in groups or not, with or without currency before or behind them, a minus
     * before them or brackets around them; null where it is none of this file's, or has more than 15 digits before the
     * mark or 6 after it.
     */
    public Money money(String text) {
        Scan scan = new Scan(text);
        return scan.number ? scan.money(mark == DecimalMark.POINT ? '.' : ',') : null;
    }

    private static Map<String, String> currencies() {
        Map<String, String> known = new HashMap<>();
        Currency.getAvailableCurrencies().forEach(c -> known.put(c.getCurrencyCode(), c.getCurrencyCode()));
        // The dollars are as eBay writes them (AU $, C $) and as CLDR does (A$, CA$).
        String[] named = {
            "", "", "$", "", "¥", "", "KR", "", "KR.", "", "€", "EUR", "£", "GBP", "₹", "INR", "₺", "TRY", "₽", "RUB",
            "₩", "KRW", "₪", "ILS", "₫", "VND", "฿", "THB", "₱", "PHP", "₴", "UAH", "₸", "KZT", "ZŁ", "PLN", "KČ",
            "CZK", "FT", "HUF", "R$", "BRL", "RM", "MYR", "RP", "IDR", "RMB", "CNY", "US$", "USD", "AU$", "AUD", "A$",
            "AUD", "C$", "CAD", "CA$", "CAD", "NZ$", "NZD", "HK$", "HKD", "S$", "SGD", "NT$", "TWD", "MX$", "MXN",
            "FR.", "CHF", "SFR.", "CHF"
        };
        for (int i = 0; i < named.length; i += 2) {
            known.put(named[i], named[i + 1]);
        }
        return Map.copyOf(known);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isSpace(char c) {
        return c == ' ' || Character.isWhitespace(c) || Character.isSpaceChar(c);
    }

    /** Where the digits stand in a text, and what stands around them. */
    private static final class Scan {

        private final String text;
        private final int from;
        private final int to;
        private boolean number;
        private boolean negative;
        private String currency;
        private int points;
        private int commas;
        private boolean otherGroups;
        private int last = -1;

        Scan(String text) {
            this.text = text;
            int first = 0;
            while (first < text.length() && !isDigit(text.charAt(first))) {
                first++;
            }
            int end = text.length();
            while (end > first && !isDigit(text.charAt(end - 1))) {
                end--;
            }
            // .50 is written without its zero.
            if (first > 0 && first < end && ".,".indexOf(text.charAt(first - 1)) >= 0) {
                boolean ofCurrency = first > 1 && Character.isLetter(text.charAt(first - 2));
                first -= ofCurrency ? 0 : 1;
            }
            this.from = first;
            this.to = end;
            this.number = first < end && around() && inside();
        }

        /** Reads sign and currency; false where there is anything else. */
        private boolean around() {
            if (from == 0 && to == text.length()) {
                return true;
            }
            boolean bracketed = false;
            StringBuilder before = new StringBuilder();
            StringBuilder after = new StringBuilder();
            for (int i = 0; i < text.length(); i = i + 1 == from ? to : i + 1) {
                char c = i >= from && i < to ? ' ' : text.charAt(i);
                if (c == '-' || c == '\u2212') {
                    if (negative || i >= to) {
                        return false;
                    }
                    negative = true;
                } else if (c == '(' && !bracketed && !negative && i < from) {
                    bracketed = true;
                } else if (c == ')' && bracketed && i >= to) {
                    bracketed = false;
                    negative = true;
                } else if (!isSpace(c)) {
                    (i < from ? before : after).append(c);
                }
            }
            String one = CURRENCIES.get(before.toString().toUpperCase(Locale.ROOT));
            String other = CURRENCIES.get(after.toString().toUpperCase(Locale.ROOT));
            if (one == null || other == null || bracketed) {
                return false;
            }
            currency = one.isEmpty() ? other.isEmpty() ? null : other : one;
            return one.isEmpty() || other.isEmpty() || one.equals(other);
        }

        private boolean inside() {
            for (int i = from; i < to; i++) {
                char c = text.charAt(i);
                if (c == '.' || c == ',') {
                    points += c == '.' ? 1 : 0;
                    commas += c == ',' ? 1 : 0;
                    last = i;
                } else if (c == '\'' || c == '\u2019' || isSpace(c)) {
                    otherGroups = true;
                } else if (!isDigit(c)) {
                    return false;
                }
            }
            return true;
        }

        Money money(char decimal) {
            StringBuilder plain = new StringBuilder(to - from + 1).append(negative ? "-" : "");
            int sign = plain.length();
            int mark = (decimal == '.' ? points : commas) == 0 ? to : text.indexOf(decimal, from);
            if ((decimal == '.' ? points : commas) > 1 || !groups(mark)) {
                return null;
            }
            for (int i = from; i < mark; i++) {
                if (isDigit(text.charAt(i))) {
                    plain.append(text.charAt(i));
                }
            }
            int whole = plain.length() - sign;
            if (mark < to) {
                plain.append('.');
                for (int i = mark + 1; i < to; i++) {
                    if (!isDigit(text.charAt(i))) {
                        return null;
                    }
                    plain.append(text.charAt(i));
                }
            }
            int decimals = Math.max(0, to - mark - 1);
            return whole > MAX_WHOLE || decimals > MAX_DECIMALS
                    ? null
                    : new Money(new BigDecimal(plain.toString()), currency);
        }

        /**
         * Whether the digits before the decimals stand in groups as people write them: three, in India two before the
         * last three. The first does not begin with 0: 0,125 is an eighth, and no number in groups.
         */
        private boolean groups(int mark) {
            char separator = 0;
            int digits = 0;
            boolean first = true;
            for (int i = from; i < mark; i++) {
                char c = text.charAt(i);
                if (isDigit(c)) {
                    digits++;
                    continue;
                }
                char kind = isSpace(c) ? ' ' : c == '\u2019' ? '\'' : c;
                boolean other = separator != 0 && separator != kind;
                if (other || digits < 1 || digits > 3 || !first && digits < 2 || text.charAt(from) == '0') {
                    return false;
                }
                separator = kind;
                digits = 0;
                first = false;
            }
            return first || digits == 3;
        }
    }

    /**
     * What the amounts of a file say together about their decimal mark: {@code 1,23} and {@code 1.234,5} show it, and
     * decide for {@code 1,234}, which could be read both ways.
     */
    public static final class Evidence {

        private String point;
        private String comma;
        private String open;

        /** Takes a value of an amount column into account; what is no amount says nothing. */
        public void look(String column, String text) {
            if (text == null || point != null && comma != null) {
                return;
            }
            Scan scan = new Scan(text);
            if (!scan.number || scan.last < 0) {
                return;
            }
            Money asPoint = scan.money('.');
            Money asComma = scan.money(',');
            if (asPoint == null && asComma == null) {
                return;
            }
            String example = Fields.shortened(text) + " in column " + column;
            if (asPoint != null && asComma != null && !scan.otherGroups && text.charAt(scan.from) != '0') {
                open = open == null ? example : open;
            } else if (asComma == null || asPoint != null && text.charAt(scan.last) == '.') {
                point = point == null ? example : point;
            } else {
                comma = comma == null ? example : comma;
            }
        }

        /**
         * The decimal mark of the file's amounts: what they show; where they show nothing the account's, else the
         * documented one. Where they contradict each other the account's decides, and those that do not fit it are no
         * amounts.
         *
         * @param file       whose amounts they are
         * @param documented what the format's documentation says; null where it says nothing
         * @throws UnusableInputException where none of these tells
         */
        public DecimalMark decide(InputFile file, Conventions conventions, DecimalMark documented) {
            boolean contradiction = point != null && comma != null;
            if (contradiction && conventions.decimal().isEmpty()) {
                throw new UnusableInputException(
                        file.path() + " writes amounts with decimal point and with decimal comma (" + point + ", "
                                + comma + "): mend the file, or name the account's decimal mark");
            }
            if (!contradiction && (point != null || comma != null)) {
                return point != null ? DecimalMark.POINT : DecimalMark.COMMA;
            }
            DecimalMark known = conventions.decimal().orElse(documented);
            if (known == null && open != null) {
                throw new UnusableInputException(file.path()
                        + " does not tell whether its amounts have a decimal point or a" + " decimal comma (" + open
                        + ", and no other amount decides): name the account's decimal mark");
            }
            return known == null ? DecimalMark.POINT : known;
        }
    }
}
