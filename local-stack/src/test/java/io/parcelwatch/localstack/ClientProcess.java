package io.parcelwatch.localstack;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/** A command as another process: takes a lease, asks for services, says what it got, and holds the lease until told. */
final class ClientProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader output;

    private ClientProcess(Process process) {
        this.process = process;
        this.output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
    }

    static ClientProcess start(Path home, Duration idle, String... services) throws IOException {
        List<String> command = Stream.concat(
                        Stream.of(
                                Path.of(System.getProperty("java.home"), "bin", "java")
                                        .toString(),
                                "-Xmx64m",
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "-cp",
                                System.getProperty("java.class.path"),
                                ClientProcess.class.getName(),
                                home.toString(),
                                idle.toString()),
                        Stream.of(services))
                .toList();
        return new ClientProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** The next line it says: "lease", then an address for each service. */
    String says() {
        try {
            return output.readLine();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void kill() {
        process.destroyForcibly();
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Arguments: home, idle time, services. */
    public static void main(String[] arguments) throws IOException {
        try (LocalStack stack = LocalStack.open(Path.of(arguments[0]), Duration.parse(arguments[1]))) {
            System.out.println("lease");
            for (String service : List.of(arguments).subList(2, arguments.length)) {
                System.out.println(
                        service.equals("kafka")
                                ? stack.kafka()
                                : stack.postgres().url());
            }
            System.in.read();
        }
    }
}
