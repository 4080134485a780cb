package io.parcelwatch.watchshipments;

import de.focus_shift.jollyday.core.Holiday;
import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.HolidayType;
import de.focus_shift.jollyday.core.ManagerParameters;
import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.Place;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * Time that passes on working days only. A working day is neither weekend nor public holiday at a place, and all its hours count, from one
 * local midnight to the next: 24, or 23 and 25 where the clocks change. Where country and region name no one time zone, days are those of UTC;
 * where the country is unknown, the weekend is Saturday and Sunday and there are no holidays.
 */
final class WorkingDays {

    private static final Set<DayOfWeek> USUAL_WEEKEND = EnumSet.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY);

    /** Weekends that are others, as the weekData of Unicode's CLDR has them. */
    private static final Map<String, Set<DayOfWeek>> WEEKENDS = Map.ofEntries(
            Map.entry("AF", EnumSet.of(DayOfWeek.THURSDAY, DayOfWeek.FRIDAY)),
            Map.entry("BH", fridayAndSaturday()),
            Map.entry("DZ", fridayAndSaturday()),
            Map.entry("EG", fridayAndSaturday()),
            Map.entry("IL", fridayAndSaturday()),
            Map.entry("IN", EnumSet.of(DayOfWeek.SUNDAY)),
            Map.entry("IQ", fridayAndSaturday()),
            Map.entry("IR", EnumSet.of(DayOfWeek.FRIDAY)),
            Map.entry("JO", fridayAndSaturday()),
            Map.entry("KW", fridayAndSaturday()),
            Map.entry("LY", fridayAndSaturday()),
            Map.entry("OM", fridayAndSaturday()),
            Map.entry("QA", fridayAndSaturday()),
            Map.entry("SA", fridayAndSaturday()),
            Map.entry("SD", fridayAndSaturday()),
            Map.entry("SY", fridayAndSaturday()),
            Map.entry("UG", EnumSet.of(DayOfWeek.SUNDAY)),
            Map.entry("YE", fridayAndSaturday()));

    /** Holidays by country, region and year: reading a calendar takes longer than a fold. */
    static final Map<String, Set<LocalDate>> HOLIDAYS = new ConcurrentHashMap<>();

    private static final Map<String, Calendar> CALENDARS = new ConcurrentHashMap<>();

    private WorkingDays() {}

    private static Set<DayOfWeek> fridayAndSaturday() {
        return EnumSet.of(DayOfWeek.FRIDAY, DayOfWeek.SATURDAY);
    }

    /**
     * The last moment at which no more than a time has passed on working days since a beginning. A time that is used up at the end of a working day
     * lasts until the next one begins.
     */
    static Instant plus(Instant begins, Duration time, Place place) {
        ZoneId zone = LocalZones.of(place).orElse(ZoneOffset.UTC);
        Instant at = begins;
        Duration left = time;
        for (LocalDate day = LocalDate.ofInstant(begins, zone); ; day = day.plusDays(1)) {
            Instant midnight = day.plusDays(1).atStartOfDay(zone).toInstant();
            if (working(day, place)) {
                Duration rest = Duration.between(at, midnight);
                if (left.compareTo(rest) < 0) {
                    return at.plus(left);
                }
                left = left.minus(rest);
            }
            at = midnight;
        }
    }

    /** Whether a day is neither weekend nor public holiday at a place. */
    static boolean working(LocalDate day, Place place) {
        String country = place.country() == null ? "" : place.country().toUpperCase(Locale.ROOT);
        return !WEEKENDS.getOrDefault(country, USUAL_WEEKEND).contains(day.getDayOfWeek())
                && !holidays(country, place.region(), day.getYear()).contains(day);
    }

    /** Those of a region that has holidays of its own, else those of the country. */
    private static Set<LocalDate> holidays(String country, String region, int year) {
        Calendar calendar = country.length() == 2 ? CALENDARS.computeIfAbsent(country, Calendar::of) : Calendar.NONE;
        if (calendar == Calendar.NONE) {
            return Set.of();
        }
        String part = region == null ? "" : region.toLowerCase(Locale.ROOT);
        // Regions come as people write them: those that no calendar knows are not remembered one by one.
        String known = calendar.regions.contains(part) ? part : "";
        return HOLIDAYS.computeIfAbsent(country + '-' + known + '-' + year, key -> calendar.holidays(known, year));
    }

    /** The holidays of a country, and the regions that have others. */
    private record Calendar(HolidayManager manager, Set<String> regions) {

        static final Calendar NONE = new Calendar(null, Set.of());

        static Calendar of(String country) {
            if (!HolidayManager.getSupportedCalendarCodes().contains(country)) {
                return NONE;
            }
            HolidayManager manager =
                    HolidayManager.getInstance(ManagerParameters.create(country.toLowerCase(Locale.ROOT)));
            return new Calendar(
                    manager,
                    Set.copyOf(manager.getCalendarHierarchy().getChildren().keySet()));
        }

        Set<LocalDate> holidays(String region, int year) {
            Set<Holiday> holidays = region.isEmpty()
                    ? manager.getHolidays(Year.of(year), HolidayType.PUBLIC_HOLIDAY)
                    : manager.getHolidays(Year.of(year), HolidayType.PUBLIC_HOLIDAY, region);
            return holidays.stream().map(Holiday::getDate).collect(Collectors.toUnmodifiableSet());
        }
    }
}
