package io.parcelwatch.settings;

import java.util.List;

/** A file of settings that cannot be used, and everything that is wrong with it. Nothing was started. */
public class UnusableSettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    public UnusableSettingsException(String message) {
        this(List.of(message));
    }

    /** Several things are wrong, and the person can mend them at once. */
    public UnusableSettingsException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, a line each: file, line and key, and what to do. */
    public List<String> problems() {
        return problems;
    }
}
