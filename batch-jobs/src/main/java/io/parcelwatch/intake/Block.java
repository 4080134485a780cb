package io.parcelwatch.intake;

import java.util.List;

/**
 * What is staged in one transaction: records of a file that follow each other.
 *
 * @param rows     what the good ones become
 * @param accepted how many these are
 * @param warnings what a person should know about them
 * @param rejected the others
 * @param offset   bytes of the file that are read with it
 * @param line     the physical line that follows it
 * @param last     whether the file ends with it
 */
public record Block(
        StagedRows<?> rows,
        int accepted,
        List<RecordWarning> warnings,
        List<RejectedRecord> rejected,
        long offset,
        long line,
        boolean last) {}
