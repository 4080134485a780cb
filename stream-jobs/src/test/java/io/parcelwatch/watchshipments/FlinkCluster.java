package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * A standalone session cluster of Flink's own processes on this machine, with ZooKeeper for high availability. Its class path is the Flink of
 * the tests and nothing of ours: the job comes in its jar.
 */
final class FlinkCluster implements AutoCloseable {

    /** What a Flink distribution has in {@code lib}, by the path in Maven's repository. Kafka, PostgreSQL and the like are the job's. */
    private static final Pattern FLINKS = Pattern.compile(
            ".*/(org/apache/flink/(?!flink-connector-kafka|flink-metrics-prometheus|flink-test-utils)"
                    + "|com/ververica|com/esotericsoftware|org/objenesis|com/twitter|org/javassist|org/snakeyaml"
                    + "|commons-cli|commons-io|commons-collections|org/apache/commons/commons-(lang3|text|math3|compress|collections4)"
                    + "|org/xerial/snappy|at/yawk/lz4|org/lz4|org/slf4j|ch/qos/logback|com/google/code/findbugs).*(?<!-tests)\\.jar");

    private static final Pattern SUBMITTED = Pattern.compile("JobID ([0-9a-f]{32})");

    private final HttpClient http = HttpClient.newHttpClient();
    private final Path directory;
    private final Path configuration;
    private final String classPath;
    private final int restPort;
    private final Process zookeeper;
    private final Map<String, Process> taskManagers = new LinkedHashMap<>();
    private Process jobManager;
    private int started;

