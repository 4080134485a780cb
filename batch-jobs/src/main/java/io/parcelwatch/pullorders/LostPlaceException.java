package io.parcelwatch.pullorders;

/**
 * The API no longer leads on from where the pull stands: it repeats a page, or refuses a cursor of its own. Going on could only fail again,
 * or never end, so that the pull is given up, and the next run begins anew at the same time.
 */
final class LostPlaceException extends PullFailedException {

    private static final long serialVersionUID = 1L;

    LostPlaceException(String message) {
        super(message + "; what was pulled is dropped, and the next run begins anew");
    }
}
