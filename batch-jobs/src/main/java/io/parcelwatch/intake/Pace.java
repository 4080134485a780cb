package io.parcelwatch.intake;

import java.time.Duration;
import java.util.Optional;

/** Counts the records of a step, measures its rate and tells the watcher of the import. May be advanced by several threads. */
public final class Pace {

    private final ImportFile file;
    private final String step;
    private final long startedNanos = System.nanoTime();
    private long records;
    private double expected;
    private double done;

    public Pace(ImportFile file, String step) {
        this.file = file;
        this.step = step;
    }

    /** How much work this run of the step has before it, in any unit. Without it nobody is told how long it will take. */
    public synchronized void expect(double work) {
        expected = work;
    }

    /** So many records more, each a unit of work. */
    public void advance(long more) {
        advance(more, more);
    }

    /** So many records more, which were so much of the work. */
    public synchronized void advance(long more, double work) {
        records += more;
        done += work;
        double seconds = Math.max(1e-3, (System.nanoTime() - startedNanos) / 1e9);
        Optional<Duration> left = expected > 0 && done > 0
                ? Optional.of(Duration.ofMillis((long) (1000 * seconds * Math.max(0, expected - done) / done)))
                : Optional.empty();
        file.progress().advanced(file.path(), step, records, records / seconds, left);
    }
}
