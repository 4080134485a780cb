package io.parcelwatch.mapping;

import io.parcelwatch.intake.WrittenTime;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.time.temporal.TemporalAccessor;
import java.time.temporal.TemporalQueries;
import java.util.Locale;
import java.util.stream.Stream;

/** How dates are written, as a pattern of {@link DateTimeFormatter}. */
final class DatePattern {

    private final String pattern;
    private final DateTimeFormatter formatter;

    /** @throws IllegalArgumentException where it is no pattern, or leaves open which half of the day an hour is in */
    DatePattern(String pattern, Locale locale) {
        String letters = pattern.replaceAll("'[^']*'", "");
        if (letters.matches(".*[hK].*") && !letters.matches(".*[aB].*")) {
            throw new IllegalArgumentException(
                    "h is an hour from 1 to 12 and needs an a beside it; one from 0 to 23 is H");
        }
        this.pattern = pattern;
        this.formatter = new DateTimeFormatterBuilder()
                .parseCaseInsensitive()
                .appendPattern(withoutEra(pattern))
                .toFormatter(locale)
                // Else the 30th of February would be the 28th.
                .withResolverStyle(ResolverStyle.STRICT);
    }

    /** @throws DateTimeException where the text is not written so, or there is no such date */
    WrittenTime read(String text) {
        TemporalAccessor read = formatter.parse(text);
        LocalDate day = read.query(TemporalQueries.localDate());
        if (day == null) {
            throw new DateTimeException("it has no day");
        }
        LocalTime time = read.query(TemporalQueries.localTime());
        if (time == null && read.isSupported(ChronoField.HOUR_OF_DAY)) {
            time = LocalTime.of(read.get(ChronoField.HOUR_OF_DAY), 0);
        }
        if (time == null && Stream.of(ChronoField.values()).anyMatch(f -> f.isTimeBased() && read.isSupported(f))) {
            throw new DateTimeException("it has a part of a time of day, and no hour");
        }
        ZoneId zone = read.query(TemporalQueries.zone());
        return new WrittenTime(day, time, zone);
    }

    /** {@code yyyy} is the year of an era, which strictly needs one; people mean {@code uuuu}. */
    private static String withoutEra(String pattern) {
        if (pattern.indexOf('G') >= 0) {
            return pattern;
        }
        StringBuilder plain = new StringBuilder(pattern);
        boolean literal = false;
        for (int i = 0; i < plain.length(); i++) {
            literal ^= plain.charAt(i) == '\'';
            if (plain.charAt(i) == 'y' && !literal) {
                plain.setCharAt(i, 'u');
            }
        }
        return plain.toString();
    }

    @Override
    public String toString() {
        return pattern;
    }
}
