package io.parcelwatch.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedPostgresServerTest {

    @TempDir
    private Path directory;

    @Test
    void itStartsThoughItsNumberOrItsPortNowBelongsToAnother() throws Exception {
        int port;
        try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(directory, Durability.THROWAWAY)) {
            port = port(server);
        }
        // As after a power cut: the claim still stands, and this JVM has been given the number in it.
        Files.writeString(
                directory.resolve("data/postmaster.pid"),
                ProcessHandle.current().pid() + "\n");
        try (ServerSocket stranger = new ServerSocket()) {
            stranger.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            try (EmbeddedPostgresServer server = EmbeddedPostgresServer.start(directory, Durability.THROWAWAY)) {
                assertThat(server.isAlive()).isTrue();
                assertThat(port(server)).isNotEqualTo(port);
            }
        }
    }

    @Test
    void aDirectoryThatIsAFileIsOneLineThatSaysWhatToDo() throws Exception {
        Path file = Files.writeString(directory.resolve("postgres"), "a file");
        assertThatThrownBy(() -> EmbeddedPostgresServer.start(file, Durability.THROWAWAY))
                .isInstanceOf(LocalStackException.class)
                .hasMessageContainingAll("cannot start PostgreSQL", file.toString(), "is a file")
                .hasMessageNotContaining("\n");
    }

    private static int port(EmbeddedPostgresServer server) {
        return URI.create(server.address().url().substring("jdbc:".length())).getPort();
    }
}
