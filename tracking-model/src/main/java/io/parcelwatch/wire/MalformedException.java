package io.parcelwatch.wire;

/** Something that does not have the form it should have. The message names the rule it breaks, in one line. */
public class MalformedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public MalformedException(String message) {
        super(message);
    }
}
