package io.parcelwatch.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TroubleTest {

    @TempDir
    private Path directory;

    @Test
    void aFullDiskIsNamedWithItsPathAndFreeBytesHoweverDeepItIsBuried() {
        Throwable buried = new IllegalStateException("no log directory", new IOException("No space left on device"));
        assertThat(explain(buried))
                .startsWith("cannot start Kafka: no space left in " + directory)
                .containsPattern("\\(\\d+ bytes free\\)");
    }

    @Test
    void whatCannotBeWrittenSaysWhy() {
        assertThat(explain(new FileSystemException("x", null, "Read-only file system")))
                .contains("is on a read-only file system", "set PARCELWATCH_HOME");
        assertThat(explain(new AccessDeniedException("x"))).contains("may not write " + directory, "permissions");
    }

    @Test
    void anythingElseKeepsTheFirstLineOfItsCauseAndPointsToTheLog() {
        assertThat(explain(new IllegalStateException("outer", new IOException("the reason\nand more"))))
                .isEqualTo("cannot start Kafka: the reason (more in " + directory.resolve("log") + ")");
    }

    @Test
    void tooLittleSpaceIsRefusedBeforeAnythingIsWritten() {
        assertThatThrownBy(() -> Trouble.requireSpace("start Kafka", directory, Long.MAX_VALUE))
                .isInstanceOf(LocalStackException.class)
                .hasMessageContainingAll(directory.toString(), "bytes free", Long.MAX_VALUE + " are needed");
        Trouble.requireSpace("start Kafka", directory, 1);
    }

    private String explain(Throwable cause) {
        return Trouble.explain("start Kafka", directory, cause, directory.resolve("log"))
                .getMessage();
    }
}
