package io.parcelwatch.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Tells the uses of one tracking number apart. Carriers reuse numbers: a number alone identifies nothing.
 *
 * <p>A registration whose order was placed more than {@code newJourneyAfter} after the last one opens a new journey, otherwise it joins
 * the last one. The outcome depends on the dates alone, not on the order of arrival.
 */
public final class Journeys {

    /** After how long without a registration a number counts as given out again, unless a setting says otherwise. */
    public static final Duration NEW_JOURNEY_AFTER = Duration.ofDays(60);

    /**
     * Events from longer than this before the order was placed belong to an earlier use of the number; those from shortly before it do where that use
     * goes on with them.
     */
    public static final Duration EARLIER_USE_BEFORE = Duration.ofDays(30);

    private static final Comparator<RegisteredOrder> BY_START = Comparator.comparing(
                    RegisteredOrder::startsAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(RegisteredOrder::order);

    private Journeys() {}

    /**
     * The orders with their journeys decided, first journey first. Orders that carry a journey already keep it, and draw those near them into
     * it; a number that is taken is not given out again.
     *
     * @param orders          the orders of one tracking number
     * @param newJourneyAfter the gap between two orders that separates two journeys
     */
    public static List<RegisteredOrder> decide(List<RegisteredOrder> orders, Duration newJourneyAfter) {
        Set<Integer> taken =
                orders.stream().map(RegisteredOrder::journey).collect(Collectors.toCollection(HashSet::new));
        List<RegisteredOrder> decided = new ArrayList<>(orders.size());
        int last = 0;
        for (List<RegisteredOrder> together : apart(orders, newJourneyAfter)) {
            int journey = together.stream()
                    .mapToInt(RegisteredOrder::journey)
                    .filter(j -> j > 0)
                    .findFirst()
                    .orElse(0);
            if (journey == 0) {
                journey = last + 1;
                while (!taken.add(journey)) {
                    journey++;
                }
            }
            for (RegisteredOrder order : together) {
                decided.add(order.journey() > 0 ? order : order.withJourney(journey));
            }
            last = journey;
        }
        decided.sort(Comparator.comparingInt(RegisteredOrder::journey));
        return decided;
    }

    /** The orders in groups between which the gap lies. An order without any date joins the first group. */
    private static List<List<RegisteredOrder>> apart(List<RegisteredOrder> orders, Duration gap) {
        List<RegisteredOrder> sorted = new ArrayList<>(orders);
        sorted.sort(BY_START);
        List<List<RegisteredOrder>> groups = new ArrayList<>();
        Instant last = null;
        for (RegisteredOrder order : sorted) {
            Instant start = order.startsAt();
            if (groups.isEmpty() || last != null && start.isAfter(last.plus(gap))) {
                groups.add(new ArrayList<>());
            }
            groups.get(groups.size() - 1).add(order);
            last = start;
        }
        return groups;
    }
}
