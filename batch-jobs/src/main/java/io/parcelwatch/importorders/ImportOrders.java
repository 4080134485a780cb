package io.parcelwatch.importorders;

import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportRunner;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.RetryRejects;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.function.UnaryOperator;

/** Entry point of {@code import-orders} for the command line and for other programs. */
public final class ImportOrders {

    private ImportOrders() {}

    /**
     * Imports order exports of one account.
     *
     * @throws UnusableInputException where a file, the channel or the format cannot be used; then nothing was written
     * @throws io.parcelwatch.sql.DatabaseUnreachableException where the database cannot be used
     */
    public static ImportResult run(Intake intake, ImportRequest request) {
        return new ImportRunner(intake, new ImportOrdersJob(intake)).run(request);
    }

    /**
     * A format that a file has.
     *
     * @param channel the channel whose exports have it, as {@code --channel} takes it
     * @param format  its name, as {@code --format} takes it
     */
    public record Recognised(String channel, String format) {}

    /** The formats that a file seems to have, the more particular one of a channel first. */
    public static List<Recognised> recognise(InputFile input) {
        return ChannelFormats.recognise(FileHead.of(input)).stream()
                .map(format -> new Recognised(format.channel(), format.name()))
                .toList();
    }

    /**
     * Takes rejected records again, as they are kept, by the rules of now.
     *
     * @param refine adds to the request for an account what applies now: its rules, who watches
     * @throws io.parcelwatch.sql.DatabaseUnreachableException where the database cannot be used
     */
    public static ImportResult retry(Intake intake, RejectFilter which, UnaryOperator<ImportRequest> refine) {
        return new RetryRejects(intake, new ImportOrdersJob(intake)).run(which, refine);
    }
}
