package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.apache.flink.streaming.api.operators.ProcessOperator;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadStallRulesTest {

    private static final String ONE = "rules: [{name: one, valid_from: 2026-01-01, hours: 24}]";
    private static final String TWO = "rules: [{name: two, valid_from: 2026-01-01, hours: 48}]";

    @TempDir
    Path folder;

    private Path file;

    @BeforeEach
    void write() throws IOException {
        file = Files.writeString(folder.resolve("stall-rules.yaml"), ONE);
    }

    @Test
    void theFileIsStatedAtFirstAndWhenItChanges() throws Exception {
        try (var looks = looks(rules())) {
            assertThat(look(looks)).containsExactly(ONE);
            assertThat(look(looks)).isEmpty();
            Files.writeString(file, TWO);
            assertThat(look(looks)).isEmpty();
            assertThat(look(looks)).containsExactly(TWO);
            assertThat(look(looks)).isEmpty();
        }
    }

    @Test
    void aBrokenFileLeavesTheRulesAsTheyAreUntilItIsMended() throws Exception {
        try (var looks = looks(rules())) {
            look(looks);
            Files.writeString(file, "rules: [{name: broken}]");
            assertThat(look(looks)).isEmpty();
            assertThat(look(looks)).isEmpty();
            Files.delete(file);
            assertThat(look(looks)).isEmpty();
            Files.writeString(file, TWO);
            assertThat(look(looks)).isEmpty();
            assertThat(look(looks)).containsExactly(TWO);
        }
    }

    @Test
    void rulesOfWhichTheLastAreNotWrittenYetAreNotStated() throws Exception {
        String half = "rules:\n- {name: one, valid_from: 2026-01-01, hours: 24, match: {carrier: ups}}\n";
        String whole = half + "- {name: two, valid_from: 2026-01-01, hours: 48}\n";
        try (var looks = looks(rules())) {
            look(looks);
            Files.writeString(file, half);
            assertThat(look(looks)).isEmpty();
            Files.writeString(file, whole);
            assertThat(look(looks)).isEmpty();
            assertThat(look(looks)).containsExactly(whole);
        }
    }

    @Test
    void anAttemptThatFindsAnotherFileBeginsWithTheRulesOfTheSubmission() throws Exception {
        StallRules submitted = rules();
        Files.writeString(file, TWO);
        try (var looks = looks(submitted)) {
            looks.processElement(new StreamRecord<>(0L));
            assertThat(looks.extractOutputValues())
                    .containsExactly(
                            new StatedStallRules(ONE, Duration.ofHours(60).toMillis(), 7));
            assertThat(look(looks)).containsExactly(TWO);
        }
    }

    @Test
    void whereTheFileIsNotTheRulesOfTheSubmissionAreStatedAsOldAsTheyAre() throws Exception {
        StallRules submitted = rules();
        Files.delete(file);
        try (var looks = looks(submitted)) {
            looks.processElement(new StreamRecord<>(0L));
            assertThat(looks.extractOutputValues())
                    .containsExactly(
                            new StatedStallRules(ONE, Duration.ofHours(60).toMillis(), 7));
        }
    }

    @Test
    void withoutAFileTheOneRuleIsStatedOnce() throws Exception {
        try (var looks = looks(StallRules.none(StallRules.USUAL))) {
            assertThat(look(looks)).containsExactly((String) null);
            assertThat(look(looks)).isEmpty();
        }
    }

    private StallRules rules() {
        return StallRulesFile.read(file.toString()).withOtherwise(Duration.ofHours(60));
    }

    private static OneInputStreamOperatorTestHarness<Long, StatedStallRules> looks(StallRules submitted)
            throws Exception {
        var harness = new OneInputStreamOperatorTestHarness<>(new ProcessOperator<>(new ReadStallRules(submitted, 7)));
        harness.open();
        return harness;
    }

    /** What another look states. */
    private static List<String> look(OneInputStreamOperatorTestHarness<Long, StatedStallRules> looks) throws Exception {
        looks.getOutput().clear();
        looks.processElement(new StreamRecord<>(0L));
        return looks.extractOutputValues().stream().map(StatedStallRules::yaml).toList();
    }
}
