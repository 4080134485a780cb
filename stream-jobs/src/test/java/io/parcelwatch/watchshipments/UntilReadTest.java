package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.util.clock.ManualClock;
import org.apache.flink.util.clock.RelativeClock;
import org.junit.jupiter.api.Test;

class UntilReadTest {

    private static final long BEFORE_THE_START = System.currentTimeMillis() - 100_000;
    private static final long AFTER_THE_START = System.currentTimeMillis() + 100_000;

    private final ManualClock time = new ManualClock();
    private final Clock clock = new Clock();

    @Test
    void whatIsThereAtTheStartHoldsTheClockUntilNoneHasComeForSeconds() {
        WatermarkGenerator<RawRecord> split = of(false);
        read(split, BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET);
        assertThat(released(split)).isFalse();
        read(split, BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET);
        assertThat(released(split)).isFalse();
        time.advanceTime(Duration.ofMillis(1));
        assertThat(released(split)).isTrue();
    }

    @Test
    void anIntakeThatNeverRestsDoesNotHoldTheClock() {
        WatermarkGenerator<RawRecord> split = of(false);
        read(split, BEFORE_THE_START);
        assertThat(released(split)).isFalse();
        read(split, AFTER_THE_START);
        assertThat(released(split)).isTrue();
        read(split, AFTER_THE_START);
        assertThat(released(split)).isTrue();
    }

    @Test
    void whereNothingIsThereNothingHoldsTheClock() {
        assertThat(released(of(true))).isTrue();
    }

    @Test
    void kafkaIsAskedOnceHoweverManySplitsThereAre() {
        AtomicInteger asked = new AtomicInteger();
        UntilRead all = new UntilRead(() -> asked.incrementAndGet() > 0);
        for (int split = 0; split < 12; split++) {
            assertThat(released(all.createWatermarkGenerator(new Start()))).isTrue();
        }
        assertThat(asked).hasValue(1);
    }

    private WatermarkGenerator<RawRecord> of(boolean noneThere) {
        return new UntilRead(() -> noneThere).createWatermarkGenerator(new Start());
    }

    private void read(WatermarkGenerator<RawRecord> split, long kafkaTime) {
        split.onEvent(null, kafkaTime, clock);
    }

    private boolean released(WatermarkGenerator<RawRecord> split) {
        clock.idle = false;
        split.onPeriodicEmit(clock);
        return clock.idle;
    }

    private final class Start implements WatermarkGeneratorSupplier.Context {
        @Override
        public MetricGroup getMetricGroup() {
            throw new AssertionError("nothing is counted");
        }

        @Override
        public RelativeClock getInputActivityClock() {
            return time;
        }
    }

    private static final class Clock implements WatermarkOutput {
        private boolean idle;

        @Override
        public void emitWatermark(Watermark watermark) {
            throw new AssertionError("registrations do not move the clock");
        }

        @Override
        public void markIdle() {
            idle = true;
        }

        @Override
        public void markActive() {
            throw new AssertionError("registrations do not hold a clock that goes");
        }
    }
}
