package io.parcelwatch.intake;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Splits a CSV file into records before anything parses them, so that one bad record cannot swallow the rest: a record has at most 1 MiB
 * and 1,000 physical lines, and a quote that never closes costs one physical line, after which reading goes on. Works on bytes: quotes, delimiters and line ends are ASCII
 * in UTF-8. Holds at most a record and a read-ahead in memory.
 */
public final class RecordSplitter implements Closeable {

    /** The most bytes a record may have. */
    public static final int MAX_RECORD = 1 << 20;

    /** The most physical lines a record may have: no note is that long, and a quote that was left open is closed by the next one far below. */
    static final int MAX_LINES = 1_000;

    private static final int READ_AHEAD = 1 << 16;

    private enum State {
        FIELD_START,
        PLAIN,
        QUOTED,
        QUOTE_IN_QUOTED
    }

    private final InputStream in;
    private final byte delimiter;
    private final boolean quoted;
    private byte[] window = new byte[4 * READ_AHEAD];
    private int start;
    private int end;
    private long offset;
    private long line;

    /**
     * @param in        stands at {@code offset}; closed with this
     * @param dialect   how the fields are written
     * @param offset    bytes of the file before the stream's next byte
     * @param line      the physical line that byte stands in, from 1
     */
    public RecordSplitter(InputStream in, CsvDialect dialect, long offset, long line) {
        this.in = in;
        this.delimiter = (byte) dialect.delimiter();
        this.quoted = dialect.quoted();
        this.offset = offset;
        this.line = line;
    }

    /**
     * One record, or the part of the file that was given up as one.
     *
     * @param offset where it starts in the file, in bytes
     * @param line   physical line it starts in, from 1
     * @param bytes  without the line end; of a record that is too large, its beginning
     * @param broken the rule it breaks, RECORD_TOO_LARGE or UNCLOSED_QUOTE; null where it can be parsed
     */
    public record Raw(long offset, long line, byte[] bytes, Rule broken) {}

    /** Bytes of the file before the next record. */
    public long offset() {
        return offset;
    }

    /** Physical line at which the next record starts, from 1. */
    public long line() {
        return line;
    }

    /** The next record; null at the end of the file. Empty lines are records without bytes. */
    public Raw next() throws IOException {
        State state = State.FIELD_START;
        int length = 0;
        int lines = 0;
        int firstLineEnd = -1;
        while (true) {
            if (start + length == end && !fill()) {
                if (length == 0) {
                    return null;
                }
                return state == State.QUOTED
                        ? firstLineOnly(firstLineEnd < 0 ? length : firstLineEnd, Rule.UNCLOSED_QUOTE)
                        : take(length, length, lines);
            }
            if (state == State.PLAIN || state == State.QUOTED) {
                length = endOfRun(state == State.QUOTED ? (byte) '"' : delimiter, length);
                if (start + length == end) {
                    continue;
                }
            }
            byte b = window[start + length];
            if (b == '\n' || b == '\r') {
                int lineEnd = length + lineEndAt(length);
                if (state != State.QUOTED) {
                    return take(length, lineEnd, lines + 1);
                }
                firstLineEnd = firstLineEnd < 0 ? lineEnd : firstLineEnd;
                lines++;
                length = lineEnd;
            } else {
                State next = after(state, b);
                if (firstLineEnd >= 0 && state == State.QUOTE_IN_QUOTED && next == State.PLAIN) {
                    // The quote that closes stands before a character: it opened another field, and the one that it was
                    // taken to close never closes.
                    return firstLineOnly(firstLineEnd, Rule.UNCLOSED_QUOTE);
                }
                state = next;
                length++;
            }
            if (lines > MAX_LINES && state == State.QUOTED) {
                return firstLineOnly(firstLineEnd, Rule.UNCLOSED_QUOTE);
            }
            if (length > MAX_RECORD) {
                if (firstLineEnd < 0) {
                    return skipPhysicalLine();
                }
                return firstLineOnly(firstLineEnd, state == State.QUOTED ? Rule.UNCLOSED_QUOTE : Rule.RECORD_TOO_LARGE);
            }
        }
    }

    /** Passes over what changes nothing within a field, as far as it was read. */
    private int endOfRun(byte stop, int length) {
        int at = start + length;
        int most = Math.min(end, start + MAX_RECORD);
        while (at < most && window[at] != stop && window[at] != '\n' && window[at] != '\r') {
            at++;
        }
        return at - start;
    }

    private State after(State state, byte b) {
        if (state == State.QUOTED) {
            return b == '"' ? State.QUOTE_IN_QUOTED : State.QUOTED;
        }
        if (b == '"' && quoted) {
            // A quote opens a field, or is the second of two within one; elsewhere it is a character like any other.
            return state == State.PLAIN ? State.PLAIN : State.QUOTED;
        }
        return b == delimiter ? State.FIELD_START : State.PLAIN;
    }

    private int lineEndAt(int length) throws IOException {
        if (window[start + length] == '\r') {
            if (start + length + 1 == end && !fill()) {
                return 1;
            }
            return window[start + length + 1] == '\n' ? 2 : 1;
        }
        return 1;
    }

    private Raw take(int length, int consumed, int lines) {
        Raw record = new Raw(offset, line, Arrays.copyOfRange(window, start, start + length), null);
        advance(consumed, lines);
        return record;
    }

    private Raw firstLineOnly(int consumed, Rule broken) {
        int length = consumed;
        while (length > 0 && (window[start + length - 1] == '\n' || window[start + length - 1] == '\r')) {
            length--;
        }
        Raw record = new Raw(offset, line, Arrays.copyOfRange(window, start, start + length), broken);
        advance(consumed, 1);
        return record;
    }

    private Raw skipPhysicalLine() throws IOException {
        Raw record = new Raw(
                offset, line, Arrays.copyOfRange(window, start, start + RejectedRecord.MAX_RAW), Rule.RECORD_TOO_LARGE);
        while (true) {
            int newline = 0;
            while (start + newline < end && window[start + newline] != '\n' && window[start + newline] != '\r') {
                newline++;
            }
            if (start + newline < end) {
                advance(newline + lineEndAt(newline), 1);
                return record;
            }
            advance(newline, 0);
            if (!fill()) {
                return record;
            }
        }
    }

    private void advance(int bytes, int lines) {
        start += bytes;
        offset += bytes;
        line += lines;
    }

    /** Reads more behind what is there; false at the end of the file. Only {@code start} may move, and what it points at with it. */
    private boolean fill() throws IOException {
        if (window.length - end < READ_AHEAD) {
            byte[] target = end - start + READ_AHEAD > window.length / 2
                    ? new byte[Math.max(window.length, 2 * (end - start) + 2 * READ_AHEAD)]
                    : window;
            System.arraycopy(window, start, target, 0, end - start);
            window = target;
            end -= start;
            start = 0;
        }
        int read = in.read(window, end, window.length - end);
        if (read <= 0) {
            return false;
        }
        end += read;
        return true;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
