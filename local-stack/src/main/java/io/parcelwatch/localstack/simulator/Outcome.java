package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * What came of a parcel by the end, as far as payloads received until then tell: a plain walk over its scans, of which each was made
 * with the status after it. Shares no code with the rules that are tested against it.
 */
final class Outcome {

    static final Duration STALLED_AFTER = Duration.ofHours(72);

    /** How near nothing that counts comes to a promise. */
    static final Duration MARGIN = Duration.ofMinutes(30);

    /** A stall: on which leg, from when, until when (null: still). */
    record Stall(int leg, Instant openedAt, Instant closedAt) {}

    /** The scans that were told by the end, oldest first. */
    final List<Scan> known = new ArrayList<>();

    final List<Stall> stalls = new ArrayList<>();
    /** The moments between which a parcel on its way did not move. */
    final List<Duration> silences = new ArrayList<>();

    Status status;
    int leg = 1;
    Instant statusAt;
    Instant firstScanAt;
    Instant firstAttemptAt;
    Scan delivery;
    Instant turnedBackAt;
    boolean exceptionOnLegOne;
    Instant delayedAt;
    Instant delayEndedAt;

    static Outcome of(SimParcel parcel, Instant end) {
        return new Outcome(parcel, end);
    }

    private Outcome(SimParcel parcel, Instant end) {
        Instant toldUntil = parcel.snapshots.stream()
                .filter(snapshot -> snapshot.tells() && !snapshot.receivedAt().isAfter(end))
                .map(Snapshot::madeAt)
                .max(Instant::compareTo)
                .orElse(Instant.MIN);
        for (Scan scan : parcel.scans) {
            if (!scan.uploadedAt().isAfter(toldUntil)) {
                known.add(scan);
            }
        }
        follow(parcel.carrier);
        findStalls(parcel.carrier, end);
        findDelay(parcel.promisedAt(), end);
    }

    private void follow(Carrier carrier) {
        Instant attempt = null;
        Scan delivered = null;
        for (Scan scan : known) {
            Signal.Meaning meaning = scan.signal().meaning(carrier);
            if (meaning.touched() && firstScanAt == null) {
                firstScanAt = scan.at();
            }
            if (scan.corrects()) {
                // The attempt that the false delivery was is taken back with it.
                attempt = attempt != null && delivered != null && attempt.equals(delivered.at()) ? null : attempt;
                delivered = null;
            }
            if (scan.leg() == 1) {
                exceptionOnLegOne |= meaning.status() == Status.EXCEPTION;
                boolean failedOnVehicle = scan.after() == Status.EXCEPTION && status == Status.OUT_FOR_DELIVERY;
                boolean tried = scan.after() == Status.ATTEMPTED
                        || scan.after() == Status.AVAILABLE_FOR_PICKUP
                        || scan.after() == Status.DELIVERED;
                attempt = attempt == null && (failedOnVehicle || tried) ? scan.at() : attempt;
                delivered = delivered == null && scan.after() == Status.DELIVERED ? scan : delivered;
            } else if (turnedBackAt == null) {
                turnedBackAt = scan.at();
            }
            if (scan.after() != status) {
                statusAt = scan.at();
            }
            status = scan.after();
            leg = scan.leg();
        }
        firstAttemptAt = attempt;
        delivery = delivered;
    }

    private void findStalls(Carrier carrier, Instant end) {
        Scan last = null;
        Status before = null;
        for (Scan scan : known) {
            if (scan.signal().meaning(carrier).touched() || scan.after() != before) {
                if (last != null) {
                    between(last, scan.at(), scan.at());
                }
                last = scan;
            }
            before = scan.after();
        }
        if (last != null) {
            between(last, end, null);
        }
    }

    private void between(Scan movement, Instant until, Instant next) {
        switch (movement.after()) {
            case PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, ATTEMPTED, EXCEPTION, RETURNING -> {
                silences.add(Duration.between(movement.at(), until));
                Instant opens = movement.at().plus(STALLED_AFTER);
                if (until.isAfter(opens)) {
                    stalls.add(new Stall(movement.leg(), opens, next));
                }
            }
            default -> {
                // Nobody waits for it to move.
            }
        }
    }

    private void findDelay(Instant promisedAt, Instant end) {
        if (promisedAt == null || !end.isAfter(promisedAt)) {
            return;
        }
        Instant settled = firstAttemptAt;
        if (turnedBackAt != null && (settled == null || turnedBackAt.isBefore(settled))) {
            settled = turnedBackAt;
        }
        if (settled == null || settled.isAfter(promisedAt)) {
            delayedAt = promisedAt;
            delayEndedAt = settled;
        }
    }

    /** Whether the outcome leaves no room for doubt at the edges of the rules; see {@link Truth}. */
    boolean isClear(Instant promisedAt, Instant end) {
        for (Duration silence : silences) {
            if (silence.compareTo(Duration.ofHours(70)) >= 0 && silence.compareTo(Duration.ofHours(74)) <= 0) {
                return false;
            }
        }
        if (promisedAt != null) {
            for (Instant moment : new Instant[] {end, firstAttemptAt, turnedBackAt}) {
                if (moment != null && Duration.between(promisedAt, moment).abs().compareTo(MARGIN) < 0) {
                    return false;
                }
            }
            // Turned back without an attempt before the promise: whether that is late, no rule says.
            return turnedBackAt == null || firstAttemptAt != null || turnedBackAt.isAfter(promisedAt);
        }
        return true;
    }
}
