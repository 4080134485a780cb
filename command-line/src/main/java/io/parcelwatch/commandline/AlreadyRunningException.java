package io.parcelwatch.commandline;

/** Another process does this already: exit code 4. The message is one line and says which. */
final class AlreadyRunningException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    AlreadyRunningException(String message) {
        super(message);
    }
}
