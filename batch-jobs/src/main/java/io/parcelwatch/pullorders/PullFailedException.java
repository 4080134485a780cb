package io.parcelwatch.pullorders;

/**
 * A channel's API did not give what was asked for. What was pulled before is stored; run again, the pull goes on behind it. The message is
 * one line, names channel, URL (without its query) and setting, and holds no secret.
 */
class PullFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PullFailedException(String message) {
        super(message);
    }

    PullFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
