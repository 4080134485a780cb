package io.parcelwatch.intake;

import java.nio.file.Path;

/** Is told how an import advances, once a block of records or a range of merges, on the thread that imports. */
@FunctionalInterface
public interface Progress {

    /** Nobody watches. */
    Progress SILENT = (file, step, records, recordsPerSecond) -> {};

    /**
     * @param file             the file being imported
     * @param step             {@code stage}, {@code merge} or {@code publish}
     * @param records          records the step has taken so far in this run (orders, rows of fulfilments, registrations)
     * @param recordsPerSecond mean rate of the step in this run, by the wall clock
     */
    void advanced(Path file, String step, long records, double recordsPerSecond);
}
