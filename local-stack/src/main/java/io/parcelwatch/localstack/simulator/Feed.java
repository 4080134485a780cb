package io.parcelwatch.localstack.simulator;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.zone.ZoneRules;
import java.util.ArrayList;
import java.util.List;

/** How what a carrier knows of a parcel reaches the shop: in which payloads, when, and how oddly. */
final class Feed {

    /**
     * A time in which one carrier's feed is down. What would come is held, and comes in a burst afterwards.
     *
     * @param carrier slug
     * @param from    the first moment without payloads
     * @param to      the moment of the burst
     */
    record Outage(Carrier carrier, Instant from, Instant to) {

        boolean holds(Carrier spoken, Instant moment) {
            return spoken == carrier && !moment.isBefore(from) && moment.isBefore(to);
        }
    }

    private final SimParcel parcel;
    private final Dice dice;
    private final Outage outage;
    private final Instant end;
    private final List<Snapshot> snapshots = new ArrayList<>();

    private Feed(SimParcel parcel, Dice dice, Outage outage, Instant end) {
        this.parcel = parcel;
        this.dice = dice;
        this.outage = outage;
        this.end = end;
    }

    /** The payloads about a parcel that are received by the end, in order of receipt. */
    static List<Snapshot> of(SimParcel parcel, Dice dice, Outage outage, Instant end) {
        Feed feed = new Feed(parcel, dice, outage, end);
        if (parcel.registeredAt != null && dice.chance(0.22)) {
            feed.poll();
        } else {
            feed.call();
        }
        return feed.received();
    }

    /** The shop asks every few hours, from the registration on; an answer that repeats the last one is left out. */
    private void poll() {
        if (dice.chance(0.4)) {
            snapshots.add(new Snapshot(
                    parcel.registeredAt,
                    parcel.registeredAt.plusSeconds(dice.between(5, 50)),
                    true,
                    Snapshot.bit(FeedQuirk.NOT_FOUND)));
        }
        Instant asked = parcel.registeredAt.plus(dice.minutes(3, 12));
        Instant lastAsked = Instant.MIN;
        Instant lastUpload = lastUpload();
        while (lastAsked.isBefore(lastUpload) && asked.isBefore(end)) {
            if (news(lastAsked, asked)) {
                add(asked, true);
                lastAsked = asked;
            }
            asked = asked.plus(dice.minutes(220, 300));
        }
    }

    /** The carrier calls with each scan: from the label on, or once the registered parcel is subscribed to. */
    private void call() {
        boolean atOnce = parcel.registeredAt == null || dice.chance(0.5);
        Instant from = atOnce ? parcel.labelAt : parcel.registeredAt.plus(dice.minutes(2, 10));
        if (!atOnce && news(Instant.MIN, from)) {
            add(from, false);
        }
        for (Scan scan : parcel.scans) {
            if (scan.uploadedAt().isAfter(from)) {
                add(scan.uploadedAt().plusSeconds(dice.between(1, 20)), false);
            }
        }
    }

    private void add(Instant madeAt, boolean poll) {
        int quirks = 0;
        Instant receivedAt = madeAt.plusMillis(dice.between(900, 60_000));
        // The first one is always prompt: every registered parcel is known to its carrier by the end.
        if (!snapshots.isEmpty() && dice.chance(0.012)) {
            receivedAt = receivedAt.plus(dice.hours(24, 80));
            quirks |= Snapshot.bit(FeedQuirk.LATE);
        } else if (!snapshots.isEmpty() && dice.chance(0.05)) {
            receivedAt = receivedAt.plus(dice.hours(2, 16));
        }
        if (dice.chance(0.25) && placesTellOffsets()) {
            quirks |= Snapshot.bit(FeedQuirk.NO_OFFSETS);
        }
        if (dice.chance(0.1)) {
            quirks |= Snapshot.bit(FeedQuirk.OLDEST_FIRST);
        }
        if (parcel.registeredAt == null) {
            quirks |= Snapshot.bit(FeedQuirk.NEVER_REGISTERED);
        }
        Snapshot snapshot = new Snapshot(madeAt, receivedAt, poll, quirks);
        snapshots.add(snapshot);
        if (dice.chance(0.03)) {
            snapshots.add(
                    snapshot.received(receivedAt.plus(dice.minutes(1, 360))).with(FeedQuirk.DUPLICATE));
        }
    }

    private List<Snapshot> received() {
        List<Snapshot> received = new ArrayList<>(snapshots.size());
        for (Snapshot snapshot : snapshots) {
            Snapshot came = snapshot;
            if (outage != null && outage.holds(parcel.carrier, snapshot.receivedAt())) {
                came = snapshot.received(outage.to().plusMillis(dice.between(500, 240_000)))
                        .with(FeedQuirk.HELD_BY_OUTAGE);
            }
            if (parcel.registeredAt != null && came.receivedAt().isBefore(parcel.registeredAt)) {
                came = came.with(FeedQuirk.BEFORE_REGISTRATION);
            }
            if (!came.receivedAt().isAfter(end)) {
                received.add(came);
            }
        }
        received.sort((a, b) -> a.receivedAt().compareTo(b.receivedAt()));
        Instant newest = Instant.MIN;
        for (int i = 0; i < received.size(); i++) {
            Snapshot came = received.get(i);
            if (came.madeAt().isBefore(newest) && !came.has(FeedQuirk.DUPLICATE)) {
                came = came.with(FeedQuirk.OVERTAKEN);
            }
            if (bringsLateUpload(newest, came.madeAt())) {
                came = came.with(FeedQuirk.LATE_UPLOAD);
            }
            received.set(i, came);
            newest = came.madeAt().isAfter(newest) ? came.madeAt() : newest;
        }
        return List.copyOf(received);
    }

    private boolean bringsLateUpload(Instant before, Instant madeAt) {
        return parcel.scans.stream()
                .anyMatch(scan -> scan.uploadedAt().isAfter(before)
                        && !scan.uploadedAt().isAfter(madeAt)
                        && scan.uploadedAt().isAfter(scan.at().plus(Duration.ofHours(8))));
    }

    private boolean news(Instant after, Instant until) {
        return parcel.scans.stream()
                .anyMatch(scan ->
                        scan.uploadedAt().isAfter(after) && !scan.uploadedAt().isAfter(until));
    }

    /** Offsets may be left out only where the places tell them: a clock that two zones share would tell another moment. */
    private boolean placesTellOffsets() {
        return parcel.carrier == Carrier.UPS
                && parcel.scans.stream().allMatch(scan -> {
                    ZoneRules clock = scan.place().zone().getRules();
                    LocalDateTime local =
                            LocalDateTime.ofInstant(scan.at(), scan.place().zone());
                    return scan.place().inOneZone()
                            && clock.getValidOffsets(local).size() == 1;
                });
    }

    private Instant lastUpload() {
        return parcel.scans.stream()
                .map(Scan::uploadedAt)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
    }
}
