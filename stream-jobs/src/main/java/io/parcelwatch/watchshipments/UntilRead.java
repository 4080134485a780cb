package io.parcelwatch.watchshipments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkGeneratorSupplier;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The clock of registrations: they do not move it, but those that are there when the job starts hold it until they are read, because the
 * payloads of months may be read in a minute, and an event whose registration waits to be read is not unclaimed.
 *
 * <p>What was there in a split is read when a record comes that is younger than the start, or when none has come for {@link #QUIET}. Without the first an
 * intake that never rests would hold the clock for ever.
 *
 * <p>One of these serves a reader of the source. It makes a generator for the reader itself, and then one for each of its splits. Splits that have told no
 * watermark yet are idle to Flink, so it is the reader that holds the clock for them, from before it knows them.
 */
final class UntilRead implements WatermarkGeneratorSupplier<RawRecord> {

    private static final long serialVersionUID = 1L;

    /** For how long no registration has to come, after a start, until those that were there count as read. */
    static final Duration QUIET = Duration.ofSeconds(3);

    /** A reader that got no split by then gets none. */
    static final Duration LONGEST_WITHOUT_SPLIT = Duration.ofMinutes(1);

    /** Whether there is nothing to wait for; a lambda that Flink can send to its tasks. */
    interface NoneThere extends BooleanSupplier, java.io.Serializable {}

    private final NoneThere noneThere;
    /** The answer of the start, for all splits: while Kafka is away, each question waits for it. */
    private transient boolean nothingToRead;
    /** Null until the reader has its generator. */
    private transient List<Split> splits;

    /** @param noneThere asked once a reader, at its start */
    UntilRead(NoneThere noneThere) {
        this.noneThere = noneThere;
    }

    @Override
    public WatermarkGenerator<RawRecord> createWatermarkGenerator(Context context) {
        if (splits == null) {
            splits = new ArrayList<>();
            nothingToRead = noneThere.getAsBoolean();
            return new Reader(context.getInputActivityClock());
        }
        Split split = new Split(context.getInputActivityClock(), nothingToRead);
        splits.add(split);
        return split;
    }

    /** All records come through splits. */
    private final class Reader implements WatermarkGenerator<RawRecord> {
        private final RelativeClock clock;
        private final long startedAt;

        Reader(RelativeClock clock) {
            this.clock = clock;
            startedAt = clock.relativeTimeMillis();
        }

        @Override
        public void onEvent(RawRecord registration, long kafkaTime, WatermarkOutput output) {
            throw new IllegalStateException("a registration came through no split");
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            boolean read = splits.isEmpty()
                    ? nothingToRead || clock.relativeTimeMillis() - startedAt > LONGEST_WITHOUT_SPLIT.toMillis()
                    : splits.stream().allMatch(split -> split.read);
            if (read) {
                output.markIdle();
            }
        }
    }

    private static final class Split implements WatermarkGenerator<RawRecord> {
        private final long startedAt = System.currentTimeMillis();
        /** Stands still while the source may not read because the job behind it is busy. */
        private final RelativeClock clock;

        private long lastAt;
        private boolean read;

        Split(RelativeClock clock, boolean read) {
            this.clock = clock;
            this.lastAt = clock.relativeTimeMillis();
            this.read = read;
        }

        @Override
        public void onEvent(RawRecord registration, long kafkaTime, WatermarkOutput output) {
            lastAt = clock.relativeTimeMillis();
            read |= kafkaTime >= startedAt;
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            read |= clock.relativeTimeMillis() - lastAt > QUIET.toMillis();
            if (read) {
                output.markIdle();
            }
        }
    }
}
