package io.parcelwatch.localstack;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * PostgreSQL's programs, unpacked from the class path once a user and version into the user's cache, or beside the data where
 * there is no cache to write to.
 */
final class PostgresBinaries {

    private static final Logger log = LoggerFactory.getLogger(PostgresBinaries.class);

    /** Bytes the programs take once unpacked, rounded up. */
    private static final long UNPACKED = 90L << 20;

    private PostgresBinaries() {}

    /**
     * @param besideData used where the cache cannot be written
     * @return the directory that holds bin, lib and share
     * @throws LocalStackException if there are no programs for this platform
     */
    static synchronized Path unpack(Path besideData) throws IOException {
        String archive = "/postgres-" + platform() + ".txz";
        String name = "postgres-" + digest(archive);
        try {
            return unpack(archive, userCache().resolve(name));
        } catch (IOException | LocalStackException e) {
            log.info("Unpacking beside the data: {}", e.toString());
            return unpack(archive, besideData.resolve(name));
        }
    }

    private static Path unpack(String archive, Path target) throws IOException {
        if (Files.isExecutable(target.resolve("bin/postgres"))) {
            return target;
        }
        Files.createDirectories(target.getParent());
        Path lockFile = target.resolveSibling(target.getFileName() + ".lock");
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try (FileChannel channel = FileChannel.open(lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var lock = channel.lock()) {
            if (Files.isExecutable(target.resolve("bin/postgres"))) {
                return target;
            }
            deleteTree(part);
            deleteTree(target);
            Trouble.requireSpace("unpack PostgreSQL", target.getParent(), UNPACKED);
            extract(archive, part);
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
            return target;
        }
    }

    private static void extract(String archive, Path target) throws IOException {
        try (InputStream in = open(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in)))) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                Path path = target.resolve(entry.getName()).normalize();
                if (!path.startsWith(target)) {
                    throw new IOException("entry leaves the archive: " + entry.getName());
                }
                if (entry.isDirectory()) {
                    Files.createDirectories(path);
                    continue;
                }
                Files.createDirectories(path.getParent());
                if (entry.isSymbolicLink()) {
                    Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
                } else {
                    Files.copy(tar, path);
                    boolean program = path.getParent().getFileName().toString().equals("bin");
                    Files.setPosixFilePermissions(
                            path, PosixFilePermissions.fromString(program ? "rwxr-xr-x" : "rw-r--r--"));
                }
            }
        }
    }

    private static String platform() {
        String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String machine = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
        String architecture = switch (machine) {
            case "amd64", "x86_64" -> "x86_64";
            case "aarch64", "arm64" -> "arm_64";
            default -> machine;
        };
        if (os.startsWith("mac")) {
            return "darwin-" + architecture;
        }
        // Alpine has another C library, and programs of their own.
        return os + "-" + architecture + (Files.exists(Path.of("/etc/alpine-release")) ? "-alpine_linux" : "");
    }

    private static Path userCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path caches = xdg == null || !Path.of(xdg).isAbsolute()
                ? Path.of(System.getProperty("user.home"), ".cache")
                : Path.of(xdg);
        return caches.toAbsolutePath().resolve("parcelwatch");
    }

    private static String digest(String archive) throws IOException {
        try (DigestInputStream in = new DigestInputStream(open(archive), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }

    private static InputStream open(String archive) {
        InputStream in = PostgresBinaries.class.getResourceAsStream(archive);
        if (in == null) {
            throw new LocalStackException("there is no embedded PostgreSQL for " + System.getProperty("os.name")
                    + " on " + System.getProperty("os.arch") + ": name a database with PARCELWATCH_DB_URL");
        }
        return in;
    }

    static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path path : (Iterable<Path>) tree.sorted(Comparator.reverseOrder())::iterator) {
                Files.delete(path);
            }
        }
    }
}
