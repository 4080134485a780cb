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

class UpsAdapterTest {

    private final Reading track = read(sample("ups", "ups-track.json"));

    @Test
    void readsEveryActivityOfEveryPackageOfEveryShipmentInTheOrderOfTheAnswer() {
        assertThat(track.events())
                .extracting(TrackingEvent::trackingNumber, TrackingEvent::code, TrackingEvent::status)
                .containsExactly(
                        tuple("1ZPW00000300000017", "OT", Status.OUT_FOR_DELIVERY),
                        tuple("1ZPW00000300000017", "FS", Status.DELIVERED),
                        tuple("1ZPW00000300000017", "DP", Status.IN_TRANSIT),
                        tuple("1ZPW00000300000017", "PU", Status.PICKED_UP),
                        tuple("1ZPW00000300000017", "MP", Status.PRE_TRANSIT),
                        tuple("1ZPW00000300000026", "Q7", Status.UNKNOWN),
                        tuple("1ZPW00000300000026", "AR", Status.IN_TRANSIT),
                        tuple("1ZPW00000300000035", "Z9", Status.EXCEPTION));
    }

    @Test
    void aBadDateSpoilsItsActivityOnly() {
        assertThat(track.problems())
                .containsExactly(new Problem(
                        "/trackResponse/shipment/0/package/1/activity/1",
                        "no date and time of form YYYYMMDD and HHMMSS: 20261340 120000"));
    }

    @Test
    void keepsWhatTheCarrierSaid() {
        assertThat(track.events().get(1))
                .isEqualTo(new TrackingEvent(
                        "ups",
                        "1ZPW00000300000017",
                        track.events().get(1).eventId(),
                        Status.DELIVERED,
                        null,
                        Instant.parse("2026-11-04T15:30:10Z"),
                        -5 * 3600,
                        OffsetSource.CARRIER,
                        "FS",
                        "DELIVERED",
                        new Place("ASHEVILLE", "NC", null, "US"),
                        true,
                        Payloads.RECEIVED,
                        "poll"));
    }

    @Test
    void labelsAndLogicalScansAreNoScans() {
        assertThat(track.events())
                .extracting(TrackingEvent::code, TrackingEvent::scan)
                .contains(tuple("MP", false), tuple("AR", false), tuple("DP", true), tuple("PU", true));
    }

    @Test
    void theStatusCodeDecidesWhereTheTableDoesNotKnowTheCode() {
        TrackingEvent delayed = track.events().get(7);
        assertThat(delayed.reason()).isEqualTo(Reason.WEATHER);
        assertThat(delayed.scan()).as("an announcement touches no parcel").isFalse();
    }

    @Test
    void withoutAnOffsetTheRegionTellsItUnlessTwoZonesDivideIt() {
        TrackingEvent newark = track.events().get(3);
        TrackingEvent dallas = track.events().get(5);
        assertThat(newark.offsetSource()).isEqualTo(OffsetSource.LOCATION);
        assertThat(newark.eventTime()).isEqualTo(Instant.parse("2026-11-02T23:05:00Z"));
        assertThat(dallas.offsetSource()).isEqualTo(OffsetSource.ASSUMED);
        assertThat(dallas.eventTime()).isEqualTo(Instant.parse("2026-11-03T12:00:00Z"));
    }

    @Test
    void theSameScanByTrackAndByTrackAlertIsOneEvent() {
        TrackingEvent alert = one(read(sample("ups", "ups-track-alert.json")));
        TrackingEvent polled = track.events().get(0);
        assertThat(alert.eventId()).isEqualTo(polled.eventId());
        assertThat(alert.eventTime()).isEqualTo(polled.eventTime());
        assertThat(alert.status()).isEqualTo(Status.OUT_FOR_DELIVERY);
        assertThat(alert.offsetSource()).isEqualTo(OffsetSource.CARRIER);
    }

