package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import org.junit.jupiter.api.Test;

class WorkingDaysTest {

    private static final Place BERLIN = new Place("Berlin", "BE", null, "DE");
    private static final Place MUNICH = new Place("Munich", "by", null, "de");
    private static final Place CAIRO = new Place("Cairo", null, null, "EG");
    private static final Place NOWHERE = Place.NOWHERE;

    @Test
    void aWeekendDoesNotCount() {
        // Friday noon: 12 hours of it, Monday, Tuesday, and half of Wednesday.
        assertThat(after("2026-03-13T12:00:00+01:00", 72, BERLIN)).isEqualTo(at("2026-03-18T12:00:00+01:00"));
        assertThat(after("2026-03-14T12:00:00+01:00", 1, BERLIN)).isEqualTo(at("2026-03-16T01:00:00+01:00"));
    }

    @Test
    void hoursThatAreUsedUpOnFridayLastUntilMonday() {
        assertThat(after("2026-03-12T00:00:00+01:00", 48, BERLIN)).isEqualTo(at("2026-03-16T00:00:00+01:00"));
    }

    @Test
    void aHolidayCountsWhereItIsOne() {
        // Epiphany, a Tuesday, in Bavaria only.
        assertThat(after("2026-01-05T12:00:00+01:00", 24, MUNICH)).isEqualTo(at("2026-01-07T12:00:00+01:00"));
        assertThat(after("2026-01-05T12:00:00+01:00", 24, BERLIN)).isEqualTo(at("2026-01-06T12:00:00+01:00"));
        // From Maundy Thursday over Good Friday, the weekend and Easter Monday.
        assertThat(after("2026-04-02T18:00:00+02:00", 12, BERLIN)).isEqualTo(at("2026-04-07T06:00:00+02:00"));
    }

    @Test
    void theDayBeginsAtTheMidnightOfThePlaceAlsoAfterTheClocksChanged() {
        // The clocks went forward on Sunday, 29 March.
        assertThat(after("2026-03-27T18:00:00+01:00", 12, BERLIN)).isEqualTo(at("2026-03-30T06:00:00+02:00"));
        // In Cairo they do so on a Friday, which is weekend there, and back on a Thursday night: that day has 25 hours.
        assertThat(after("2026-10-29T00:00:00+03:00", 24, CAIRO)).isEqualTo(at("2026-10-29T23:00:00+02:00"));
    }

    @Test
    void otherCountriesHaveOtherWeekends() {
        assertThat(WorkingDays.working(LocalDate.parse("2026-03-13"), CAIRO)).isFalse();
        assertThat(WorkingDays.working(LocalDate.parse("2026-03-15"), CAIRO)).isTrue();
    }

    @Test
    void ofAnUnknownPlaceOnlyTheWeekendIsKnown() {
        assertThat(after("2026-12-24T12:00:00Z", 24, NOWHERE)).isEqualTo(at("2026-12-25T12:00:00Z"));
        assertThat(after("2026-12-25T12:00:00Z", 24, new Place(null, "Mars", null, "Phobos")))
                .isEqualTo(at("2026-12-28T12:00:00Z"));
        assertThat(WorkingDays.working(LocalDate.parse("2026-12-25"), new Place(null, "Nirgendwo", null, "DE")))
                .isFalse();
    }

    @Test
    void regionsThatPeopleInventAreNotRemembered() {
        LocalDate day = LocalDate.parse("2031-12-26");
        assertThat(WorkingDays.working(day, new Place(null, "Nirgendwo", null, "DE")))
                .isFalse();
        int remembered = WorkingDays.HOLIDAYS.size();
        for (int i = 0; i < 100; i++) {
            assertThat(WorkingDays.working(day, new Place(null, "Region " + i, null, "DE")))
                    .isFalse();
        }
        assertThat(WorkingDays.HOLIDAYS).hasSize(remembered);
        assertThat(WorkingDays.working(LocalDate.parse("2031-01-06"), new Place(null, "BY", null, "DE")))
                .as("Epiphany in Bavaria")
                .isFalse();
        assertThat(WorkingDays.working(LocalDate.parse("2031-01-06"), new Place(null, "BE", null, "DE")))
                .isTrue();
    }

    private static Instant after(String begins, int hours, Place place) {
        return WorkingDays.plus(at(begins), Duration.ofHours(hours), place);
    }

    private static Instant at(String time) {
        return OffsetDateTime.parse(time).toInstant();
    }
}
