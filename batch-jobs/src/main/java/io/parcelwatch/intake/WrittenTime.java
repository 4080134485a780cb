package io.parcelwatch.intake;

import io.parcelwatch.intake.Conventions.DateOrder;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A date as a text says it, with what the text leaves out left out.
 *
 * @param day    the date
 * @param time   time of the day; null where the text has none
 * @param offset what the text says of offset or zone; null where it says nothing
 */
public record WrittenTime(LocalDate day, LocalTime time, ZoneId offset) {

    /**
     * Abbreviations of zones that mean one offset in exports. The North American ones are those of RFC 5322 (4.3);
     * what means several zones (IST) is none.
     */
    private static final Map<String, ZoneOffset> ZONES = Map.ofEntries(
            Map.entry("Z", ZoneOffset.UTC),
            Map.entry("UTC", ZoneOffset.UTC),
            Map.entry("GMT", ZoneOffset.UTC),
            Map.entry("WET", ZoneOffset.UTC),
            Map.entry("BST", ZoneOffset.ofHours(1)),
            Map.entry("WEST", ZoneOffset.ofHours(1)),
            Map.entry("CET", ZoneOffset.ofHours(1)),
            Map.entry("MEZ", ZoneOffset.ofHours(1)),
            Map.entry("CEST", ZoneOffset.ofHours(2)),
            Map.entry("MESZ", ZoneOffset.ofHours(2)),
            Map.entry("EET", ZoneOffset.ofHours(2)),
            Map.entry("EEST", ZoneOffset.ofHours(3)),
            Map.entry("JST", ZoneOffset.ofHours(9)),
            Map.entry("AEST", ZoneOffset.ofHours(10)),
            Map.entry("AEDT", ZoneOffset.ofHours(11)),
            Map.entry("EDT", ZoneOffset.ofHours(-4)),
            Map.entry("EST", ZoneOffset.ofHours(-5)),
            Map.entry("CDT", ZoneOffset.ofHours(-5)),
            Map.entry("CST", ZoneOffset.ofHours(-6)),
            Map.entry("MDT", ZoneOffset.ofHours(-6)),
            Map.entry("MST", ZoneOffset.ofHours(-7)),
            Map.entry("PDT", ZoneOffset.ofHours(-7)),
            Map.entry("PST", ZoneOffset.ofHours(-8)));

    /** Words between the parts of a date that say nothing: 8 de octubre de 2025 um 14:00. */
    private static final Set<String> FILLERS = Set.of("de", "del", "of", "at", "um", "à", "a", "om", "o", "às", "alle");

    /**
     * Reads a date, or a date and time: {@code 2025-10-07T09:50:26.5+02:00}, {@code 08/14/25},
     * {@code 14.08.2025 13:05}, {@code Sep-18-26 07:13:45 PDT}, {@code 05-oct.-26}, {@code Aug 14, 2025 3:07 PM} and
     * their like. A year of two digits is one from 1990 to 2089.
     *
     * @param order what stands first in a date of numbers; of no meaning where its year has four digits and stands
     *              first, or the month a name
     * @throws DateTimeException where the text is nothing like that, or there is no such date
     */
    public static WrittenTime read(String text, DateOrder order) {
        return isIso(text) ? iso(text) : new Scan(text, order).read();
    }

    private static boolean isIso(String text) {
        return text.length() >= 10
                && text.charAt(4) == '-'
                && text.charAt(7) == '-'
                && isDigit(text.charAt(0))
                && isDigit(text.charAt(9));
    }

    /**
     * Reads what {@link #read} reads where it has the form {@code 2025-10-07} or {@code 2025-10-07 09:50}, and so on;
     * nothing else.
     */
    // By hand: a formatter takes three times as long, and a file holds millions of times.
    static WrittenTime iso(String text) {
        if (!isIso(text)) {
            throw new DateTimeException("no date");
        }
        LocalDate day = LocalDate.of(number(text, 0, 4), number(text, 5, 7), number(text, 8, 10));
        if (text.length() == 10) {
            return new WrittenTime(day, null, null);
        }
        if (text.charAt(10) != ' ' && text.charAt(10) != 'T') {
            throw new DateTimeException("no time");
        }
        Scan rest = new Scan(text, DateOrder.YEAR_FIRST);
        rest.at = 11;
        return rest.timeAndZone(day);
    }

