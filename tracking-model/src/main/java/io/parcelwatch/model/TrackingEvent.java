package io.parcelwatch.model;

import java.time.Instant;
import java.util.Objects;

/**
 * One thing a carrier said about a parcel.
 *
 * @param carrier        the carrier's slug
 * @param trackingNumber normalised, see {@link TrackingNumbers}
 * @param eventId        identifies the event within its number, see {@link EventIdentity}
 * @param status         what it means
 * @param reason         why; may be null
 * @param eventTime      when it happened, to the second (carriers do not say more)
 * @param offset         the offset the time was written with, in seconds east of UTC
 * @param offsetSource   where that offset came from
 * @param code           the carrier's raw code, with its sub-code after a colon; may be null
 * @param description    the carrier's words; may be null
 * @param location       where; never null, parts may be
 * @param scan           whether a person or machine touched the parcel; false for label, data and forecast messages
 * @param receivedAt     when we received it first; null where the feed does not say
 * @param source         how it came: {@code webhook}, {@code poll}, {@code file}, {@code manual}; may be null
 */
public record TrackingEvent(
        String carrier,
        String trackingNumber,
        String eventId,
        Status status,
        Reason reason,
        Instant eventTime,
        int offset,
        OffsetSource offsetSource,
        String code,
        String description,
        Place location,
        boolean scan,
        Instant receivedAt,
        String source) {

    public TrackingEvent {
        Objects.requireNonNull(carrier, "carrier");
        Objects.requireNonNull(trackingNumber, "trackingNumber");
        Objects.requireNonNull(eventId, "eventId");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(eventTime, "eventTime");
        location = location == null ? Place.NOWHERE : location;
    }
}
