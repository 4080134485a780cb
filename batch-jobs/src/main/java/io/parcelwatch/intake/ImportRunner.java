package io.parcelwatch.intake;

import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.job.parameters.JobParametersBuilder;
import org.springframework.batch.core.launch.JobInstanceAlreadyCompleteException;

/**
 * Runs a {@link FileJob} over the files of a request: looks at all of them before anything is written, takes the account's lock, mends what
 * a crash left, and runs them, some at once, but each merged in its {@link Turn}. A file that is imported already is left alone; one that
 * broke off goes on where it stood.
 */
public final class ImportRunner {

    private static final Logger LOG = LoggerFactory.getLogger(ImportRunner.class);

    private final Intake intake;
    private final FileJob job;

    public ImportRunner(Intake intake, FileJob job) {
        this.intake = intake;
        this.job = job;
    }

    /**
     * Imports the files of a request. A file that fails does not keep the next from being imported.
     *
     * @throws UnusableInputException where one of them cannot be imported at all; then nothing was written
     * @throws DatabaseUnreachableException where the database cannot be used
     */
    public ImportResult run(ImportRequest request) {
        refuseUnusable(request);
        List<Candidate> candidates = new ArrayList<>();
        for (var path : request.files()) {
            InputFile input = InputFile.look(path);
            candidates.add(new Candidate(input, job.prepare(input, request)));
        }
        try {
            Optional<AccountLock> lock = AccountLock.tryTake(intake, job.name(), request.channel(), request.account());
            if (lock.isEmpty()) {
                return new ImportResult(
                        Outcome.ALREADY_RUNNING,
                        List.of(),
                        job.name() + " is already running for " + request.channel() + "/" + request.account()
                                + ": wait until it has ended");
            }
            try (AccountLock held = lock.get()) {
                List<FileResult> results = runAll(request, candidates);
                Outcome gravest = results.stream()
                        .map(FileResult::outcome)
                        .max(Comparator.naturalOrder())
                        .orElse(Outcome.UNCHANGED);
                return new ImportResult(gravest, results, "");
            }
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(intake.database(), e);
        }
    }

    private record Candidate(InputFile input, FileJob.Prepared prepared) {}

    private static void refuseUnusable(ImportRequest request) {
        if (request.files().isEmpty()) {
            throw new UnusableInputException("no file is named: name at least one");
        }
        if (request.channel() == null || request.channel().isBlank()) {
            throw new UnusableInputException("no channel is named: say where the files come from, for example shopify");
        }
        if (request.account() == null
                || request.account().isBlank()
                || request.account().indexOf('\0') >= 0) {
            throw new UnusableInputException(
                    "no account is named: say which store of " + request.channel() + " the files come from");
        }
    }

