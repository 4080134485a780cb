package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Field;
import java.net.URI;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.runtime.util.EnvironmentInformation;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** What is written about running the job on a cluster, held against the Flink it names and the job itself. No Kubernetes is asked. */
class KubernetesManifestTest {

    private static final Path MANIFEST = Path.of("../schedules/kubernetes/watch-shipments.yaml");
    private static final Path POD_MONITOR = Path.of("../schedules/kubernetes/pod-monitor.yaml");
    private static final Path DOCKERFILE = Path.of("../schedules/kubernetes/Dockerfile");
    private static final Path JOB = Path.of("src/main/java/io/parcelwatch/watchshipments/WatchShipments.java");

    /** What a FlinkDeployment of v1beta1 may say, as the operator's CustomResourceDefinition has it. Others are dropped without a word. */
    private static final Map<String, Set<String>> FIELDS = Map.of(
            "", Set.of("apiVersion", "kind", "metadata", "spec"),
            "spec",
                    Set.of(
                            "image",
                            "imagePullPolicy",
                            "flinkVersion",
                            "serviceAccount",
                            "flinkConfiguration",
                            "logConfiguration",
                            "ingress",
                            "podTemplate",
                            "jobManager",
                            "taskManager",
                            "job",
                            "mode",
                            "restartNonce"),
            "spec.jobManager", Set.of("resource", "replicas", "podTemplate"),
            "spec.taskManager", Set.of("resource", "replicas", "podTemplate"),
            "spec.jobManager.resource", Set.of("cpu", "memory", "ephemeralStorage"),
            "spec.taskManager.resource", Set.of("cpu", "memory", "ephemeralStorage"),
            "spec.job",
                    Set.of(
                            "jarURI",
                            "entryClass",
                            "args",
                            "parallelism",
                            "upgradeMode",
                            "state",
                            "allowNonRestoredState",
                            "initialSavepointPath",
                            "initialStateReference",
                            "checkpointTriggerNonce",
                            "savepointTriggerNonce",
                            "savepointRedeployNonce"));

    @Test
    void theDeploymentSaysWhatTheOperatorUnderstands() throws Exception {
        Map<String, Object> deployment = documents().get(0);
        FIELDS.forEach((path, allowed) -> {
            Object fields = at(deployment, path);
            assertThat(map(fields).keySet()).as(path).isSubsetOf(allowed);
        });
        assertThat(deployment)
                .containsEntry("apiVersion", "flink.apache.org/v1beta1")
                .containsEntry("kind", "FlinkDeployment");
        assertThat(at(deployment, "spec.job.upgradeMode")).isEqualTo("savepoint");
        assertThat(at(deployment, "spec.job.state")).isEqualTo("running");
        // The values of the configuration are texts; YAML reads a bare number or truth as something else.
        assertThat(map(at(deployment, "spec.flinkConfiguration")).values())
                .allSatisfy(value -> assertThat(value).isInstanceOf(String.class));
        for (String template : List.of("spec.podTemplate", "spec.jobManager.podTemplate")) {
            assertThat(map(list(at(deployment, template + ".spec.containers")).get(0)))
                    .containsEntry("name", "flink-main-container");
        }
    }

