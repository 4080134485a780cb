package io.parcelwatch.watchshipments;

/** The watch failed. The message is one line: the first cause. */
public class WatchFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public WatchFailedException(Throwable cause) {
        super("watch-shipments failed: " + firstCause(cause), cause);
    }

    private static String firstCause(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return root.getClass().getSimpleName()
                + (message == null ? "" : ": " + message.lines().findFirst().orElse(""));
    }
}
