package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo as a user starts it: a process of its own, with embedded services and nothing configured. */
class DemoProcessITCase {

    @TempDir
    Path directory;

    @Test
    void aSmallDemoPrintsOneObjectAndLeavesNothingButItsLog() throws Exception {
        Process demo = start("demo", "--orders", "25", "--json");
        assertThat(demo.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(err()).isZero();
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
        assertThat(homeEntries()).containsExactly("log");
    }

    @Test
    void aDemoThatIsInterruptedCleansUp() throws Exception {
        Process demo = start("demo");
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!err().contains("Playing") && demo.isAlive() && System.nanoTime() < deadline) {
            Thread.sleep(100);
        }
        assertThat(err()).contains("Playing");
        demo.destroy();
        assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(demo.exitValue()).as(err()).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(homeEntries()).containsExactly("log");
    }

    private Process start(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "--add-opens=java.base/java.util=ALL-UNNAMED",
                "--add-opens=java.base/java.lang=ALL-UNNAMED",
                "--add-opens=java.base/java.time=ALL-UNNAMED",
                "--add-opens=java.base/java.nio=ALL-UNNAMED",
                "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
                // Not the tests' logging, which speaks to the terminal.
                "-Dlogback.configurationFile=logback.xml",
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(new File(directory.toFile(), "out"))
                .redirectError(new File(directory.toFile(), "err"));
        builder.environment().keySet().removeIf(name -> name.startsWith("PARCELWATCH_"));
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        return builder.start();
    }

    private String err() throws IOException {
        Path file = directory.resolve("err");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private List<String> homeEntries() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve(".parcelwatch"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }
}
