package io.parcelwatch.watchshipments;

import java.time.Duration;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The part of a reader of Kafka in the clock: one of these serves a reader. Flink asks it for a generator for the reader itself, through which no record
 * comes, and then for one for each of its splits.
 *
 * <p>To Flink splits that have told no watermark yet are idle, and it is the reader that holds the clock for them, from before it knows them. A reader
 * without any holds it for a minute only: where partitions were added while the job was stopped, and it goes on with more readers, one may get none.
 */
abstract class SplitClocks implements WatermarkGeneratorSupplier<RawRecord> {

    private static final long serialVersionUID = 1L;

    /** After so long a reader that has no split is not waited for. */
    static final Duration LONGEST_WITHOUT_SPLIT = Duration.ofMinutes(1);

    private transient boolean readerHasItsOwn;
    private transient boolean anySplit;

    @Override
    public final WatermarkGenerator<RawRecord> createWatermarkGenerator(Context context) {
        if (!readerHasItsOwn) {
            readerHasItsOwn = true;
            return new Reader(context.getInputActivityClock());
        }
        anySplit = true;
        return ofSplit(context);
    }

    abstract WatermarkGenerator<RawRecord> ofSplit(Context context);

    /** Whether no split has to be waited for, known or not. */
    abstract boolean nothingToWaitFor();

    private final class Reader implements WatermarkGenerator<RawRecord> {
        private final RelativeClock clock;
        private final long startedAt;

        Reader(RelativeClock clock) {
            this.clock = clock;
            startedAt = clock.relativeTimeMillis();
        }

        @Override
        public void onEvent(RawRecord event, long kafkaTime, WatermarkOutput output) {
            throw new IllegalStateException("a record came through no split");
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            boolean getsNone = !anySplit && clock.relativeTimeMillis() - startedAt > LONGEST_WITHOUT_SPLIT.toMillis();
            if (getsNone || nothingToWaitFor()) {
                output.markIdle();
            }
        }
    }
}
