package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportRunner;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.RetryRejects;
import io.parcelwatch.intake.UnusableInputException;
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
     * Takes rejected records again, as they are kept, by the rules of now.
     *
     * @param refine adds to the request for an account what applies now: its rules, who watches
     * @throws io.parcelwatch.sql.DatabaseUnreachableException where the database cannot be used
     */
    public static ImportResult retry(Intake intake, RejectFilter which, UnaryOperator<ImportRequest> refine) {
        return new RetryRejects(intake, new ImportOrdersJob(intake)).run(which, refine);
    }
}
