package io.parcelwatch.importorders;

/** What it means that the rows of a file tell of one order in several places. */
enum Gathering {
    /** It is told twice: the newest version counts. */
    NONE,
    /** A row is an item, and the rows of an order may stand anywhere: their lines are one order's, whose amounts every row repeats. */
    LINES,
    /** As LINES, and the order's amounts are what its rows add up to. */
    LINES_AND_AMOUNTS
}
