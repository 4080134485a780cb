package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.sql.Database;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PatientConnectionITCase {

    private final WatchTables tables = new WatchTables();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void aConnectionThatIsAbortedWhileItOpensWritesNothing() throws Exception {
        tables.execute("create table taken (n integer)");
        try (Door door = new Door()) {
            PatientConnection connection = new PatientConnection(door.database(), session -> {});
            Future<?> writing = threads.submit(() -> {
                connection.transaction(open -> open.createStatement().execute("insert into taken values (1)"));
                return null;
            });
            door.knocked.await();
            connection.abort();
            door.opens.countDown();
            assertThat(writing)
                    .failsWithin(Duration.ofSeconds(30))
                    .withThrowableThat()
                    .withCauseInstanceOf(IOException.class)
                    .withMessageContaining("was closed");
        }
        assertThat(tables.count("taken")).isZero();
    }

    @Test
    void nothingRunsOnAConnectionThatWasClosed() throws Exception {
        tables.execute("create table taken (n integer)");
        PatientConnection connection = new PatientConnection(tables.database(), session -> {});
        connection.transaction(open -> open.createStatement().execute("insert into taken values (1)"));
        connection.close();
        Future<?> writing = threads.submit(() -> {
            connection.transaction(open -> open.createStatement().execute("insert into taken values (2)"));
            return null;
        });
        assertThat(writing)
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withCauseInstanceOf(IOException.class);
        assertThat(tables.strings("select n from taken")).containsExactly("1");
    }

    /** A way to PostgreSQL that takes a connection at once, and lets its first word through later: a server that hangs, and comes back. */
    private final class Door implements AutoCloseable {
        final CountDownLatch knocked = new CountDownLatch(1);
        final CountDownLatch opens = new CountDownLatch(1);
        private final URI behind = URI.create(tables.database().url().substring("jdbc:".length()));
        private final ServerSocket door = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());

        Door() throws IOException {
            threads.submit(this::let);
        }

        Database database() {
            Database direct = tables.database();
            return new Database(
                    direct.url().replace(behind.getAuthority(), "127.0.0.1:" + door.getLocalPort()),
                    direct.user(),
                    direct.password());
        }

        private Void let() throws IOException, InterruptedException {
            try (Socket client = door.accept()) {
                knocked.countDown();
                opens.await();
                try (Socket server = new Socket(behind.getHost(), behind.getPort())) {
                    threads.submit(() -> server.getInputStream().transferTo(client.getOutputStream()));
                    client.getInputStream().transferTo(server.getOutputStream());
                } catch (SocketException e) {
                    // One of the two has hung up.
                }
            }
            return null;
        }

        @Override
        public void close() throws IOException {
            door.close();
        }
    }
}
