package io.parcelwatch.commandline;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.Intake;
import picocli.CommandLine.Command;

@Command(
        name = "import-fulfilments",
        description = {
            "Imports which orders went out under which carrier and number, and registers the parcels for the watch.",
            "",
            "A CSV file with a header; columns in any order: order_reference (id or name), carrier, tracking_number; optionally service,"
                    + " shipped_at, promised_at (a day, or a time with offset), origin_country, origin_region, origin_postal_code, line (sku"
                    + " or number), quantity. Import the orders first."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:imported, or imported before",
            " 1:failed, can be run again",
            " 2:wrong usage, or a file that is missing, empty or no fulfilment file",
            " 3:nothing imported, too many rejects",
            " 4:already running for this account"
        },
        footer = {"%nExample:%n  ./parcelwatch import-fulfilments --channel shopify --account my-store shipped.csv"})
final class ImportFulfilmentsCommand extends ImportCommand {

    @Override
    ImportResult run(Intake intake, ImportRequest request) {
        return ImportFulfilments.run(intake, request);
    }

    @Override
    String records() {
        return "rows";
    }
}
