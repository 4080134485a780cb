package io.parcelwatch.intake;

import java.util.List;
import org.springframework.batch.core.job.Job;

/** A job that imports files, as {@link ImportRunner} sees it. */
public interface FileJob {

    /** The job's name, as the repository and {@code import_file.job} know it. */
    String name();

    /**
     * By what a file is read.
     *
     * @param identity name and version of the format with its mapping and rules: part of the import's identity, so that new rules read an old
     *                 file anew
     * @param header   the file's column names
     * @param warnings what a person should know about the file although it can be imported
     */
    record Reading(String identity, List<String> header, List<String> warnings) {}

    /**
     * Looks whether a file can be read at all.
     *
     * @throws UnusableInputException where it cannot
     */
    Reading reading(InputFile input, ImportRequest request);

    /** The job, its steps made for one file. */
    Job define(ImportFile file);

    /**
     * Which import of the same content this is, from 1. A complete import is taken again only where what it was judged against has changed
     * since; where the last one is incomplete, it is that one.
     */
    default int pass(ImportFile file) {
        return 1;
    }
}
