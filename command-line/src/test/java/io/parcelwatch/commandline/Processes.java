package io.parcelwatch.commandline;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** Commands as a user starts them: each a process of its own in a directory, with nothing configured. */
final class Processes implements AutoCloseable {

    private final Path directory;
    private final Map<String, String> environment;
    private final List<Process> started = new CopyOnWriteArrayList<>();

    Processes(Path directory) {
        this(directory, Map.of());
    }

    /** The same with settings in the environment. */
    Processes(Path directory, Map<String, String> environment) {
        this.directory = directory;
        this.environment = environment;
    }

    Process start(String... arguments) throws IOException {
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
        builder.environment().putAll(environment);
        builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
        Process process = builder.start();
        started.add(process);
        return process;
    }

    /** One that a test gave up waiting for would take its time from the tests that follow. */
    @Override
    public void close() {
        started.forEach(Process::destroyForcibly);
        started.forEach(process -> process.onExit().join());
    }

    /** What the last command said on standard error. */
    String err() throws IOException {
        Path file = directory.resolve("err");
        return Files.exists(file) ? Files.readString(file) : "";
    }

    /** What lies in the home. */
    List<String> homeEntries() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve(".parcelwatch"))) {
            return entries.map(entry -> entry.getFileName().toString()).toList();
        }
    }

    /** What the last command said on standard output. */
    String out() throws IOException {
        Path file = directory.resolve("out");
        return Files.exists(file) ? Files.readString(file) : "";
    }
}
