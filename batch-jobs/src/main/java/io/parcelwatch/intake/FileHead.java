package io.parcelwatch.intake;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How a file begins: what its format is found from.
 *
 * @param input the file
 * @param csv   its header, where it is delimited text that has one
 * @param json  whether it is JSON: one document, or one a line
 */
public record FileHead(InputFile input, Optional<CsvHead> csv, boolean json) {

    private static final int LOOKED_AT = 64 * 1024;

    /** Reads the beginning of a file. */
    public static FileHead of(InputFile input) {
        String start = start(input).stripLeading();
        boolean json = start.startsWith("{") || start.startsWith("[");
        return new FileHead(input, json ? Optional.empty() : CsvHead.of(input), json);
    }

    /** The same file for a format that is known to come in windows-1252 too: read as that where it seems to be that. */
    public FileHead orWindows1252() {
        InputFile other = input.orWindows1252();
        return other == input ? this : of(other);
    }

    /** What a person should know about the encoding that was found by {@link #orWindows1252}. */
    public List<String> encodingWarnings() {
        return input.charset().equals(InputFile.WINDOWS_1252)
                ? List.of("the file is not UTF-8: it is read as windows-1252")
                : List.of();
    }

    /** The first 64 KiB of the file's text. */
    public String start() {
        return start(input);
    }

    private static String start(InputFile input) {
        try (var in = input.open(0)) {
            return new String(in.readNBytes(LOOKED_AT), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UnusableInputException(input.path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Those of some columns that the file's header has not; all of them where it has no header. */
    public List<String> missing(List<String> columns) {
        return csv.map(head -> head.missing(columns)).orElse(columns);
    }
}
