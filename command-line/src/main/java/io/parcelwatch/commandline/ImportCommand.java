package io.parcelwatch.commandline;

import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.RejectThreshold;
import io.parcelwatch.settings.SettingsFile;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

/** What the two imports have in common: files of a channel's account in, a summary that adds up out. */
abstract class ImportCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(
            names = "--channel",
            paramLabel = "NAME",
            required = true,
            description = "where the orders come from, for example shopify")
    private String channel;

    @Option(
            names = "--account",
            paramLabel = "NAME",
            required = true,
            description = "which store of the channel: orders of two stores may have the same names")
    private String account;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description = "a YAML file that says which column is what, for files of no known format (docs/mapping.md);"
                    + " describe proposes one. The channel may then have any name")
    private Path mapping;

    @Option(
            names = "--reject-share",
            paramLabel = "SHARE",
            description =
                    "nothing is imported where more than this share of a file is rejected, 0 to 1 (0.10, or the rules')")
    private Double rejectShare;

    @Option(names = "--reject-at-least", paramLabel = "N", description = "and at least so many (20, or the rules')")
    private Long rejectAtLeast;

    @Mixin
    private RulesOption rules;

    @Option(
            names = "--dry-run",
            description =
                    "say what would happen and write nothing; takes as long as the import, and meanwhile keeps other"
                            + " imports from the orders that it would change")
    private boolean dryRun;

    /** What is to be imported, in this order. */
    abstract List<Path> files();

    /** Refuses what cannot be run, before anything is started for it. */
    void look(ImportRequest request) {
        request.files().forEach(InputFile::look);
        request.mapping().ifPresent(SettingsFile::read);
    }

    abstract ImportResult run(Intake intake, ImportRequest request, Services services, Output output);

    /** What a record is called. */
    abstract String records();

    ImportRequest refine(ImportRequest request) {
        return request;
    }

    private ImportRequest named() {
        ImportRequest request = ImportRequest.of(channel, account, files());
        return mapping == null ? request : request.withMapping(mapping);
    }

    private void refuseThresholdOutOfRange() {
        // So written, since NaN is a Double too.
        if (rejectShare != null && !(rejectShare >= 0 && rejectShare <= 1)) {
            throw new UsageException("--reject-share is a share from 0 to 1, as in 0.10, not " + rejectShare);
        }
        if (rejectAtLeast != null && rejectAtLeast < 0) {
            throw new UsageException("--reject-at-least is a number from 0 on, not " + rejectAtLeast);
        }
    }

    @Override
    public Integer call() {
        refuseThresholdOutOfRange();
        Output output = parcelwatch.output();
        AccountRules own = rules.file().map(all -> all.of(channel, account)).orElse(AccountRules.USUAL);
        RejectThreshold threshold = new RejectThreshold(
                rejectShare == null ? own.threshold().share() : rejectShare,
                rejectAtLeast == null ? own.threshold().atLeast() : rejectAtLeast);
        ImportRequest request = refine(named())
                .withRules(own)
                .withThreshold(threshold)
                .withProgress((file, step, records, rate, left) -> output.progress("%s: %s %,d (%,.0f/s%s)"
                        .formatted(
                                file.getFileName(),
                                step,
                                records,
                                rate,
                                left.map(ImportCommand::words).orElse(""))));
        look(request);
        ImportResult result;
        try (Services services = new Services(parcelwatch.settings());
                Intake intake = dryRun
                        ? Intake.rehearse(services.database(), Clock.systemUTC())
                        : Intake.open(services.database(), services::kafka, Clock.systemUTC())) {
            result = run(intake, request, services, output);
        }
        output.progressEnds();
        ImportSummary.notes(result, output);
        ImportSummary summary = new ImportSummary(records(), dryRun);
        if (output.json()) {
            output.object(summary.object(result).put("channel", channel).put("account", account));
        } else {
            summary.page(result, output);
        }
        return result.outcome().exitCode();
    }

    /** As in ", 6 s left" or ", 1:40 min left". */
    private static String words(Duration left) {
        long seconds = left.plusMillis(500).toSeconds();
        return seconds < 60
                ? ", %d s left".formatted(seconds)
                : ", %d:%02d min left".formatted(seconds / 60, seconds % 60);
    }
}
