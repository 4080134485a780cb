package io.parcelwatch.commandline;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.Intake;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import-fulfilments",
        description = {
            "Imports which orders went out under which carrier and number, and registers the parcels for the watch.",
            "",
            "Formats, found from the file: our own CSV; ShipStation's shipments export; fulfilments of Shopify's REST API, also within"
                    + " orders, as JSON or JSON lines. Any other CSV with --mapping. Import the orders first.",
            "",
            "Our own CSV has columns in any order: order_reference (id or name), carrier, tracking_number; optionally service, shipped_at,"
                    + " promised_at (a day, or a time with offset), origin_country, origin_region, origin_postal_code, line (sku, number"
                    + " or name), quantity, replaces (the wrong number that this one takes the place of).",
            "",
            "A number that was corrected or cancelled is withdrawn: it is kept and told by track, but no longer watched for that order."
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

    @Option(
            names = "--format",
            paramLabel = "NAME",
            description =
                    "fulfilment-csv, shipstation-csv or shopify-fulfilment-json; default: found from the file's content")
    private String format;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "imported in this order")
    private List<Path> files;

    @Override
    List<Path> files() {
        return files;
    }

    @Override
    ImportResult run(Intake intake, ImportRequest request, Services services, Output output) {
        return ImportFulfilments.run(intake, request);
    }

    @Override
    ImportRequest refine(ImportRequest request) {
        return format == null ? request : request.withFormat(format);
    }

    @Override
    String records() {
        return "records";
    }
}
