package io.parcelwatch.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacesAndDaysTest {

    @Test
    void aCountryInOneZoneNeedsNoRegion() {
        assertThat(LocalZones.of("AT", null)).contains(ZoneId.of("Europe/Vienna"));
        assertThat(LocalZones.of("at", "9")).contains(ZoneId.of("Europe/Vienna"));
    }

    @Test
    void aDividedCountryNeedsItsRegion() {
        assertThat(LocalZones.of("US", "CA")).contains(ZoneId.of("America/Los_Angeles"));
        assertThat(LocalZones.of("us", "ca")).contains(ZoneId.of("America/Los_Angeles"));
        assertThat(LocalZones.of("US", null)).isEmpty();
    }

    @Test
    void aRegionThatTwoZonesDivideHasNone() {
        assertThat(LocalZones.of("US", "TX")).isEmpty();
        assertThat(LocalZones.of("US", "FL")).isEmpty();
        assertThat(LocalZones.of("CA", "ON")).isEmpty();
    }

    @Test
    void aPlaceWithoutCountryHasNoZone() {
        assertThat(LocalZones.of(null, "CA")).isEmpty();
        assertThat(LocalZones.of((Place) null)).isEmpty();
        assertThat(LocalZones.of(Place.NOWHERE)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // Both ends of summer time: the day has 23 and 25 hours, its last instant is the microsecond before the next.
        "2026-03-29, AT, ,   2026-03-29T21:59:59.999999Z",
        "2026-10-25, AT, ,   2026-10-25T22:59:59.999999Z",
        "2026-11-04, US, CA, 2026-11-05T07:59:59.999999Z",
        "2026-11-04, US, TX, 2026-11-04T23:59:59.999999Z",
        "2026-11-04, ,   ,   2026-11-04T23:59:59.999999Z",
        // Clocks in Lebanon go forward at midnight: the next day starts at one.
        "2026-03-28, LB, ,   2026-03-28T21:59:59.999999Z",
    })
    void aPromisedDayEndsAtTheDestination(LocalDate day, String country, String region, Instant expected) {
        assertThat(Promises.lastInstantOf(day, new Place(null, region, null, country)))
                .isEqualTo(expected);
    }

    @Test
    void aPromiseWithoutDestinationEndsWithTheDayInUtc() {
        assertThat(Promises.lastInstantOf(LocalDate.parse("2026-11-04"), null))
                .isEqualTo("2026-11-04T23:59:59.999999Z");
    }

    @Test
    void foldingForgetsCaseAccentsAndWhiteSpace() {
        assertThat(new Place("  São  Paulo ", "SP", "01000-000", "br").folded())
                .isEqualTo(new Place("SAO PAULO", "sp", "01000-000", "BR").folded())
                .isEqualTo("sao paulo|sp|01000-000|br");
        assertThat(Place.NOWHERE.folded()).isEqualTo("|||");
        assertThat(Place.fold("Zu\u0308rich\u00a0Stadt")).isEqualTo("zurich stadt");
        assertThat(Place.fold("東京")).isEqualTo("東京");
    }

    @Test
    void partsDoNotMove() {
        assertThat(new Place("Wien", null, null, null).folded())
                .isNotEqualTo(new Place(null, "Wien", null, null).folded());
    }

    @Test
    void blankPartsAreUnknownParts() {
        Place place = new Place(" ", "", "1010 ", "AT");
        assertThat(place).isEqualTo(new Place(null, null, "1010", "AT"));
        assertThat(place.fullness()).isEqualTo(2);
    }

    @Test
    void aLaneNamesCountryAndRegionAndAQuestionMarkForWhatIsUnknown() {
        assertThat(new Place("Fresno", "ca", "93612", "us").forLane()).isEqualTo("US-CA");
        assertThat(new Place(null, null, null, "at").forLane()).isEqualTo("AT");
        assertThat(new Place("Wien", "9", null, null).forLane()).isEqualTo("?");
        assertThat(Lane.of("ups", " ", null, Place.NOWHERE)).isEqualTo(new Lane("ups", "?", "?", "?"));
    }

    @ParameterizedTest
    @CsvSource({
        "'1z 9999 9999 1234 5678', 1Z9999999912345678",
        "'\t12\u00a034\u200956\n', 123456",
        "'JD-0146', JD-0146",
        "'ab\u0000c', ABC",
    })
    void aTrackingNumberIsComparedWithoutWhiteSpaceInUpperCase(String written, String expected) {
        assertThat(TrackingNumbers.normalize(written)).isEqualTo(expected);
    }

    @Test
    void whatHoldsNothingIsNoTrackingNumber() {
        assertThat(TrackingNumbers.normalize(null)).isNull();
        assertThat(TrackingNumbers.normalize("")).isNull();
        assertThat(TrackingNumbers.normalize(" \t\u00a0\u0001")).isNull();
    }
}
