package io.parcelwatch.watchshipments;

import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.time.Instant;
import java.util.Comparator;

/**
 * A tracking event as the state keeps it: without carrier and number, which are the key.
 *
 * <p>Copies of one event (by webhook, poll and nightly file) merge, and in whatever order they come the outcome is the same. What is known
 * only grows: {@link #height()} counts it.
 */
public record SeenEvent(
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

    /** The order in which a journey's events are told: by time, then progress, then id; never by arrival. */
    static final Comparator<SeenEvent> AS_TOLD = Comparator.comparing(SeenEvent::eventTime)
            .thenComparing(SeenEvent::status)
            .thenComparing(SeenEvent::eventId);

    static SeenEvent of(TrackingEvent event) {
        return new SeenEvent(
                event.eventId(),
                event.status(),
                event.reason(),
                event.eventTime(),
                event.offset(),
                event.offsetSource(),
                event.code(),
                event.description(),
                event.location(),
                event.scan(),
                event.receivedAt(),
                event.source());
    }

    /** The event as a carrier said it of a number. */
    TrackingEvent of(NumberKey key) {
        return new TrackingEvent(
                key.carrier(),
                key.trackingNumber(),
                eventId,
                status,
                reason,
                eventTime,
                offset,
                offsetSource,
                code,
                description,
                location,
                scan,
                receivedAt,
                source);
    }

    /** This event and another copy of it: the earliest receipt, the best offset, the fullest place. */
    SeenEvent merge(SeenEvent other) {
        boolean otherOffset = other.offsetSource.compareTo(offsetSource) > 0
                || (other.offsetSource == offsetSource && BY_TIME.compare(other, this) < 0);
        SeenEvent timed = otherOffset ? other : this;
        boolean otherFirst = firstReceived(other, this);
        return new SeenEvent(
                eventId,
                knownFirst(status, other.status),
                least(reason, other.reason),
                timed.eventTime,
                timed.offset,
                timed.offsetSource,
                least(code, other.code),
                longest(description, other.description),
                fuller(location, other.location),
                scan || other.scan,
                otherFirst ? other.receivedAt : receivedAt,
                otherFirst ? other.source : source);
    }

    /** Since when it waits for the registration of its number: its receipt, its own time where that is unknown. */
    Instant waitingSince() {
        return receivedAt != null ? receivedAt : eventTime;
    }

    /** How much is known of the event. A merge that adds something raises it; the time of receipt does not count. */
    int height() {
        return 1
                + (status == Status.UNKNOWN ? 0 : 1)
                + (reason == null ? 0 : 1)
                + (code == null ? 0 : 1)
                + (description == null ? 0 : 1)
                + offsetSource.ordinal()
                + location.fullness()
                + (scan ? 1 : 0);
    }

    private static final Comparator<SeenEvent> BY_TIME =
            Comparator.comparing(SeenEvent::eventTime).thenComparing(SeenEvent::offset);

    private static final Comparator<SeenEvent> BY_RECEIPT = Comparator.comparing(
                    SeenEvent::receivedAt, Comparator.nullsLast(Comparator.naturalOrder()))
            .thenComparing(SeenEvent::source, Comparator.nullsLast(Comparator.naturalOrder()));

    private static boolean firstReceived(SeenEvent a, SeenEvent b) {
        return BY_RECEIPT.compare(a, b) < 0;
    }

    private static Status knownFirst(Status a, Status b) {
        // UNKNOWN stands last among the words, so that the lesser of two is the known one.
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static <T extends Comparable<T>> T least(T a, T b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static String longest(String a, String b) {
        if (a == null || b == null || a.length() == b.length()) {
            return least(a, b);
        }
        return a.length() > b.length() ? a : b;
    }

    private static Place fuller(Place a, Place b) {
        if (a.fullness() != b.fullness()) {
            return a.fullness() > b.fullness() ? a : b;
        }
        return a.toString().compareTo(b.toString()) <= 0 ? a : b;
    }
}
