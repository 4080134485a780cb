package io.parcelwatch.mapping;

import io.parcelwatch.intake.AmountStyle;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.WrittenTime;
import java.time.DateTimeException;
import java.util.ArrayList;
import java.util.Currency;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What the values of a column look like. Needs the same memory for any number of them. */
public final class ColumnProfile {

    /** What the values of a column are, all but one in twenty. */
    public enum Kind {
        BLANK("blank"),
        MOMENT("time with offset"),
        LOCAL_TIME("time"),
        DAY("date"),
        WHOLE("whole number"),
        DECIMAL("amount"),
        EMAIL("e-mail"),
        CURRENCY("currency"),
        TEXT("text");

        private final String words;

        Kind(String words) {
            this.words = words;
        }

        @Override
        public String toString() {
            return words;
        }
    }

    /** How many different values are told apart; of more it is only known that there are more. */
    public static final int MAX_DISTINCT = 100_000;

    private static final int EXAMPLES = 3;
    private static final int MAX_WORDS = 30;
    private static final double NEARLY_ALL = 0.95;
    private static final Pattern WHOLE = Pattern.compile("\\d{1,9}");
    private static final Pattern EMAIL = Pattern.compile("[^@\\s]+@[^@\\s]+\\.[^@\\s]+");
    private static final Pattern TIME_OF_DAY = Pattern.compile("\\d{1,2}:\\d{2}(:\\d{2})?( ?[AaPp]\\.?[Mm]\\.?)?");
    private static final AmountStyle POINT = new AmountStyle(DecimalMark.POINT);
    private static final AmountStyle COMMA = new AmountStyle(DecimalMark.COMMA);
    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    private final String name;
    private final Set<Long> hashes = new HashSet<>();
    private final Map<String, Long> words = new LinkedHashMap<>();
    private final List<String> examples = new ArrayList<>();
    private long blank;
    private long filled;
    private long whole;
    private long amounts;
    private long emails;
    private long currencies;
    private long days;
    private long localTimes;
    private long moments;
    private long timesOfDay;
    private String currency;
    private boolean severalCurrencies;

    ColumnProfile(String name) {
        this.name = name;
    }

    void look(String value) {
        if (value == null || value.isBlank()) {
            blank++;
            return;
        }
        String text = value.strip();
        filled++;
        if (hashes.size() < MAX_DISTINCT) {
            hashes.add(hash(text));
        }
        if (examples.size() < EXAMPLES && !examples.contains(Fields.shortened(text))) {
            examples.add(Fields.shortened(text));
        }
        if (words.size() <= MAX_WORDS && text.length() <= 60) {
            words.merge(text, 1L, Long::sum);
        }
        whole += WHOLE.matcher(text).matches() ? 1 : 0;
        emails += EMAIL.matcher(text).matches() ? 1 : 0;
        currencies += CURRENCIES.contains(text.toUpperCase(Locale.ROOT)) ? 1 : 0;
        timesOfDay += TIME_OF_DAY.matcher(text).matches() ? 1 : 0;
        Money money = POINT.money(text) == null ? COMMA.money(text) : POINT.money(text);
        if (money != null) {
            amounts++;
            severalCurrencies |= money.currency() != null && currency != null && !currency.equals(money.currency());
            currency = money.currency() == null ? currency : money.currency();
        } else {
            lookForDate(text);
        }
    }

    private void lookForDate(String text) {
        for (DateOrder order : DateOrder.values()) {
            try {
                WrittenTime written = WrittenTime.read(text, order);
                if (written.time() == null) {
                    days++;
                } else if (written.offset() == null) {
                    localTimes++;
                } else {
                    moments++;
                }
                return;
            } catch (DateTimeException e) {
                // Maybe in another order.
            }
        }
    }

    /** A hash of 64 bits: two of 100,000 values collide once in four billion files. */
    private static long hash(String text) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }

    /** The column's name in the header. */
    public String name() {
        return name;
    }

    /** What its values are. */
    public Kind kind() {
        if (filled == 0) {
            return Kind.BLANK;
        }
        if (nearlyAll(days + localTimes + moments)) {
            return moments > 0 && localTimes == 0 && days == 0
                    ? Kind.MOMENT
                    : localTimes + moments > 0 ? Kind.LOCAL_TIME : Kind.DAY;
        }
        if (nearlyAll(whole)) {
            return Kind.WHOLE;
        }
        if (nearlyAll(amounts)) {
            return Kind.DECIMAL;
        }
        return nearlyAll(emails) ? Kind.EMAIL : nearlyAll(currencies) ? Kind.CURRENCY : Kind.TEXT;
    }

    private boolean nearlyAll(long count) {
        return count >= NEARLY_ALL * filled && count > 0;
    }

    /** Up to three different values. */
    public List<String> examples() {
        return List.copyOf(examples);
    }

    /** How many rows have no value in it. */
    public long blank() {
        return blank;
    }

    /** How many rows have one. */
    public long filled() {
        return filled;
    }

    /** How many different values it has, {@value #MAX_DISTINCT} where they are at least so many. */
    public int distinct() {
        return hashes.size();
    }

    /** Whether no value stands in it twice, as far as can be told. */
    boolean unique() {
        return filled > 0 && (hashes.size() == filled || hashes.size() == MAX_DISTINCT);
    }

    /** Its words, where they are few; else empty. */
    Set<String> words() {
        return words.size() > MAX_WORDS ? Set.of() : words.keySet();
    }

    /** The currency that stands beside all of its amounts; null where none or several do. */
    String currencyOfAmounts() {
        return severalCurrencies ? null : currency;
    }

    boolean isDate() {
        return kind() == Kind.MOMENT || kind() == Kind.LOCAL_TIME || kind() == Kind.DAY;
    }

    boolean isNumber() {
        return kind() == Kind.WHOLE || kind() == Kind.DECIMAL;
    }

    boolean isTimeOfDay() {
        return nearlyAll(timesOfDay);
    }
}
