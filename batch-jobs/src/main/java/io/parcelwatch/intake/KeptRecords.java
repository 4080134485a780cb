package io.parcelwatch.intake;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.BufferedWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Puts rejected records together again as a file that their format reads: the beginning of the file they came from, and each record in the
 * line it had there. Blank lines stand between them, which every format passes over, so that no reader has to know of retries.
 *
 * <p>JSON records become JSON lines, whatever was around them, so that none can take another along.
 */
final class KeptRecords implements Closeable {

    /** A beginning that is longer is not kept. */
    private static final int MAX_HEAD = 64 * 1024;

    /** Kept for a JSON file, of which nothing is written again. */
    private static final String JSON_HEAD = "[";

    private static final JsonFactory JSON = new JsonFactory();

    private final BufferedWriter out;
    private final boolean json;
    private long line = 1;
    private boolean filled;

    /**
     * @param path the file to write
     * @param head as {@link #head} gave it
     */
    KeptRecords(Path path, String head) throws IOException {
        out = Files.newBufferedWriter(path);
        json = head.equals(JSON_HEAD);
        // What it was encoded in does not matter any more.
        out.write('\uFEFF');
        if (!json) {
            write(head);
        }
    }

    /** What stands in a file before its first record; empty where that cannot be kept. */
    static Optional<String> head(InputFile input, BlockReader.Opener<?> opener) {
        if (FileHead.of(input).json()) {
            return Optional.of(JSON_HEAD);
        }
        try (Records<?> records = opener.open(0, 0);
                var in = input.open(0)) {
            if (records.offset() > MAX_HEAD) {
                return Optional.empty();
            }
            return Optional.of(StandardCharsets.UTF_8
                            .newDecoder()
                            .decode(ByteBuffer.wrap(in.readNBytes((int) records.offset())))
                            .toString())
                    .filter(text -> text.indexOf('\0') < 0);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UnusableInputException(input.path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /**
     * Adds a record.
     *
     * @param at physical line it is to start in; not before the last one
     * @return false where that line is taken, and the record was not added
     */
    boolean add(long at, String raw) throws IOException {
        if (at < line || at == line && filled) {
            return false;
        }
        while (line < at) {
            write("\n");
        }
        write(json && !isLines(raw) ? inOneLine(raw) : raw);
        filled = true;
        return true;
    }

    /** Whether a record is several lines of JSON by itself, as an order of a bulk operation with its items is. */
    private static boolean isLines(String raw) {
        String first = raw.lines().findFirst().orElse("");
        if (first.length() == raw.length()) {
            return false;
        }
        try (JsonParser parser = JSON.createParser(first)) {
            return parser.nextToken() == JsonToken.START_OBJECT
                    && parser.skipChildren().currentToken() == JsonToken.END_OBJECT
                    && parser.nextToken() == null;
        } catch (IOException e) {
            return false;
        }
    }

    /** JSON has line breaks between its tokens only, where any white space does. */
    private static String inOneLine(String raw) {
        return raw.replace('\r', ' ').replace('\n', ' ');
    }

    private void write(String text) throws IOException {
        out.write(text);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean first = c == '\n' && (i == 0 || text.charAt(i - 1) != '\r');
            line += c == '\r' || first ? 1 : 0;
        }
    }

    @Override
    public void close() throws IOException {
        out.write("\n");
        out.close();
    }
}
