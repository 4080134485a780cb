package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Sql;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/** Keeps the versions that a file superseded itself as history, then removes what is staged of it. */
final class ClearStaging implements Tasklet {

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
        new NamedParameterJdbcTemplate(intake.dataSource())
                .update(
                        Sql.of(ClearStaging.class, "keep-duplicates.sql"),
                        new MapSqlParameterSource()
                                .addValue("file_id", file.id())
                                .addValue("file", file.input().name())
                                .addValue("now", intake.files().now())
                                .addValue("not_of_the_order", NOT_OF_THE_ORDER));
        intake.files().forgetStaged(file);
        return RepeatStatus.FINISHED;
    }
}
