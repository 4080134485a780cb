package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Lane;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Status;
import java.io.Serializable;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * How long parcels of a kind may be silent. An empty list matches everything.
 *
 * @param name          what operations call it; null: the rule that holds where no other does
 * @param validFrom     it governs silences that begin at this moment or later
 * @param carriers      slugs
 * @param services      as the shop names them; case and accents do not count
 * @param statuses      in which the parcel is silent
 * @param origins       {@code country}, which holds for its regions too, {@code country-region}, or {@code ?} for unknown
 * @param destinations  likewise
 * @param after         strictly longer than this is a stall
 * @param basis         what ends a silence
 * @param workingDays   whether {@code after} and {@code escalateAfter} count working days at the destination only, see {@link WorkingDays}
 * @param escalateAfter strictly longer than this escalates the stall; null: nothing does
 */
public record StallRule(
        String name,
        Instant validFrom,
        List<String> carriers,
        List<String> services,
        List<Status> statuses,
        List<String> origins,
        List<String> destinations,
        Duration after,
        Basis basis,
        boolean workingDays,
        Duration escalateAfter)
        implements Serializable {

    /** What ends a silence. */
    public enum Basis {
        /** A scan or a change of status. */
        MOVEMENT,
        /** A change of status alone: scans in one status do not count. */
        STATUS
    }

    /** The rule that holds where no other does. */
    static StallRule otherwise(Duration after) {
        return new StallRule(
                null,
                Instant.EPOCH,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                after,
                Basis.MOVEMENT,
                false,
                null);
    }

    /** Whether it speaks of the shipments of a lane. */
    boolean fits(Lane lane) {
        return (carriers.isEmpty() || carriers.contains(lane.carrier()))
                && (services.isEmpty() || services.contains(Place.fold(lane.service())))
                && (origins.isEmpty() || origins.stream().anyMatch(place -> holds(place, lane.origin())))
                && (destinations.isEmpty()
                        || destinations.stream().anyMatch(place -> holds(place, lane.destination())));
    }

    /**
     * Whether it governs the silence after a movement of a shipment that it {@link #fits}.
     *
     * @param status  the status since the movement
     * @param since   when the parcel came into that status
     * @param movedAt the movement
     */
    boolean governs(Status status, Instant since, Instant movedAt) {
        return (statuses.isEmpty() || statuses.contains(status))
                && !(basis == Basis.STATUS ? since : movedAt).isBefore(validFrom);
    }

    /** The last moment at which a silence is no longer than a threshold of this rule. */
    Instant deadline(Instant begins, Duration threshold, Place destination) {
        return workingDays ? WorkingDays.plus(begins, threshold, destination) : begins.plus(threshold);
    }

    /** Whether it governs everything that another does, from the same time or earlier: behind it the other is never reached. */
    boolean covers(StallRule other) {
        return !validFrom.isAfter(other.validFrom)
                && covers(carriers, other.carriers)
                && covers(services, other.services)
                && covers(statuses, other.statuses)
                && coversPlaces(origins, other.origins)
                && coversPlaces(destinations, other.destinations);
    }

    private static boolean covers(List<?> all, List<?> some) {
        return all.isEmpty() || (!some.isEmpty() && all.containsAll(some));
    }

    private static boolean coversPlaces(List<String> all, List<String> some) {
        return all.isEmpty()
                || (!some.isEmpty()
                        && some.stream().allMatch(one -> all.stream().anyMatch(place -> holds(place, one))));
    }

    private static boolean holds(String place, String part) {
        return part.equals(place) || part.startsWith(place + "-");
    }
}
