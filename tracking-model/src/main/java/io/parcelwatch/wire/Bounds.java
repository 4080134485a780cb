package io.parcelwatch.wire;

import io.parcelwatch.model.Place;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import java.time.Instant;

/**
 * What no table and no index can hold is turned away where it comes in, with its payload, and not where it is written, without it. Lengths in
 * characters; PostgreSQL's index rows end at about 2,700 bytes, its times long after ours.
 */
public final class Bounds {

    /** The longest tracking number. The longest a carrier uses has 40 characters. */
    public static final int NUMBER = 100;

    /** The longest identity, code, service, or name of a channel, account or order. */
    public static final int NAME = 200;

    /** The longest description; what is longer is cut. */
    public static final int DESCRIPTION = 2_000;

    private static final long HIGHEST_REVISION = 1L << 39;
    private static final Instant EARLIEST = Instant.parse("0001-01-02T00:00:00Z");
    private static final Instant LATEST = Instant.parse("9999-12-30T00:00:00Z");

    private Bounds() {}

    /**
     * The event, its words cut to what is kept.
     *
     * @throws MalformedException where its identity or times cannot be kept as they are
     */
    public static TrackingEvent check(TrackingEvent event) {
        longest("carrier", event.carrier(), NUMBER);
        longest("tracking_number", event.trackingNumber(), NUMBER);
        longest("event_id", event.eventId(), NAME);
        longest("code", event.code(), NAME);
        time("event_time", event.eventTime());
        time("received_at", event.receivedAt());
        return new TrackingEvent(
                event.carrier(),
                event.trackingNumber(),
                event.eventId(),
                event.status(),
                event.reason(),
                event.eventTime(),
                event.offset(),
                event.offsetSource(),
                event.code(),
                cut(event.description(), DESCRIPTION),
                cut(event.location()),
                event.scan(),
                event.receivedAt(),
                cut(event.source(), NUMBER));
    }

    /**
     * The registration as it is.
     *
     * @throws MalformedException where something of it cannot be kept
     */
    public static Registration check(Registration registration) {
        longest("carrier", registration.carrier(), NUMBER);
        longest("tracking_number", registration.trackingNumber(), NUMBER);
        if (registration.revision() > HIGHEST_REVISION) {
            throw new MalformedException(
                    "\"revision\" is beyond any that intake counts to: " + registration.revision());
        }
        for (RegisteredOrder order : registration.orders()) {
            longest("channel", order.order().channel(), NAME);
            longest("account", order.order().account(), NAME);
            longest("id", order.order().id(), NAME);
            longest("service", order.service(), NAME);
            place("origin", order.origin());
            place("destination", order.destination());
            time("placed_at", order.placedAt());
            time("promised_at", order.promisedAt());
            time("estimated_at", order.estimatedAt());
            time("registered_at", order.registeredAt());
            time("cancelled_at", order.cancelledAt());
        }
        return registration;
    }

    private static void place(String field, Place place) {
        if (place != null) {
            longest(field, place.region(), NUMBER);
            longest(field, place.country(), NUMBER);
            longest(field, place.postalCode(), NUMBER);
        }
    }

    private static Place cut(Place place) {
        return new Place(
                cut(place.city(), NAME),
                cut(place.region(), NAME),
                cut(place.postalCode(), NAME),
                cut(place.country(), NAME));
    }

    private static String cut(String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length);
    }

    private static void longest(String field, String text, int length) {
        if (text != null && text.length() > length) {
            throw new MalformedException(
                    "\"" + field + "\" has " + text.length() + " characters, at most " + length + " are taken");
        }
    }

    private static void time(String field, Instant time) {
        if (time != null && (time.isBefore(EARLIEST) || time.isAfter(LATEST))) {
            throw new MalformedException("\"" + field + "\" is out of range: " + time);
        }
    }
}
