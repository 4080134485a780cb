package io.parcelwatch.intake;

/**
 * How many rejects a file may have before nothing of it is imported: it takes more than the share and at least the number.
 *
 * @param share   of the records read, 0 to 1
 * @param atLeast so many rejects at least
 */
public record RejectThreshold(double share, long atLeast) {

    /** More than 10 % and at least 20 (design, section 4). */
    public static final RejectThreshold USUAL = new RejectThreshold(0.10, 20);

    /** No number of rejects is too many. */
    public static final RejectThreshold NEVER = new RejectThreshold(1, 0);

    /** Whether so many rejects are too many. */
    public boolean exceededBy(long rejected, long read) {
        return rejected >= atLeast && rejected > share * read;
    }
}
