package io.parcelwatch.watchshipments;

import java.io.IOException;
import java.net.BindException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** A Java process of a test's own, on the Java that the tests run on. */
final class JavaProcess {

    private JavaProcess() {}

    /**
     * The process, to be started; its errors go where its output goes.
     *
     * @param options   of the virtual machine, beside those that Flink needs; among them the heap
     * @param classPath that of the tests is {@code System.getProperty("java.class.path")}
     */
    static ProcessBuilder of(List<String> options, String classPath, String mainClass, List<String> arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        Arrays.stream(System.getProperty("parcelwatch.add.opens", "").split(" "))
                .filter(option -> !option.isBlank())
                .forEach(command::add);
        command.add("-XX:+UseSerialGC");
        command.addAll(options);
        command.addAll(List.of("-cp", classPath, mainClass));
        command.addAll(arguments);
        return new ProcessBuilder(command).redirectErrorStream(true);
    }

    /** A port that nobody listens on at this moment; no outgoing connection will be given it, as those from 32,768 on. */
    static int freePort() throws IOException {
        for (int attempt = 1; ; attempt++) {
            int port = ThreadLocalRandom.current().nextInt(20_000, 32_768);
            try (ServerSocket free = new ServerSocket(port)) {
                return free.getLocalPort();
            } catch (BindException e) {
                if (attempt == 100) {
                    throw e;
                }
            }
        }
    }
}
