package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Journeys;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;

/**
 * The rules a shipment is judged by.
 *
 * @param stallRules       how long a parcel on its way may be silent before it is stalled
 * @param expiredAfter     a journey of which nothing was heard for longer than this is expired
 * @param reportUnclaimedAfter how long events wait for the registration of their number before operations are told of it
 * @param claimWithin      how long events wait for the registration of their number before they are dead letters
 * @param forgetAfter      how long after its end a journey stays in the state of the job, to take corrections in
 * @param newJourneyAfter  the gap between two orders of a number that separates two journeys
 * @param oldNewsAfter     nothing is announced about a parcel that was shipped longer than this before it was registered, and of no parcel what
 *                         happened longer than this before
 * @param announceFrom     milestones from this moment on are announced; null: none are
 * @param asOf             the moment a bounded run judges at; null in a live run, whose clock is the watermark
 */
public record WatchRules(
        StallRules stallRules,
        Duration expiredAfter,
        Duration reportUnclaimedAfter,
        Duration claimWithin,
        Duration forgetAfter,
        Duration newJourneyAfter,
        Duration oldNewsAfter,
        Instant announceFrom,
        Instant asOf)
        implements Serializable {

    /** The rules of a live run where nothing else is set. */
    public static WatchRules live() {
        return new WatchRules(
                StallRules.none(StallRules.USUAL),
                Duration.ofDays(30),
                Duration.ofHours(48),
                Duration.ofDays(30),
                Duration.ofDays(120),
                Journeys.NEW_JOURNEY_AFTER,
                Duration.ofDays(5),
                Instant.EPOCH,
                null);
    }

    /** The rules of a bounded run that judges at a moment and announces nothing. */
    public static WatchRules bounded(Instant asOf) {
        return live().withAnnounceFrom(null).withAsOf(asOf);
    }

    /** The same rules with another start of announcements; null announces nothing. */
    public WatchRules withAnnounceFrom(Instant from) {
        return judging(from, asOf);
    }

    /** The same rules for a bounded run. */
    public WatchRules withAsOf(Instant moment) {
        return judging(announceFrom, moment);
    }

    /** The same rules with another wait for registrations. */
    public WatchRules withClaimWithin(Duration wait) {
        return waiting(expiredAfter, reportUnclaimedAfter, wait, forgetAfter, newJourneyAfter);
    }

    /** The same rules with another patience before a number that nobody registered is told of. */
    public WatchRules withReportUnclaimedAfter(Duration patience) {
        return waiting(expiredAfter, patience, claimWithin, forgetAfter, newJourneyAfter);
    }

    /** The same rules with another patience for parcels that no stall rule speaks of. */
    public WatchRules withStalledAfter(Duration patience) {
        return withStallRules(stallRules.withOtherwise(patience));
    }

    /** The same rules with other rules for stalls. */
    WatchRules withStallRules(StallRules other) {
        return new WatchRules(
                other,
                expiredAfter,
                reportUnclaimedAfter,
                claimWithin,
                forgetAfter,
                newJourneyAfter,
                oldNewsAfter,
                announceFrom,
                asOf);
    }

    /**
     * The same rules with other waits.
     *
     * @param expired         a journey silent for longer is expired
     * @param reportUnclaimed see {@link #withReportUnclaimedAfter}
     * @param claim           see {@link #withClaimWithin}
     */
    WatchRules withWaits(Duration expired, Duration reportUnclaimed, Duration claim) {
        return waiting(expired, reportUnclaimed, claim, forgetAfter, newJourneyAfter);
    }

    /**
     * The same rules with other lifetimes of journeys.
     *
     * @param expired    a journey silent for longer is expired
     * @param forget     how long after its end a journey stays in the state
     * @param newJourney the gap between two orders of a number that separates two journeys
     */
    public WatchRules withLifetimes(Duration expired, Duration forget, Duration newJourney) {
        return waiting(expired, reportUnclaimedAfter, claimWithin, forget, newJourney);
    }

    private WatchRules judging(Instant from, Instant moment) {
        return new WatchRules(
                stallRules,
                expiredAfter,
                reportUnclaimedAfter,
                claimWithin,
                forgetAfter,
                newJourneyAfter,
                oldNewsAfter,
                from,
                moment);
    }

    private WatchRules waiting(
            Duration expired, Duration reportUnclaimed, Duration claim, Duration forget, Duration newJourney) {
        return new WatchRules(
                stallRules, expired, reportUnclaimed, claim, forget, newJourney, oldNewsAfter, announceFrom, asOf);
    }

    /**
     * Why journeys cannot be told apart by {@link #newJourneyAfter()}, in words that follow the setting's name; null where they can. Events from
     * up to {@link Journeys#EARLIER_USE_BEFORE} before an order are its own: of journeys closer together than that the later one would take
     * the events of the earlier one.
     */
    public String refusedNewJourneyAfter() {
        return newJourneyAfter.compareTo(Journeys.EARLIER_USE_BEFORE) > 0
                ? null
                : "is " + newJourneyAfter.toDays() + " days: name more than " + Journeys.EARLIER_USE_BEFORE.toDays()
                        + ", because events from so long before an order are its own";
    }

    boolean bounded() {
        return asOf != null;
    }
}
