package io.parcelwatch.intake;

import javax.sql.DataSource;

/**
 * The rows that the good records of a block become in the job's staging tables. Added by the thread that reads the file, so that of a record
 * nothing is held in memory but the bytes to be sent, and sent by the thread that stages.
 *
 * @param <T> what a record is
 */
public interface StagedRows<T> {

    void add(T record);

    /** Sends all of them within the current transaction. */
    void copyInto(DataSource dataSource);
}
