package io.parcelwatch.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.wire.Json;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Where a command speaks: the result on standard output, as text or as one JSON object; everything else on standard error. */
final class Output {

    /** Whether a person watches: progress is drawn only then. */
    private static final boolean TERMINAL = System.console() != null && System.getenv("TERM") != null;

    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private boolean drawn;

    Output(PrintWriter out, PrintWriter err, boolean json) {
        this.out = out;
        this.err = err;
        this.json = json;
    }

    boolean json() {
        return json;
    }

    /** A line of the result. */
    void line(String text) {
        out.println(text);
        out.flush();
    }

    void line(String format, Object... values) {
        line(String.format(java.util.Locale.ROOT, format, values));
    }

    /** The result as an object. */
    void object(JsonNode object) {
        try {
            line(Json.MAPPER.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("a tree can always be written", e);
        }
    }

    /** Something to know that is no result. */
    synchronized void note(String text) {
        erase();
        err.println(text);
        err.flush();
    }

    /** How far it is, in place of what was drawn before; nothing where no terminal is. */
    synchronized void progress(String text) {
        if (TERMINAL) {
            err.print("\r\u001b[K" + text);
            err.flush();
            drawn = true;
        }
    }

    private void erase() {
        if (drawn) {
            err.print("\r\u001b[K");
            drawn = false;
        }
    }

    /** Ends the progress line. */
    synchronized void progressEnds() {
        erase();
        err.flush();
    }

    /** Rows in columns; numbers to the right. The first row is the heading. */
    void table(String indent, List<List<String>> rows) {
        columns(indent, rows).forEach(this::line);
    }

    /** The same of something to know that is no result. */
    void noteTable(List<List<String>> rows) {
        columns("  ", rows).forEach(this::note);
    }

    private static List<String> columns(String indent, List<List<String>> rows) {
        List<String> lines = new ArrayList<>();
        List<Integer> widths = new ArrayList<>();
        for (List<String> row : rows) {
            for (int i = 0; i < row.size(); i++) {
                int width = row.get(i).length();
                if (i == widths.size()) {
                    widths.add(width);
                } else {
                    widths.set(i, Math.max(widths.get(i), width));
                }
            }
        }
        List<Boolean> numbers = new ArrayList<>(Collections.nCopies(widths.size(), true));
        for (List<String> row : rows.subList(Math.min(1, rows.size()), rows.size())) {
            for (int i = 0; i < row.size(); i++) {
                numbers.set(i, numbers.get(i) && row.get(i).matches("[-–0-9.,:%]* ?[h%]?"));
            }
        }
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder(indent);
            for (int i = 0; i < row.size(); i++) {
                String pad = " ".repeat(widths.get(i) - row.get(i).length());
                line.append(i == 0 ? "" : "  ").append(numbers.get(i) && i > 0 ? pad + row.get(i) : row.get(i) + pad);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
