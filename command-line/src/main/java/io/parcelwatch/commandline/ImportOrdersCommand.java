package io.parcelwatch.commandline;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.Intake;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "import-orders",
        description = {
            "Imports a channel's order exports. The same file twice changes nothing; a newer export updates; a run that broke off goes on"
                    + " where it stood.",
            "",
            "Orders that break a rule are kept as rejected records. If more than 10 %% of a file's orders, and at least 20, are rejected,"
                    + " nothing of the file is imported."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:imported, or imported before",
            " 1:failed, can be run again",
            " 2:wrong usage, or a file that is missing, empty or no order export",
            " 3:nothing imported, too many rejects",
            " 4:already running for this account"
        },
        footer = {"%nExample:%n  ./parcelwatch import-orders --channel shopify --account my-store orders_export.csv"})
final class ImportOrdersCommand extends ImportCommand {

    @Option(names = "--format", paramLabel = "NAME", description = "the file's format; default: found from its content")
    private String format;

    @Override
    ImportResult run(Intake intake, ImportRequest request) {
        return ImportOrders.run(intake, request);
    }

    @Override
    ImportRequest refine(ImportRequest request) {
        return format == null ? request : request.withFormat(format);
    }

    @Override
    String records() {
        return "orders";
    }
}
