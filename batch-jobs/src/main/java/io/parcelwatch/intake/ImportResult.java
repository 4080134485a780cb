package io.parcelwatch.intake;

import java.util.List;

/**
 * How an import ended.
 *
 * @param outcome the gravest of its files' outcomes
 * @param files   one result for each file that was looked at, in order; after ALREADY_RUNNING none
 * @param message what to tell a person beyond the counts; empty where there is nothing to tell
 */
public record ImportResult(Outcome outcome, List<FileResult> files, String message) {

    /** How a file, or all of them, ended; the gravest last. */
    public enum Outcome {
        /** This very content is imported already; nothing was done. */
        UNCHANGED(0),
        /** Imported; single records may have been rejected. */
        DONE(0),
        /** Nothing of it was imported, since too many of its records were rejected; the rejects are kept. */
        TOO_MANY_REJECTS(3),
        /** Another run of the same job on the same account is active; nothing was done. */
        ALREADY_RUNNING(4),
        /** It broke off; run again, it goes on where it stood. */
        FAILED(1);

        private final int exitCode;

        Outcome(int exitCode) {
            this.exitCode = exitCode;
        }

        /** What the command line exits with. */
        public int exitCode() {
            return exitCode;
        }
    }

    /**
     * What became of one file.
     *
     * @param file     its name without its folder
     * @param outcome  how it ended
     * @param counts   what became of its records, earlier runs of the same content included
     * @param warnings what a person should know about the file although it was imported
     * @param runId    job execution id, 0 where no run was started
     * @param message  why it failed, in one line; empty where it did not
     * @param remarks  what was said against its records, by rule, rejects first, the most frequent first
     */
    public record FileResult(
            String file,
            Outcome outcome,
            Counts counts,
            List<String> warnings,
            long runId,
            String message,
            List<Remark> remarks) {}

    /**
     * What was said against records of a file by one rule.
     *
     * @param rule     the rule's name
     * @param rejected whether they were rejected, or imported with a warning
     * @param records  how often
     * @param line     physical line of the first of them, from 1
     * @param reason   what is wrong with that one, in a sentence
     */
    public record Remark(String rule, boolean rejected, long records, long line, String reason) {}

    /**
     * What became of the records of a file: orders, or rows of fulfilments. Where it is done, {@code read = inserted + updated + unchanged
     * + skipped + rejected}.
     *
     * @param read      records read
     * @param inserted  new
     * @param updated   newer than what was known, and different
     * @param unchanged as what was known
     * @param skipped   older than what was known, or than another record of the file; one that went into an order of which the file tells in
     *                  several places, counted at the first of them; a fulfilment that names no parcel
     * @param rejected  kept in table {@code rejected_record}
     */
    public record Counts(long read, long inserted, long updated, long unchanged, long skipped, long rejected) {

        /** Nothing read. */
        public static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0);

        /** Both together. */
        public Counts plus(Counts other) {
            return new Counts(
                    read + other.read,
                    inserted + other.inserted,
                    updated + other.updated,
                    unchanged + other.unchanged,
                    skipped + other.skipped,
                    rejected + other.rejected);
        }
    }

    /** The counts of all files together. */
    public Counts counts() {
        return files.stream().map(FileResult::counts).reduce(Counts.NONE, Counts::plus);
    }
}