    private static int number(String text, int from, int to) {
        int number = 0;
        for (int i = from; i < to; i++) {
            char c = text.charAt(i);
            if (!isDigit(c)) {
                throw new DateTimeException("no number");
            }
            number = 10 * number + c - '0';
        }
        return number;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Three numbers, or two and the name of a month, in the order they stand in. */
    record Date(int[] numbers, int[] digits, int monthName) {

        static final int NONE = -1;

        /** Whether day, month and year can only be told apart by an order. */
        boolean needsOrder() {
            return monthName == NONE && digits[0] < 3;
        }

        LocalDate in(DateOrder order) {
            if (digits[0] == 4) {
                return date(0, 1, 2);
            }
            if (monthName == 0) {
                return date(2, 0, 1);
            }
            if (monthName == 1) {
                return date(2, 1, 0);
            }
            return switch (order) {
                case DAY_FIRST -> date(2, 1, 0);
                case MONTH_FIRST -> date(2, 0, 1);
                case YEAR_FIRST -> date(0, 1, 2);
            };
        }

        private LocalDate date(int year, int month, int day) {
            if (digits[year] != 4 && digits[year] != 2 || digits[month] > 2 || digits[day] > 2) {
                throw new DateTimeException("no date");
            }
            int written = numbers[year];
            int full = digits[year] == 4 ? written : written < 90 ? 2000 + written : 1900 + written;
            return LocalDate.of(full, numbers[month], numbers[day]);
        }
    }

    /** The date that a text begins with; null where it begins with none. */
    static Date date(String text) {
        try {
            return new Scan(text, null).date();
        } catch (DateTimeException | IndexOutOfBoundsException e) {
            return null;
        }
    }

    /** Goes through a text once. */
    private static final class Scan {

        private final String text;
        private final DateOrder order;
        private int at;

        Scan(String text, DateOrder order) {
            this.text = text;
            this.order = order;
        }

        WrittenTime read() {
            LocalDate day = date().in(order);
            if (at < text.length() && text.charAt(at) == 'T') {
                at++;
            }
            return timeAndZone(day);
        }

        Date date() {
            int[] numbers = new int[3];
            int[] digits = new int[3];
            int monthName = Date.NONE;
            for (int part = 0; part < 3; part++) {
                skipBetween();
                String word = word();
                if (FILLERS.contains(word)) {
                    part--;
                } else if (!word.isEmpty()) {
                    numbers[part] = MonthNames.month(word);
                    if (monthName != Date.NONE || part == 2 || numbers[part] == 0) {
                        throw new DateTimeException("no date");
                    }
                    monthName = part;
                } else {
                    int from = at;
                    while (at < text.length() && isDigit(text.charAt(at))) {
                        at++;
                    }
                    digits[part] = at - from;
                    if (digits[part] < 1 || digits[part] > 4 || digits[part] == 3) {
                        throw new DateTimeException("no date");
                    }
                    numbers[part] = number(text, from, at);
                }
            }
            return new Date(numbers, digits, monthName);
        }

        WrittenTime timeAndZone(LocalDate day) {
            skipBetween();
            int before = at;
            if (!FILLERS.contains(word())) {
                at = before;
            }
            skipBetween();
            if (at == text.length()) {
                return new WrittenTime(day, null, null);
            }
            int hour = twoDigits(true);
            expect(':');
            int minute = twoDigits(false);
            int second = 0;
            int nano = 0;
            if (at < text.length() && text.charAt(at) == ':') {
                at++;
                second = twoDigits(false);
                if (at < text.length() && (text.charAt(at) == '.' || text.charAt(at) == ',')) {
                    at++;
                    nano = fraction();
                }
            }
            skipSpace();
            before = at;
            int halfDay = halfDay(word());
            if (halfDay >= 0) {
                if (hour < 1 || hour > 12) {
                    throw new DateTimeException("no time");
                }
                hour = hour % 12 + halfDay;
                skipSpace();
            } else {
                at = before;
            }
            return new WrittenTime(day, LocalTime.of(hour, minute, second, nano), offset());
        }

        /** 0 for AM, 12 for PM, also as a. m. and p.m.; -1 for anything else. */
        private int halfDay(String word) {
            String letters = word.replace(".", "");
            if ((letters.equals("a") || letters.equals("p")) && word.endsWith(".")) {
                skipSpace();
                letters += word().replace(".", "");
            }
            return letters.equals("am") ? 0 : letters.equals("pm") ? 12 : -1;
        }

        private ZoneId offset() {
            if (at == text.length()) {
                return null;
            }
            int from = at;
            ZoneOffset named = null;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            if (at > from) {
                named = ZONES.get(text.substring(from, at).toUpperCase(Locale.ROOT));
                if (named == null) {
                    throw new DateTimeException("unknown zone");
                }
                if (at == text.length()) {
                    return named;
                }
                if (named.getTotalSeconds() != 0) {
                    throw new DateTimeException("unknown zone");
                }
            }
            // As +0200, +02:00, +02 or, after GMT, +2.
            return ZoneOffset.of(text.substring(at));
        }

        private int fraction() {
            int from = at;
            int nano = 0;
            for (int digit = 0; digit < 9; digit++) {
                nano = 10 * nano + (at < text.length() && isDigit(text.charAt(at)) ? text.charAt(at++) - '0' : 0);
            }
            if (at == from) {
                throw new DateTimeException("no time");
            }
            return nano;
        }

        private int twoDigits(boolean orOne) {
            int from = at;
            while (at < text.length() && at < from + 2 && isDigit(text.charAt(at))) {
                at++;
            }
            if (at - from < (orOne ? 1 : 2)) {
                throw new DateTimeException("no time");
            }
            return number(text, from, at);
        }

        private void expect(char c) {
            if (at >= text.length() || text.charAt(at) != c) {
                throw new DateTimeException("no time");
            }
            at++;
        }

        /** The letters that follow, in small letters, with a point that closes them; empty where none follow. */
        private String word() {
            int from = at;
            while (at < text.length() && Character.isLetter(text.charAt(at))) {
                at++;
            }
            if (at > from && at < text.length() && text.charAt(at) == '.') {
                at++;
                // a.m. is one word.
                if (at - from == 2 && at < text.length() && Character.isLetter(text.charAt(at))) {
                    return text.substring(from, at).toLowerCase(Locale.ROOT) + word();
                }
            }
            return text.substring(from, at).toLowerCase(Locale.ROOT);
        }

        private void skipSpace() {
            while (at < text.length() && isSpace(text.charAt(at))) {
                at++;
            }
        }

        private void skipBetween() {
            while (at < text.length() && (isSpace(text.charAt(at)) || "-/.,".indexOf(text.charAt(at)) >= 0)) {
                at++;
            }
        }

        private static boolean isSpace(char c) {
            return Character.isWhitespace(c) || Character.isSpaceChar(c);
        }
    }
}
