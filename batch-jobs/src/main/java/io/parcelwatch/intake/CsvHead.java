package io.parcelwatch.intake;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * How a delimited file begins: what stands before its header is passed over, namely titles (lines without any delimiter), rows of nothing but
 * delimiters and the line {@code sep=;} that tells a spreadsheet the delimiter.
 *
 * @param input   the file
 * @param dialect how it is written
 * @param columns its column names, without white space around them
 * @param text    the header row as it stands in the file
 * @param offset  bytes of text before the first row after the header
 * @param line    physical line of that row, from 1
 */
public record CsvHead(InputFile input, CsvDialect dialect, List<String> columns, String text, long offset, long line) {

    private static final int ROWS_BEFORE_HEADER = 20;

    /** Reads the beginning of a file; empty where nothing in it can be a header. */
    public static Optional<CsvHead> of(InputFile input) {
        CsvDialect told = null;
        RecordSplitter.Raw onlyColumn = null;
        try (RecordSplitter lines = new RecordSplitter(input.open(0), new CsvDialect('\0', false), 0, 1)) {
            for (int row = 0; row < ROWS_BEFORE_HEADER; row++) {
                RecordSplitter.Raw raw = lines.next();
                if (raw == null) {
                    break;
                }
                if (raw.broken() != null) {
                    return Optional.empty();
                }
                String text = text(raw);
                if (told == null && tellsDelimiter(text)) {
                    told = new CsvDialect(text.charAt(4), true);
                } else if (!CsvDialect.isPadding(text)) {
                    if (told != null || CsvDialect.delimits(text)) {
                        return header(input, told == null ? CsvDialect.of(text) : told, raw);
                    }
                    onlyColumn = onlyColumn == null ? raw : onlyColumn;
                }
            }
            return onlyColumn == null ? Optional.empty() : header(input, CsvDialect.COMMA, onlyColumn);
        } catch (CharacterCodingException | UncheckedIOException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UnusableInputException(input.path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /** Whether a row is {@code sep=;}, or what a spreadsheet makes of it when it saves the file: {@code sep=;;;;}. */
    private static boolean tellsDelimiter(String row) {
        return row.startsWith("sep=")
                && row.length() > 4
                && row.charAt(4) < 128
                && row.charAt(4) != '"'
                && !Character.isLetterOrDigit(row.charAt(4))
                && row.chars().skip(4).allMatch(c -> c == row.charAt(4));
    }

    /**
     * The beginning of a file whose header and dialect are told; empty where it has no such line, or no text.
     *
     * @param dialect how it is written; null: as the header shows
     * @param row     physical line of the header, from 1; 0: found
     */
    public static Optional<CsvHead> of(InputFile input, CsvDialect dialect, int row) {
        if (dialect == null && row == 0) {
            return of(input);
        }
        try (RecordSplitter lines = new RecordSplitter(input.open(0), new CsvDialect('\0', false), 0, 1)) {
            for (RecordSplitter.Raw raw = lines.next(); raw != null && raw.broken() == null; raw = lines.next()) {
                String text = text(raw);
                if (row > 0 ? raw.line() == row : !CsvDialect.isPadding(text) && !text.startsWith("sep=")) {
                    return header(input, dialect == null ? CsvDialect.of(text) : dialect, raw);
                }
            }
            return Optional.empty();
        } catch (CharacterCodingException | UncheckedIOException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw new UnusableInputException(input.path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    private static Optional<CsvHead> header(InputFile input, CsvDialect dialect, RecordSplitter.Raw start)
            throws IOException {
        // Read again in the dialect: the name of a column may hold a line end.
        try (RecordSplitter rows =
                new RecordSplitter(input.open(start.offset()), dialect, start.offset(), start.line())) {
            RecordSplitter.Raw raw = rows.next();
            if (raw.broken() != null) {
                return Optional.empty();
            }
            String text = text(raw);
            List<String> columns =
                    CsvRows.parse(text, dialect).stream().map(String::strip).toList();
            return Optional.of(new CsvHead(input, dialect, columns, text, rows.offset(), rows.line()));
        }
    }

    private static String text(RecordSplitter.Raw raw) throws CharacterCodingException {
        return StandardCharsets.UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(raw.bytes()))
                .toString();
    }

    /** Whether the file has a column of this very name. */
    public boolean has(String column) {
        return columns.contains(column);
    }

    /** Those of some columns that the file has not. */
    public List<String> missing(List<String> needed) {
        return needed.stream().filter(column -> !columns.contains(column)).toList();
    }

    /** The same file read without quotes. */
    public CsvHead unquoted() {
        try {
            List<String> plain = CsvRows.parse(text, dialect.unquoted()).stream()
                    .map(String::strip)
                    .toList();
            return new CsvHead(input, dialect.unquoted(), plain, text, offset, line);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The rows after the header. */
    public CsvRows rows() throws IOException {
        return rows(0, 0);
    }

    /**
     * The rows from a place on.
     *
     * @param fromOffset bytes of text before the row to start with; 0 for the first row after the header
     * @param fromLine   physical line of that row; of no meaning where the offset is 0
     */
    public CsvRows rows(long fromOffset, long fromLine) throws IOException {
        long start = fromOffset > 0 ? fromOffset : offset;
        long startLine = fromOffset > 0 ? fromLine : line;
        return new CsvRows(this, new RecordSplitter(input.open(start), dialect, start, startLine));
    }
}
