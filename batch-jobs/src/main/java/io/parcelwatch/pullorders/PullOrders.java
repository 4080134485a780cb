package io.parcelwatch.pullorders;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.AccountLock;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Runs;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobInstanceAlreadyCompleteException;

/**
 * Entry point of {@code pull-orders}: pulls what changed in an account, imports it, and only then moves the account's mark. Whatever
 * breaks, the next run goes on with what is stored.
 */
public final class PullOrders {

    /**
     * A pull begins so long before the mark. Replicas and long transactions let a change become visible after a later one; Amazon keeps back
     * the last two minutes for that.
     */
    static final Duration OVERLAP = Duration.ofMinutes(2);

    private static final Logger LOG = LoggerFactory.getLogger(PullOrders.class);

    private final Intake intake;
    private final PullRequest request;
    private final ImportRequest options;
    private final OrderApi api;
    private final OrderPulls pulls;

    private PullOrders(Intake intake, PullRequest request, ImportRequest options) {
        this.intake = intake;
        this.request = request;
        this.options = options;
        this.api = api(options, request.environment(), request.progress());
        this.pulls = new OrderPulls(intake);
    }

    /**
     * Whether a pull can be run with these settings; asks nobody.
     *
     * @throws UnusableInputException where not
     */
    public static void look(ImportRequest options, Map<String, String> environment) {
        api(options, environment, PullProgress.SILENT);
    }

    private static OrderApi api(ImportRequest options, Map<String, String> environment, PullProgress progress) {
        if (options.account() == null
                || options.account().isBlank()
                || options.account().indexOf('\0') >= 0) {
            throw new UnusableInputException(
                    "no account is named: say which store of " + options.channel() + " to pull from");
        }
        ApiSettings settings = new ApiSettings(environment, options.channel(), options.account());
        Waits waits = new Waits(settings.backoff(), duration -> Thread.sleep(duration.toMillis()), progress);
        return OrderApi.of(options.channel(), settings, waits);
    }

    /**
     * Pulls and imports.
     *
     * @param options channel and account, and how to import what is pulled; its files do not matter
     * @return as of an import of one file; FAILED also where the API did not give what was asked for
     * @throws UnusableInputException       where the channel cannot be pulled, a setting is missing, or nobody says since when
     * @throws DatabaseUnreachableException where the database cannot be used
     */
    public static ImportResult run(Intake intake, PullRequest request, ImportRequest options) {
        return new PullOrders(intake, request, options).run();
    }

    private ImportResult run() {
        try {
            Optional<AccountLock> lock =
                    AccountLock.tryTake(intake, PullOrdersJob.NAME, options.channel(), options.account());
            if (lock.isEmpty()) {
                return new ImportResult(
                        Outcome.ALREADY_RUNNING,
                        List.of(),
                        "orders of " + options.channel() + "/" + options.account()
                                + " are already being pulled: wait until that has ended");
            }
            try (AccountLock held = lock.get()) {
                return pullAndImport(pull());
            }
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(intake.database(), e);
        }
    }

    /** The pull to go on with, or a new one. */
    private Pull pull() {
        String channel = options.channel();
        String account = options.account();
        // As PostgreSQL keeps it; else a pull would not be known again.
        Optional<Instant> since = request.since().map(time -> time.truncatedTo(ChronoUnit.MICROS));
        Optional<Pull> unfinished = pulls.unfinished(channel, account);
        if (unfinished.isPresent()
                && since.isPresent()
                && !since.get().equals(unfinished.get().since())) {
            LOG.info(
                    "giving up the pull of {}/{} since {}",
                    channel,
                    account,
                    unfinished.get().since());
            pulls.giveUp(unfinished.get());
            unfinished = Optional.empty();
        }
        return unfinished.orElseGet(() -> pulls.begin(
                channel,
                account,
                since.or(() -> pulls.mark(channel, account).map(mark -> mark.minus(OVERLAP)))
                        .orElseThrow(() -> new UnusableInputException("no pull of " + channel + "/" + account
                                + " has ended yet: say with --since from when on orders are wanted"))));
    }

    private ImportResult pullAndImport(Pull pull) {
        JobParameters parameters = new JobParametersBuilder()
                .addString("channel", pull.channel())
                .addString("account", pull.account())
                .addString("pull", pull.id().toString())
                .addString("file", pull.name(), false)
                .toJobParameters();
        try {
            Runs.mendAfterCrash(intake, PullOrdersJob.NAME, parameters);
            JobExecution execution = intake.jobOperator()
                    .start(PullOrdersJob.define(intake, pulls, pull, api, request.progress()), parameters);
            if (execution.getStatus() != BatchStatus.COMPLETED) {
                boolean lost = execution.getAllFailureExceptions().stream()
                        .anyMatch(failure ->
                                Runs.cause(failure, LostPlaceException.class).isPresent());
                if (lost) {
                    pulls.giveUp(pull);
                }
                return result(pull, Outcome.FAILED, execution.getId(), Runs.message(execution));
            }
        } catch (JobInstanceAlreadyCompleteException e) {
            LOG.debug("{} is pulled already", pull.name());
        } catch (JobExecutionException e) {
            return result(pull, Outcome.FAILED, 0, e.getMessage());
        }
        return imported(pulls.read(pull.id()));
    }

    private ImportResult imported(Pull pull) {
        ImportResult result;
        if (pull.orders() == 0) {
            result = result(pull, Outcome.DONE, 0, "");
        } else {
            try {
                result = importPages(pull);
            } catch (IOException e) {
                return result(
                        pull,
                        Outcome.FAILED,
                        0,
                        "the pulled orders cannot be written to " + request.folder() + " (" + e.getMessage()
                                + "): make room there or set PARCELWATCH_HOME, and run again");
            }
        }
        if (result.outcome() == Outcome.DONE || result.outcome() == Outcome.UNCHANGED) {
            pulls.imported(pull);
        }
        return result;
    }

    private ImportResult importPages(Pull pull) throws IOException {
        Path own = directory(request.folder().resolve(pull.id().toString()));
        Path file = own.resolve("pulled-" + pull.since().toString().replace(":", "") + ".jsonl");
        try {
            // What a crash left.
            Files.deleteIfExists(file);
            Files.createFile(file, ownerOnly("rw-------"));
            try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(file))) {
                pulls.writeLines(pull, out);
            }
            return ImportOrders.run(intake, options.withFormat(api.format()).withFiles(List.of(file)));
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(own);
        }
    }

    private static Path directory(Path path) throws IOException {
        Files.createDirectories(path.getParent(), ownerOnly("rwx------"));
        return Files.isDirectory(path) ? path : Files.createDirectory(path, ownerOnly("rwx------"));
    }

    /** There are customers' names in it. */
    private static FileAttribute<?>[] ownerOnly(String permissions) {
        return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString(permissions))
                }
                : new FileAttribute<?>[0];
    }

    private static ImportResult result(Pull pull, Outcome outcome, long runId, String message) {
        return new ImportResult(
                outcome,
                List.of(new FileResult(pull.name(), outcome, Counts.NONE, List.of(), runId, message, List.of())),
                "");
    }
}
