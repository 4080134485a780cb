package io.parcelwatch.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/**
 * A tracking event as a JSON line ({@code schema/tracking-event.json}):
 * {@code {"carrier","tracking_number","status","reason","event_time","zone","code","description","location":{...},"scan"}}.
 */
public final class EventJson {

    private EventJson() {}

    /**
     * The event that a line tells. Its identity is the line's {@code event_id} where it has one, else code (without one: the status),
     * instant and place. {@code scan} is true where the line does not say, except for PRE_TRANSIT and UNKNOWN, which nobody touches.
     *
     * @throws MalformedException where the line breaks the schema
     */
    public static TrackingEvent read(JsonNode line) {
        String carrier = CarrierSlugs.of(Json.required(line, "carrier"));
        String number = Json.trackingNumber(line);
        Json.required(line, "status");
        Status status = Json.word(line, "status", Status.class);
        Json.required(line, "event_time");
        OffsetDateTime time = Json.moment(line, "event_time").truncatedTo(ChronoUnit.SECONDS);
        OffsetSource zone = Json.word(line, "zone", OffsetSource.class);
        OffsetSource source = zone == null ? OffsetSource.CARRIER : zone;
        String code = Json.text(line, "code");
        Place location = Json.place(line, "location");
        JsonNode scan = line.get("scan");
        if (scan != null && !scan.isNull() && !scan.isBoolean()) {
            throw new MalformedException("\"scan\" is neither true nor false: " + scan);
        }
        String id = Json.text(line, "event_id");
        return new TrackingEvent(
                carrier,
                number,
                id != null
                        ? id
                        : EventIdentity.of(
                                carrier,
                                number,
                                code != null ? code : status.name(),
                                EventIdentity.time(time.toInstant(), time.toLocalDateTime(), source),
                                location.folded()),
                status,
                Json.word(line, "reason", Reason.class),
                time.toInstant(),
                time.getOffset().getTotalSeconds(),
                source,
                code,
                Json.text(line, "description"),
                location,
                scan == null || scan.isNull()
                        ? status != Status.PRE_TRANSIT && status != Status.UNKNOWN
                        : scan.booleanValue(),
                Json.instant(line, "received_at"),
                Json.text(line, "source"));
    }

    /** The line that tells an event, without the end of line. */
    public static ObjectNode write(TrackingEvent event) {
        ObjectNode line = Json.MAPPER.createObjectNode();
        Json.put(line, "carrier", event.carrier());
        Json.put(line, "tracking_number", event.trackingNumber());
        Json.put(line, "event_id", event.eventId());
        Json.put(line, "status", event.status());
        Json.put(line, "reason", event.reason());
        Json.put(
                line,
                "event_time",
                DateTimeFormatter.ISO_OFFSET_DATE_TIME.format(
                        event.eventTime().atOffset(ZoneOffset.ofTotalSeconds(event.offset()))));
        Json.put(line, "zone", event.offsetSource());
        Json.put(line, "code", event.code());
        Json.put(line, "description", event.description());
        Json.put(line, "location", event.location());
        line.put("scan", event.scan());
        Json.put(line, "received_at", event.receivedAt());
        Json.put(line, "source", event.source());
        return line;
    }
}
