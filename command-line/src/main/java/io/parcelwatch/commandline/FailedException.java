package io.parcelwatch.commandline;

/** It did not work, and may work when it is run again: exit code 1. The message is one line and says what to do. */
final class FailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    FailedException(String message) {
        super(message);
    }

    FailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