    @Test
    void aCopyThatGainsItsOffsetLaterIsStillTheSameEvent() {
        String dallas = """
                {"trackingNumber":"1ZPW00000300000044","localActivityDate":"20261103","localActivityTime":"120000",
                 "activityLocation":{"city":"Dallas","stateProvince":"TX","country":"US"},
                 "activityStatus":{"type":"I","code":"DP","description":"Departed"}%s}""";
        TrackingEvent assumed = one(read(text("ups", dallas.formatted(""))));
        TrackingEvent written = one(read(text("ups", dallas.formatted(",\"gmtOffset\":\"-06.00\""))));
        assertThat(assumed.offsetSource()).isEqualTo(OffsetSource.ASSUMED);
        assertThat(written.offsetSource()).isEqualTo(OffsetSource.CARRIER);
        assertThat(written.eventId()).isEqualTo(assumed.eventId());
    }

    @Test
    void gmtTimeAloneTellsTheOffset() {
        TrackingEvent event = one(read(text("ups", """
                {"trackingNumber":"1ZPW00000300000044","localActivityDate":"20260423","localActivityTime":"232519",
                 "activityLocation":{"city":"Dallas","stateProvince":"TX","country":"US"},
                 "activityStatus":{"type":"D","code":"FS","description":"Delivered","descriptionCode":"011"},
                 "gmtActivityDate":"20260424","gmtActivityTime":"42519"}""")));
        assertThat(event.offset()).isEqualTo(-5 * 3600);
        assertThat(event.offsetSource()).isEqualTo(OffsetSource.CARRIER);
        assertThat(event.eventTime()).isEqualTo(Instant.parse("2026-04-24T04:25:19Z"));
    }

    @ParameterizedTest
    @CsvSource({
        "I,  OT,  ,    OUT_FOR_DELIVERY",
        "D,  OT,  ,    OUT_FOR_DELIVERY",
        "I,  OF,  ,    OUT_FOR_DELIVERY",
        "I,  AR,  ,    IN_TRANSIT",
        "X,  AR,  ,    EXCEPTION",
        "I,  LT,  ,    IN_TRANSIT",
        "X,  LT,  ,    EXCEPTION",
        "X,  SR,  003, IN_TRANSIT",
        "D,  F4,  011, DELIVERED",
        "D,  ZZ,  ,    DELIVERED",
        "D,  ZZ,  161, AVAILABLE_FOR_PICKUP",
        "D,  ZZ,  40,  AVAILABLE_FOR_PICKUP",
        "I,  ZZ,  021, OUT_FOR_DELIVERY",
        "I,  ZZ,  ,    UNKNOWN",
        "X,  ZZ,  ,    UNKNOWN",
        "X,  ZZ,  064, EXCEPTION",
        "X,  ZZ,  035, RETURNING",
        "X,  ZZ,  034, RETURNED",
        "X,  2Q,  ,    ATTEMPTED",
        "I,  ZP,  ,    AVAILABLE_FOR_PICKUP",
        "MV, ZZ,  ,    CANCELLED",
        "M,  ZZ,  ,    PRE_TRANSIT",
        "P,  XD,  ,    PICKED_UP",
        "RS, ZZ,  ,    RETURNED",
        "X,  RS,  ,    RETURNING",
        "DO, ZZ,  ,    IN_TRANSIT",
        "U,  ZZ,  ,    UNKNOWN",
        ",   021, ,    OUT_FOR_DELIVERY",
        "i,  ot,  ,    OUT_FOR_DELIVERY",
    })
    void codeThenStatusCodeThenTypeDecides(String type, String code, String statusCode, Status expected) {
        assertThat(activity(type, code, statusCode, "").status()).isEqualTo(expected);
    }

    @Test
    void wordsNeverDecide() {
        assertThat(activity("I", "ZZ", null, "Delivered").status()).isEqualTo(Status.UNKNOWN);
        assertThat(activity("I", "OT", null, "DELIVERED TO RECIPIENT").status()).isEqualTo(Status.OUT_FOR_DELIVERY);
    }

