package io.parcelwatch.localstack.simulator;

/**
 * Plays a shop's parcels: three Shopify stores, two carriers, and what reaches the shop from both, with all that is odd about it. The
 * same plan gives the same bytes and the same truth.
 */
public final class ParcelSimulator {

    private ParcelSimulator() {}

    /** Plays a plan. Files and payloads are written when they are asked for, so that a large plan needs little memory. */
    public static Simulation simulate(SimulationPlan plan) {
        return new Simulation(new World(plan));
    }
}
