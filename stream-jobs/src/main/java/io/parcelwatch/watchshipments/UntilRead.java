package io.parcelwatch.watchshipments;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.util.clock.RelativeClock;

/**
 * The clock of registrations: they do not move it, but those that are there when the job starts hold it until they are read, because the
 * payloads of months may be read in a minute, and an event whose registration waits to be read is not unclaimed.
 *
 * <p>What was there in a split is read when a record comes that is younger than the start, or when none has come for {@link #QUIET}. Without the first an
 * intake that never rests would hold the clock for ever.
 */
final class UntilRead extends SplitClocks {

    private static final long serialVersionUID = 1L;

    /** For how long no registration has to come, after a start, until those that were there count as read. */
    static final Duration QUIET = Duration.ofSeconds(3);

    /**
     * How often the clock has to be asked meanwhile, which Flink does five times a second: while a process stands still, nothing comes and nothing is
     * asked.
     */
    static final int ASKED = 10;

    /** Whether there is nothing to wait for; a lambda that Flink can send to its tasks. */
    interface NoneThere extends BooleanSupplier, java.io.Serializable {}

    private final NoneThere noneThere;
    /** The answer of the start, for all splits: while Kafka is away, each question waits for it. */
    private transient Boolean nothingToRead;

    private transient List<Split> splits;

    /** @param noneThere asked once a reader, at its start */
    UntilRead(NoneThere noneThere) {
        this.noneThere = noneThere;
    }

    @Override
    WatermarkGenerator<RawRecord> ofSplit(Context context) {
        if (splits == null) {
            splits = new ArrayList<>();
        }
        Split split = new Split(context.getInputActivityClock(), nothingToRead());
        splits.add(split);
        return split;
    }

    @Override
    boolean nothingToWaitFor() {
        return splits == null ? nothingToRead() : splits.stream().allMatch(split -> split.read);
    }

    private boolean nothingToRead() {
        if (nothingToRead == null) {
            nothingToRead = noneThere.getAsBoolean();
        }
        return nothingToRead;
    }

    private static final class Split implements WatermarkGenerator<RawRecord> {
        private final long startedAt = System.currentTimeMillis();
        /** Stands still while the source may not read because the job behind it is busy. */
        private final RelativeClock clock;

        private long lastAt;
        private int askedSince;
        private boolean read;

        Split(RelativeClock clock, boolean read) {
            this.clock = clock;
            this.lastAt = clock.relativeTimeMillis();
            this.read = read;
        }

        @Override
        public void onEvent(RawRecord registration, long kafkaTime, WatermarkOutput output) {
            lastAt = clock.relativeTimeMillis();
            askedSince = 0;
            read |= kafkaTime >= startedAt;
        }

        @Override
        public void onPeriodicEmit(WatermarkOutput output) {
            askedSince++;
            read |= askedSince >= ASKED && clock.relativeTimeMillis() - lastAt > QUIET.toMillis();
            if (read) {
                output.markIdle();
            }
        }
    }
}
