package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportRunner;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.UnusableInputException;

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
}
