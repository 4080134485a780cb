package io.parcelwatch.localstack.simulator;

import java.nio.charset.StandardCharsets;

/** Writes CSV as shops do: quotes only where a field needs them, so that a line may well begin with {@code #}. */
final class Csv {

    private final StringBuilder text = new StringBuilder();
    private long line = 1;

    /** Adds a record; null is an empty field. Records end with LF, whatever line ends their fields hold. */
    void add(String... fields) {
        for (int i = 0; i < fields.length; i++) {
            if (i > 0) {
                text.append(',');
            }
            if (fields[i] != null) {
                append(fields[i]);
            }
        }
        text.append('\n');
        line++;
    }

    /** The physical line, from 1, on which the next record begins. */
    long nextLine() {
        return line;
    }

    byte[] bytes() {
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    private void append(String field) {
        boolean quote = false;
        for (int i = 0; i < field.length(); i++) {
            char c = field.charAt(i);
            quote |= c == ',' || c == '"' || c == '\n' || c == '\r';
            line += c == '\n' ? 1 : 0;
        }
        if (quote) {
            text.append('"').append(field.replace("\"", "\"\"")).append('"');
        } else {
            text.append(field);
        }
    }
}
