package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Decides whether a staged file is imported at all, and which of several versions of one order in it counts: the newest, of equally new ones
 * the last. Changes nothing but the staging, so that it can be run again.
 */
final class JudgeOrders implements Tasklet {

    private static final String MARK_SUPERSEDED = """
            update staged_order s
            set superseded = true
            from (select line, row_number() over (partition by external_id order by as_of desc, line desc) as place
                  from staged_order where file_id = ?) ranked
            where s.file_id = ? and s.line = ranked.line and ranked.place > 1 and not s.superseded
            """;

    private final Intake intake;
    private final ImportFile file;

    JudgeOrders(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        intake.files().refuseTooManyRejects(file);
        JdbcTemplate jdbc = new JdbcTemplate(intake.dataSource());
        jdbc.update(MARK_SUPERSEDED, file.id(), file.id());
        // A million rows have just come; without figures the planner would join them one by one.
        jdbc.execute("analyze staged_order");
        jdbc.execute("analyze staged_line");
        return RepeatStatus.FINISHED;
    }
}
