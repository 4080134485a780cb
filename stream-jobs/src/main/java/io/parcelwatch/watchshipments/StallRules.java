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
 */
public record StallRules(List<StallRule> rules, Duration otherwise) implements Serializable {

    static final Duration USUAL = Duration.ofHours(72);

    /** The rules where there is no file. */
    static StallRules none(Duration otherwise) {
        return new StallRules(List.of(), otherwise);
    }

    StallRules withOtherwise(Duration other) {
        return new StallRules(rules, other);
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
}
