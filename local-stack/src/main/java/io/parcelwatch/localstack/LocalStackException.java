package io.parcelwatch.localstack;

/** An embedded service cannot be had. The message is one line that says what is wrong, where, and what to do about it. */
public final class LocalStackException extends RuntimeException {

    /** @param message one line for the person at the terminal */
    public LocalStackException(String message) {
        super(message);
    }

    /**
     * @param message one line for the person at the terminal
     * @param cause for the log
     */
    public LocalStackException(String message, Throwable cause) {
        super(message, cause);
    }
}
