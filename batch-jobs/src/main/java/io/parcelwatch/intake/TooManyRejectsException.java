package io.parcelwatch.intake;

import java.util.Locale;

/** So many records of a file are broken that the file is likely to be the wrong one. Ends the job before anything of it is imported. */
public class TooManyRejectsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public TooManyRejectsException(long rejected, long read, RejectThreshold threshold) {
        super(String.format(
                Locale.ROOT,
                "%,d of %,d records are rejected, more than %.0f %%: nothing is imported. Check that it is the right file, or raise reject-share",
                rejected,
                read,
                threshold.share() * 100));
    }
}
