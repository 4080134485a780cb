package io.parcelwatch.intake;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Set;

/**
 * Splits JSON documents into records before anything parses them: the elements of arrays, and objects that are no envelope. Counts braces and
 * knows texts, no more, so that a malformed record costs only itself wherever its braces balance; a line end within a text, which JSON does not
 * allow, ends the text. Holds at most a record and a read-ahead in memory. Works on bytes: all that JSON's structure is made of is ASCII in UTF-8.
 *
 * <p>An envelope is an object that has, under one of some names, an array or an object, as in {@code {"orders":[...]}}: that holds the records,
 * and the envelope's other fields are passed over. Envelopes and arrays may nest, and several documents may follow each other.
 */
final class JsonSplitter implements Closeable {

    private static final int READ_AHEAD = 1 << 16;

    /** Arrays and envelopes around a record at most: what is deeper is taken for a record. */
    private static final int MAX_AROUND = 6;

    private static final int LONGEST_NAME = 64;

    private enum Container {
        ARRAY,
        ENVELOPE
    }

    private final InputStream in;
    private final Set<String> envelopes;
    private final Deque<Container> around = new ArrayDeque<>();

    private final byte[] ahead = new byte[READ_AHEAD];
    private int position;
    private int end;
    private long offset;
    private long newlines;
    private int last;

    // The record that is read, all of it or, where it is too large, its beginning.
    private byte[] kept = new byte[READ_AHEAD];
    private long length;
    private long recordOffset;
    private long recordLine;
    private long lastLine;

    /** Whether the file ends within an array or an object, and whether that was said. */
    private boolean cutOff;

    private boolean cutOffSaid;

    /**
     * @param in        stands at the beginning of the text; closed with this
     * @param envelopes names of the fields that hold records
     */
    JsonSplitter(InputStream in, Set<String> envelopes) {
        this.in = in;
        this.envelopes = envelopes;
    }

    /** Bytes of text before what is read next. */
    long offset() {
        return offset;
    }

    /**
     * The line that a record which starts here is given: its physical line. Of several that start in one line, as in a file without any line
     * ends, each counts as if it stood in a line of its own: the number tells records apart.
     */
    long line() {
        return Math.max(newlines, lastLine) + 1;
    }

    /**
     * The next record; null at the end of the file. Broken where it is too large, and where the file ends within it or within what is around
     * it: then MALFORMED_JSON, and nothing follows.
     */
    RecordSplitter.Raw next() throws IOException {
        // Whether a value stands here that holds records; otherwise, in an envelope, one of its other fields does.
        boolean holds = false;
        while (true) {
            int b = passBlanks();
            if (b < 0) {
                return endOfFile();
            }
            if (!holds && around.peek() == Container.ENVELOPE) {
                length = RecordSplitter.MAX_RECORD;
                if (endsWithoutRecords()) {
                    around.pop();
                } else {
                    holds = true;
                }
                continue;
            }
            if (b == '[' && around.size() < MAX_AROUND) {
                take();
                around.push(Container.ARRAY);
                holds = false;
                continue;
            }
            if (b == ',') {
                take();
                continue;
            }
            if (b == ']' && around.peek() == Container.ARRAY) {
                take();
                around.pop();
                continue;
            }
            begin();
            if (b == '{') {
                keep(take());
                if (!endsWithoutRecords()) {
                    around.push(Container.ENVELOPE);
                    holds = true;
                    continue;
                }
            } else if (b == '[') {
                keep(take());
                readArray();
            } else {
                readScalar();
            }
            return record();
        }
    }

    private RecordSplitter.Raw endOfFile() {
        if (cutOffSaid || !cutOff && around.isEmpty()) {
            return null;
        }
        cutOff = true;
        begin();
        return record();
    }

    private void begin() {
        length = 0;
        recordOffset = offset;
        recordLine = line();
    }