    /**
     * Starts ZooKeeper and the JobManager.
     *
     * @param settings what Flink's configuration says beside the addresses, the sizes and the folder of checkpoints
     */
    FlinkCluster(Path directory, Map<String, String> settings) throws IOException {
        this.directory = directory;
        classPath = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> FLINKS.matcher(entry).matches())
                .collect(Collectors.joining(File.pathSeparator));
        configuration = Files.createDirectories(directory.resolve("conf"));
        Files.writeString(configuration.resolve("logback.xml"), """
                <configuration>
                  <appender name="OUT" class="ch.qos.logback.core.ConsoleAppender">
                    <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{24} %msg%n</pattern></encoder>
                  </appender>
                  <logger name="org.apache.kafka" level="ERROR"/>
                  <logger name="org.apache.flink.shaded.zookeeper3" level="WARN"/>
                  <root level="INFO"><appender-ref ref="OUT"/></root>
                </configuration>
                """);
        int zookeeperPort = JavaProcess.freePort();
        restPort = JavaProcess.freePort();
        Map<String, String> all = new LinkedHashMap<>(settings);
        all.putAll(Map.of(
                "jobmanager.rpc.address", "localhost",
                "jobmanager.rpc.port", String.valueOf(JavaProcess.freePort()),
                "rest.address", "localhost",
                "rest.port", String.valueOf(restPort),
                "high-availability.type", "zookeeper",
                "high-availability.zookeeper.quorum", "localhost:" + zookeeperPort,
                "high-availability.storageDir", uri("ha"),
                "execution.checkpointing.dir", uri("checkpoints"),
                "io.tmp.dirs", Files.createDirectories(directory.resolve("tmp")).toString()));
        all.put("taskmanager.host", "localhost");
        all.put("taskmanager.numberOfTaskSlots", "2");
        // A distribution's start script works these out from the size of the process.
        all.put("taskmanager.cpu.cores", "1");
        all.putAll(Map.of(
                "taskmanager.memory.framework.heap.size", "128m",
                "taskmanager.memory.framework.off-heap.size", "128m",
                "taskmanager.memory.task.heap.size", "256m",
                "taskmanager.memory.task.off-heap.size", "0m",
                "taskmanager.memory.network.min", "64m",
                "taskmanager.memory.network.max", "64m",
                "taskmanager.memory.managed.size", "128m",
                "taskmanager.memory.jvm-metaspace.size", "256m",
                "taskmanager.memory.jvm-overhead.min", "192m",
                "taskmanager.memory.jvm-overhead.max", "192m"));
        Files.write(
                configuration.resolve("config.yaml"),
                all.entrySet().stream()
                        .map(entry -> entry.getKey() + ": '" + entry.getValue() + "'")
                        .toList());
        Path zookeeperConfiguration = Files.writeString(
                directory.resolve("zoo.cfg"),
                "dataDir=" + directory.resolve("zookeeper") + "\nclientPort=" + zookeeperPort
                        + "\nclientPortAddress=localhost\nadmin.enableServer=false\n");
        zookeeper = start(
                "zookeeper",
                "org.apache.flink.shaded.zookeeper3.org.apache.zookeeper.server.ZooKeeperServerMain",
                zookeeperConfiguration.toString());
        startJobManager();
    }

    void startJobManager() throws IOException {
        jobManager = start(
                "jobmanager",
                "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
                "--configDir",
                configuration.toString());
    }

    void killJobManager() throws InterruptedException {
        jobManager.destroyForcibly().waitFor();
    }

    /** Waits for what the cluster has to do, at most three minutes; a failure tells what the processes said last. */
    void await(String what, Callable<Boolean> condition) {
        try {
            Awaitility.await(what).atMost(Duration.ofMinutes(3)).until(condition);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(e.getMessage() + lastWords(), e);
        }
    }

    /** Starts one more TaskManager, and waits until the JobManager knows it. */
    void startTaskManager() throws IOException {
        String id = "taskmanager-" + ++started;
        taskManagers.put(
                id,
                start(
                        id,
                        "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
                        "--configDir",
                        configuration.toString(),
                        "-Dtaskmanager.resource-id=" + id));
        await(id + " is registered", () -> busySlots(id) >= 0);
    }

    /** {@code kill -9} of the TaskManager that runs most of the job. */
    String killBusiestTaskManager() throws Exception {
        String busiest = null;
        int most = 0;
        for (String id : taskManagers.keySet()) {
            int busy = busySlots(id);
            if (busy > most) {
                busiest = id;
                most = busy;
            }
        }
        assertThat(busiest).as("a TaskManager that runs tasks").isNotNull();
        taskManagers.remove(busiest).destroyForcibly().waitFor();
        return busiest;
    }

    /**
     * Submits a job as a person would, {@code flink run -d}.
     *
     * @return the job's id
     */
    String run(Path jar, Map<String, String> environment, List<String> flags, List<String> arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("run", "-d"));
        command.addAll(flags);
        command.add(jar.toString());
        command.addAll(arguments);
        ProcessBuilder client = java("org.apache.flink.client.cli.CliFrontend", command);
        client.environment().putAll(environment);
        Path log = directory.resolve("client.log");
        Process process = client.redirectOutput(log.toFile()).start();
        assertThat(process.waitFor()).as(Files.readString(log)).isZero();
        Matcher id = SUBMITTED.matcher(Files.readString(log));
        assertThat(id.find()).as(Files.readString(log)).isTrue();
        return id.group(1);
    }

    /** Whether every task of the job runs, as the JobManager sees it; false also while there is none to be asked. */
    boolean runs(String job) {
        try {
            JsonNode answer = get("/jobs/" + job);
            if (!"RUNNING".equals(answer.path("state").asText())) {
                return false;
            }
            for (JsonNode vertex : answer.path("vertices")) {
                if (vertex.path("tasks").path("RUNNING").asInt()
                        != vertex.path("parallelism").asInt()) {
                    return false;
                }
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    long completedCheckpoints(String job) throws IOException {
        return get("/jobs/" + job + "/checkpoints")
                .path("counts")
                .path("completed")
                .asLong();
    }

    /** -1 where the JobManager does not know the TaskManager, or does not answer. */
    private int busySlots(String id) {
        try {
            for (JsonNode manager : get("/taskmanagers").path("taskmanagers")) {
                if (manager.path("id").asText().equals(id)) {
                    return manager.path("slotsNumber").asInt()
                            - manager.path("freeSlots").asInt();
                }
            }
            return -1;
        } catch (IOException e) {
            return -1;
        }
    }

    private JsonNode get(String path) throws IOException {
        try {
            HttpResponse<byte[]> response = http.send(
                    HttpRequest.newBuilder(URI.create("http://localhost:" + restPort + path))
                            .timeout(Duration.ofSeconds(5))
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            if (response.statusCode() != 200) {
                throw new IOException(path + " answers " + response.statusCode());
            }
            return Json.MAPPER.readTree(response.body());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    private Process start(String name, String mainClass, String... arguments) throws IOException {
        return java(mainClass, List.of(arguments))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve(name + ".log").toFile()))
                .start();
    }

    private ProcessBuilder java(String mainClass, List<String> arguments) {
        ProcessBuilder process = JavaProcess.of(
                List.of("-Xmx512m"), configuration + File.pathSeparator + classPath, mainClass, arguments);
        process.environment().put("FLINK_CONF_DIR", configuration.toString());
        return process;
    }

    private String uri(String folder) {
        return directory.resolve(folder).toUri().toString();
    }

    private String lastWords() {
        StringBuilder text = new StringBuilder();
        try (var files = Files.list(directory)) {
            for (Path log : files.filter(file -> file.toString().endsWith(".log"))
                    .sorted()
                    .toList()) {
                List<String> lines = Files.readAllLines(log);
                text.append("\n== ").append(log.getFileName()).append('\n');
                lines.subList(Math.max(0, lines.size() - 40), lines.size())
                        .forEach(line -> text.append(line).append('\n'));
            }
        } catch (IOException e) {
            text.append(e);
        }
        return text.toString();
    }

    @Override
    public void close() throws InterruptedException {
        List<Process> processes = new ArrayList<>(taskManagers.values());
        processes.add(jobManager);
        processes.add(zookeeper);
        for (Process process : processes) {
            process.destroyForcibly().waitFor();
        }
    }
}
