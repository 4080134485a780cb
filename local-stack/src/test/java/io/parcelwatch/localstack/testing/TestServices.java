package io.parcelwatch.localstack.testing;

import io.parcelwatch.localstack.PostgresAddress;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;

/**
 * PostgreSQL and Kafka for the tests of every module, each started once a JVM when a test first asks for it: in containers where
 * a Docker engine answers and has their images, embedded otherwise. The system property {@value #CHOICE}, or the environment variable
 * PARCELWATCH_TEST_SERVICES, says {@code containers}, {@code embedded} or {@code auto}.
 */
public final class TestServices {

    /** System property with the choice. */
    public static final String CHOICE = "parcelwatch.test.services";

    static {
        // Reached only when something is broken, so it may be long; a busy machine takes more than the usual ten
        // seconds to start a job.
        Awaitility.setDefaultTimeout(Duration.ofSeconds(60));
    }

    private TestServices() {}

    /** A new, empty database of its own for whoever asks. */
    public static PostgresAddress postgres() {
        return Chosen.BACKEND.freshDatabase("template1");
    }

    /** A new database with all that stands in another of these, which nobody may be connected to. */
    static PostgresAddress freshDatabase(PostgresAddress template) {
        return Chosen.BACKEND.freshDatabase(
                template.url().substring(template.url().lastIndexOf('/') + 1));
    }

    /** Bootstrap servers of the one broker, which creates no topic by itself. Tests keep apart by the names of their topics. */
    public static String kafka() {
        return Chosen.BACKEND.bootstrapServers();
    }

    interface Backend {
        PostgresAddress freshDatabase(String template);

        String bootstrapServers();
    }

    /** Chosen when first needed: to look for Docker takes a moment. */
    private static final class Chosen {
        static final Backend BACKEND = choose();

        private static Backend choose() {
            String fromEnvironment = System.getenv().getOrDefault("PARCELWATCH_TEST_SERVICES", "auto");
            String choice = System.getProperty(CHOICE, fromEnvironment);
            boolean containers = switch (choice) {
                case "containers" -> true;
                case "embedded" -> false;
                case "auto" -> dockerHasTheImages();
                default ->
                    throw new IllegalArgumentException(CHOICE + " is containers, embedded or auto, not " + choice);
            };
            System.err.println(
                    "Test services: " + (containers ? "containers" : "embedded") + " (" + CHOICE + "=" + choice + ")");
            return containers ? new ContainerServices() : new EmbeddedServices();
        }

        /**
         * Asks the docker command, not Testcontainers, which would first try to pull an image of its own, for minutes where no registry can
         * be reached.
         */
        private static boolean dockerHasTheImages() {
            return docker("image", "inspect", ContainerServices.POSTGRES_IMAGE, ContainerServices.KAFKA_IMAGE)
                    && ("true".equals(System.getenv("TESTCONTAINERS_RYUK_DISABLED"))
                            || docker("image", "inspect", "testcontainers/ryuk:0.14.0"));
        }

        private static boolean docker(String... arguments) {
            try {
                List<String> command = new ArrayList<>(List.of("docker"));
                command.addAll(List.of(arguments));
                Process docker = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
                if (!docker.waitFor(10, TimeUnit.SECONDS)) {
                    docker.destroyForcibly();
                    return false;
                }
                return docker.exitValue() == 0;
            } catch (IOException e) {
                // No docker command: no containers.
                return false;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
    }
}
