package io.parcelwatch.carrier;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.carrier.Reading.Problem;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.model.TrackingNumbers;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import io.parcelwatch.wire.Payload;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.ResolverStyle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads UPS: the Track API's answers ({@code trackResponse.shipment[].package[].activity[]}) and the messages of Track Alert (one activity
 * each, {@code activityStatus}). The forms are told apart by their content.
 *
 * <p><b>Identity.</b> Type and code (the three-digit status code where there is none, the folded description where there is neither), the local
 * time, and city and country. Every feed of UPS gives these; the offset comes in newer answers only, the facility (SLIC) and, before the
 * delivery, the postal code in Track only. So an identity rests on none of those, and a copy with a better offset is still the same event.
 *
 * <p><b>Offset.</b> {@code gmtOffset} ({@code -05:00} in Track, {@code -04.00} in Track Alert), else the difference to {@code gmtDate} and
 * {@code gmtTime} (whose leading zeros may be missing), else the place's.
 */
final class UpsAdapter implements CarrierAdapter {

    static final CodeTable CODES = CodeTable.load("ups-codes.csv", "type", "code", "status_code");

    private static final DateTimeFormatter DATE =
            DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT).withResolverStyle(ResolverStyle.STRICT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT);
    private static final Pattern OFFSET = Pattern.compile("([+-])(\\d{1,2})[:.]?(\\d{2})");
    private static final Pattern THREE_DIGITS = Pattern.compile("\\d{3}");
    private static final Pattern UP_TO_SIX_DIGITS = Pattern.compile("\\d{1,6}");

    /** Kept as UNKNOWN, with its code, so that it is counted and the table extended. That UPS reports it is no proof of a scan. */
    private static final CodeTable.Meaning NOT_IN_THE_TABLE = new CodeTable.Meaning(Status.UNKNOWN, null, false);

    @Override
    public String carrier() {
        return "ups";
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
        if (body.path("trackResponse").isObject()) {
            readTrack(payload, body.path("trackResponse"), events, problems);
        } else if (body.path("activityStatus").isObject()) {
            CarrierJson.each(body, "", problems, (message, at) -> events.add(alert(payload, message)));
        } else if (!body.path("response").path("errors").isArray()) {
            // An answer that is nothing but errors ("invalid inquiry number") has no news; anything else is not UPS's.
            return CarrierJson.malformed("neither an answer of UPS Track nor a message of UPS Track Alert");
        }
        return new Reading(events, problems);
    }

    private void readTrack(Payload payload, JsonNode answer, List<TrackingEvent> events, List<Problem> problems) {
        CarrierJson.each(answer.path("shipment"), "/trackResponse/shipment", problems, (shipment, shipmentAt) -> {
            String inquired = CarrierJson.text(shipment, "inquiryNumber");
            CarrierJson.each(shipment.path("package"), shipmentAt + "/package", problems, (parcel, parcelAt) -> {
                String written = CarrierJson.text(parcel, "trackingNumber");
                String number = written != null ? written : inquired;
                CarrierJson.each(
                        parcel.path("activity"),
                        parcelAt + "/activity",
                        problems,
                        (activity, at) -> events.add(activity(payload, number, activity)));
            });
        });
    }

    private TrackingEvent activity(Payload payload, String number, JsonNode activity) {
        JsonNode address = activity.path("location").path("address");
        Place place = CarrierPlaces.of(
                CarrierJson.text(address, "city"),
                CarrierJson.text(address, "stateProvince"),
                CarrierJson.text(address, "postalCode"),
                CarrierJson.text(address, "countryCode"),
                CarrierJson.text(address, "country"));
        CarrierTime time = time(
                CarrierJson.text(activity, "date"),
                CarrierJson.text(activity, "time"),
                CarrierJson.text(activity, "gmtDate"),
                CarrierJson.text(activity, "gmtTime"),
                CarrierJson.text(activity, "gmtOffset"),
                place);
        JsonNode status = activity.path("status");
        boolean logical = activity.path("logicalScan").asBoolean(false);
        return event(payload, number, status, CarrierJson.text(status, "statusCode"), time, place, logical);
    }

    private TrackingEvent alert(Payload payload, JsonNode message) {
        JsonNode location = message.path("activityLocation");
        Place place = CarrierPlaces.of(
                CarrierJson.text(location, "city"),
                CarrierJson.text(location, "stateProvince"),
                CarrierJson.text(location, "postalCode"),
                CarrierJson.text(location, "country"));
        CarrierTime time = time(
                CarrierJson.text(message, "localActivityDate"),
                CarrierJson.text(message, "localActivityTime"),
                CarrierJson.text(message, "gmtActivityDate"),
                CarrierJson.text(message, "gmtActivityTime"),
                CarrierJson.text(message, "gmtOffset"),
                place);
        JsonNode status = message.path("activityStatus");
        return event(
                payload,
                CarrierJson.text(message, "trackingNumber"),
                status,
                CarrierJson.text(status, "descriptionCode"),
                time,
                place,
                false);
    }

    private TrackingEvent event(
            Payload payload,
            String writtenNumber,
            JsonNode status,
            String writtenStatusCode,
            CarrierTime time,
            Place place,
            boolean logical) {
        String number = TrackingNumbers.normalize(writtenNumber);
        if (number == null) {
            throw new MalformedException("no tracking number");
        }
        String type = upper(CarrierJson.text(status, "type"));
        String statusCode = threeDigits(writtenStatusCode);
        String twoLetters = upper(CarrierJson.text(status, "code"));
        if (twoLetters != null && THREE_DIGITS.matcher(twoLetters).matches()) {
            // currentStatus and some answers carry the status code in the code's place.
            statusCode = statusCode == null ? twoLetters : statusCode;
        }
        String code = twoLetters != null ? twoLetters : statusCode;
        String description = CarrierJson.text(status, "description");
        if (type == null && code == null && description == null) {
            throw new MalformedException("no status");
        }
        CodeTable.Meaning meaning = meaning(type, twoLetters, statusCode);
        return new TrackingEvent(
                carrier(),
                number,
                EventIdentity.of(
                        carrier(),
                        number,
                        type,
                        code != null ? code : Place.fold(description),
                        time.local().toString(),
                        CarrierPlaces.identifying(place)),
                meaning.status(),
                meaning.reason(),
                time.instant(),
                time.offset().getTotalSeconds(),
                time.source(),
                code,
                description,
                place,
                meaning.scan() && !logical,
                payload.receivedAt(),
                payload.source());
    }

    /**
     * Code before status code before type, so that the finest word decides. An unknown code of type I or X stays UNKNOWN: these types say
     * anything from "arrived" to "out for delivery" to "returned". Type D alone is read as delivered: Track Alert's questions and answers also
     * file "out for delivery" under D, but every example of it has type I, and its codes (OT, OF) come first in any case.
     */
    private static CodeTable.Meaning meaning(String type, String code, String statusCode) {
        CodeTable.Meaning meaning = null;
        if (code != null) {
            meaning = CODES.find(type, code, null);
            meaning = meaning == null ? CODES.find(null, code, null) : meaning;
        }
        if (meaning == null && statusCode != null) {
            meaning = CODES.find(null, null, statusCode);
        }
        if (meaning == null && type != null) {
            meaning = CODES.find(type, null, null);
        }
        return meaning == null ? NOT_IN_THE_TABLE : meaning;
    }

    private static CarrierTime time(
            String date, String time, String gmtDate, String gmtTime, String gmtOffset, Place place) {
        if (date == null) {
            throw new MalformedException("no date");
        }
        if (time == null) {
            throw new MalformedException("no time");
        }
        LocalDateTime local = dateTime(date, time);
        if (local == null || local.getYear() < 1) {
            throw new MalformedException("no date and time of form YYYYMMDD and HHMMSS: " + date + " " + time);
        }
        ZoneOffset written = offset(gmtOffset);
        return CarrierTime.of(local, written != null ? written : difference(local, gmtDate, gmtTime), place);
    }

    /** A date and a time whose leading zeros may be missing; null where they are none. */
    private static LocalDateTime dateTime(String date, String time) {
        String digits = time.replace(":", "");
        if (!UP_TO_SIX_DIGITS.matcher(digits).matches()) {
            return null;
        }
        try {
            return LocalDateTime.of(
                    LocalDate.parse(date, DATE), LocalTime.parse("0".repeat(6 - digits.length()) + digits, TIME));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** The offset that lies between the local time and the same moment in GMT; null where they are not the same moment. */
    private static ZoneOffset difference(LocalDateTime local, String gmtDate, String gmtTime) {
        LocalDateTime gmt = gmtDate == null || gmtTime == null ? null : dateTime(gmtDate, gmtTime);
        if (gmt == null) {
            return null;
        }
        long seconds = Duration.between(gmt, local).getSeconds();
        // Every offset in use is a whole number of quarter hours, from -12:00 to +14:00.
        return seconds % 900 == 0 && seconds >= -12 * 3600 && seconds <= 14 * 3600
                ? ZoneOffset.ofTotalSeconds((int) seconds)
                : null;
    }

    private static ZoneOffset offset(String written) {
        if (written == null) {
            return null;
        }
        Matcher parts = OFFSET.matcher(written);
        if (!parts.matches()) {
            return null;
        }
        int hours = Integer.parseInt(parts.group(2));
        int minutes = Integer.parseInt(parts.group(3));
        if (hours > 14 || minutes > 59) {
            return null;
        }
        int sign = parts.group(1).equals("-") ? -1 : 1;
        return ZoneOffset.ofHoursMinutes(sign * hours, sign * minutes);
    }

    private static String threeDigits(String statusCode) {
        return statusCode != null && statusCode.matches("\\d{1,2}")
                ? "0".repeat(3 - statusCode.length()) + statusCode
                : statusCode;
    }

    private static String upper(String code) {
        return code == null ? null : code.toUpperCase(Locale.ROOT);
    }
}
