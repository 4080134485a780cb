package io.parcelwatch.pullorders;

import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How often an operation of Amazon's may be called: a bucket of calls that fills up at a rate (SP-API documentation, "Usage Plans and Rate
 * Limits"). Known for this process alone; what other programs of the same seller take is learned from a 429.
 */
final class Quota {

    /** Calls a second that the operation takes, as the API says it of the very seller. */
    static final String HEADER = "x-amzn-RateLimit-Limit";

    private final double burst;
    private final LongSupplier nanos;
    private double rate;
    private double left;
    private long at;

    /**
     * @param rate  calls a second
     * @param burst calls that may come at once
     * @param nanos a clock as {@link System#nanoTime}
     */
    Quota(double rate, int burst, LongSupplier nanos) {
        this.rate = rate;
        this.burst = burst;
        this.nanos = nanos;
        this.left = burst;
        this.at = nanos.getAsLong();
    }

    /** Takes one call, and says how long to wait before it is made. */
    Duration take() {
        long now = nanos.getAsLong();
        left = Math.min(burst, left + (now - at) / 1e9 * rate) - 1;
        at = now;
        return left >= 0 ? Duration.ZERO : Duration.ofMillis((long) Math.ceil(-left / rate * 1000));
    }

    /** How long to let pass between two calls where the bucket is empty. */
    Duration interval() {
        return interval(rate);
    }

    /** The API said another rate. */
    void learn(String header) {
        calls(header).ifPresent(calls -> rate = calls);
    }

    /** How long the header lets pass between two calls; empty where it is no rate. */
    static Optional<Duration> interval(String header) {
        return calls(header).map(Quota::interval);
    }

    private static Duration interval(double calls) {
        return Duration.ofMillis((long) Math.ceil(1000 / calls));
    }

    private static Optional<Double> calls(String header) {
        return header.strip().matches("[0-9]{1,6}([.][0-9]{1,9})?")
                ? Optional.of(Double.valueOf(header.strip())).filter(calls -> calls > 1e-4)
                : Optional.empty();
    }
}
