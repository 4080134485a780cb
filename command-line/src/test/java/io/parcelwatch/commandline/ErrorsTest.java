package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.commandline.Commands.Said;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever goes wrong: one line on standard error that says what to do, and the right exit code. */
class ErrorsTest {

    @TempDir
    static Path home;

    private static Commands commands;

    @BeforeAll
    static void open() {
        commands = Commands.onFreshDatabase(home);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "up",
                "import-orders",
                "import-fulfilments",
                "rejects",
                "watch-shipments",
                "normalize",
                "track",
                "stalls",
                "resolve",
                "migrate",
                "doctor",
                "jobs"
            })
    void everyCommandHasHelpWithExitCodesAndAnExample(String command) {
        Said said = Commands.with().run(command, "--help");
        assertThat(said.code()).isZero();
        assertThat(said.err()).isEmpty();
        assertThat(said.out())
                .startsWith("Usage: parcelwatch " + command)
                .contains("Exit codes:", "Example:", "--home");
    }

    @Test
    void unknownCommandsAndOptionsAreWrongUsage() {
        assertThat(Commands.with().run("frobnicate").code()).isEqualTo(2);
        Said said = commands.run("demo", "--sed");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("--seed", "./parcelwatch demo --help");
    }

    @Test
    void aFileThatCannotBeImportedIsWrongUsage() throws IOException {
        assertImportRefused(home.resolve("missing.csv"), "does not exist");
        assertImportRefused(Files.createFile(home.resolve("empty.csv")), "is empty");
        byte[] rubbish = new byte[100_000];
        new Random(1).nextBytes(rubbish);
        rubbish[0] = 1;
        assertImportRefused(Files.write(home.resolve("rubbish.csv"), rubbish), "is binary");
        assertImportRefused(Files.writeString(home.resolve("other.csv"), "a,b\n1,2\n"), "is no order export");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--reject-share=7", "--reject-share=-1", "--reject-share=NaN", "--reject-at-least=-1"})
    void aThresholdOutOfItsRangeIsWrongUsage(String option) {
        Said said = commands.run("import-orders", "--channel", "shopify", "--account", "a", option, "orders.csv");

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains(option.substring(0, option.indexOf('=')));
    }

    @Test
    void aMappingAndAFormatOfOursExcludeEachOther() throws IOException {
        Path file = Files.writeString(home.resolve("mapped.csv"), "a,b\n1,2\n");
        Path mapping = Files.writeString(home.resolve("both.yaml"), "zone: UTC\n");
        for (String command : List.of("import-orders", "import-fulfilments")) {
            Said said = commands.run(
                    command,
                    "--channel",
                    "shopify",
                    "--account",
                    "a",
                    "--format",
                    "shopify-csv",
                    "--mapping",
                    mapping.toString(),
                    file.toString());

            assertThat(said.code()).isEqualTo(2);
            assertThat(said.error()).contains("--mapping", "--format shopify-csv", "leave one out");
        }
    }

    private static void assertImportRefused(Path file, String why) {
        Said said = commands.run("import-orders", "--channel", "shopify", "--account", "a", file.toString());
        assertThat(said.code()).as(said.err()).isEqualTo(2);
        assertThat(said.error()).contains(file.getFileName().toString(), why);
        assertThat(said.out()).isEmpty();
    }

    @Test
    void anUnknownChannelIsWrongUsage() throws IOException {
        Path file = Files.writeString(home.resolve("orders.csv"), "Name,Id\n#1,1\n");
        Said said = commands.run("import-orders", "--channel", "nope", "--account", "a", file.toString());
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("channel nope is unknown", "shopify");
    }

    @Test
    void aPullThatCannotBeRunIsWrongUsage() {
        assertPullRefused("name a FILE", "shopify");
        assertPullRefused("PARCELWATCH_SHOPIFY_URL", "shopify", "--pull");
        assertPullRefused("PARCELWATCH_AMAZON_URL", "amazon", "--since", "2026-03-01T08:00:00+01:00");
        assertPullRefused("amazon, shopify or woocommerce", "etsy", "--since", "2026-03-01");
        assertPullRefused("neither a day nor", "shopify", "--since", "yesterday");
        assertPullRefused("yet to come", "shopify", "--since", "2999-01-01");
        assertPullRefused("leave out FILE", "shopify", "--pull", "orders.csv");
        assertPullRefused("leave out FILE", "shopify", "--pull", "--format", "shopify-json");
    }

    private static void assertPullRefused(String why, String channel, String... more) {
        List<String> arguments = new ArrayList<>(List.of("import-orders", "--channel", channel, "--account", "a"));
        arguments.addAll(List.of(more));
        Said said = commands.run(arguments.toArray(String[]::new));
        assertThat(said.code()).as(said.err()).isEqualTo(2);
        assertThat(said.error()).contains(why);
        assertThat(said.out()).isEmpty();
    }

    @Test
    void aPortForMetricsThatIsNoneIsWrongUsageBeforeAnythingStarts() {
        for (String port : new String[] {"0", "65536", "http"}) {
            Said said = commands.run("watch-shipments", "--metrics-port", port);
            assertThat(said.code()).as(said.err()).isEqualTo(2);
            assertThat(said.error()).contains("PARCELWATCH_METRICS_PORT", port);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--report-unclaimed-after",
                "--claim-within",
                "--expired-after",
                "--forget-after",
                "--new-journey-after"
            })
    void aWaitOfNothingIsWrongUsageBeforeAnythingStarts(String option) {
        Said said = commands.run("watch-shipments", option, "0");
        assertThat(said.code()).as(said.err()).isEqualTo(2);
        assertThat(said.error()).contains(option, "from 1 on");
    }

    @Test
    void journeysCloserTogetherThanEventsReachBackAreWrongUsage() {
        Said said = commands.run("watch-shipments", "--new-journey-after", "30");
        assertThat(said.code()).as(said.err()).isEqualTo(2);
        assertThat(said.error()).contains("--new-journey-after", "more than 30");
    }

    @Test
    void aDatabaseThatIsDownIsAFailureThatCanBeRunAgain() {
        Commands down = Commands.with("--home", home.toString(), "--db-url", "jdbc:postgresql://127.0.0.1:1/x");
        for (String command : new String[] {"stalls", "jobs", "migrate"}) {
            Said said = down.run(command);
            assertThat(said.code()).as(command).isEqualTo(1);
            assertThat(said.error()).contains("127.0.0.1:1", "PARCELWATCH_DB_URL");
        }
    }

    @Test
    void doctorSaysWhatFails() {
        Said said = Commands.with(
                        "--home",
                        home.toString(),
                        "--db-url",
                        "jdbc:postgresql://127.0.0.1:1/x",
                        "--kafka",
                        "127.0.0.1:1")
                .run("doctor");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out().lines().filter(line -> line.startsWith("fail")))
                .satisfiesExactly(
                        line -> assertThat(line).contains("database", "PARCELWATCH_DB_URL"),
                        line -> assertThat(line).contains("kafka", "PARCELWATCH_KAFKA"));
    }

    @Test
    void aKafkaThatIsDownIsAFailureThatCanBeRunAgain() {
        Said said = commands.run("watch-shipments");
        assertThat(said.code()).isEqualTo(1);
        assertThat(said.error()).contains("Kafka at 127.0.0.1:1 does not answer", "PARCELWATCH_KAFKA");
    }

    @Test
    void aHomeThatIsAFileIsAFailure() throws IOException {
        Path file = Files.createFile(home.resolve("file"));
        for (String command : new String[] {"stalls", "demo", "up"}) {
            Said said = Commands.with("--home", file.toString()).run(command);
            assertThat(said.code()).as(command).isEqualTo(1);
            assertThat(said.err().lines().reduce((first, last) -> last).orElse(""))
                    .contains(file.toString(), "PARCELWATCH_HOME");
        }
    }

    @Test
    void aBoundedRunWantsAllThreeAndTheirFiles() {
        assertThat(commands.run("watch-shipments", "--as-of", "2026-03-20T00:00:00Z")
                        .error())
                .contains("--shipments, --events and --as-of go together");
        Said said = commands.run(
                "watch-shipments", "--as-of", "2026-03-20T00:00:00Z", "--shipments", "missing", "--events", "missing");
        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("missing, which does not exist");
    }

    @Test
    void aSecondWatchOnTheSameHomeIsToldSo() {
        try (WatchLock lock = WatchLock.take(WatchHome.in(home))) {
            Said said = commands.run("watch-shipments");
            assertThat(said.code()).isEqualTo(4);
            assertThat(said.error()).contains("already running", home.toString());
        }
    }
}
