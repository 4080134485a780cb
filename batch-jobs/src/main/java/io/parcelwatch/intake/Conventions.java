package io.parcelwatch.intake;

import java.time.ZoneId;
import java.util.Optional;

/**
 * What an account's files leave unsaid and its owner knows. What a file says itself wins; what neither says is found from the whole file, or
 * the file is refused.
 *
 * @param zone      time zone of times without an offset
 * @param dateOrder what stands first in dates like 03/04/26
 * @param decimal   which character stands before the decimals of amounts like 1,234
 * @param currency  ISO 4217 code of amounts in a file that names none
 */
public record Conventions(
        Optional<ZoneId> zone,
        Optional<DateOrder> dateOrder,
        Optional<DecimalMark> decimal,
        Optional<String> currency) {

    /** Nothing is known. */
    public static final Conventions UNKNOWN = new Conventions(Optional.empty(), Optional.empty(), Optional.empty());

    /** Where no file leaves the currency unsaid. */
    public Conventions(Optional<ZoneId> zone, Optional<DateOrder> dateOrder, Optional<DecimalMark> decimal) {
        this(zone, dateOrder, decimal, Optional.empty());
    }

    /** What a file was found to be written in. */
    public static Conventions of(TimeStyle times, AmountStyle amounts) {
        return new Conventions(times.zone(), Optional.of(times.order()), Optional.of(amounts.mark()));
    }

    /** What stands first in a date of numbers. */
    public enum DateOrder {
        /** 2026-04-03 */
        YEAR_FIRST,
        /** 03/04/2026 is the third of April. */
        DAY_FIRST,
        /** 03/04/2026 is the fourth of March. */
        MONTH_FIRST
    }

    /** The character before the decimals. */
    public enum DecimalMark {
        POINT,
        COMMA
    }
}
