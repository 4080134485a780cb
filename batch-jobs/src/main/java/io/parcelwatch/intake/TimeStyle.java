package io.parcelwatch.intake;

import io.parcelwatch.intake.Conventions.DateOrder;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;

/**
 * How one file writes its times, decided once for the whole of it.
 *
 * @param order what stands first in a date of numbers
 * @param zone  of times without offset; empty: such a time cannot be read
 */
public record TimeStyle(DateOrder order, Optional<ZoneId> zone) {

    /**
     * What a person should know where times without offset are read in the zone that a format's documentation names,
     * because the account's is not told.
     */
    public static List<String> warnings(Conventions conventions, ZoneId documented) {
        return conventions.zone().isPresent()
                ? List.of()
                : List.of("the time zone of the account is not told: times without offset are read in " + documented);
    }

    /**
     * The moment that a text says. A date without time is its first moment. A local time that the clocks skip is later
     * by what they skip; one that comes twice is the first of the two.
     *
     * @throws DateTimeException where it says none, or leaves open which
     */
    public Instant moment(String text) {
        return moment(WrittenTime.read(text, order));
    }

    /** The moment that was written. */
    public Instant moment(WrittenTime written) {
        ZoneId where = written.offset() != null
                ? written.offset()
                : zone.orElseThrow(
                        () -> new DateTimeException("it has no offset, and the time zone of the account is not told"));
        return written.time() == null
                ? written.day().atStartOfDay(where).toInstant()
                : LocalDateTime.of(written.day(), written.time()).atZone(where).toInstant();
    }

    /**
     * What the dates of a file say together about their order: one that has a number over 12 first is day first, one
     * that has it second is month first, and decides for those that could be read both ways.
     */
    public static final class Evidence {

        private Example dayFirst;
        private Example monthFirst;
        private Example yearFirst;
        private Example open;

        private record Example(String column, String text) {
            @Override
            public String toString() {
                return Fields.shortened(text) + " in column " + column;
            }
        }

        /** Takes a value of a date column into account; what is no date says nothing. */
        public void look(String column, String text) {
            WrittenTime.Date date = text == null ? null : WrittenTime.date(text);
            if (date == null || !date.needsOrder()) {
                return;
            }
            int first = date.numbers()[0];
            int second = date.numbers()[1];
            if (date.digits()[2] < 3 && first > 31 && second <= 12) {
                yearFirst = yearFirst == null ? new Example(column, text) : yearFirst;
            } else if (first > 12 && first <= 31 && second <= 12) {
                dayFirst = dayFirst == null ? new Example(column, text) : dayFirst;
            } else if (second > 12 && second <= 31 && first <= 12) {
                monthFirst = monthFirst == null ? new Example(column, text) : monthFirst;
            } else if (first <= 12 && second <= 12 && first != second && open == null) {
                open = new Example(column, text);
            }
        }

        /**
         * The order of the file's dates: what they show; where they show nothing the account's, else the documented
         * one. Where they contradict each other the account's decides, and those that do not fit it are no dates.
         *
         * @param file       whose dates they are
         * @param documented what the format's documentation says; null where it says nothing
         * @throws UnusableInputException where none of these tells
         */
        public DateOrder decide(InputFile file, Conventions conventions, DateOrder documented) {
            Example shown = dayFirst != null ? dayFirst : monthFirst != null ? monthFirst : yearFirst;
            boolean contradiction = shown == dayFirst && monthFirst != null || shown != yearFirst && yearFirst != null;
            if (contradiction && conventions.dateOrder().isEmpty()) {
                Example other = shown == dayFirst && monthFirst != null ? monthFirst : yearFirst;
                throw new UnusableInputException(file.path() + " writes dates in two orders (" + shown + ", " + other
                        + "): mend the file, or name the account's date order");
            }
            if (shown != null && !contradiction) {
                return shown == dayFirst
                        ? DateOrder.DAY_FIRST
                        : shown == monthFirst ? DateOrder.MONTH_FIRST : DateOrder.YEAR_FIRST;
            }
            DateOrder known = conventions.dateOrder().orElse(documented);
            if (known == null && open != null) {
                throw new UnusableInputException(
                        file.path() + " does not tell whether its dates have the day or the month" + " first (" + open
                                + ", and no other date decides): name the account's date order");
            }
            // What is left is the same with the day or the month first (08/08/25), or no date; only what shows it has
            // the year first.
            return known == null ? DateOrder.DAY_FIRST : known;
        }
    }
}
