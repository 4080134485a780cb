package io.parcelwatch.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** That all sides do their work; how long they take is for a quiet machine to say. */
class ImportOrdersBenchmarkTest {

    @Test
    void everySideStoresEveryOrderOfTheSameFile() throws Exception {
        StringWriter printed = new StringWriter();

        int code = Main.commandLine()
                .setOut(new PrintWriter(printed))
                .execute("import-orders", "--lines", "2000", "--json");

        assertThat(code).isZero();
        JsonNode result = Json.MAPPER.readTree(printed.toString());
        assertThat(result.get("orders").asLong()).isEqualTo(800);
        assertThat(result.get("sides"))
                .extracting(side -> side.get("name").asText() + " " + side.get("orders"))
                .containsExactly(
                        "copy as text 0", "import-orders 800", "the same content again 800", "textbook job 800");
        assertThat(result.get("sides"))
                .allSatisfy(side -> assertThat(side.get("seconds").asDouble()).isPositive());
    }
}
