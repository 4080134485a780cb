package io.parcelwatch.localstack;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Turns what went wrong on disk into one line that says what to do. */
final class Trouble {

    private static final String ELSEWHERE = "set PARCELWATCH_HOME to a directory ";

    private Trouble() {}

    /**
     * Refuses to begin what would fail half-way.
     *
     * @param doing what is about to happen, as in "start PostgreSQL"
     * @param where an existing file or directory on the file system that will be written
     * @param bytes free space it takes
     */
    static void requireSpace(String doing, Path where, long bytes) {
        long free = free(where);
        if (free < bytes) {
            throw new LocalStackException("cannot " + doing + ": " + where + " has " + free + " bytes free, and "
                    + bytes + " are needed: free some, or " + ELSEWHERE + "with more space");
        }
    }

    /**
     * @param doing what failed, as in "start PostgreSQL"
     * @param where the file or directory it works on
     * @param cause what was thrown
     * @param log where more is to be read
     */
    static LocalStackException explain(String doing, Path where, Throwable cause, Path log) {
        if (cause instanceof LocalStackException already) {
            return already;
        }
        String said = Stream.iterate(cause, next -> next != null, Throwable::getCause)
                .map(Throwable::toString)
                .collect(Collectors.joining(" "));
        String cannot = "cannot " + doing + ": ";
        if (said.contains("No space left on device") || said.contains("Disk quota exceeded") || isFull(where)) {
            return new LocalStackException(
                    cannot + "no space left in " + where + " (" + free(where) + " bytes free): free some, or "
                            + ELSEWHERE + "with more space",
                    cause);
        }
        if (said.contains("Read-only file system")) {
            return new LocalStackException(
                    cannot + where + " is on a read-only file system: " + ELSEWHERE + "that can be written", cause);
        }
        if (said.contains("Not a directory")
                || has(cause, NotDirectoryException.class, FileAlreadyExistsException.class)) {
            return new LocalStackException(
                    cannot + where + " or a part of its path is a file, not a directory: " + ELSEWHERE
                            + "that can be written",
                    cause);
        }
        if (said.contains("Permission denied") || has(cause, AccessDeniedException.class)) {
            return new LocalStackException(
                    cannot + System.getProperty("user.name") + " may not write " + where
                            + ": change its permissions, or " + ELSEWHERE + "that can be written",
                    cause);
        }
        if (has(cause, NoSuchFileException.class) && !Files.isDirectory(where)) {
            return new LocalStackException(cannot + where + " was deleted meanwhile: run the command again", cause);
        }
        Throwable root = Stream.iterate(cause, next -> next != null, Throwable::getCause)
                .reduce((outer, inner) -> inner)
                .orElse(cause);
        String reason = root.getMessage() == null ? root.toString() : root.getMessage();
        return new LocalStackException(cannot + firstLine(reason) + " (more in " + log + ")", cause);
    }

    static String firstLine(String text) {
        return text.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .findFirst()
                .orElse("");
    }

    /** Free bytes on the file system of the path or of its nearest parent that exists; 0 where none can be asked. */
    private static long free(Path where) {
        for (Path path = where; path != null; path = path.getParent()) {
            if (Files.exists(path)) {
                try {
                    return Files.getFileStore(path).getUsableSpace();
                } catch (IOException e) {
                    return 0;
                }
            }
        }
        return 0;
    }

    private static boolean isFull(Path where) {
        return Files.isDirectory(where) && free(where) < 64 * 1024;
    }

    @SafeVarargs
    private static boolean has(Throwable cause, Class<? extends Throwable>... types) {
        return Stream.iterate(cause, next -> next != null, Throwable::getCause)
                .anyMatch(next -> Stream.of(types).anyMatch(type -> type.isInstance(next)));
    }
}