    private List<FileResult> runAll(ImportRequest request, List<Candidate> candidates) {
        List<ImportFile> files;
        try {
            files = files(request, candidates);
            // All before the first begins: what runs then is alive.
            files.forEach(file -> Runs.mendAfterCrash(intake, job.name(), parameters(file)));
            intake.files().purgeStaged(job.name(), request.channel(), request.account(), files);
        } catch (RuntimeException e) {
            LOG.debug("{} could not begin", job.name(), e);
            return candidates.stream()
                    .map(candidate -> failed(candidate.input(), candidate.prepared(), e))
                    .toList();
        }
        // A dry run has one connection, which the files take in turn.
        int atOnce = intake.dryRun() ? 1 : Math.max(1, Math.min(request.atOnce(), files.size()));
        if (atOnce == 1) {
            List<FileResult> results = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                results.add(run(files.get(i), candidates.get(i).prepared()));
            }
            return results;
        }
        return runAtOnce(atOnce, files, candidates);
    }

    private List<ImportFile> files(ImportRequest request, List<Candidate> candidates) {
        ImportRequest watched = request.withProgress(request.progress().oneByOne());
        List<ImportFile> files = new ArrayList<>();
        Turn turn = Turn.first();
        for (Candidate candidate : candidates) {
            ImportFile first = ImportFile.of(
                    job.name(), watched, candidate.input(), candidate.prepared().identity(), turn);
            files.add(first.inPass(first.retryOf().isPresent() ? intake.files().attempt(first) : job.pass(first)));
            turn = turn.next();
        }
        return files;
    }

    private List<FileResult> runAtOnce(int atOnce, List<ImportFile> files, List<Candidate> candidates) {
        // Files begin in their order, so that the one whose turn it is never waits for a thread.
        ExecutorService threads = Executors.newFixedThreadPool(atOnce, work -> {
            Thread thread = new Thread(work, "import");
            thread.setDaemon(true);
            return thread;
        });
        try {
            List<Future<FileResult>> running = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                ImportFile file = files.get(i);
                FileJob.Prepared prepared = candidates.get(i).prepared();
                boolean twice = files.subList(0, i).stream()
                        .anyMatch(other -> other.id().equals(file.id()));
                running.add(threads.submit(() -> {
                    if (twice) {
                        // The same content under another name: the first of them has it, and this one finds that so.
                        file.turn().awaitThoseBefore();
                    }
                    return run(file, prepared);
                }));
            }
            List<FileResult> results = new ArrayList<>();
            for (int i = 0; i < files.size(); i++) {
                results.add(result(running.get(i), files.get(i), candidates.get(i), threads));
            }
            return results;
        } finally {
            threads.shutdownNow();
        }
    }

    private FileResult result(
            Future<FileResult> running, ImportFile file, Candidate candidate, ExecutorService threads) {
        try {
            return running.get();
        } catch (InterruptedException e) {
            threads.shutdownNow();
            Thread.currentThread().interrupt();
            return failed(file.input(), candidate.prepared(), new IllegalStateException("interrupted: run again", e));
        } catch (ExecutionException e) {
            return failed(file.input(), candidate.prepared(), e.getCause());
        }
    }

    private static FileResult failed(InputFile input, FileJob.Prepared prepared, Throwable failure) {
        return new FileResult(
                input.name(), Outcome.FAILED, Counts.NONE, prepared.warnings(), 0, Runs.oneLine(failure), List.of());
    }

    private FileResult run(ImportFile file, FileJob.Prepared prepared) {
        List<String> warnings = prepared.warnings();
        try {
            JobParameters parameters = parameters(file);
            JobExecution execution = intake.jobOperator().start(prepared.job().apply(file), parameters);
            Outcome outcome = outcome(execution);
            String message = outcome == Outcome.DONE ? "" : Runs.message(execution);
            return new FileResult(
                    file.input().name(),
                    outcome,
                    intake.files().counts(file),
                    warnings,
                    execution.getId(),
                    message,
                    intake.files().remarks(file));
        } catch (JobInstanceAlreadyCompleteException e) {
            Counts before = intake.files().counts(file);
            Counts now = new Counts(before.read(), 0, 0, before.read() - before.rejected(), 0, before.rejected());
            return new FileResult(
                    file.input().name(),
                    Outcome.UNCHANGED,
                    now,
                    warnings,
                    0,
                    "",
                    intake.files().remarks(file));
        } catch (JobExecutionException | RuntimeException e) {
            LOG.debug("the import of {} broke off", file.path(), e);
            return failed(file.input(), prepared, e);
        } finally {
            file.turn().end();
        }
    }

    /** What identifies the run; path and threshold may differ from one attempt to the next. */
    private static JobParameters parameters(ImportFile file) {
        JobParametersBuilder parameters = new JobParametersBuilder()
                .addString("content", file.input().digest())
                .addString("channel", file.channel())
                .addString("account", file.account())
                .addString("format", file.format())
                .addString("file", file.input().name(), false);
        file.retryOf().ifPresent(digest -> parameters.addString("retry_of", digest));
        if (file.pass() > 1) {
            parameters.addLong("pass", (long) file.pass());
        }
        return parameters.toJobParameters();
    }

    static Outcome outcome(JobExecution execution) {
        if (execution.getStatus() == BatchStatus.COMPLETED) {
            return Outcome.DONE;
        }
        boolean tooMany = execution.getAllFailureExceptions().stream()
                .anyMatch(failure ->
                        Runs.cause(failure, TooManyRejectsException.class).isPresent());
        return tooMany ? Outcome.TOO_MANY_REJECTS : Outcome.FAILED;
    }
}
