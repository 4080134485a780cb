package io.parcelwatch;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;

/**
 * The third-party files some tests read in addition to the project's own samples. They are not part of the project: where they are absent,
 * these tests are skipped, and say so.
 */
public final class RealData {

    private RealData() {}

    /**
     * A folder of the real data: below the system property or environment variable {@code PARCELWATCH_REAL_DATA}, else below
     * {@code ../shared/real} beside the project's root.
     */
    public static Path folder(String name) {
        String set = System.getProperty("PARCELWATCH_REAL_DATA", System.getenv("PARCELWATCH_REAL_DATA"));
        // Tests run in the module's folder; the root is its parent.
        Path root = set != null ? Path.of(set) : Path.of("..", "..", "shared", "real");
        Path folder = root.resolve(name);
        Assumptions.assumeTrue(Files.isDirectory(folder), () -> "no real data at " + folder.toAbsolutePath());
        return folder;
    }
}
