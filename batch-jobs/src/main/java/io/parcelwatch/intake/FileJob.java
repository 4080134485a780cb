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
     * Whether a file whose import is complete has to be taken again since what it was judged against has changed; then the text that tells the
     * new import from the complete one, otherwise the empty text.
     */
    default String occasion(ImportFile file) {
        return "";
    }
}
