package io.parcelwatch.importorders;

/** What it means that the rows of a file tell of one order in several places. */
enum Gathering {
    /** It is told twice: the newest version counts. */
    NONE,
    /**
     * As NONE; but a row is an item, and rows of an order that do not follow each other look like versions of it. Where such versions are
     * equally old and have other lines, one of them would be lost: the file is refused.
     */
    TOGETHER,
    /** A row is an item, and the rows of an order may stand anywhere: their lines are one order's, whose amounts every row repeats. */
    LINES,
    /** As LINES, but the subtotal is what its rows add up to. */
    LINES_AND_SUBTOTAL,
    /** As LINES_AND_SUBTOTAL, and the total is what that, the shipping and the taxes make together. */
    LINES_AND_TOTAL,
    /**
     * As LINES, and the order's amounts are what its rows add up to. Where a part of the order lives, what is cancelled of it stands apart
     * from it; and where not every row knows its price, the order is told in part.
     */
    LINES_AND_AMOUNTS;

    /** Whether what a file tells in several places is put together. */
    boolean gathers() {
        return this != NONE && this != TOGETHER;
    }
}
