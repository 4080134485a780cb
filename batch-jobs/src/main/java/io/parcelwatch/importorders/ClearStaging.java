package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Sql;
import org.springframework.batch.core.BatchStatus;
import org.springframework.batch.core.ExitStatus;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Keeps the versions that a file superseded itself as history, then removes what is staged of it: each in a transaction of its own, so that
 * none waits for those who use staging while it holds what they wait for.
 */
final class ClearStaging implements Tasklet, StepExecutionListener {

    /** Columns of staging that tell of the import, or repeat others, and not of the order. */
    private static final String[] NOT_OF_THE_ORDER = {
        "file_id", "part", "order_id", "customer_id", "partial", "compared", "content", "superseded"
    };

    private final Intake intake;
    private final ImportFile file;

    ClearStaging(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        if (intake.files().mergedWhole(file)) {
            intake.files().forgetStaged(file);
            return RepeatStatus.FINISHED;
        }
        keepDuplicates();
        intake.files().allMerged(file);
        return RepeatStatus.CONTINUABLE;
    }

    private void keepDuplicates() {
        new NamedParameterJdbcTemplate(intake.dataSource())
                .update(
                        Sql.of(ClearStaging.class, "keep-duplicates.sql"),
                        new MapSqlParameterSource()
                                .addValue("file_id", file.id())
                                .addValue("file", file.input().name())
                                .addValue("now", intake.files().now())
                                .addValue("not_of_the_order", NOT_OF_THE_ORDER));
    }

    @Override
    public ExitStatus afterStep(StepExecution clear) {
        if (clear.getStatus() == BatchStatus.COMPLETED) {
            intake.files().dropEmptyStaging();
        }
        return clear.getExitStatus();
    }
}
