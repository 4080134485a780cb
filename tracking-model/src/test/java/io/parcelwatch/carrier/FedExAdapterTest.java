package io.parcelwatch.carrier;

import static io.parcelwatch.carrier.Payloads.one;
import static io.parcelwatch.carrier.Payloads.read;
import static io.parcelwatch.carrier.Payloads.sample;
import static io.parcelwatch.carrier.Payloads.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.parcelwatch.carrier.Reading.Problem;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FedExAdapterTest {

    private final Reading track = read(sample("fedex", "fedex-track.json"));

    @Test
    void readsEveryScanOfEveryResultWithItsReason() {
        assertThat(track.events())
                .extracting(
                        TrackingEvent::trackingNumber,
                        TrackingEvent::code,
                        TrackingEvent::status,
                        TrackingEvent::reason,
                        TrackingEvent::scan)
                .containsExactly(
                        tuple("700000000017", "DL:014", Status.DELIVERED, null, true),
                        tuple("700000000017", "DE:08", Status.EXCEPTION, Reason.RECIPIENT_ABSENT, true),
                        tuple("700000000017", "OD", Status.OUT_FOR_DELIVERY, null, true),
                        tuple("700000000017", "IT:A25", Status.IN_TRANSIT, Reason.CUSTOMS, true),
                        tuple("700000000017", "PU", Status.PICKED_UP, null, true),
                        tuple("700000000017", "OC", Status.PRE_TRANSIT, null, false),
                        tuple("700000000026", "RS:060G", Status.RETURNING, Reason.REQUESTED, true),
                        tuple("700000000026", "DE:007", Status.EXCEPTION, Reason.RECIPIENT_ABSENT, true));
    }

    @Test
    void aBadDateSpoilsItsScanOnly() {
        assertThat(track.problems())
                .containsExactly(new Problem(
                        "/output/completeTrackResults/0/trackResults/0/scanEvents/4",
                        "no ISO 8601 date and time: yesterday"));
    }

    @Test
    void theOffsetIsKept() {
        TrackingEvent delivered = track.events().get(0);
        assertThat(delivered.eventTime()).isEqualTo(Instant.parse("2026-11-04T19:12:00Z"));
        assertThat(delivered.offset()).isEqualTo(-5 * 3600);
        assertThat(delivered.offsetSource()).isEqualTo(OffsetSource.CARRIER);
        assertThat(delivered.description())
                .isEqualTo("Delivered - Left at front door. Signature Service not requested.");
        assertThat(delivered.location()).isEqualTo(new Place("ALBANY", "NY", "12207", "US"));
    }

    @Test
    void withoutAnOffsetTheRegionTellsItUnlessTwoZonesDivideIt() {
        TrackingEvent montreal = track.events().get(3);
        TrackingEvent thunderBay = track.events().get(4);
        assertThat(montreal.location()).isEqualTo(new Place("MONTREAL", "QC", null, "CA"));
        assertThat(thunderBay.offsetSource()).isEqualTo(OffsetSource.ASSUMED);
        assertThat(thunderBay.eventTime()).isEqualTo(Instant.parse("2026-11-02T09:00:00Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "OC, '', PRE_TRANSIT, ",
        "PX, '', PICKED_UP, ",
        "AF, '', IN_TRANSIT, ",
        "OF, '', IN_TRANSIT, ",
        "CC, '', IN_TRANSIT, ",
        "CD, '', EXCEPTION, CUSTOMS",
        "HL, '', AVAILABLE_FOR_PICKUP, ",
        "HP, 015A, AVAILABLE_FOR_PICKUP, ",
        "CA, '', CANCELLED, ",
        "DY, '', EXCEPTION, CARRIER_DELAY",
        "DD, '', EXCEPTION, CARRIER_DELAY",
        "DE, 07, EXCEPTION, REFUSED",
        "DE, 007, EXCEPTION, RECIPIENT_ABSENT",
        "SE, A1Z, EXCEPTION, OTHER",
        "SE, '', EXCEPTION, ",
        "PU, A25, PICKED_UP, CUSTOMS",
        "DL, 02, DELIVERED, ",
        "DL, 07, DELIVERED, ",
        "RR, A12, UNKNOWN, REQUESTED",
        "Q9, 08, UNKNOWN, RECIPIENT_ABSENT",
    })
    void eventTypeTellsTheStatusAndExceptionCodeTheReason(String type, String code, Status status, Reason reason) {
        TrackingEvent event = scan(type, code, "2026-11-03T11:00:00Z", "");
        assertThat(event.status()).isEqualTo(status);
        assertThat(event.reason()).isEqualTo(reason);
        assertThat(event.code()).isEqualTo(code.isEmpty() ? type : type + ":" + code);
    }

    @Test
    void delayDetailTellsTheReasonOfAnExceptionThatHasNoOther() {
        assertThat(scan("SE", "", "2026-11-03T11:00:00Z", ",\"delayDetail\":{\"type\":\"WEATHER\"}")
                        .reason())
                .isEqualTo(Reason.WEATHER);
        assertThat(scan("OD", "", "2026-11-03T11:00:00Z", ",\"delayDetail\":{\"type\":\"WEATHER\"}")
                        .reason())
                .isNull();
    }

    @ParameterizedTest
    @CsvSource({
        "2026-11-03T11:00:00+01:00, CARRIER,  2026-11-03T10:00:00Z",
        "2026-11-03T11:00:00+0100,  CARRIER,  2026-11-03T10:00:00Z",
        "2026-11-03T11:00:00.123Z,  CARRIER,  2026-11-03T11:00:00Z",
        "2026-11-03T11:00:00,       LOCATION, 2026-11-03T10:00:00Z",
        "1901-01-01T00:00:00+01:00, CARRIER,  1900-12-31T23:00:00Z",
    })
    void timesAreReadAsWrittenHoweverOldTheyAre(String written, OffsetSource source, Instant instant) {
        TrackingEvent event = scan("PU", "", written, "");
        assertThat(event.offsetSource()).isEqualTo(source);
        assertThat(event.eventTime()).isEqualTo(instant);
    }

    @Test
    void identityRestsOnCodesLocalTimeCityAndCountryOnly() {
        String id = scan("AR", "", "2026-11-03T11:00:00+01:00", "").eventId();
        assertThat(scan("AR", "", "2026-11-03T11:00:00", ",\"locationId\":\"VIEA\",\"derivedStatusCode\":\"IT\"")
                        .eventId())
                .isEqualTo(id);
        assertThat(scan("AR", "71", "2026-11-03T11:00:00+01:00", "").eventId()).isNotEqualTo(id);
        assertThat(scan("DP", "", "2026-11-03T11:00:00+01:00", "").eventId()).isNotEqualTo(id);
        assertThat(scan("AR", "", "2026-11-03T11:00:01+01:00", "").eventId()).isNotEqualTo(id);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"errors\":[{\"code\":\"NOT.AUTHORIZED.ERROR\",\"message\":\"Access token expired.\"}]}",
                "{\"output\":{\"completeTrackResults\":[]}}",
                "{\"output\":{\"completeTrackResults\":[{\"trackResults\":[{\"error\":"
                        + "{\"code\":\"TRACKING.TRACKINGNUMBER.NOTFOUND\"}}]}]}}",
            })
    void anAnswerWithoutNewsIsAnEmptyReading(String answer) {
        assertThat(read(text("fedex", answer))).isEqualTo(new Reading(List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "[]",
                "{",
                "{}",
                "{\"output\":{\"documents\":[]}}",
                "{\"trackResponse\":{}}",
                "{\"output\":{\"completeTrackResults\":3}}",
                "{\"output\":{\"completeTrackResults\":[3]}}"
            })
    void whatIsNotFedExIsAProblem(String body) {
        Reading reading = read(text("fedex", body));
        assertThat(reading.events()).isEmpty();
        assertThat(reading.problems()).isNotEmpty().allMatch(p -> p.what().startsWith("malformed"));
    }

    private static TrackingEvent scan(String type, String exception, String date, String more) {
        return one(read(text("fedex", """
                {"output":{"completeTrackResults":[{"trackingNumber":"700000000017","trackResults":[{"scanEvents":[
                  {"date":"%s","eventType":"%s","exceptionCode":"%s","eventDescription":"words",
                   "scanLocation":{"city":"WIEN","countryCode":"AT"}%s}]}]}]}}""".formatted(date, type, exception, more))));
    }
}