    @Test
    void everyOptionOfTheDeploymentIsOneOfFlinks() throws Exception {
        Set<String> named =
                map(at(documents().get(0), "spec.flinkConfiguration")).keySet();
        assertThat(unknownOptions(named)).isEmpty();
        assertThat(named)
                .contains(
                        "state.backend.type",
                        "execution.checkpointing.incremental",
                        "execution.checkpointing.dir",
                        "high-availability.storageDir",
                        "metrics.reporters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"src/main/java/io/parcelwatch/watchshipments/README.md", "../README.md"})
    void everyOptionOfTheReadmesIsOneOfFlinks(String readme) throws Exception {
        Set<String> named = new TreeSet<>();
        // In a block of config.yaml, and as an argument.
        Matcher option = Pattern.compile("(?m)^([a-z-]+\\.[A-Za-z.-]+): |-D ([a-z-]+\\.[A-Za-z.-]+)=")
                .matcher(Files.readString(Path.of(readme)));
        while (option.find()) {
            named.add(option.group(1) != null ? option.group(1) : option.group(2));
        }
        assertThat(named).contains("state.backend.type");
        assertThat(unknownOptions(named)).isEmpty();
    }

    @Test
    void everySettingIsReadByTheJobAndThoseItNeedsAreThere() throws Exception {
        String source = Files.readString(JOB);
        Set<String> required = settings(source, "required");
        Set<String> known = new TreeSet<>(required);
        known.addAll(settings(source, "optional"));
        assertThat(required).contains("PARCELWATCH_DB_URL", "PARCELWATCH_KAFKA");

        List<Object> everywhere = list(at(mainContainer("spec.podTemplate"), "env"));
        List<Object> onJobManager = list(at(mainContainer("spec.jobManager.podTemplate"), "env"));
        assertThat(onJobManager.subList(0, everywhere.size()))
                .as("the operator merges the lists of pod templates by position: what all pods have stands first again")
                .isEqualTo(everywhere);
        Set<String> named = new TreeSet<>();
        for (Object variable : onJobManager.subList(everywhere.size(), onJobManager.size())) {
            named.add((String) map(variable).get("name"));
        }
        assertThat(named).isSubsetOf(known).containsAll(required);
        // No secret in the open.
        assertThat(Files.readString(MANIFEST)).containsPattern("PARCELWATCH_DB_PASSWORD\\s+valueFrom:");
    }

    @Test
    void theImageHasTheJarWhereTheDeploymentLooksForItAndTheFlinkThatTheJobIsBuiltWith() throws Exception {
        Map<String, Object> deployment = documents().get(0);
        String dockerfile = Files.readString(DOCKERFILE);
        String jar = ((String) at(deployment, "spec.job.jarURI")).replace("local://", "");
        assertThat(dockerfile)
                .containsPattern("COPY .*target/stream-jobs-\\*-cluster.jar " + Pattern.quote(jar))
                .contains("FROM flink:" + EnvironmentInformation.getVersion() + "-java17");
        String[] version = EnvironmentInformation.getVersion().split("\\.");
        assertThat(at(deployment, "spec.flinkVersion")).isEqualTo("v" + version[0] + "_" + version[1]);
        assertThat(Files.readString(MANIFEST)).contains("flink-s3-fs-presto-" + EnvironmentInformation.getVersion());
    }

    @Test
    void prometheusFindsThePodsOfTheDeployment() throws Exception {
        Map<String, Object> deployment = documents().get(0);
        Map<String, Object> monitor =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(POD_MONITOR));
        // The operator labels every pod with the deployment's name.
        assertThat(at(monitor, "spec.selector.matchLabels.app")).isEqualTo(at(deployment, "metadata.name"));
        Map<String, Object> port = map(list(map(list(at(deployment, "spec.podTemplate.spec.containers"))
                                .get(0))
                        .get("ports"))
                .get(0));
        assertThat(map(list(at(monitor, "spec.podMetricsEndpoints")).get(0))).containsEntry("port", port.get("name"));
        assertThat(at(deployment, "spec.flinkConfiguration"))
                .asInstanceOf(org.assertj.core.api.InstanceOfAssertFactories.MAP)
                .containsEntry("metrics.reporter.prometheus.port", String.valueOf(port.get("containerPort")));
    }

    private static Map<String, Object> mainContainer(String template) throws IOException {
        return map(list(at(documents().get(0), template + ".spec.containers")).get(0));
    }

    private static Set<String> unknownOptions(Set<String> named) throws Exception {
        Set<String> known = flinksOptions();
        Set<String> unknown = new TreeSet<>();
        for (String option : named) {
            // A reporter's options stand behind its name; those of its own are Prometheus'.
            Matcher ofReporter =
                    Pattern.compile("metrics\\.reporter\\.[a-z]+\\.(.+)").matcher(option);
            boolean found = ofReporter.matches()
                    ? Set.of("factory.class", "port", "filterLabelValueCharacters")
                            .contains(ofReporter.group(1))
                    : known.contains(option);
            if (!found) {
                unknown.add(option);
            }
        }
        return unknown;
    }

    /** The keys of all options in the classes {@code *Options} of Flink's configuration and of its backend for RocksDB. */
    private static Set<String> flinksOptions() throws Exception {
        Set<String> keys = new HashSet<>();
        for (Class<?> one : List.of(CheckpointingOptions.class, RocksDBOptions.class)) {
            URI archive =
                    one.getProtectionDomain().getCodeSource().getLocation().toURI();
            try (FileSystem jar = FileSystems.newFileSystem(Path.of(archive));
                    Stream<Path> classes =
                            Files.list(jar.getPath(one.getPackageName().replace('.', '/')))) {
                for (Path file : classes.toList()) {
                    String name = file.getFileName().toString();
                    if (name.endsWith("Options.class")) {
                        keys.addAll(keysOf(Class.forName(one.getPackageName() + "." + name.replace(".class", ""))));
                    }
                }
            }
        }
        assertThat(keys).hasSizeGreaterThan(200);
        return keys;
    }

    private static List<String> keysOf(Class<?> options) throws IllegalAccessException {
        List<String> keys = new ArrayList<>();
        for (Field field : options.getFields()) {
            if (ConfigOption.class.isAssignableFrom(field.getType())) {
                keys.add(((ConfigOption<?>) field.get(null)).key());
            }
        }
        return keys;
    }

    private static Set<String> settings(String source, String how) {
        Set<String> names = new TreeSet<>();
        Matcher name = Pattern.compile(how + "\\(arguments, \"([a-z-]+)\"\\)").matcher(source);
        while (name.find()) {
            names.add("PARCELWATCH_"
                    + name.group(1).toUpperCase(java.util.Locale.ROOT).replace('-', '_'));
        }
        return names;
    }

    private static List<Map<String, Object>> documents() throws IOException {
        List<Map<String, Object>> documents = new ArrayList<>();
        new Yaml(new SafeConstructor(new LoaderOptions()))
                .loadAll(Files.readString(MANIFEST))
                .forEach(document -> documents.add(map(document)));
        assertThat(documents).hasSize(1);
        return documents;
    }

    private static Object at(Map<String, Object> document, String path) {
        Object found = document;
        for (String key : path.isEmpty() ? new String[0] : path.split("\\.")) {
            found = map(found).get(key);
            assertThat(found).as(path).isNotNull();
        }
        return found;
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> map(Object value) {
        return (Map<String, Object>) value;
    }

    @SuppressWarnings("unchecked")
    private static List<Object> list(Object value) {
        return (List<Object>) value;
    }
}
