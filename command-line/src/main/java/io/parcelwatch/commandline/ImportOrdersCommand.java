package io.parcelwatch.commandline;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.pullorders.PullOrders;
import io.parcelwatch.pullorders.PullProgress;
import io.parcelwatch.pullorders.PullRequest;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
        name = "import-orders",
        description = {
            "Imports a channel's order exports. The same file twice changes nothing; a newer export updates; a run that broke off goes on"
                    + " where it stood.",
            "",
            "With --since or --pull and without a FILE, it asks the API of the channel (shopify, woocommerce, amazon) for the orders that"
                    + " changed, and imports those. Where the API is and with which credentials it is asked, the environment says: see"
                    + " README.md, \"Pulling from a channel's API\".",
            "",
            "Orders that break a rule are kept as rejected records. If more than 10 %% of a file's orders, and at least 20, are rejected,"
                    + " nothing of the file is imported."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:imported, or imported before",
            " 1:failed, can be run again",
            " 2:wrong usage, a file that is missing, empty or no order export, or an API without settings",
            " 3:nothing imported, too many rejects",
            " 4:already running for this account"
        },
        footer = {
            "%nExample:%n  ./parcelwatch import-orders --channel shopify --account my-store orders_export.csv",
            "  ./parcelwatch import-orders --channel shopify --account my-store --since 2026-03-01",
            "  ./parcelwatch import-orders --channel shopify --account my-store --pull"
        })
final class ImportOrdersCommand extends ImportCommand {

    @Option(names = "--format", paramLabel = "NAME", description = "the file's format; default: found from its content")
    private String format;

    @Option(
            names = "--since",
            paramLabel = "TIME",
            description =
                    "pull the orders that changed at this time or later: 2026-03-01T08:00:00+01:00, or a day (UTC)")
    private String since;

    @Option(names = "--pull", description = "pull the orders that changed since the last pull of this account")
    private boolean pull;

    @Parameters(paramLabel = "FILE", arity = "0..*", description = "imported in this order")
    private List<Path> files = List.of();

    @Override
    List<Path> files() {
        return files;
    }

    @Override
    void look(ImportRequest request) {
        if (!pulls()) {
            if (files.isEmpty()) {
                throw new UsageException(
                        "nothing to import is named: name a FILE, or ask the channel's API with --since TIME or --pull");
            }
            super.look(request);
            return;
        }
        if (!files.isEmpty()
                || request.format().isPresent()
                || request.mapping().isPresent()) {
            throw new UsageException(
                    "--since and --pull ask the channel's API: leave out FILE, --format and --mapping");
        }
        if (since().filter(Instant.now()::isBefore).isPresent()) {
            throw new UsageException("--since " + since + " is yet to come: name a time that has passed");
        }
        PullOrders.look(request, System.getenv());
    }

    @Override
    ImportResult run(Intake intake, ImportRequest request, Services services, Output output) {
        return pulls() ? pull(intake, request, services, output) : ImportOrders.run(intake, request);
    }

    private Optional<Instant> since() {
        try {
            return Optional.ofNullable(since)
                    .map(text -> text.length() <= 10
                            ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                            : OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeException e) {
            throw new UsageException(
                    "--since is " + since
                            + ", which is neither a day nor an ISO 8601 time with offset: write 2026-03-01 or 2026-03-01T08:00:00Z");
        }
    }

    private boolean pulls() {
        return pull || since != null;
    }

    private ImportResult pull(Intake intake, ImportRequest request, Services services, Output output) {
        String account = request.channel() + "/" + request.account();
        PullProgress progress = new PullProgress() {
            @Override
            public void pulled(int pages, long orders) {
                output.progress("%s: pulled %,d orders, %,d pages".formatted(account, orders, pages));
            }

            @Override
            public void waits(Duration duration, String why) {
                output.progress("%s: waits %.1f s (%s)".formatted(account, duration.toMillis() / 1000.0, why));
            }
        };
        return PullOrders.run(
                intake,
                new PullRequest(since(), System.getenv(), services.home().resolve("pulls"), progress),
                request);
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
