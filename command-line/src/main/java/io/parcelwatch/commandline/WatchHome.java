package io.parcelwatch.commandline;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where a live watch keeps its state in a home.
 *
 * @param directory {@code watch} in the home
 */
record WatchHome(Path directory) {

    static WatchHome in(Path home) {
        return new WatchHome(home.resolve("watch"));
    }

    Path state() {
        return directory.resolve("state");
    }

    /** What Flink works with while it runs; of no use afterwards. */
    Path temporary() {
        return directory.resolve("tmp");
    }

    Path lock() {
        return directory.resolve("lock");
    }

    /** The newest complete checkpoint. */
    Optional<Path> checkpoint() {
        if (!Files.isDirectory(state())) {
            return Optional.empty();
        }
        try (Stream<Path> paths = Files.walk(state(), 3)) {
            return paths.filter(path -> path.endsWith("_metadata"))
                    .max(Comparator.comparing(WatchHome::modified))
                    .map(Path::getParent);
        } catch (IOException | UncheckedIOException e) {
            // Flink deletes old ones while we look.
            return Optional.empty();
        }
    }

    /** When a checkpoint was completed, in milliseconds of the epoch. */
    static long completed(Path checkpoint) {
        return modified(checkpoint.resolve("_metadata"));
    }

    private static long modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toMillis();
        } catch (IOException e) {
            return 0;
        }
    }
}
