package io.parcelwatch.intake;

/**
 * The caller named something that cannot be imported: a file that is missing, empty, binary or of another kind, an unknown channel. Nothing
 * was written. The message is one line, names the file and says what to do.
 */
public class UnusableInputException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public UnusableInputException(String message) {
        super(message);
    }
}
