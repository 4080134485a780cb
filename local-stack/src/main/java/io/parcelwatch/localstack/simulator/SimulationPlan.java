package io.parcelwatch.localstack.simulator;

import java.time.Duration;
import java.time.Instant;
import java.util.Objects;

/**
 * What is to be played. The same plan gives the same simulation, byte for byte.
 *
 * @param seed            the seed of all chance
 * @param start           when the first order may be placed
 * @param ordering        for how long orders are placed
 * @param length          how long the simulation lasts; it ends at {@code start + length}, and nothing is received after that
 * @param orders          how many orders are placed; with the 400 of the demo every {@link Story} occurs, with few not all do
 * @param recycledNumbers whether tracking numbers are given out again more than 60 days later; needs a plan of orders over 76 days or more
 */
public record SimulationPlan(
        long seed, Instant start, Duration ordering, Duration length, int orders, boolean recycledNumbers) {

    /** How long a plan must order for numbers to be given out again. */
    private static final Duration RECYCLING = Duration.ofDays(76);

    public SimulationPlan {
        Objects.requireNonNull(start, "start");
        if (orders < 1) {
            throw new IllegalArgumentException("a simulation needs an order at least");
        }
        if (ordering.isNegative() || ordering.isZero() || length.compareTo(ordering) < 0) {
            throw new IllegalArgumentException("orders are placed for " + ordering + ", within " + length);
        }
        if (recycledNumbers && ordering.compareTo(RECYCLING) < 0) {
            throw new IllegalArgumentException(
                    "numbers are given out again after orders of " + RECYCLING + " and more");
        }
    }

    /** About two weeks in the life of three stores: 400 orders, 17 days from a Monday without a change of clocks. */
    public static SimulationPlan demo(long seed) {
        return ofOrders(seed, 400);
    }

    /** The demo's 17 days with another number of orders. */
    public static SimulationPlan ofOrders(long seed, int orders) {
        return new SimulationPlan(
                seed, Instant.parse("2026-09-14T00:00:00Z"), Duration.ofDays(14), Duration.ofDays(17), orders, false);
    }

    /** A quarter of a year, in which tracking numbers are given out again; both of Europe's and America's clocks change in it. */
    public static SimulationPlan withRecycledNumbers(long seed, int orders) {
        return new SimulationPlan(
                seed, Instant.parse("2026-08-17T00:00:00Z"), Duration.ofDays(80), Duration.ofDays(86), orders, true);
    }

    /** The moment up to which everything is known: the as-of of the truth. */
    public Instant end() {
        return start.plus(length);
    }
}
