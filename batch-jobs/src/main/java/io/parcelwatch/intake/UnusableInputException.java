package io.parcelwatch.intake;

import java.util.List;

/**
 * The caller named something that cannot be imported: a file that is missing, empty, binary or of another kind, an unknown channel, settings
 * with errors. Nothing was written. The message is one line, names the file and says what to do; of settings a line an error.
 */
public class UnusableInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final List<String> problems;

    public UnusableInputException(String message) {
        super(message);
        this.problems = List.of(message);
    }

    /** Several things are wrong, and the caller can mend them at once. */
    public UnusableInputException(List<String> problems) {
        super(String.join("\n", problems));
        this.problems = List.copyOf(problems);
    }

    /** What is wrong, a line each. */
    public List<String> problems() {
        return problems;
    }
}
