package io.parcelwatch.model;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;

/** What a promised day means as a moment. */
public final class Promises {

    private Promises() {}

    /**
     * The last instant of a day at the destination, to the microsecond (PostgreSQL's precision); where the destination names no one zone,
     * of that day in UTC.
     */
    public static Instant lastInstantOf(LocalDate day, Place destination) {
        ZoneId zone = LocalZones.of(destination).orElse(ZoneOffset.UTC);
        return day.plusDays(1).atStartOfDay(zone).toInstant().minus(1, ChronoUnit.MICROS);
    }
}
