package io.parcelwatch.intake;

/**
 * How a delimited file is written.
 *
 * @param delimiter between fields
 * @param quoted    whether a field may stand in double quotes; where not (Amazon's tab-separated reports), a quote is a character like any other
 */
public record CsvDialect(char delimiter, boolean quoted) {

    /** RFC 4180. */
    public static final CsvDialect COMMA = new CsvDialect(',', true);

    private static final String CANDIDATES = ",;\t|";

    /** The same without quotes. */
    public CsvDialect unquoted() {
        return new CsvDialect(delimiter, false);
    }

    /** The dialect of a header row: of the usual delimiters the one that stands in it most often outside quotes. */
    static CsvDialect of(String headerRow) {
        char delimiter = ',';
        int most = 0;
        for (char candidate : CANDIDATES.toCharArray()) {
            int found = outsideQuotes(headerRow, candidate);
            if (found > most) {
                most = found;
                delimiter = candidate;
            }
        }
        return new CsvDialect(delimiter, true);
    }

    /** Whether a delimiter stands in a row: a title has none. */
    static boolean delimits(String row) {
        return CANDIDATES.chars().anyMatch(candidate -> outsideQuotes(row, (char) candidate) > 0);
    }

    /** Whether a row holds nothing but white space, quotes and delimiters: a spreadsheet's padding. */
    static boolean isPadding(String row) {
        return row.chars().allMatch(c -> Character.isWhitespace(c) || c == '"' || CANDIDATES.indexOf(c) >= 0);
    }

    private static int outsideQuotes(String row, char wanted) {
        int found = 0;
        boolean quoted = false;
        for (int i = 0; i < row.length(); i++) {
            char c = row.charAt(i);
            quoted ^= c == '"';
            found += c == wanted && !quoted ? 1 : 0;
        }
        return found;
    }
}
