package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.Test;

/** What counts as a sign of life, and when; the operator alone. */
class FeedSignsTest {

    private static final Instant NOW = Instant.parse("2026-03-02T12:00:00Z");

    @Test
    void aSenderWhoseClockIsADayAheadIsHeardWhenItsRecordWasWritten() throws Exception {
        assertThat(signs(WatchRules.live(), NOW.plus(Duration.ofDays(1))))
                .containsExactly(sign(NOW.plus(Duration.ofMinutes(1))));
    }

    @Test
    void aPayloadThatIsHandedInLateIsHeardWhenItWasReceived() throws Exception {
        assertThat(signs(WatchRules.live(), NOW.minus(Duration.ofHours(3))))
                .containsExactly(sign(NOW.minus(Duration.ofHours(3))));
    }

    @Test
    void aBoundedRunTakesNoSignOfAfterItsMoment() throws Exception {
        WatchRules bounded = WatchRules.bounded(NOW);
        assertThat(signs(bounded, NOW)).containsExactly(sign(NOW));
        assertThat(signs(bounded, NOW.plusMillis(1))).isEmpty();
    }

    /** What is made of an event that is read now; lines of a bounded run have no time of their own. */
    private static List<FeedSign> signs(WatchRules rules, Instant receivedAt) throws Exception {
        TrackingEvent event = new TrackingEvent(
                "ups",
                "1Z1",
                "e1",
                Status.IN_TRANSIT,
                null,
                NOW,
                0,
                OffsetSource.CARRIER,
                null,
                null,
                null,
                true,
                receivedAt,
                "webhook");
        long now = NOW.toEpochMilli();
        long timestamp = rules.bounded() ? Long.MIN_VALUE : Sources.clock(receivedAt.toEpochMilli(), now);
        try (var harness = new OneInputStreamOperatorTestHarness<>(new FeedSigns(rules))) {
            harness.open();
            harness.processElement(new StreamRecord<>(event, timestamp));
            harness.processWatermark(new Watermark(now));
            return harness.extractOutputValues();
        }
    }

    private static FeedSign sign(Instant at) {
        return new FeedSign("ups", at.toEpochMilli(), at.toEpochMilli());
    }
}
