package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.commandline.Commands.Said;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescribeCommandTest {

    private static final String CSV = """
            Order;Date;Item;Qty;Total
            A-1;2026-03-01T09:12:00Z;Mug\u001b[2J;2;€ 19,90
            A-2;2026-03-02T17:40:00Z;;1;€ 24,50
            """;

    @TempDir
    Path folder;

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    @Test
    void theMappingOnStandardOutputIsOneThatAnImportTakes() throws IOException {
        Commands commands = Commands.onFreshDatabase(folder.resolve("home"));
        Path orders = file("orders.csv", CSV.replace(";;", ";Tee;"));

        Said described = commands.run("describe", orders.toString());

        assertThat(described.code()).isZero();
        assertThat(described.err().lines().map(String::strip))
                .startsWith(
                        "orders.csv: UTF-8, fields separated by semicolon, column names in line 1; 2 rows",
                        "column  holds             blank  distinct  examples")
                .contains("Total   amount               0%         2  € 19,90, € 24,50")
                .noneMatch(line -> line.contains("\u001b"));
        Path mapping = file("orders.yaml", described.out());
        Said imported = commands.run(
                "import-orders",
                "--channel",
                "x",
                "--account",
                "a",
                "--mapping",
                mapping.toString(),
                orders.toString());
        assertThat(imported.out()).contains("2 orders read = 2 inserted");
    }

    @Test
    void everyErrorOfAMappingIsALine() throws IOException {
        Path orders = file("orders.csv", CSV);
        Path mapping = file("m.yaml", "colour: red\norder: {id: Ordr}\n");

        Said said = Commands.onFreshDatabase(folder.resolve("home"))
                .run(
                        "import-orders",
                        "--channel",
                        "x",
                        "--account",
                        "a",
                        "--mapping",
                        mapping.toString(),
                        orders.toString());

        assertThat(said.code()).isEqualTo(ExitCode.WRONG_USAGE);
        assertThat(said.err().lines().toList())
                .hasSize(7)
                .allMatch(line -> line.startsWith("parcelwatch: " + mapping + " line "))
                .contains("parcelwatch: " + mapping
                        + " line 2: order.id: no column `Ordr` in orders.csv; did you mean `Order`?");
    }

    @Test
    void theExportOfAChannelNeedsNoMapping() throws IOException {
        Path orders = file(
                "orders.csv",
                "Name,Email,Financial Status,Created at,Currency,Total,Lineitem quantity,Lineitem name,Id\n");

        Said said = Commands.with("--home", folder.toString()).run("describe", orders.toString());

        assertThat(said.code()).isZero();
        assertThat(said.out()).isEmpty();
        assertThat(said.err())
                .contains(
                        "orders.csv is an export of shopify (shopify-csv), and needs no mapping: import it with --channel shopify");
    }

    @Test
    void whatWasFoundIsOneObject() throws IOException {
        byte[] utf16 = ("\uFEFF" + CSV).getBytes(StandardCharsets.UTF_16LE);
        Path orders = Files.write(folder.resolve("orders.csv"), utf16);

        Said said = Commands.with("--home", folder.toString()).run("describe", "--json", orders.toString());

        JsonNode object = Json.MAPPER.readTree(said.out());
        assertThat(object.get("charset").textValue()).isEqualTo("UTF-16LE");
        assertThat(object.get("delimiter").textValue()).isEqualTo(";");
        assertThat(object.get("rows").longValue()).isEqualTo(2);
        assertThat(object.get("columns").get(2).toString())
                .isEqualTo(
                        "{\"name\":\"Item\",\"kind\":\"text\",\"blank\":1,\"distinct\":1,\"examples\":[\"Mug\\u001B[2J\"]}");
        assertThat(object.get("mapping").textValue()).contains("placed_at: Date");
    }

    @Test
    void whatIsNoDelimitedTextIsSaidInALine() throws IOException {
        assertThat(Commands.with().run("describe", file("x.json", "{\"a\": 1}").toString()))
                .satisfies(said -> assertThat(said.code()).isEqualTo(2))
                .satisfies(said -> assertThat(said.error()).contains("is JSON of no channel that we know"));
        assertThat(Commands.with()
                        .run("describe", folder.resolve("none.csv").toString())
                        .error())
                .contains("does not exist");
    }
}
