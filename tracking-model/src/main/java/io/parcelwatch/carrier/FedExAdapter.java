package io.parcelwatch.carrier;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.carrier.Reading.Problem;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.model.TrackingNumbers;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import io.parcelwatch.wire.Payload;
import java.time.DateTimeException;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.TemporalAccessor;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Reads FedEx: the Track REST API's answers ({@code output.completeTrackResults[].trackResults[].scanEvents[]}).
 *
 * <p>{@code eventType} tells the status and {@code exceptionCode} the reason; both are kept, as {@code DE:08}. {@code derivedStatusCode} is not
 * used: it is the customer's summary, and calls "returning package to shipper" delivered.
 *
 * <p><b>Identity.</b> Event type and exception code (the folded description where there is no event type), the local time as written, and
 * city and country. The facility ({@code locationId}) and postal code come with some events only.
 *
 * <p><b>Times</b> of PU and PX can be nonsense; they are kept as they are, and judged where the lifecycle is.
 */
final class FedExAdapter implements CarrierAdapter {

    static final CodeTable CODES = CodeTable.load("fedex-codes.csv", "event_type", "exception_code");

    /** {@code 2018-02-02T12:01:00-07:00}, {@code ...-0700}, {@code ...Z}, or without an offset. */
    private static final DateTimeFormatter TIME = new DateTimeFormatterBuilder()
            .append(DateTimeFormatter.ISO_LOCAL_DATE_TIME)
            .optionalStart()
            .appendOffsetId()
            .optionalEnd()
            .optionalStart()
            .appendOffset("+HHMM", "Z")
            .optionalEnd()
            .toFormatter(Locale.ROOT);

    @Override
    public String carrier() {
        return "fedex";
    }

    @Override
    public Reading read(Payload payload) {
        JsonNode body;
        try {
            body = Json.object(payload.body());
        } catch (MalformedException e) {
            return CarrierJson.malformed(e.getMessage());
        }
        List<TrackingEvent> events = new ArrayList<>();
        List<Problem> problems = new ArrayList<>();
        JsonNode results = body.path("output").path("completeTrackResults");
        if (!results.isMissingNode()) {
            readResults(payload, results, events, problems);
        } else if (!body.path("errors").isArray()) {
            // An answer that is nothing but errors ("not authorized") has no news; anything else is not FedEx Track's.
            return CarrierJson.malformed("no answer of FedEx Track");
        }
        return new Reading(events, problems);
    }

    private void readResults(Payload payload, JsonNode results, List<TrackingEvent> events, List<Problem> problems) {
        CarrierJson.each(results, "/output/completeTrackResults", problems, (complete, completeAt) -> {
            String asked = CarrierJson.text(complete, "trackingNumber");
            CarrierJson.each(complete.path("trackResults"), completeAt + "/trackResults", problems, (result, at) -> {
                String written = CarrierJson.text(result.path("trackingNumberInfo"), "trackingNumber");
                String number = written != null ? written : asked;
                CarrierJson.each(
                        result.path("scanEvents"),
                        at + "/scanEvents",
                        problems,
                        (scan, scanAt) -> events.add(event(payload, number, scan)));
            });
        });
    }

    private TrackingEvent event(Payload payload, String writtenNumber, JsonNode scan) {
        String number = TrackingNumbers.normalize(writtenNumber);
        if (number == null) {
            throw new MalformedException("no tracking number");
        }
        JsonNode address = scan.path("scanLocation");
        Place place = CarrierPlaces.of(
                CarrierJson.text(address, "city"),
                CarrierJson.text(address, "stateOrProvinceCode"),
                CarrierJson.text(address, "postalCode"),
                CarrierJson.text(address, "countryCode"),
                CarrierJson.text(address, "countryName"));
        CarrierTime time = time(CarrierJson.text(scan, "date"), place);
        String type = upper(CarrierJson.text(scan, "eventType"));
        String exception = upper(CarrierJson.text(scan, "exceptionCode"));
        String description = CarrierJson.text(scan, "eventDescription");
        if (type == null && description == null) {
            throw new MalformedException("no eventType");
        }
        CodeTable.Meaning meaning = type == null ? null : CODES.find(type, null);
        Status status = meaning == null ? Status.UNKNOWN : meaning.status();
        return new TrackingEvent(
                carrier(),
                number,
                EventIdentity.of(
                        carrier(),
                        number,
                        type != null ? type : Place.fold(description),
                        exception,
                        time.local().toString(),
                        CarrierPlaces.identifying(place)),
                status,
                reason(type, exception, status, meaning, delay(scan)),
                time.instant(),
                time.offset().getTotalSeconds(),
                time.source(),
                type == null ? null : exception == null ? type : type + ":" + exception,
                description(description, CarrierJson.text(scan, "exceptionDescription")),
                place,
                meaning != null && meaning.scan(),
                payload.receivedAt(),
                payload.source());
    }

    private static Reason reason(
            String type, String exception, Status status, CodeTable.Meaning event, CodeTable.Meaning delay) {
        if (exception != null) {
            CodeTable.Meaning pair = CODES.find(type, exception);
            if (pair != null) {
                return pair.reason();
            }
            CodeTable.Meaning why = CODES.find(null, exception);
            if (why != null && status != Status.DELIVERED) {
                return why.reason();
            }
        }
        if (event != null && event.reason() != null) {
            return event.reason();
        }
        if (status != Status.EXCEPTION) {
            return null;
        }
        if (delay != null) {
            return delay.reason();
        }
        return exception == null ? null : Reason.OTHER;
    }

    private static CodeTable.Meaning delay(JsonNode scan) {
        String type = upper(CarrierJson.text(scan.path("delayDetail"), "type"));
        return type == null ? null : CODES.find(null, "delay:" + type);
    }

    private static CarrierTime time(String written, Place place) {
        if (written == null) {
            throw new MalformedException("no date");
        }
        try {
            TemporalAccessor time = TIME.parseBest(written, OffsetDateTime::from, LocalDateTime::from);
            LocalDateTime local = LocalDateTime.from(time);
            if (local.getYear() < 1 || local.getYear() > 9999) {
                throw new MalformedException("date out of range: " + written);
            }
            return CarrierTime.of(local, time instanceof OffsetDateTime moment ? moment.getOffset() : null, place);
        } catch (DateTimeException e) {
            throw new MalformedException("no ISO 8601 date and time: " + written);
        }
    }

    private static String description(String event, String exception) {
        if (exception == null || exception.equals(event)) {
            return event;
        }
        return event == null ? exception : event + " - " + exception;
    }

    private static String upper(String code) {
        return code == null ? null : code.toUpperCase(Locale.ROOT);
    }
}
