package io.parcelwatch.intake;

import io.parcelwatch.model.Registration;
import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.jdbc.core.JdbcTemplate;

/** The step both jobs end with: from the outbox {@code registration} to topic {@code shipments}. */
public final class PublishRegistrations {

    private PublishRegistrations() {}

    /** The step, for the run that imports a file. */
    public static Step step(Intake intake, ImportFile file) {
        return new StepBuilder("publish", intake.jobRepository())
                .<Registration, Registration>chunk(UnpublishedRegistrations.CHUNK)
                .transactionManager(intake.transactions())
                .reader(
                        intake.dryRun()
                                ? () -> null
                                : new UnpublishedRegistrations(new JdbcTemplate(intake.dataSource())))
                .writer(new RegistrationPublisher(intake, file))
                .build();
    }
}
