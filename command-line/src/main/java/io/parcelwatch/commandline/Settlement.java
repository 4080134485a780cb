package io.parcelwatch.commandline;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.Lifecycle;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** How operations may settle a parcel, and what that would make of it. */
enum Settlement {
    /** Nobody expects it any more: called off, so that its order goes on without it. */
    LOST(Status.CANCELLED, Reason.LOST),
    DELIVERED(Status.DELIVERED, null),
    RETURNED(Status.RETURNED, null);

    private final Status status;
    private final Reason reason;

    Settlement(Status status, Reason reason) {
        this.status = status;
        this.reason = reason;
    }

    Status status() {
        return status;
    }

    /** May be null. */
    Reason reason() {
        return reason;
    }

    /** As people write it: lost, delivered, returned. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** An event of a parcel, as far as the lifecycle is concerned. */
    record Told(Instant at, Status status, Reason reason, String eventId) {}

    /**
     * Where a parcel stands after all its events.
     *
     * @param status  UNKNOWN before the first
     * @param reason  may be null
     * @param since   the event that set the status; null before the first
     * @param leg     1 outbound, 2 on the way back
     */
    record Standing(Status status, Reason reason, Instant since, int leg) {

        /** Where a parcel stands after these events, told in their order: by time, progress, id. */
        static Standing after(List<Told> events) {
            List<Told> told = new ArrayList<>(events);
            told.sort(Comparator.comparing(Told::at).thenComparing(Told::status).thenComparing(Told::eventId));
            Standing standing = new Standing(Status.UNKNOWN, null, null, 1);
            for (Told event : told) {
                standing = standing.hearing(event);
            }
            return standing;
        }

        private Standing hearing(Told event) {
            Status next = Lifecycle.after(status, leg, event.status());
            if (!Lifecycle.effect(status, leg, event.status()).changesStatus()) {
                return this;
            }
            boolean back = next == Status.RETURNING || next == Status.RETURNED;
            return new Standing(next, event.reason(), event.at(), back ? 2 : leg);
        }

        /** In words that follow "the parcel is". */
        String words() {
            return switch (status) {
                case DELIVERED -> "delivered";
                case RETURNED -> "returned";
                case RETURNING -> "on its way back to the sender";
                case CANCELLED -> reason == Reason.LOST ? "lost" : "called off";
                default -> status.name().toLowerCase(Locale.ROOT).replace('_', ' ');
            };
        }
    }

    /**
     * The identity of this settlement of a parcel: the same until something else is heard of the parcel, so that a repeat is the same event, and
     * a parcel that turns up and is settled again is not.
     */
    String eventId(String carrier, String number, int journey, Standing now) {
        return EventIdentity.of(
                carrier,
                number,
                String.valueOf(journey),
                "resolve",
                name(),
                now.status().name(),
                String.valueOf(now.since()));
    }

    /**
     * Why this settlement would not make of the parcel what it says.
     *
     * @param events  what carriers said of the parcel
     * @param at      the moment of the settlement
     * @param present now: no settlement is later
     * @return in words that follow the parcel's number; null where it may be
     */
    String refusal(List<Told> events, Instant at, Instant present) {
        Standing now = Standing.after(events);
        if (now.status() == status && (reason == null || now.reason() == reason)) {
            return "is " + now.words() + " already, since " + now.since() + ": there is nothing to settle";
        }
        if (now.status() == Status.RETURNING && this == DELIVERED) {
            return "is on its way back to the sender, since " + now.since() + ": settle it as returned or lost";
        }
        if (now.status() == Status.CANCELLED && now.leg() == 2 && this == DELIVERED) {
            return "is " + now.words() + " on its way back to the sender, since " + now.since()
                    + ": settle it as returned";
        }
        if (!Lifecycle.effect(now.status(), now.leg(), status).changesStatus()) {
            return "is " + now.words() + ", since " + now.since() + ": it cannot be settled as " + word();
        }
        List<Told> with = new ArrayList<>(events);
        with.add(new Told(at, status, reason, ""));
        if (Standing.after(with).status() == status) {
            return null;
        }
        return now.since().isAfter(present)
                ? "is " + now.words() + " since " + now.since()
                        + ", which is yet to come: its carrier dated it ahead; settle it" + " after that moment"
                : "is " + now.words() + " since " + now.since() + ", which is later than " + at
                        + ": name a later --at, or leave it out";
    }
}
