package io.parcelwatch.localstack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/** Files with secrets in them: readable by their owner alone from the first byte, and there whole or not at all. */
final class OwnerOnly {

    private OwnerOnly() {}

    static void write(Path file, String content) throws IOException {
        Path part = file.resolveSibling(file.getFileName() + ".part");
        Files.deleteIfExists(part);
        Files.createFile(part, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(part, content);
        Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    }
}
