package io.parcelwatch.watchshipments;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;

/**
 * Counters of one name that a label tells apart: {@code deadLetters} by {@code reason}. Its values must be few, as each is a time series for
 * as long as the job lives.
 */
final class CountersBy {

    /** All metrics of ours stand in this group, so that a dashboard finds them beside Flink's. */
    static final String GROUP = "parcelwatch";

    private final MetricGroup group;
    private final String label;
    private final String name;
    private final Map<String, Counter> counters = new HashMap<>();

    /** @param known values to count from zero on: a series that begins with its first event shows no increase */
    CountersBy(MetricGroup operator, String label, String name, Collection<String> known) {
        this.group = operator.addGroup(GROUP);
        this.label = label;
        this.name = name;
        known.forEach(value -> add(value, 0));
    }

    void add(String value, long count) {
        counters.computeIfAbsent(value, added -> group.addGroup(label, added).counter(name))
                .inc(count);
    }

    /** Dead letters by reason, as every operator that writes some counts them. */
    static CountersBy deadLetters(MetricGroup operator, Collection<String> reasons) {
        return new CountersBy(operator, "reason", "deadLetters", reasons);
    }
}
