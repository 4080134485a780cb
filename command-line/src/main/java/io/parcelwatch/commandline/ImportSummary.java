package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.ImportResult.Remark;
import io.parcelwatch.wire.Json;
import java.util.List;
import java.util.Locale;

/**
 * What an import did, or in a dry run would do, by file and by rule; it adds up.
 *
 * @param records what a record is called: orders, rows
 * @param dryRun  whether nothing was written
 */
record ImportSummary(String records, boolean dryRun) {

    /** Says what single files need to be told about, on standard error. */
    static void notes(ImportResult result, Output output) {
        if (result.outcome() == Outcome.ALREADY_RUNNING) {
            throw new AlreadyRunningException(result.message());
        }
        for (FileResult file : result.files()) {
            file.warnings().forEach(warning -> output.note("parcelwatch: " + file.file() + ": " + warning));
            if (!file.message().isEmpty()) {
                output.note("parcelwatch: " + file.file() + ": " + file.message());
            }
        }
    }

    void page(ImportResult result, Output output) {
        if (dryRun) {
            output.line("A dry run: nothing was written. A real one would end like this:");
        }
        for (FileResult file : result.files()) {
            output.line("%s: %s", file.file(), words(file));
            for (Remark remark : file.remarks()) {
                output.line(
                        "  %s %,d: %s, first line %,d: %s",
                        remark.rejected() ? "rejected" : "warned",
                        remark.records(),
                        remark.rule(),
                        remark.line(),
                        remark.reason());
            }
        }
        if (result.files().size() > 1) {
            output.line("%,d files: %s", result.files().size(), words(result.counts()));
        }
        if (result.counts().rejected() > 0 && !dryRun) {
            output.line("./parcelwatch rejects lists what was rejected, the most costly first.");
        }
    }

    private String words(FileResult file) {
        return switch (file.outcome()) {
            case UNCHANGED -> "imported before, nothing to do; " + words(file.counts());
            case DONE -> words(file.counts());
            case TOO_MANY_REJECTS ->
                "nothing imported, too many rejects; %,d %s read, %,d rejected"
                        .formatted(file.counts().read(), records, file.counts().rejected());
            case FAILED -> "failed, run it again; it goes on where it stood";
            case ALREADY_RUNNING -> "already running";
        };
    }

    private String words(Counts counts) {
        return String.format(
                Locale.ROOT,
                "%,d %s read = %,d inserted + %,d updated + %,d unchanged + %,d rejected + %,d skipped",
                counts.read(),
                records,
                counts.inserted(),
                counts.updated(),
                counts.unchanged(),
                counts.rejected(),
                counts.skipped());
    }

    /** The same as an object; the caller adds of what. */
    ObjectNode object(ImportResult result) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("outcome", result.outcome().name());
        object.put("dry_run", dryRun);
        put(object, result.counts());
        ArrayNode array = object.putArray("files");
        for (FileResult file : result.files()) {
            ObjectNode one = array.addObject();
            one.put("file", file.file());
            one.put("outcome", file.outcome().name());
            one.put("run_id", file.runId());
            put(one, file.counts());
            put(one.putArray("rejects"), file.remarks(), true);
            put(one.putArray("warned"), file.remarks(), false);
            file.warnings().forEach(one.withArray("warnings")::add);
            if (!file.message().isEmpty()) {
                one.put("message", file.message());
            }
        }
        return object;
    }

    private static void put(ArrayNode array, List<Remark> remarks, boolean rejected) {
        for (Remark remark : remarks) {
            if (remark.rejected() == rejected) {
                array.addObject()
                        .put("rule", remark.rule())
                        .put("records", remark.records())
                        .put("line", remark.line())
                        .put("reason", remark.reason());
            }
        }
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
