package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.localstack.LocalStack;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The local stack as a user starts it. */
class UpProcessITCase {

    @TempDir
    Path directory;

    private Processes processes;

    @BeforeEach
    void inADirectory() {
        processes = new Processes(directory);
    }

    @AfterEach
    void stopServices() {
        processes.close();
        LocalStack.stop(directory.resolve(".parcelwatch"));
    }

    @Test
    void aSecondUpGoesOnFromTheCheckpointOfTheFirst() throws Exception {
        Process first = processes.start("up", "--checkpoint-interval", "1");
        await().atMost(Duration.ofSeconds(180)).until(() -> processes.err().contains("Watching.") || !first.isAlive());
        assertThat(processes.out()).contains("PostgreSQL", "Kafka", "Home");
        await().atMost(Duration.ofSeconds(120))
                .until(() -> WatchHome.in(directory.resolve(".parcelwatch"))
                        .checkpoint()
                        .isPresent());
        end(first);

        Process second = processes.start("up", "--json");
        await().atMost(Duration.ofSeconds(180)).until(() -> processes.err().contains("Watching.") || !second.isAlive());
        assertThat(processes.err()).contains("Continuing from checkpoint");
        assertThat(processes.out()).contains("\"database\"", "\"kafka\"");
        end(second);
    }

    private void end(Process up) throws Exception {
        up.destroy();
        assertThat(up.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(up.exitValue()).as(processes.err()).isZero();
    }
}
