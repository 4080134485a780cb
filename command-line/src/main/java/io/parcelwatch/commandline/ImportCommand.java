package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.RejectThreshold;
import io.parcelwatch.wire.Json;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
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
            names = "--reject-share",
            paramLabel = "SHARE",
            defaultValue = "0.10",
            description =
                    "nothing is imported where more than this share of a file is rejected, 0 to 1 (${DEFAULT-VALUE})")
    private double rejectShare;

    @Option(
            names = "--reject-at-least",
            paramLabel = "N",
            defaultValue = "20",
            description = "and at least so many (${DEFAULT-VALUE})")
    private long rejectAtLeast;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "imported in this order")
    private List<Path> files;

    abstract ImportResult run(Intake intake, ImportRequest request);

    /** What a record is called. */
    abstract String records();

    ImportRequest refine(ImportRequest request) {
        return request;
    }

    @Override
    public Integer call() {
        Output output = parcelwatch.output();
        // Before anything is started for them.
        files.forEach(InputFile::look);
        ImportResult result;
        try (Services services = new Services(parcelwatch.settings());
                Intake intake = Intake.open(services.database(), services::kafka, Clock.systemUTC())) {
            result = run(
                    intake,
                    refine(ImportRequest.of(channel, account, files))
                            .withThreshold(new RejectThreshold(rejectShare, rejectAtLeast))
                            .withProgress((file, step, records, rate) -> output.progress(
                                    "%s: %s %,d (%,.0f/s)".formatted(file.getFileName(), step, records, rate))));
        }
        output.progressEnds();
        if (result.outcome() == Outcome.ALREADY_RUNNING) {
            throw new AlreadyRunningException(result.message());
        }
        for (FileResult file : result.files()) {
            file.warnings().forEach(warning -> output.note("parcelwatch: " + file.file() + ": " + warning));
            if (!file.message().isEmpty()) {
                output.note("parcelwatch: " + file.file() + ": " + file.message());
            }
        }
        if (output.json()) {
            output.object(object(result));
        } else {
            page(result, output);
        }
        return result.outcome().exitCode();
    }

    private void page(ImportResult result, Output output) {
        for (FileResult file : result.files()) {
            output.line("%s: %s", file.file(), words(file));
        }
        if (result.files().size() > 1) {
            output.line("%,d files: %s", result.files().size(), words(result.counts()));
        }
        if (result.counts().rejected() > 0) {
            output.line("What was rejected stands in table rejected_record, with file, line, reason and text.");
        }
    }

    private String words(FileResult file) {
        return switch (file.outcome()) {
            case UNCHANGED -> "imported before, nothing to do; " + words(file.counts());
            case DONE -> words(file.counts());
            case TOO_MANY_REJECTS ->
                "nothing imported, too many rejects; %,d %s read, %,d rejected"
                        .formatted(
                                file.counts().read(), records(), file.counts().rejected());
            case FAILED -> "failed, run it again; it goes on where it stood";
            case ALREADY_RUNNING -> "already running";
        };
    }

    private String words(Counts counts) {
        return "%,d %s read = %,d inserted + %,d updated + %,d unchanged + %,d rejected + %,d skipped"
                .formatted(
                        counts.read(),
                        records(),
                        counts.inserted(),
                        counts.updated(),
                        counts.unchanged(),
                        counts.rejected(),
                        counts.skipped());
    }

    private ObjectNode object(ImportResult result) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("channel", channel);
        object.put("account", account);
        object.put("outcome", result.outcome().name());
        put(object, result.counts());
        ArrayNode array = object.putArray("files");
        for (FileResult file : result.files()) {
            ObjectNode one = array.addObject();
            one.put("file", file.file());
            one.put("outcome", file.outcome().name());
            one.put("run_id", file.runId());
            put(one, file.counts());
            file.warnings().forEach(one.withArray("warnings")::add);
            if (!file.message().isEmpty()) {
                one.put("message", file.message());
            }
        }
        return object;
    }

    private static void put(ObjectNode object, Counts counts) {
        object.put("read", counts.read());
        object.put("inserted", counts.inserted());
        object.put("updated", counts.updated());
        object.put("unchanged", counts.unchanged());
        object.put("rejected", counts.rejected());
        object.put("skipped", counts.skipped());
    }
}
