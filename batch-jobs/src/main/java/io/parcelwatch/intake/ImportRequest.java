package io.parcelwatch.intake;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be imported. Made by {@link #of} and refined by the {@code with} methods.
 *
 * @param channel   where the files come from, for example {@code shopify}
 * @param account   which store of the channel
 * @param format    the format's name; empty: found from the content
 * @param mapping   a YAML file that says what stands where; empty: the files have a format of the channel
 * @param files     imported in this order, each a run of its own
 * @param atOnce    how many of them are staged at the same time
 * @param threshold how many rejects are too many, a file
 * @param rules     what the records must keep to
 * @param conventions what the account's files leave unsaid
 * @param progress  is told how it advances
 * @param retryOf   digest of the file whose rejected records the one file holds; empty where the files are what was exported
 */
public record ImportRequest(
        String channel,
        String account,
        Optional<String> format,
        Optional<Path> mapping,
        List<Path> files,
        int atOnce,
        RejectThreshold threshold,
        AccountRules rules,
        Conventions conventions,
        Progress progress,
        Optional<String> retryOf) {

    /** How many files are staged at the same time where nobody says. */
    public static final int FILES_AT_ONCE = 2;

    /** Files of a channel's account, under the usual threshold, with nobody watching. */
    public static ImportRequest of(String channel, String account, List<Path> files) {
        return new ImportRequest(
                channel,
                account,
                Optional.empty(),
                Optional.empty(),
                List.copyOf(files),
                FILES_AT_ONCE,
                RejectThreshold.USUAL,
                AccountRules.USUAL,
                Conventions.UNKNOWN,
                Progress.SILENT,
                Optional.empty());
    }

    /** The same, read by a named format. */
    public ImportRequest withFormat(String name) {
        return new ImportRequest(
                channel,
                account,
                Optional.of(name),
                mapping,
                files,
                atOnce,
                threshold,
                rules,
                conventions,
                progress,
                retryOf);
    }

    /** The same, read by a named format and by no mapping. */
    ImportRequest withFormatAlone(String name) {
        return new ImportRequest(
                channel,
                account,
                Optional.of(name),
                Optional.empty(),
                files,
                atOnce,
                threshold,
                rules,
                conventions,
                progress,
                retryOf);
    }

    /** The same, read by a mapping. */
    public ImportRequest withMapping(Path file) {
        return new ImportRequest(
                channel,
                account,
                format,
                Optional.of(file),
                files,
                atOnce,
                threshold,
                rules,
                conventions,
                progress,
                retryOf);
    }

    /** The same, so many files staged at the same time; 1 for one after the other. */
    public ImportRequest withFilesAtOnce(int number) {
        return new ImportRequest(
                channel, account, format, mapping, files, number, threshold, rules, conventions, progress, retryOf);
    }

    /** The same with these files. */
    public ImportRequest withFiles(List<Path> others) {
        return new ImportRequest(
                channel,
                account,
                format,
                mapping,
                List.copyOf(others),
                atOnce,
                threshold,
                rules,
                conventions,
                progress,
                retryOf);
    }

    /** The same under another threshold. */
    public ImportRequest withThreshold(RejectThreshold other) {
        return new ImportRequest(
                channel, account, format, mapping, files, atOnce, other, rules, conventions, progress, retryOf);
    }

    /** The same under the rules of the account, its threshold and its conventions among them. */
    public ImportRequest withRules(AccountRules own) {
        return new ImportRequest(
                channel,
                account,
                format,
                mapping,
                files,
                atOnce,
                own.threshold(),
                own,
                own.conventions(),
                progress,
                retryOf);
    }

    /** The same for an account with these conventions. */
    public ImportRequest withConventions(Conventions known) {
        return new ImportRequest(
                channel, account, format, mapping, files, atOnce, threshold, rules, known, progress, retryOf);
    }

    /** The same, watched. */
    public ImportRequest withProgress(Progress watcher) {
        return new ImportRequest(
                channel, account, format, mapping, files, atOnce, threshold, rules, conventions, watcher, retryOf);
    }

    /** The same, where the one file holds rejected records of another, each in the line it had there. */
    ImportRequest withRetryOf(String digest) {
        return new ImportRequest(
                channel,
                account,
                format,
                mapping,
                files,
                atOnce,
                threshold,
                rules,
                conventions,
                progress,
                Optional.of(digest));
    }
}
