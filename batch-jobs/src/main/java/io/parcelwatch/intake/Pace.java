package io.parcelwatch.intake;

/** Counts the records of a step and tells the watcher of the import. */
public final class Pace {

    private final ImportFile file;
    private final String step;
    private final long startedNanos = System.nanoTime();
    private long records;

    public Pace(ImportFile file, String step) {
        this.file = file;
        this.step = step;
    }

    /** So many records more. */
    public synchronized void advance(long more) {
        records += more;
        double seconds = Math.max(1e-3, (System.nanoTime() - startedNanos) / 1e9);
        file.progress().advanced(file.path(), step, records, records / seconds);
    }
}
