package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;

/** Decides whether a staged file is imported at all. A step of its own: what it refuses rolls back nothing that was rejected before it. */
final class JudgeFulfilments implements Tasklet {

    private final Intake intake;
    private final ImportFile file;

    JudgeFulfilments(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        intake.files().refuseTooManyRejects(file);
        return RepeatStatus.FINISHED;
    }
}
