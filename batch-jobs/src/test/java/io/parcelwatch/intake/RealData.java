package io.parcelwatch.intake;

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
     * A folder of the real data: below the environment variable {@code PARCELWATCH_REAL_DATA}, else below the nearest {@code shared/real} beside
     * or above the working directory.
     */
    public static Path folder(String name) {
        String set = System.getenv("PARCELWATCH_REAL_DATA");
        Path real = set == null ? nearest() : Path.of(set);
        Assumptions.assumeTrue(real != null && Files.isDirectory(real.resolve(name)), () -> "no real data: " + name);
        return real.resolve(name);
    }

    private static Path nearest() {
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            Path real = above.resolve("shared").resolve("real");
            if (Files.isDirectory(real)) {
                return real;
            }
        }
        return null;
    }
}
