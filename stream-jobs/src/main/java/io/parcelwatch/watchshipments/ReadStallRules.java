package io.parcelwatch.watchshipments;

import io.parcelwatch.settings.UnusableSettingsException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the file of stall rules with each tick, and states what it holds when that has changed and two looks found the same: rules of which
 * the last are not written yet are rules as well. A file that is broken or cannot be read changes nothing: it is told once, in the log and as metric
 * {@code stallRulesRefused}.
 *
 * <p>Each attempt of the job begins with a word: what the file holds where that is what the job was submitted with, else the rules of the submission.
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
    /** What the last look found; before the first what the submission did. */
    private transient byte[] lastFound;
    /** What was stated or refused last. */
    private transient byte[] judged;

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
        lastFound = submitted.yaml() == null ? null : submitted.yaml().getBytes(StandardCharsets.UTF_8);
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

    /** The rules of the file where they are others than before, whole and can be used; else null. */
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
        boolean written = Arrays.equals(found, lastFound);
        lastFound = found;
        if (!written || Arrays.equals(found, judged)) {
            return null;
        }
        judged = found;
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
