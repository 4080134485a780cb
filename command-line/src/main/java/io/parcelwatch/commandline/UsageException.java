package io.parcelwatch.commandline;

/** The caller asked for something that cannot be done like this: exit code 2. The message is one line and says what to do. */
final class UsageException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
