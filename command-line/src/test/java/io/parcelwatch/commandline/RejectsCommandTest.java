package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.commandline.Commands.Said;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RejectsCommandTest {

    private static final String HEADER = "Name,Created at,Currency,Total,Lineitem quantity,Lineitem name,Id\n";

    @TempDir
    Path home;

    private Commands commands;

    @BeforeEach
    void open() {
        commands = Commands.onFreshDatabase(home);
    }

    private static String order(String id, String currency, String total, String quantity) {
        return "#" + id + ",2026-03-01 10:00:00 +0100," + currency + "," + total + "," + quantity + ",Mug," + id + "\n";
    }

    private Said orders(String name, String text, String... more) throws IOException {
        return importing("import-orders", name, text, more);
    }

    private Said importing(String command, String name, String text, String... more) throws IOException {
        Path file = Files.writeString(home.resolve(name), text);
        String[] arguments = new String[more.length + 6];
        System.arraycopy(
                new String[] {command, "--channel", "shopify", "--account", "paris", file.toString()},
                0,
                arguments,
                0,
                6);
        System.arraycopy(more, 0, arguments, 6, more.length);
        return commands.run(arguments);
    }

    private static JsonNode json(Said said) {
        assertThat(said.code()).as(said.err()).isZero();
        return Json.object(said.out().getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void causesAreListedByWhatTheyCostAndCurrenciesAreNotAddedUp() throws IOException {
        orders(
                "orders.csv",
                HEADER
                        + order("1", "EUR", "20.00", "1")
                        + order("2", "EUR", "10.00", "many")
                        + order("3", "USD", "10.00", "few")
                        + order("4", "EUR", "900.00", "0")
                        + order("5", "EUR", "free", "1"));

        JsonNode listed = json(commands.run("rejects", "--json"));

        assertThat(listed.get("records").asLong()).isEqualTo(4);
        assertThat(listed.get("causes")).hasSize(2);
        JsonNode worst = listed.get("causes").get(0);
        assertThat(worst.get("rule").asText()).isEqualTo("BAD_QUANTITY");
        assertThat(worst.get("records").asLong()).isEqualTo(3);
        assertThat(worst.get("orders").asLong()).isEqualTo(3);
        assertThat(worst.get("worth").toString()).isEqualTo("{\"EUR\":\"910.00\",\"USD\":\"10.00\"}");
        assertThat(worst.get("file").asText()).isEqualTo("orders.csv");
        assertThat(worst.get("line").asLong()).isBetween(3L, 5L);
        assertThat(commands.run("rejects").out())
                .contains("4 rejected records are open, for 2 causes")
                .contains("BAD_QUANTITY of shopify/paris: 3 records of 3 orders worth EUR 910.00 and USD 10.00")
                .contains("orders.csv line 6: Total is no amount: free");
        assertThat(json(commands.run("rejects", "--json", "--rule", "BAD_NUMBER"))
                        .get("causes"))
                .hasSize(1);
        assertThat(json(commands.run("rejects", "--json", "--account", "lyon")).get("causes"))
                .isEmpty();
        assertThat(commands.run("rejects", "--since", "2999-01-01").out()).isEqualTo("No rejected record is open.\n");

        Said records = commands.run("rejects", "--cause", worst.get("cause").asText(), "--limit", "2");
        assertThat(records.out())
                .contains("3 rejected records are open, the first 2:")
                .contains("| #2,2026-03-01 10:00:00 +0100,EUR,10.00,many,Mug,2")
                .contains("order 2, EUR 10.00");
    }

    @Test
    void whatASpreadsheetWouldRunGoesOutHarmless() throws IOException {
        orders(
                "orders.csv",
                HEADER + order("1", "EUR", "20.00", "=1+cmd|'/C calc'!A0") + order("2", "EUR", "-5.00", "1"));

        String csv = commands.run("rejects", "--csv").out();

        assertThat(csv)
                .startsWith("file,line,rule,reason,order_ref,amount,currency,job,channel,account,recorded_at,raw\n")
                .contains("\"-5.00\"")
                .contains("\"#1,2026-03-01");
        assertThat(SafeCsv.row(java.util.Arrays.asList(
                        "=cmd",
                        "+1+1",
                        "-2+3",
                        "@SUM(A1)",
                        "\t=1",
                        "\r=1",
                        " =1",
                        "＝1",
                        "-5.00",
                        "+49",
                        "1,234.5",
                        "a=b",
                        "",
                        null)))
                .isEqualTo(
                        "\"'=cmd\",\"'+1+1\",\"'-2+3\",\"'@SUM(A1)\",\"'\t=1\",\"'\r=1\",\"' =1\",\"'＝1\",\"-5.00\",\"+49\","
                                + "\"1,234.5\",\"a=b\",\"\",");
    }

    @Test
    void rejectsAreTakenAgainAndAreListedNoMore() throws IOException {
        orders("orders.csv", HEADER + order("1", "EUR", "20.00", "1"));
        importing("import-fulfilments", "parcels.csv", "order_reference,carrier,tracking_number\n2,UPS,X2\n3,UPS,X3\n");
        orders("later.csv", HEADER + order("2", "EUR", "20.00", "1"));

        Said rehearsed = commands.run("rejects", "--retry", "--dry-run");

        assertThat(rehearsed.code()).as(rehearsed.err()).isZero();
        assertThat(rehearsed.out())
                .contains("A dry run: nothing was written.")
                .contains("parcels.csv: 2 records read = 1 inserted + 0 updated + 0 unchanged + 1 rejected + 0 skipped")
                .contains("rejected 1: UNKNOWN_ORDER, first line 3");
        assertThat(json(commands.run("rejects", "--json")).get("records").asLong())
                .isEqualTo(2);
        assertThat(commands.run("rejects", "--retry", "--rule", "BAD_NUMBER").out())
                .isEqualTo("No rejected record is open of those named.\n");
    }

    @Test
    void rulesAreReadFromTheFileThatIsNamedAndMendedRulesLetRejectsIn() throws IOException {
        Path rules = Files.writeString(home.resolve("rules.yaml"), "defaults:\n  max-quantity: 5\n");
        String text = HEADER + order("1", "EUR", "20.00", "6") + order("2", "EUR", "20.00", "1");
        assertThat(orders("orders.csv", text, "--rules", rules.toString()).out())
                .contains("1 inserted", "rejected 1: HUGE_QUANTITY, first line 2: a line has more than 5 pieces: 6");
        Files.writeString(rules, "defaults:\n  max-quantity: 6\n");

        Said retried = commands.run("rejects", "--retry", "--rules", rules.toString());

        assertThat(retried.out()).contains("orders.csv: 1 records read = 1 inserted");
        assertThat(commands.run("rejects").out()).isEqualTo("No rejected record is open.\n");
        Files.writeString(rules, "defaults:\n  max-quantity: many\n  zone: Mars\n");
        Said wrong = orders("orders.csv", text, "--rules", rules.toString());
        assertThat(wrong.code()).isEqualTo(2);
        assertThat(wrong.err())
                .contains(
                        "rules.yaml line 2: defaults.max-quantity: is many", "rules.yaml line 3: defaults.zone: Mars");
    }

    @Test
    void aDryRunSaysWhatWouldHappenAndWritesNothing() throws IOException {
        Said said = orders(
                "orders.csv", HEADER + order("1", "EUR", "20.00", "1") + order("2", "EUR", "free", "1"), "--dry-run");

        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out())
                .contains("A dry run: nothing was written.")
                .contains("orders.csv: 2 orders read = 1 inserted + 0 updated + 0 unchanged + 1 rejected + 0 skipped")
                .contains("rejected 1: BAD_NUMBER, first line 3: Total is no amount: free");
        assertThat(commands.run("jobs").out()).contains("No import has run yet.");
        assertThat(commands.run("rejects").out()).isEqualTo("No rejected record is open.\n");
    }

    @Test
    void currenciesAreListedAsTheFileWritesThem() throws IOException {
        orders("orders.csv", HEADER + order("1", "US Dollar", "1020.00", "1") + order("2", "", "15.00", "1"));

        Said causes = commands.run("rejects");
        Said records = commands.run("rejects", "--records");

        assertThat(causes.code()).as(causes.err()).isZero();
        assertThat(causes.out()).contains("worth US DOLLAR 1,020.00", "worth not known");
        assertThat(records.out()).contains("order 1, US DOLLAR 1,020.00, rejected", "order 2, 15.00, rejected");
        assertThat(commands.run("rejects", "--json").out())
                .contains("\"1020.00\"")
                .doesNotContain("null 15");
    }

    @Test
    void theMappingOfARetryIsReadBeforeAnythingIsTakenAgain() {
        Said said = commands.run(
                "rejects", "--retry", "--mapping", home.resolve("missing.yaml").toString());

        assertThat(said.code()).isEqualTo(2);
        assertThat(said.error()).contains("missing.yaml does not exist");
    }

    @Test
    void wrongUsageIsOneLine() {
        assertThat(commands.run("rejects", "--since", "yesterday").error()).contains("--since", "2026-03-10");
        assertThat(commands.run("rejects", "--job", "demo").error()).contains("--job", "import-orders");
        assertThat(commands.run("rejects", "--dry-run").error()).contains("--retry");
        assertThat(commands.run("rejects", "--rule", "NOPE").code()).isEqualTo(2);
        assertThat(commands.run("rejects", "--limit", "0").code()).isEqualTo(2);
    }
}
