package io.parcelwatch.pullorders;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Calls are spread as Amazon's usage plans want them. */
class QuotaTest {

    private final AtomicLong nanos = new AtomicLong(-5);
    private final Quota quota = new Quota(0.5, 3, nanos::get);

    @Test
    void afterTheBurstEachCallWaitsForItsOwn() {
        for (int i = 0; i < 3; i++) {
            assertThat(quota.take()).isZero();
        }
        assertThat(quota.take()).isEqualTo(Duration.ofSeconds(2));
        nanos.addAndGet(Duration.ofSeconds(2).toNanos());
        assertThat(quota.take()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void timeFillsTheBucketAgainAndNotBeyondItsBrim() {
        for (int i = 0; i < 3; i++) {
            quota.take();
        }
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        for (int i = 0; i < 3; i++) {
            assertThat(quota.take()).isZero();
        }
        assertThat(quota.take()).isPositive();
    }

    @Test
    void theRateIsWhatAmazonSays() {
        quota.learn("2.0");
        assertThat(quota.interval()).isEqualTo(Duration.ofMillis(500));
        quota.learn("0");
        quota.learn("many");
        assertThat(quota.interval()).isEqualTo(Duration.ofMillis(500));
    }
}
