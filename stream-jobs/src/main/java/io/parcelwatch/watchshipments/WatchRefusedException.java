package io.parcelwatch.watchshipments;

/** The watch cannot start like this. The message is one line and says what to do. */
public class WatchRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WatchRefusedException(String message) {
        super(message);
    }
}
