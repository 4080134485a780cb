package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.settings.UnusableSettingsException;
import java.time.Duration;
import java.time.Instant;
import org.apache.flink.util.ParameterTool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a cluster gives the job is checked like the options of the command line. */
class ClusterArgumentsTest {

    @Test
    void argumentsBecomeRules() {
        WatchRules rules =
                rules("--db-url", "x", "--rebuild", "--forget-after", "90", "--announce-from", "2026-03-01T00:00:00Z");
        assertThat(rules.forgetAfter()).isEqualTo(Duration.ofDays(90));
        assertThat(rules.announceFrom()).isEqualTo(Instant.parse("2026-03-01T00:00:00Z"));
        assertThat(rules.expiredAfter()).isEqualTo(WatchRules.live().expiredAfter());
    }

    @ParameterizedTest
    @CsvSource({
        "forget-after, 0, from 1 on",
        "forget-after, -5, from 1 on",
        "stalled-after, abc, from 1 on",
        "claim-within, 9999999999, from 1 on",
        "new-journey-after, 30, more than 30",
        "announce-from, monday, no moment",
        "forget-afer, 90, no argument of this job"
    })
    void anArgumentThatCannotBeIsRefused(String name, String value, String why) {
        assertThatThrownBy(() -> rules("--" + name, value))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessageContainingAll("--" + name, why);
    }

    private static WatchRules rules(String... arguments) {
        return WatchShipments.rules(ParameterTool.fromArgs(arguments));
    }
}