    @Test
    void scansThatDifferOnlyInDescriptionAreOneWithACodeAndTwoWithout() {
        assertThat(activity("I", "DP", null, "Departed").eventId())
                .isEqualTo(activity("I", "DP", null, "Left the facility").eventId());
        assertThat(activity("I", null, null, "Departed").eventId())
                .isNotEqualTo(activity("I", null, null, "Arrived").eventId())
                .isEqualTo(activity("I", null, null, " departed").eventId());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"trackResponse\":{\"shipment\":[{\"warnings\":[{\"code\":\"TW0001\",\"message\":\"Not Found\"}]}]}}",
                "{\"response\":{\"errors\":[{\"code\":\"TV1002\",\"message\":\"Invalid inquiry number\"}]}}",
                "{\"response\":{\"errors\":[{\"code\":\"250003\",\"message\":\"Invalid Access License number\"}]}}",
                "{\"trackResponse\":{}}",
            })
    void anAnswerWithoutNewsIsAnEmptyReading(String answer) {
        assertThat(read(text("ups", answer))).isEqualTo(new Reading(List.of(), List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "hello",
                "<html>503</html>",
                "{}",
                "{\"output\":{\"completeTrackResults\":[]}}",
                "{\"trackResponse\":[]}",
                "{\"trackResponse\":{\"shipment\":\"none\"}}",
                "{\"trackResponse\":{\"shipment\":[null,7]}}"
            })
    void whatIsNotUpsIsAProblem(String body) {
        Reading reading = read(text("ups", body));
        assertThat(reading.events()).isEmpty();
        assertThat(reading.problems()).isNotEmpty().allMatch(p -> p.what().startsWith("malformed"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"time\":\"120000\"",
                "\"date\":\"20261103\"",
                "\"date\":\"20260230\",\"time\":\"120000\"",
                "\"date\":\"00000101\",\"time\":\"120000\"",
                "\"date\":\"20261103\",\"time\":\"250000\"",
                "\"date\":\"20261103\",\"time\":\"noon\"",
                "\"date\":{},\"time\":[]",
                "\"date\":1e400,\"time\":-1",
            })
    void anActivityWithoutAMomentIsAProblemAtItsPlace(String moment) {
        Reading reading = read(text("ups", """
                {"trackResponse":{"shipment":[{"package":[{"trackingNumber":"1Z1","activity":[
                 {"status":{"type":"I","code":"DP"},%s}]}]}]}}""".formatted(moment)));
        assertThat(reading.events()).isEmpty();
        assertThat(reading.problems())
                .extracting(Problem::where)
                .containsExactly("/trackResponse/shipment/0/package/0/activity/0");
    }

    @Test
    void nulCharactersAreStripped() {
        TrackingEvent event = activity("I", "DP", null, "De\\u0000parted");
        assertThat(event.description()).isEqualTo("Departed");
    }

    @Test
    void anActivityOfNoNumberIsAProblem() {
        Reading reading = read(text("ups", """
                {"trackResponse":{"shipment":[{"package":[{"activity":[
                 {"status":{"type":"I","code":"DP"},"date":"20261103","time":"120000"}]}]}]}}"""));
        assertThat(reading.problems()).extracting(Problem::what).containsExactly("no tracking number");
    }

    private static TrackingEvent activity(String type, String code, String statusCode, String description) {
        return one(read(text("ups", """
                {"trackResponse":{"shipment":[{"package":[{"trackingNumber":"1Z1","activity":[{
                  "location":{"address":{"city":"Wien","country":"Austria"}},
                  "status":{"type":%s,"code":%s,"statusCode":%s,"description":"%s"},
                  "date":"20261103","time":"120000"}]}]}]}}""".formatted(quoted(type), quoted(code), quoted(statusCode), description))));
    }

    private static String quoted(String text) {
        return text == null ? "null" : '"' + text + '"';
    }
}
