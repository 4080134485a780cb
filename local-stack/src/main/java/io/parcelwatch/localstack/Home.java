package io.parcelwatch.localstack;

import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;

/**
 * What lies where in a home.
 *
 * @param path absolute
 */
record Home(Path path) {

    static Home of(Path path) {
        return new Home(path.toAbsolutePath().normalize());
    }

    Path postgres() {
        return path.resolve("postgres");
    }

    Path kafka() {
        return path.resolve("kafka");
    }

    Path log() {
        return path.resolve("log");
    }

    /** What the keeper says before its log is open: one line where it could not start. */
    Path lastWords() {
        return log().resolve("keeper.out");
    }

    /** Held by the keeper as long as it lives; the kernel lets go of it however the keeper ends. */
    Path keeperLock() {
        return path.resolve("keeper.lock");
    }

    /** Held by whoever is about to start a keeper. */
    Path spawnLock() {
        return path.resolve("spawn.lock");
    }

    private Path addressFile() {
        return path.resolve("keeper.properties");
    }

    /**
     * Creates the directories, for their owner alone: there will be customers' names in them.
     *
     * @return the same home by its real path, which is one for all who come by different links
     */
    Home create() {
        try {
            if (!Files.isDirectory(path)) {
                if (path.getParent() != null) {
                    Files.createDirectories(path.getParent());
                }
                Files.createDirectories(
                        path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            Files.createDirectories(log());
            FileChannel.open(spawnLock(), StandardOpenOption.CREATE, StandardOpenOption.WRITE)
                    .close();
            return new Home(path.toRealPath());
        } catch (IOException e) {
            throw Trouble.explain("use the home", path, e, log());
        }
    }

    /** True while a keeper lives, reachable or not. Not for the keeper's own process, whose lock it would lose. */
    boolean hasKeeper() throws IOException {
        if (!Files.exists(keeperLock())) {
            return false;
        }
        try (FileChannel channel = FileChannel.open(keeperLock(), StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            return lock == null;
        }
    }

    /** Where the keeper listens; empty where there is none, or where it is about to end. */
    Optional<KeeperAddress> address() throws IOException {
        if (!Files.exists(addressFile())) {
            return Optional.empty();
        }
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(addressFile())) {
            properties.load(in);
        }
        return Optional.of(new KeeperAddress(
                Long.parseLong(properties.getProperty("pid")),
                Integer.parseInt(properties.getProperty("port")),
                properties.getProperty("token")));
    }

    void publish(KeeperAddress address) throws IOException {
        Properties properties = new Properties();
        properties.setProperty("pid", Long.toString(address.pid()));
        properties.setProperty("port", Integer.toString(address.port()));
        properties.setProperty("token", address.token());
        StringWriter text = new StringWriter();
        properties.store(text, null);
        OwnerOnly.write(addressFile(), text.toString());
    }

    void withdrawAddress() throws IOException {
        Files.deleteIfExists(addressFile());
    }

    /**
     * Where a keeper listens on loopback.
     *
     * @param pid of the keeper
     * @param port of its control connection
     * @param token that a client must name first; only the home's owner can read it
     */
    record KeeperAddress(long pid, int port, String token) {}
}
