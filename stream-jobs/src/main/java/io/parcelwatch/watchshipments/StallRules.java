package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Lane;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The rules by which a silent parcel is stalled. Of those that govern a silence the first in the file wins; where none does, more than
 * {@code otherwise} between two movements is a stall.
 *
 * @param rules     in the order of the file
 * @param otherwise 72 hours unless a setting says otherwise
 * @param file      where they were read, and a live run looks for changed ones: a path, or a URI that Flink has a file system for; null: nowhere
 * @param yaml      what the file held; null where there is none
 */
public record StallRules(List<StallRule> rules, Duration otherwise, String file, String yaml) implements Serializable {

    static final Duration USUAL = Duration.ofHours(72);

    /** The rules where there is no file. */
    static StallRules none(Duration otherwise) {
        return new StallRules(List.of(), otherwise, null, null);
    }

    StallRules withOtherwise(Duration other) {
        return new StallRules(rules, other, file, yaml);
    }

    /** Whether two files mean the same, whatever comments and layout they have. */
    boolean meansTheSame(StallRules other) {
        return rules.equals(other.rules) && otherwise.equals(other.otherwise);
    }

    /** The rules for the shipments of a lane, in order; the last governs whatever no other does. */
    List<StallRule> of(Lane lane) {
        List<StallRule> fitting = new ArrayList<>();
        for (StallRule rule : rules) {
            if (rule.fits(lane)) {
                fitting.add(rule);
            }
        }
        fitting.add(StallRule.otherwise(otherwise));
        return fitting;
    }

    /** What they mean: a bounded run over the same input is the same run, wherever the file lies and whatever comments it has. */
    @Override
    public String toString() {
        return "StallRules[rules=" + rules + ", otherwise=" + otherwise + "]";
    }
}
