package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user starts it: a process of its own, with embedded services and nothing configured. */
class DemoProcessITCase {

    @TempDir
    Path directory;

    private Processes processes;

    @BeforeEach
    void inADirectory() {
        processes = new Processes(directory);
    }

    @AfterEach
    void endProcesses() {
        processes.close();
    }

    @Test
    void aSmallDemoPrintsOneObjectAndLeavesNothingButItsLog() throws Exception {
        Process demo = processes.start("demo", "--orders", "25", "--json");
        assertThat(demo.waitFor(300, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(processes.err()).isZero();
        JsonNode object = Json.object(Files.readAllBytes(directory.resolve("out")));
        for (String number : List.of(
                "orders",
                "rejected",
                "shipments",
                "events",
                "stalls",
                "delays",
                "deliveries",
                "intents",
                "dead_letters")) {
            assertThat(object.path(number).isNumber()).as(number).isTrue();
        }
        assertThat(object.get("orders").asLong()).isPositive();
        assertThat(object.get("deliveries").asLong()).isPositive();
        assertThat(processes.homeEntries()).containsExactly("log");
    }

    @Test
    void aDemoThatIsInterruptedCleansUp() throws Exception {
        Process demo = processes.start("demo");
        await().atMost(Duration.ofSeconds(180)).until(() -> processes.err().contains("Playing") || !demo.isAlive());
        assertThat(processes.err()).contains("Playing");
        demo.destroy();
        assertThat(demo.waitFor(180, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(processes.err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(processes.homeEntries()).containsExactly("log");
    }
}
