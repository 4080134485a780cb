package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parcelwatch.model.Lane;
import io.parcelwatch.model.Status;
import io.parcelwatch.settings.UnusableSettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StallRulesFileTest {

    @TempDir
    Path folder;

    @Test
    void theExampleInTheDocsReadsAsItSays() throws IOException {
        String docs = Files.readString(Path.of("../docs/stall-rules.md"));
        int from = docs.indexOf("```yaml\n") + "```yaml\n".length();
        StallRules rules = rules(docs.substring(from, docs.indexOf("```", from)));

        assertThat(rules.rules())
                .extracting(StallRule::name)
                .containsExactly("express", "on the vehicle", "customs, strictly", "Germany, working days");
        assertThat(rules.rules().get(0).carriers()).containsExactly("fedex", "ups");
        assertThat(rules.rules().get(0).escalateAfter()).isEqualTo(Duration.ofHours(48));
        assertThat(rules.rules().get(1).statuses()).containsExactly(Status.OUT_FOR_DELIVERY);
        assertThat(rules.rules().get(2).validFrom()).isEqualTo(Instant.parse("2026-02-28T23:00:00Z"));
        assertThat(rules.rules().get(2).basis()).isEqualTo(StallRule.Basis.STATUS);
        assertThat(rules.rules().get(3).workingDays()).isTrue();
        assertThat(rules.otherwise()).isEqualTo(Duration.ofHours(72));
    }

    @Test
    void aRuleSpeaksOfTheLanesItNames() {
        StallRules rules = rules("""
                rules:
                  - {name: a, valid_from: 2026-01-01, hours: 1, match: {service: EXPRÉSS  saver}}
                  - {name: b, valid_from: 2026-01-01, hours: 2, match: {lane: {origin: us, destination: US-ca}}}
                  - {name: c, valid_from: 2026-01-01, hours: 3, match: {carrier: United Parcel Service, lane: {destination: "?"}}}
                """);
        assertThat(governing(rules, new Lane("ups", "Express Saver", "FR", "FR")))
                .isEqualTo("a");
        assertThat(governing(rules, new Lane("ups", "?", "US-NJ", "US-CA"))).isEqualTo("b");
        assertThat(governing(rules, new Lane("ups", "?", "US", "US-CAX"))).isNull();
        assertThat(governing(rules, new Lane("ups", "?", "US", "US"))).isNull();
        assertThat(governing(rules, new Lane("ups", "?", "US", "?"))).isEqualTo("c");
        assertThat(governing(rules, new Lane("dhl", "?", "US", "?"))).isNull();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceWithLineAndKey() {
        assertThat(problems("""
                rules:
                  - name: one
                    valid_from: yesterday
                    match: {carier: ups, status: DELIVERED, lane: {destination: XY}}
                    hours: 0
                  - name: two
                    valid_from: 2026-01-01
                    match: {carrier: fedx, status: [IN_TRANSI], lane: DE}
                    hours: 72
                    escalate_after: 72
                    basis: SCAN
                    calendar: business
                  - hours: 5000
                  - three
                """))
                .containsExactly(
                        "r.yaml line 3: rules[1].valid_from: is yesterday, but takes a day as in 2026-01-01 (its beginning in UTC), or a time"
                                + " with offset as in 2026-01-01T00:00:00+01:00",
                        "r.yaml line 4: rules[1].match.carier: is no key here; did you mean carrier?",
                        "r.yaml line 4: rules[1].match.status: is DELIVERED, in which no parcel can stall: name some of PICKED_UP, IN_TRANSIT,"
                                + " EXCEPTION, OUT_FOR_DELIVERY, ATTEMPTED, RETURNING",
                        "r.yaml line 4: rules[1].match.lane.destination: is XY, but takes a country as in DE, a country and region as in US-CA,"
                                + " or \"?\" for unknown",
                        "r.yaml line 5: rules[1].hours: is 0, but takes hours from 0.1 to 2160 (90 days)",
                        "r.yaml line 8: rules[2].match.lane: is one value, but takes the keys origin and destination, or one of them",
                        "r.yaml line 8: rules[2].match.carrier: is fedx, a carrier that we do not know; did you mean fedex?",
                        "r.yaml line 8: rules[2].match.status[1]: is IN_TRANSI, in which no parcel can stall; did you mean IN_TRANSIT?",
                        "r.yaml line 10: rules[2].escalate_after: is no more than hours: a stall can only escalate after it has opened",
                        "r.yaml line 11: rules[2].basis: is SCAN, but takes one of MOVEMENT, STATUS",
                        "r.yaml line 12: rules[2].calendar: is business, but takes one of all-days, working-days",
                        "r.yaml line 13: rules[3].name: is missing: write a short name that operations will see beside the alert",
                        "r.yaml line 13: rules[3].valid_from: is missing: write since when the rule holds, as in 2026-01-01",
                        "r.yaml line 13: rules[3].hours: is 5000, but takes hours from 0.1 to 2160 (90 days)",
                        "r.yaml line 14: rules[4]: is one value, but a rule has keys: basis, calendar, escalate_after, hours, match, name,"
                                + " valid_from");
    }

    @Test
    void aRuleThatIsNeverReachedIsAMistakeOfOrder() {
        assertThat(problems("""
                rules:
                  - {name: all, valid_from: 2026-01-01, hours: 72}
                  - {name: ups, valid_from: 2026-02-01, hours: 48, match: {carrier: ups}}
                """))
                .containsExactly(
                        "r.yaml line 3: rules[2]: is never reached, because all (line 2) governs all that it matches: the first in the file wins,"
                                + " so put this one above it");
        assertThat(rules("""
                        rules:
                          - {name: all 2026, valid_from: 2026-01-01, hours: 72}
                          - {name: all 2025, valid_from: 2025-01-01, hours: 48}
                        """).rules()).hasSize(2);
    }

    @Test
    void aNameStandsForOneRule() {
        assertThat(problems("""
                rules:
                  - {name: ups, valid_from: 2026-03-01, hours: 72, match: {carrier: ups}}
                  - {name: ups, valid_from: 2026-02-01, hours: 48, match: {carrier: ups}}
                """))
                .singleElement()
                .asString()
                .startsWith("r.yaml line 3: rules[2].name: is the name of the rule at line 2 too");
    }

    @Test
    void aFileThatIsNoListOfRulesIsRefused() {
        assertThat(problems("")).first().asString().isEqualTo("r.yaml line 1: is empty");
        assertThat(problems("hours: 72"))
                .contains("r.yaml line 1: rules: is missing: write a list of rules, as in docs/stall-rules.md");
        assertThat(problems("rules: 72"))
                .containsExactly("r.yaml line 1: rules: is one value, but takes a list of rules");
    }

    @Test
    void aFileIsReadWhereverItStandsAndAMissingOneIsNamed() throws IOException {
        Path file =
                Files.writeString(folder.resolve("r.yaml"), "rules: [{name: a, valid_from: 2026-01-01, hours: 1.5}]");
        assertThat(StallRulesFile.read(file.toString()).rules().get(0).after()).isEqualTo(Duration.ofMinutes(90));
        assertThat(StallRulesFile.read(file.toUri().toString()).rules()).hasSize(1);
        String missing = folder.resolve("none.yaml").toString();
        assertThatThrownBy(() -> StallRulesFile.read(missing))
                .isInstanceOf(UnusableSettingsException.class)
                .hasMessage(missing + " does not exist: check the path of the stall rules");
        assertThatThrownBy(() -> StallRulesFile.read(folder.toString())).hasMessageContaining("is a folder");
    }

    private static String governing(StallRules rules, Lane lane) {
        return rules.of(lane).get(0).name();
    }

    private static StallRules rules(String yaml) {
        return StallRulesFile.read("r.yaml", yaml.getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> problems(String yaml) {
        return catchThrowableOfType(UnusableSettingsException.class, () -> rules(yaml))
                .problems();
    }
}
