package io.parcelwatch.intake;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Is told how an import advances, once a block of records or a range of merges, by one thread at a time. */
@FunctionalInterface
public interface Progress {

    /** Nobody watches. */
    Progress SILENT = (file, step, records, recordsPerSecond, left) -> {};

    /**
     * @param file             the file being imported; of several, their steps may alternate
     * @param step             {@code stage}, {@code merge} or {@code publish}
     * @param records          records the step has taken so far in this run (orders, rows of fulfilments, registrations)
     * @param recordsPerSecond mean rate of the step in this run, by the wall clock
     * @param left             how long the step will take from now, should it go on like this; empty where that cannot be told
     */
    void advanced(Path file, String step, long records, double recordsPerSecond, Optional<Duration> left);

    /** The same, told by one thread at a time. */
    default Progress oneByOne() {
        Object lock = new Object();
        return (file, step, records, recordsPerSecond, left) -> {
            synchronized (lock) {
                advanced(file, step, records, recordsPerSecond, left);
            }
        };
    }
}
