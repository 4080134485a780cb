package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Registration;
import java.util.ArrayList;
import java.util.List;

/**
 * All that the job keeps of one tracking number: what was registered, what was seen, and when its rows were last computed. The rows
 * themselves are not kept; they follow from this (see {@link ShipmentFold}).
 *
 * @param registration what intake says about the number; null while its events wait for it
 * @param events       what carriers said, one entry an event
 * @param judgedAt     the clock, in milliseconds since 1970, when the rows were last computed; {@link Long#MIN_VALUE} before the first time
 * @param judgedBy     which attempt of the job computed them: after a restart the first rows of a number are written whole, because the
 *                     attempt before may have written rows that this one will not reach
 * @param since        the clock when the number came into the state, in milliseconds since 1970: journeys registered long before it were
 *                     forgotten, and their rows are left alone
 * @param timer        the next moment at which time alone changes something, in milliseconds since 1970; 0 for none
 */
public record WatchedNumber(
        Registration registration, List<SeenEvent> events, long judgedAt, long judgedBy, long since, long timer) {

    /** More than any parcel has; what would come beyond is somebody's mistake, and folding it would hold up all others. */
    static final int MOST_EVENTS = 1_000;

    static WatchedNumber empty(long since) {
        return new WatchedNumber(null, new ArrayList<>(), Long.MIN_VALUE, 0, since, 0);
    }

    /** This number with a registration; the same object where it says nothing new. */
    WatchedNumber with(Registration other) {
        Registration merged = Registration.merge(registration, other);
        return merged.equals(registration) ? this : new WatchedNumber(merged, events, judgedAt, judgedBy, since, timer);
    }

    /** Whether an event is one too many: the number is full and does not know it. */
    boolean hasNoRoomFor(SeenEvent event) {
        return events.size() >= MOST_EVENTS
                && events.stream().noneMatch(known -> known.eventId().equals(event.eventId()));
    }

    /** This number with an event; the same object where it says nothing new. */
    WatchedNumber with(SeenEvent event) {
        for (int i = 0; i < events.size(); i++) {
            SeenEvent known = events.get(i);
            if (known.eventId().equals(event.eventId())) {
                SeenEvent merged = known.merge(event);
                if (merged.equals(known)) {
                    return this;
                }
                List<SeenEvent> replaced = new ArrayList<>(events);
                replaced.set(i, merged);
                return new WatchedNumber(registration, replaced, judgedAt, judgedBy, since, timer);
            }
        }
        List<SeenEvent> grown = new ArrayList<>(events.size() + 1);
        grown.addAll(events);
        grown.add(event);
        return new WatchedNumber(registration, grown, judgedAt, judgedBy, since, timer);
    }

    WatchedNumber judged(long at, long by) {
        return new WatchedNumber(registration, events, at, by, since, timer);
    }

    WatchedNumber timedFor(long moment) {
        return new WatchedNumber(registration, events, judgedAt, judgedBy, since, moment);
    }

    /**
     * The revision of the rows that follow from this: how much is known. It depends on what is known, not on how it came, and grows with
     * every piece of news; so a replay after a crash, in whatever order, reaches the same revision with the same rows.
     */
    long revision() {
        long revision = 0;
        if (registration != null) {
            revision = registration.revision() > 0
                    ? registration.revision()
                    : registration.orders().size();
        }
        for (SeenEvent event : events) {
            revision += event.height();
        }
        return revision;
    }
}
