package io.parcelwatch.watchshipments;

import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * Stall rules on their way to every instance of {@link ShipmentWatch}, and in its state: as text, so that the state outlives changes of our
 * classes.
 *
 * @param yaml            what the file holds; null where there is none
 * @param otherwiseMillis what holds where no rule governs, in milliseconds
 * @param statedAt        when the file was read, in milliseconds since 1970: the rules stated last are in force
 */
public record StatedStallRules(String yaml, long otherwiseMillis, long statedAt) {

    static StatedStallRules of(StallRules rules, long statedAt) {
        return new StatedStallRules(rules.yaml(), rules.otherwise().toMillis(), statedAt);
    }

    /**
     * The rules.
     *
     * @throws io.parcelwatch.settings.UnusableSettingsException where they were written for a version that took other rules
     */
    StallRules read() {
        Duration otherwise = Duration.ofMillis(otherwiseMillis);
        return yaml == null
                ? StallRules.none(otherwise)
                : StallRulesFile.read("the stall rules in force", yaml.getBytes(StandardCharsets.UTF_8))
                        .withOtherwise(otherwise);
    }
}
