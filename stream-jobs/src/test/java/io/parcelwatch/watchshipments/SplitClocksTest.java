package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.connector.source.ReaderOutput;
import org.apache.flink.runtime.metrics.groups.UnregisteredMetricGroups;
import org.apache.flink.streaming.api.operators.source.CollectingDataOutput;
import org.apache.flink.streaming.api.operators.source.TimestampsAndWatermarks;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.tasks.TestProcessingTimeService;
import org.apache.flink.streaming.runtime.watermarkstatus.WatermarkStatus;
import org.apache.flink.util.clock.ManualClock;
import org.junit.jupiter.api.Test;

/** Through Flink's own combination of a reader and its splits, which decides what of a split is heard. */
class SplitClocksTest {

    private static final long BEFORE_THE_START = System.currentTimeMillis() - 100_000;
    private static final long AFTER_THE_START = System.currentTimeMillis() + 100_000;

    private final ManualClock time = new ManualClock();

    @Test
    void whatIsThereAtTheStartHoldsTheClockUntilNoneHasComeForSeconds() {
        Reader reader = new Reader(new UntilRead(() -> false));
        reader.gets("a");
        reader.reads("a", BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET);
        assertThat(reader.holdsTheClock()).isTrue();
        reader.reads("a", BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET);
        assertThat(reader.holdsTheClock()).isTrue();
        time.advanceTime(Duration.ofMillis(1));
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void aProcessThatStoodStillHasNotFoundThatNoneComes() {
        Reader reader = new Reader(new UntilRead(() -> false));
        reader.gets("a");
        reader.reads("a", BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET.plusMinutes(1));
        assertThat(reader.holdsTheClockWhenAskedOnce()).isTrue();
        reader.reads("a", BEFORE_THE_START);
        assertThat(reader.holdsTheClock()).isTrue();
    }

    @Test
    void oneSplitThatIsNotReadHoldsTheClockForAll() {
        Reader reader = new Reader(new UntilRead(() -> false));
        reader.gets("a");
        reader.gets("b");
        for (int record = 0; record < 100; record++) {
            reader.reads("b", BEFORE_THE_START);
            time.advanceTime(UntilRead.QUIET);
            assertThat(reader.holdsTheClock()).isTrue();
        }
        time.advanceTime(Duration.ofMillis(1));
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void anIntakeThatNeverRestsDoesNotHoldTheClock() {
        Reader reader = new Reader(new UntilRead(() -> false));
        reader.gets("a");
        reader.reads("a", BEFORE_THE_START);
        assertThat(reader.holdsTheClock()).isTrue();
        reader.reads("a", AFTER_THE_START);
        assertThat(reader.holdsTheClock()).isFalse();
        reader.reads("a", AFTER_THE_START);
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void theClockWaitsForSplitsThatAreFoundLate() {
        Reader reader = new Reader(new UntilRead(() -> false));
        time.advanceTime(SplitClocks.LONGEST_WITHOUT_SPLIT);
        assertThat(reader.holdsTheClock()).isTrue();
        reader.gets("a");
        reader.reads("a", BEFORE_THE_START);
        time.advanceTime(UntilRead.QUIET);
        assertThat(reader.holdsTheClock()).isTrue();
        time.advanceTime(Duration.ofMillis(1));
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void aReaderThatGetsNoSplitDoesNotHoldTheClockForEver() {
        Reader reader = new Reader(new UntilRead(() -> false));
        time.advanceTime(SplitClocks.LONGEST_WITHOUT_SPLIT);
        assertThat(reader.holdsTheClock()).isTrue();
        time.advanceTime(Duration.ofMillis(1));
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void aPartitionThatIsAddedLaterDoesNotHoldTheClock() {
        Reader reader = new Reader(new UntilRead(() -> false));
        reader.gets("a");
        reader.reads("a", AFTER_THE_START);
        assertThat(reader.holdsTheClock()).isFalse();
        reader.gets("added");
        reader.reads("added", BEFORE_THE_START);
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void whereNothingIsThereNothingHoldsTheClock() {
        Reader reader = new Reader(new UntilRead(() -> true));
        assertThat(reader.holdsTheClock()).isFalse();
        reader.gets("a");
        assertThat(reader.holdsTheClock()).isFalse();
    }

    @Test
    void kafkaIsAskedOnceHoweverManySplitsThereAre() {
        AtomicInteger asked = new AtomicInteger();
        Reader reader = new Reader(new UntilRead(() -> asked.incrementAndGet() > 0));
        for (int split = 0; split < 12; split++) {
            reader.gets("split " + split);
        }
        assertThat(reader.holdsTheClock()).isFalse();
        assertThat(asked).hasValue(1);
    }

    @Test
    void payloadsOfASplitThatIsSilentHoldTheClockAndAReaderWithoutOneDoesNotForEver() {
        Reader silent = new Reader(new FollowReceipt());
        silent.gets("a");
        Reader without = new Reader(new FollowReceipt());
        time.advanceTime(SplitClocks.LONGEST_WITHOUT_SPLIT);
        assertThat(without.holdsTheClock()).isTrue();
        time.advanceTime(Duration.ofMillis(1));
        assertThat(without.holdsTheClock()).isFalse();
        assertThat(silent.holdsTheClock()).isTrue();

        without.gets("added");
        without.reads("added", BEFORE_THE_START);
        assertThat(without.holdsTheClock()).isTrue();
        assertThat(without.clock()).isEqualTo(BEFORE_THE_START - 1);
    }

    private final class Reader {
        private final CollectingDataOutput<RawRecord> sent = new CollectingDataOutput<>();
        private final TimestampsAndWatermarks<RawRecord> clocks;
        private final ReaderOutput<RawRecord> output;

        Reader(SplitClocks splitClocks) {
            clocks = TimestampsAndWatermarks.createProgressiveEventTimeLogic(
                    WatermarkStrategy.<RawRecord>forGenerator(splitClocks)
                            .withTimestampAssigner((record, kafkaTime) -> kafkaTime),
                    UnregisteredMetricGroups.createUnregisteredOperatorMetricGroup(),
                    new TestProcessingTimeService(),
                    200,
                    time,
                    time,
                    UnregisteredMetricGroups.createUnregisteredTaskMetricGroup().getIOMetricGroup());
            output = clocks.createMainOutput(sent, new Unheard());
        }

        void gets(String split) {
            output.createOutputForSplit(split);
        }

        void reads(String split, long kafkaTime) {
            output.createOutputForSplit(split).collect(null, kafkaTime);
        }

        /** Asked as often as in seconds. */
        boolean holdsTheClock() {
            for (int asked = 1; asked < UntilRead.ASKED; asked++) {
                clocks.emitImmediateWatermark(0);
            }
            return holdsTheClockWhenAskedOnce();
        }

        /** The last watermark. */
        long clock() {
            return sent.getEvents().stream()
                    .filter(Watermark.class::isInstance)
                    .mapToLong(watermark -> ((Watermark) watermark).getTimestamp())
                    .max()
                    .orElseThrow();
        }

        boolean holdsTheClockWhenAskedOnce() {
            clocks.emitImmediateWatermark(0);
            return sent.getEvents().stream()
                    .filter(WatermarkStatus.class::isInstance)
                    .reduce((earlier, later) -> later)
                    .filter(WatermarkStatus.IDLE::equals)
                    .isEmpty();
        }
    }

    private static final class Unheard implements TimestampsAndWatermarks.WatermarkUpdateListener {
        @Override
        public void updateIdle(boolean isIdle) {
            // For the alignment of sources, which is not used.
        }

        @Override
        public void updateCurrentEffectiveWatermark(long watermark) {
            // Likewise.
        }

        @Override
        public void updateCurrentSplitWatermark(String splitId, long watermark) {
            // Likewise.
        }

        @Override
        public void updateCurrentSplitIdle(String splitId, boolean idle) {
            // Likewise.
        }

        @Override
        public void splitFinished(String splitId) {
            // Likewise.
        }
    }
}
