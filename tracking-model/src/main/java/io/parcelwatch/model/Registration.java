package io.parcelwatch.model;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What is registered about one tracking number: all its journeys and all their orders.
 *
 * @param carrier        the carrier's slug
 * @param trackingNumber normalised, see {@link TrackingNumbers}
 * @param revision       intake counts it up with each change and the highest wins whole; 0 marks one line of several (JSON lines), which merge
 * @param orders         the orders that travel, or travelled, under the number
 */
public record Registration(String carrier, String trackingNumber, long revision, List<RegisteredOrder> orders) {

    private static final Comparator<RegisteredOrder> BY_REGISTRATION = Comparator.comparing(
                    RegisteredOrder::registeredAt, Comparator.nullsFirst(Comparator.naturalOrder()))
            // Two lines of one order and one time that differ: any rule will do as long as it does not depend on which
            // came first.
            .thenComparing(RegisteredOrder::toString);

    /**
     * What holds when both are known, whichever came first: the higher revision; of two without a revision, the union by order, where of
     * two registrations of one order the one registered later wins.
     *
     * @param a one, or null
     * @param b another, or null
     */
    public static Registration merge(Registration a, Registration b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        if (a.revision != b.revision) {
            return a.revision > b.revision ? a : b;
        }
        if (a.revision > 0) {
            // One revision with two contents is a fault of the writer; even so the outcome must not depend on the order
            // of arrival.
            return a.equals(b) || a.toString().compareTo(b.toString()) > 0 ? a : b;
        }
        Map<OrderRef, RegisteredOrder> byOrder = new TreeMap<>();
        for (RegisteredOrder order : a.orders) {
            byOrder.merge(order.order(), order, Registration::later);
        }
        for (RegisteredOrder order : b.orders) {
            byOrder.merge(order.order(), order, Registration::later);
        }
        return new Registration(a.carrier, a.trackingNumber, 0, new ArrayList<>(byOrder.values()));
    }

    /** The later word about an order; the promise does not move, and of two the earlier was given first. */
    private static RegisteredOrder later(RegisteredOrder x, RegisteredOrder y) {
        RegisteredOrder later = BY_REGISTRATION.compare(x, y) >= 0 ? x : y;
        RegisteredOrder promised = y.promisedAt() == null
                        || (x.promisedAt() != null && !x.promisedAt().isAfter(y.promisedAt()))
                ? x
                : y;
        return later.withPromise(promised.promisedAt(), promised.promisePrecision());
    }
}
