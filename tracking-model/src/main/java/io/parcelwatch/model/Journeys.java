package io.parcelwatch.model;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Tells the uses of one tracking number apart. Carriers reuse numbers: a number alone identifies nothing.
 *
 * <p>A registration whose order was placed more than {@code newJourneyAfter} after the last one opens a new journey, otherwise it joins
 * the last one. The outcome depends on the dates alone, not on the order of arrival.
 */
public final class Journeys {

    /** After how long without a registration a number counts as given out again, unless a setting says otherwise. */
    public static final Duration NEW_JOURNEY_AFTER = Duration.ofDays(60);

    /** Events from longer than this before the order was placed belong to an earlier use of the number. */
    public static final Duration EARLIER_USE_BEFORE = Duration.ofDays(30);

    private static final Comparator<RegisteredOrder> BY_START = Comparator.comparing(
                    RegisteredOrder::startsAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            .thenComparing(RegisteredOrder::order);

    private Journeys() {}

    /**
     * The orders with their journeys decided, first journey first. Orders that carry a journey already keep it.
     *
     * @param orders          the orders of one tracking number
     * @param newJourneyAfter the gap between two orders that separates two journeys
     */
    public static List<RegisteredOrder> decide(List<RegisteredOrder> orders, Duration newJourneyAfter) {
        List<RegisteredOrder> sorted = new ArrayList<>(orders);
        sorted.sort(BY_START);
        List<RegisteredOrder> decided = new ArrayList<>(sorted.size());
        int journey = 1;
        Instant last = null;
        for (RegisteredOrder order : sorted) {
            Instant start = order.startsAt();
            if (last != null && start != null && start.isAfter(last.plus(newJourneyAfter))) {
                journey++;
            }
            decided.add(order.journey() > 0 ? order : order.withJourney(journey));
            last = start != null ? start : last;
        }
        decided.sort(Comparator.comparingInt(RegisteredOrder::journey));
        return decided;
    }
}
