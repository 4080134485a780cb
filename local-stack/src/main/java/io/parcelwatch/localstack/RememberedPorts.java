package io.parcelwatch.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The ports of one service on loopback. A service that starts again gets the port it had, where that is still free, so that
 * what a person has typed into another tool stays true.
 */
final class RememberedPorts {

    /** Below the ranges from which Linux (32768) and macOS (49152) take the ports of outgoing connections. */
    private static final int FIRST = 20_000;

    private static final int LAST = 32_767;

    private final Path file;
    private final Properties known = new Properties();

    RememberedPorts(Path file) throws IOException {
        this.file = file;
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                known.load(in);
            }
        }
    }

    /**
     * @param name what listens there, a key of the file
     * @return the port it had, or a new one where that is taken or there was none
     */
    int choose(String name) throws IOException {
        int port = number(known.getProperty(name));
        if (port == 0 || !isFree(port)) {
            do {
                port = ThreadLocalRandom.current().nextInt(FIRST, LAST + 1);
            } while (!isFree(port) || known.containsValue(Integer.toString(port)));
            known.setProperty(name, Integer.toString(port));
            try (OutputStream out = Files.newOutputStream(file)) {
                known.store(out, null);
            }
        }
        return port;
    }

    static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** 0 for anything that is no port: a file cut short by a full disk must not keep a service from starting. */
    private static int number(String text) {
        try {
            int port = text == null ? 0 : Integer.parseInt(text);
            return port > 0 && port <= 65_535 ? port : 0;
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
