package io.parcelwatch.intake;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The records of a file as its format reads them, one after the other, accepted or rejected.
 *
 * @param <T> what an accepted record is
 */
public interface Records<T> extends Closeable {

    /**
     * One record of a file; exactly one of {@code accepted} and {@code rejected} is there.
     *
     * @param warnings what a person should know about an accepted one
     * @param bytes    how long it is in the file: what it weighs in memory, roughly
     * @param raw      an accepted record's text as it stands in the file, at most {@value RejectedRecord#MAX_RAW} characters; made when asked for
     */
    record Read<T>(
            T accepted, List<RecordWarning> warnings, RejectedRecord rejected, long bytes, Supplier<String> raw) {

        /** A good record. */
        public static <T> Read<T> accepted(T record, long bytes, Supplier<String> raw) {
            return new Read<>(record, List.of(), null, bytes, raw);
        }

        /** A record that breaks a rule. */
        public static <T> Read<T> rejected(RejectedRecord record, long bytes) {
            return new Read<>(null, List.of(), record, Math.min(bytes, RejectedRecord.MAX_RAW), record::raw);
        }
    }

    /** The next record; null at the end of the file. */
    Read<T> next() throws IOException;

    /** Bytes of the file before the next record: where another run would go on. */
    long offset();

    /** The physical line the next record starts in. */
    long line();

    /**
     * These records, each accepted one judged by a job's rules.
     *
     * @param judge says what becomes of an accepted record: accepted, with warnings or without, or rejected
     */
    default Records<T> judged(UnaryOperator<Read<T>> judge) {
        Records<T> told = this;
        return new Records<>() {
            @Override
            public Read<T> next() throws IOException {
                Read<T> read = told.next();
                return read == null || read.accepted() == null ? read : judge.apply(read);
            }

            @Override
            public long offset() {
                return told.offset();
            }

            @Override
            public long line() {
                return told.line();
            }

            @Override
            public void close() throws IOException {
                told.close();
            }
        };
    }
}