    private RecordSplitter.Raw record() {
        boolean tooLarge = length > RecordSplitter.MAX_RECORD;
        cutOffSaid |= cutOff;
        lastLine = recordLine;
        return new RecordSplitter.Raw(
                recordOffset,
                recordLine,
                Arrays.copyOf(kept, tooLarge ? RejectedRecord.MAX_RAW : (int) length),
                cutOff ? Rule.MALFORMED_JSON : tooLarge ? Rule.RECORD_TOO_LARGE : null);
    }

    /**
     * Reads on in an object to its end, or to a value that holds records.
     *
     * @return whether it, or the file, is over; false where it is an envelope, and then that value is next
     */
    private boolean endsWithoutRecords() throws IOException {
        int depth = 1;
        // The last text in the object itself, and whether a colon followed it: then it is the name of what comes.
        String name = null;
        boolean named = false;
        while (true) {
            int b = peek();
            if (b < 0) {
                cutOff = true;
                return true;
            }
            if (named && (b == '{' || b == '[') && envelopes.contains(name) && around.size() < MAX_AROUND) {
                return false;
            }
            keep(take());
            switch (b) {
                case '"' -> {
                    String text = readText(depth == 1);
                    name = depth == 1 ? text : name;
                    named = false;
                }
                case ':' -> named = depth == 1;
                case '{', '[' -> {
                    depth++;
                    named = false;
                }
                case '}', ']' -> {
                    depth--;
                    if (depth == 0) {
                        return true;
                    }
                }
                default -> named &= b <= ' ';
            }
        }
    }

    /** Reads to the end of an array that is a record: one that nests too deep to hold any. */
    private void readArray() throws IOException {
        for (int depth = 1; depth > 0; ) {
            int b = peek();
            if (b < 0) {
                cutOff = true;
                return;
            }
            keep(take());
            if (b == '"') {
                readText(false);
            } else if (b == '{' || b == '[') {
                depth++;
            } else if (b == '}' || b == ']') {
                depth--;
            }
        }
    }

    /** Reads what is neither object nor array, be it a value or rubbish, to where the next record could start. */
    private void readScalar() throws IOException {
        int b;
        do {
            b = take();
            keep(b);
            if (b == '"') {
                readText(false);
            }
            b = peek();
        } while (b >= 0 && b != ',' && b != ']' && b != '{' && b != '[' && b != '\n' && b != '\r');
    }

    /**
     * Reads to the end of a text whose quote was read.
     *
     * @return it, where it is wanted and no longer than a name is; as it is written
     */
    private String readText(boolean wanted) throws IOException {
        byte[] text = wanted ? new byte[LONGEST_NAME] : null;
        int size = 0;
        for (int b = peek(); b >= 0 && b != '\n' && b != '\r'; b = peek()) {
            keep(take());
            if (b == '"') {
                return wanted && size <= LONGEST_NAME ? new String(text, 0, size, StandardCharsets.UTF_8) : null;
            }
            if (wanted && size < LONGEST_NAME) {
                text[size] = (byte) b;
            }
            size++;
            int escaped = b == '\\' ? peek() : -1;
            if (escaped >= 0 && escaped != '\n' && escaped != '\r') {
                keep(take());
                size++;
            }
        }
        return null;
    }

    private int passBlanks() throws IOException {
        int b = peek();
        while (b == ' ' || b == '\n' || b == '\r' || b == '\t') {
            take();
            b = peek();
        }
        return b;
    }

    private void keep(int b) {
        if (length < RecordSplitter.MAX_RECORD) {
            if (length == kept.length) {
                kept = Arrays.copyOf(kept, Math.min(2 * kept.length, RecordSplitter.MAX_RECORD));
            }
            kept[(int) length] = (byte) b;
        }
        length++;
    }

    /** The next byte, from 0 to 255; -1 at the end of the file. */
    private int peek() throws IOException {
        if (position == end) {
            end = Math.max(in.read(ahead, 0, ahead.length), 0);
            position = 0;
            if (end == 0) {
                return -1;
            }
        }
        return ahead[position] & 0xFF;
    }

    /** Takes the byte that was peeked at. */
    private int take() {
        int b = ahead[position] & 0xFF;
        position++;
        offset++;
        if (b == '\r' || b == '\n' && last != '\r') {
            newlines++;
        }
        last = b;
        return b;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
