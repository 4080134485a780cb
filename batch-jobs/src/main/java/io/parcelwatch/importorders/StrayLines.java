package io.parcelwatch.importorders;

import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.RecordSplitter;
import io.parcelwatch.intake.UnusableInputException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.BitSet;
import java.util.concurrent.Semaphore;

/**
 * Where the lines stand that belong to an order and do not follow it. Keeps a number for each of them, not the line: that is read when its
 * order is. So many fit into the memory that the job promises to do with, beside all else, and files that are read at once share it: what is
 * closed gives its part back.
 */
final class StrayLines implements Closeable {

    /** Of all files that are read at once. */
    static final int MOST = 3_000_000;

    /** Room is taken for so many lines at a time. */
    private static final int STEP = 1_000;

    private static final Semaphore ROOM = new Semaphore(MOST / STEP);

    private final InputFile input;

    /** The orders that have such lines, ascending; where in {@link #offsets} the lines of each begin; and which of them are in the file. */
    private final long[] orders;

    private final int[] starts;
    private final long[] offsets;
    private final BitSet found = new BitSet();
    private int room;

    private StrayLines(InputFile input, long[] orders, int[] starts, long[] offsets, int room) {
        this.input = input;
        this.orders = orders;
        this.starts = starts;
        this.offsets = offsets;
        this.room = room;
    }

    /** Collects what a file holds, from its beginning to its end. */
    static final class Collector implements Closeable {

        private final InputFile input;
        private long[] orders = new long[STEP];
        private long[] offsets = new long[STEP];
        private int lines;
        private int room;

        Collector(InputFile input) {
            this.input = input;
        }

        /** A line of an order stands elsewhere than behind it. */
        void line(long order, long offset) {
            if (lines == room * STEP) {
                if (!ROOM.tryAcquire()) {
                    throw new UnusableInputException(
                            "%s has more than %,d lines that do not follow their orders, those of the files that are read beside it among them: import it alone, or run the bulk operation with groupObjects: true or for a shorter time"
                                    .formatted(input.path(), MOST));
                }
                room++;
            }
            if (lines == orders.length) {
                orders = Arrays.copyOf(orders, lines + lines / 2);
                offsets = Arrays.copyOf(offsets, lines + lines / 2);
            }
            orders[lines] = order;
            offsets[lines++] = offset;
        }

        StrayLines collected() {
            if (lines > 0 && !input.charset().equals(StandardCharsets.UTF_8)) {
                throw new UnusableInputException(input.path()
                        + " has lines that do not follow their orders, and is not UTF-8: save it as UTF-8");
            }
            long[] distinct = distinct();
            int[] starts = new int[distinct.length + 1];
            for (int i = 0; i < lines; i++) {
                starts[Arrays.binarySearch(distinct, orders[i]) + 1]++;
            }
            for (int i = 1; i < starts.length; i++) {
                starts[i] += starts[i - 1];
            }
            long[] grouped = new long[lines];
            int[] next = starts.clone();
            for (int i = 0; i < lines; i++) {
                grouped[next[Arrays.binarySearch(distinct, orders[i])]++] = offsets[i];
            }
            StrayLines strays = new StrayLines(input, distinct, starts, grouped, room);
            room = 0;
            return strays;
        }

        private long[] distinct() {
            long[] sorted = Arrays.copyOf(orders, lines);
            Arrays.sort(sorted);
            int distinct = 0;
            for (int i = 0; i < lines; i++) {
                if (i == 0 || sorted[i] != sorted[i - 1]) {
                    sorted[distinct++] = sorted[i];
                }
            }
            return Arrays.copyOf(sorted, distinct);
        }

        /** Without effect once the lines are collected. */
        @Override
        public void close() {
            ROOM.release(room);
            room = 0;
        }
    }

    /** Whether there are none. */
    boolean isEmpty() {
        return orders.length == 0;
    }

    /** An order stands in the file. */
    void found(long order) {
        int at = Arrays.binarySearch(orders, order);
        if (at >= 0) {
            found.set(at);
        }
    }

    @Override
    public void close() {
        ROOM.release(room);
        room = 0;
    }

    /** Whether the order of a stray line is in the file. */
    boolean hasOrder(long order) {
        int at = Arrays.binarySearch(orders, order);
        return at >= 0 && found.get(at);
    }

    /** Where the stray lines of an order stand, in the order of the file: bytes of text before each. */
    long[] of(long order) {
        int at = Arrays.binarySearch(orders, order);
        return at < 0 ? new long[0] : Arrays.copyOfRange(offsets, starts[at], starts[at + 1]);
    }

    /** Reads lines wherever they stand. */
    Reader reader() throws IOException {
        return new Reader(FileChannel.open(input.path()), input.bom());
    }

    /** Reads lines of at most a record's size. */
    static final class Reader implements Closeable {

        private final FileChannel file;
        private final int bom;
        private ByteBuffer buffer = ByteBuffer.allocate(4096);

        private Reader(FileChannel file, int bom) {
            this.file = file;
            this.bom = bom;
        }

        /** The line that starts there, without its end. */
        byte[] line(long offset) throws IOException {
            buffer.clear();
            int seen = 0;
            while (true) {
                int read = file.read(buffer, bom + offset + buffer.position());
                for (; seen < buffer.position(); seen++) {
                    byte b = buffer.get(seen);
                    if (b == '\n' || b == '\r') {
                        return Arrays.copyOf(buffer.array(), seen);
                    }
                }
                if (read < 0 || seen > RecordSplitter.MAX_RECORD) {
                    return Arrays.copyOf(buffer.array(), seen);
                }
                if (!buffer.hasRemaining()) {
                    buffer = ByteBuffer.allocate(2 * buffer.capacity()).put(buffer.flip());
                }
            }
        }

        @Override
        public void close() throws IOException {
            file.close();
        }
    }
}
