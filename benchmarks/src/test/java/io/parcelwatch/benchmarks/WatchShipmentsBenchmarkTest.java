package io.parcelwatch.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** That every section measures what it says; how much is for a quiet machine to say. */
class WatchShipmentsBenchmarkTest {

    /** Starts the watch six times: too long for each build. */
    @Test
    @Tag("faults")
    void eachOpenSizeIsTimedOverAsManyEventsAsItTells() throws Exception {
        JsonNode result = run("--only=open", "--open=50,100", "--open-events=100");

        assertThat(result.get("open"))
                .extracting(size -> size.get("events").asInt() + " on " + size.get("shipments"))
                .containsExactly("100 on 50", "100 on 100");
    }

    /** A dozen starts of the watch: too long for each build. */
    @Test
    @Tag("faults")
    void everySectionComesToAnEndAndTellsItsFigures() throws Exception {
        JsonNode result = run(
                "--events=600",
                "--rounds=2",
                "--rate=200",
                "--seconds=1",
                "--state-shipments=100",
                "--open=50,100",
                "--open-events=100",
                "--bounded-events=600");

        assertThat(result.at("/throughput/sides"))
                .extracting(side -> side.get("name").asText())
                .containsExactly("our job", "sinks that discard", "stock JDBC sink");
        assertThat(result.at("/throughput/sides"))
                .allSatisfy(side -> assertThat(side.get("seconds")).hasSize(2));
        assertThat(result.at("/throughput/sides"))
                .allSatisfy(side ->
                        assertThat(side.get("events_per_second").asDouble()).isPositive());
        assertThat(result.at("/latency/rows_looked_for").asInt()).isEqualTo(10);
        assertThat(result.at("/latency/p50_millis").asDouble()).isPositive();
        assertThat(result.at("/latency/longest_millis_over_a_failed_task").asDouble())
                .isGreaterThan(result.at("/latency/p50_millis").asDouble());
        assertThat(result.at("/latency/deliveries").asInt()).isPositive();
        assertThat(result.at("/state/bytes_per_shipment").asDouble()).isGreaterThan(100);
        assertThat(result.get("open"))
                .extracting(size -> size.get("shipments").asInt())
                .containsExactly(50, 100);
        assertThat(result.at("/bounded/events").asInt()).isEqualTo(600);
    }

    @Test
    void throughputIsMeasuredAfterARestartToo() throws Exception {
        JsonNode result = run("--only=throughput", "--events=300", "--rounds=1", "--after-restart");

        assertThat(result.at("/throughput/after_restart").asBoolean()).isTrue();
        assertThat(result.at("/throughput/sides"))
                .allSatisfy(side ->
                        assertThat(side.get("events_per_second").asDouble()).isPositive());
    }

    @Test
    void aSectionThatIsNoneIsRefused() {
        StringWriter told = new StringWriter();

        int code = Main.commandLine().setErr(new PrintWriter(told)).execute("watch-shipments", "--only", "troughput");

        assertThat(code).isEqualTo(2);
        assertThat(told.toString()).contains("not \"troughput\"");
    }

    private static JsonNode run(String... options) throws Exception {
        StringWriter printed = new StringWriter();
        String[] arguments = new String[options.length + 2];
        arguments[0] = "watch-shipments";
        arguments[1] = "--json";
        System.arraycopy(options, 0, arguments, 2, options.length);

        int code = Main.commandLine().setOut(new PrintWriter(printed)).execute(arguments);

        assertThat(code).isZero();
        return Json.MAPPER.readTree(printed.toString());
    }
}
