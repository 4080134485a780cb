package io.parcelwatch.pullorders;

import io.parcelwatch.intake.Intake;
import org.springframework.batch.core.job.Job;
import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.job.builder.JobBuilder;
import org.springframework.batch.core.listener.JobExecutionListener;
import org.springframework.batch.core.step.builder.StepBuilder;

/**
 * The job {@code pull-orders}: the pages of an API become rows. One step; a page is a chunk, so that a page and the cursor behind it commit
 * together, and a run that is restarted asks for the page after the last one stored.
 */
final class PullOrdersJob {

    static final String NAME = "pull-orders";

    private PullOrdersJob() {}

    static Job define(Intake intake, OrderPulls pulls, Pull pull, OrderApi api, PullProgress progress) {
        return new JobBuilder(NAME, intake.jobRepository())
                .listener(new JobExecutionListener() {
                    @Override
                    public void beforeJob(JobExecution execution) {
                        pulls.runs(pull, execution.getId());
                    }
                })
                .start(new StepBuilder("pull", intake.jobRepository())
                        .<OrderPage, OrderPage>chunk(1)
                        .transactionManager(intake.transactions())
                        .reader(new PageReader(pulls, pull, api))
                        .writer(new PageWriter(pulls, pull, progress))
                        .build())
                .build();
    }
}
