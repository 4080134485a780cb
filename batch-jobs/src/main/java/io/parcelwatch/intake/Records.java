package io.parcelwatch.intake;

import java.io.Closeable;
import java.io.IOException;

/**
 * The records of a file as its format reads them, one after the other, accepted or rejected.
 *
 * @param <T> what an accepted record is
 */
public interface Records<T> extends Closeable {

    /**
     * One record of a file; exactly one of {@code accepted} and {@code rejected} is there.
     *
     * @param bytes how long it is in the file: what it weighs in memory, roughly
     */
    record Read<T>(T accepted, RejectedRecord rejected, long bytes) {}

    /** The next record; null at the end of the file. */
    Read<T> next() throws IOException;

    /** Bytes of the file before the next record: where another run would go on. */
    long offset();

    /** The physical line the next record starts in. */
    long line();
}
