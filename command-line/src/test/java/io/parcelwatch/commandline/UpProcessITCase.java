package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.localstack.LocalStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local stack as a user starts it. */
class UpProcessITCase {

    @TempDir
    Path directory;

    @AfterEach
    void stopServices() {
        LocalStack.stop(directory.resolve(".parcelwatch"));
    }

    @Test
    void aSecondUpGoesOnFromTheCheckpointOfTheFirst() throws Exception {
        Processes processes = new Processes(directory);
        Process first = processes.start("up", "--checkpoint-interval", "1");
        await().atMost(Duration.ofSeconds(90)).until(() -> processes.err().contains("Watching.") || !first.isAlive());
        assertThat(processes.out()).contains("PostgreSQL", "Kafka", "Home");
        await().atMost(Duration.ofSeconds(60))
                .until(() -> WatchHome.in(directory.resolve(".parcelwatch"))
                        .checkpoint()
                        .isPresent());
        end(first, processes);

        Process second = processes.start("up", "--json");
        await().atMost(Duration.ofSeconds(90)).until(() -> processes.err().contains("Watching.") || !second.isAlive());
        assertThat(processes.err()).contains("Continuing from checkpoint");
        assertThat(processes.out()).contains("\"database\"", "\"kafka\"");
        end(second, processes);
    }

    private static void end(Process up, Processes processes) throws Exception {
        up.destroy();
        assertThat(up.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).as(processes.err()).isZero();
    }
}
