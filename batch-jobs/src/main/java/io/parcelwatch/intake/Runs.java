package io.parcelwatch.intake;

import java.util.Objects;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.JobExecutionException;
import org.springframework.batch.core.job.parameters.JobParameters;
import org.springframework.batch.core.step.StepExecution;

/** What every job of ours does about its runs: mends those that a crash left, and says of one why it failed. */
public final class Runs {

    private static final Logger LOG = LoggerFactory.getLogger(Runs.class);

    private Runs() {}

    /**
     * After a crash executions stand as STARTED, and after a lost commit as UNKNOWN, and could not be started again. The caller holds the
     * account's lock, so that no execution of it can be alive; and since the repository commits with the data, what it says of a step's
     * progress is true.
     *
     * @param parameters of the run that is about to start; they name channel and account
     */
    public static void mendAfterCrash(Intake intake, String job, JobParameters parameters) {
        for (JobExecution execution : intake.jobRepository().findRunningJobExecutions(job)) {
            JobParameters of = execution.getJobParameters();
            if (Objects.equals(parameters.getString("channel"), of.getString("channel"))
                    && Objects.equals(parameters.getString("account"), of.getString("account"))) {
                LOG.info("recovering run {} of {}, which did not end", execution.getId(), job);
                intake.jobOperator().recover(execution);
            }
        }
        JobExecution last = intake.jobRepository().getLastJobExecution(job, parameters);
        if (last != null) {
            for (StepExecution step : last.getStepExecutions()) {
                if (step.getStatus() == BatchStatus.UNKNOWN || step.getStatus().isRunning()) {
                    step.setStatus(BatchStatus.FAILED);
                    intake.jobRepository().update(step);
                }
            }
            if (last.getStatus() == BatchStatus.UNKNOWN) {
                last.setStatus(BatchStatus.FAILED);
                intake.jobRepository().update(last);
            }
        }
    }

    /** Why a run failed, in one line. */
    public static String message(JobExecution execution) {
        return execution.getAllFailureExceptions().stream()
                // Of a step whose part failed we are told that too, and that says nothing.
                .filter(failure -> !(failure instanceof JobExecutionException))
                .findFirst()
                .map(Runs::oneLine)
                .orElse("the run was stopped: run again");
    }

    /** What of a kind a failure was caused by; empty where nothing of it was. */
    public static <E extends Throwable> Optional<E> cause(Throwable failure, Class<E> type) {
        for (Throwable t = failure; t != null; t = t.getCause()) {
            if (type.isInstance(t)) {
                return Optional.of(type.cast(t));
            }
        }
        return Optional.empty();
    }

    /** The message of the exception that was written for a person, else of the innermost. */
    static String oneLine(Throwable failure) {
        Throwable told = failure;
        for (Throwable t = failure; t != null; t = t.getCause()) {
            told = t;
            if (t.getClass().getName().startsWith("io.parcelwatch.")) {
                break;
            }
        }
        String message = told.getMessage() == null ? told.getClass().getSimpleName() : told.getMessage();
        return message.lines().findFirst().orElse(message);
    }
}
