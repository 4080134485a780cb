package io.parcelwatch.commandline;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * CSV that a person may open in a spreadsheet: text of customers that a spreadsheet would run as a formula gets an apostrophe in front, as
 * OWASP advises against CSV injection. Numbers stay numbers.
 */
final class SafeCsv {

    private static final Pattern NUMBER = Pattern.compile("[-+]?\\d+([.,]\\d+)*");

    /** What a spreadsheet takes for the begin of a formula, also in the full width that some of them fold. */
    private static final String STARTS_FORMULA = "=+-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20";

    private SafeCsv() {}

    /** A row by RFC 4180, every field in quotes; null is empty. */
    static String row(List<String> fields) {
        return fields.stream()
                .map(field -> field == null ? "" : '"' + harmless(field).replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(","));
    }

    /** A text that no spreadsheet runs. */
    static String harmless(String text) {
        String start = text.stripLeading();
        boolean formula = !text.isEmpty() && STARTS_FORMULA.indexOf(text.charAt(0)) >= 0
                || !start.isEmpty() && STARTS_FORMULA.indexOf(start.charAt(0)) >= 0;
        return formula && !NUMBER.matcher(text).matches() ? "'" + text : text;
    }
}
