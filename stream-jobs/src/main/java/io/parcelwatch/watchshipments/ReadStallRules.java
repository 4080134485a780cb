package io.parcelwatch.watchshipments;

import io.parcelwatch.settings.UnusableSettingsException;
import java.time.Duration;
import java.util.Arrays;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the file of stall rules with each tick, and states what it holds when that has changed. A file that is broken or cannot be read
 * changes nothing: it is told once, in the log and as metric {@code stallRulesRefused}.
 *
 * <p>Each attempt of the job begins with a word: what the file holds, or, where it cannot be read here, the rules that the job was submitted with.
 * Those are older than what an attempt before has stated, and then not taken.
 */
final class ReadStallRules extends ProcessFunction<Long, StatedStallRules> {

    private static final long serialVersionUID = 1L;

    /** From one look at the file to the next. */
    static final Duration LOOK_EVERY = Duration.ofSeconds(5);

    private static final Logger LOG = LoggerFactory.getLogger(ReadStallRules.class);

    private final StallRules submitted;
    private final long submittedAt;

    private transient boolean begun;
    private transient boolean unreadable;
    private transient byte[] lastFound;
    private transient Counter refused;

    /**
     * @param submitted   the rules that the job was submitted with, and where they were read
     * @param submittedAt when they were read, in milliseconds since 1970
     */
    ReadStallRules(StallRules submitted, long submittedAt) {
        this.submitted = submitted;
        this.submittedAt = submittedAt;
    }

    @Override
    public void open(OpenContext context) {
        refused =
                getRuntimeContext().getMetricGroup().addGroup(CountersBy.GROUP).counter("stallRulesRefused");
    }

    @Override
    public void processElement(Long tick, Context context, Collector<StatedStallRules> out) {
        StallRules read = submitted.file() == null ? null : changed();
        if (read != null) {
            LOG.info("stall rules of {}: {}", submitted.file(), read.rules().size());
            out.collect(StatedStallRules.of(read.withOtherwise(submitted.otherwise()), System.currentTimeMillis()));
        } else if (!begun) {
            out.collect(StatedStallRules.of(submitted, submittedAt));
        }
        begun = true;
    }

    /** The rules of the file where it holds something else than at the last look, and that can be used; else null. */
    private StallRules changed() {
        byte[] found;
        try {
            found = StallRulesFile.bytes(submitted.file());
        } catch (UnusableSettingsException e) {
            if (!unreadable) {
                refuse(e);
            }
            unreadable = true;
            return null;
        }
        unreadable = false;
        if (Arrays.equals(found, lastFound)) {
            return null;
        }
        lastFound = found;
        try {
            return StallRulesFile.read(submitted.file(), found);
        } catch (UnusableSettingsException e) {
            refuse(e);
            return null;
        }
    }

    private void refuse(UnusableSettingsException e) {
        refused.inc();
        e.problems().forEach(problem -> LOG.error("stall rules stay as they were: {}", problem));
    }
}
