package io.parcelwatch.intake;

import java.util.List;
import java.util.function.Function;
import org.springframework.batch.core.job.Job;

/** A job that imports files, as {@link ImportRunner} sees it. */
public interface FileJob {

    /** The job's name, as the repository and {@code import_file.job} know it. */
    String name();

    /**
     * A file that was looked at and can be imported.
     *
     * @param identity by what it is read: name and version of the format, digests of mapping and rules where there are any. Part of the import's
     *                 identity, so that new rules read an old file anew
     * @param warnings what a person should know about the file although it can be imported
     * @param job      the job, its steps made for the file
     */
    record Prepared(String identity, List<String> warnings, Function<ImportFile, Job> job) {}

    /**
     * Looks whether a file can be read at all, and how. May read all of it: what one row leaves open (which of two numbers is the month) is
     * decided by the whole file.
     *
     * @throws UnusableInputException where it cannot
     */
    Prepared prepare(InputFile input, ImportRequest request);

    /**
     * Which import of the same content this is, from 1. A complete import is taken again only where what it was judged against has changed
     * since; where the last one is incomplete, it is that one.
     */
    default int pass(ImportFile file) {
        return 1;
    }
}
