package io.parcelwatch.pullorders;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;

/**
 * When to ask again. Before retry n a random part of {@code backoff * 2^(n-1)}, at most 30 seconds, is waited ("full jitter": AWS
 * Architecture Blog, "Exponential Backoff And Jitter"); where the API says how long, that long.
 */
final class Waits {

    /** So often a request is asked again before the run gives up. */
    static final int RETRIES = 3;
    /** An API that wants us to wait longer is asked again by a later run. */
    static final Duration LONGEST = Duration.ofMinutes(2);

    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(30);

    private final Duration backoff;
    private final Sleeper sleeper;
    private final PullProgress progress;

    Waits(Duration backoff, Sleeper sleeper, PullProgress progress) {
        this.backoff = backoff;
        this.sleeper = sleeper;
        this.progress = progress;
    }

    /** Lets the thread sleep. */
    @FunctionalInterface
    interface Sleeper {

        void sleep(Duration duration) throws InterruptedException;
    }

    /** How long to wait before a retry, from 1, that nobody gave a time for. */
    Duration beforeRetry(int retry) {
        long most = Math.min(backoff.toMillis() << (retry - 1), LONGEST_BACKOFF.toMillis());
        return Duration.ofMillis(ThreadLocalRandom.current().nextLong(most + 1));
    }

    /** Waits, and tells who watches what for. */
    void waitFor(Duration duration, String why) {
        if (duration.isZero() || duration.isNegative()) {
            return;
        }
        progress.waits(duration, why);
        try {
            sleeper.sleep(duration);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PullFailedException("the pull was interrupted: run it again, it goes on where it stood");
        }
    }

    /** Header {@code Retry-After}: seconds (Shopify sends decimals), or a date (RFC 9110, section 10.2.3); empty where it is neither. */
    static Optional<Duration> retryAfter(String header, Instant now) {
        Optional<Duration> seconds = seconds(header);
        if (seconds.isPresent()) {
            return seconds;
        }
        try {
            Duration until = Duration.between(
                    now,
                    ZonedDateTime.parse(header.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
            return Optional.of(until.isNegative() ? Duration.ZERO : until);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** A number of seconds, maybe with decimals; empty where it is none. */
    static Optional<Duration> seconds(String text) {
        // Bounded before it is read: 1e999999999 is a number too.
        if (!text.strip().matches("[0-9]{1,9}([.][0-9]{1,9})?")) {
            return Optional.empty();
        }
        return Optional.of(
                Duration.ofNanos(new BigDecimal(text.strip()).movePointRight(9).longValue()));
    }
}
