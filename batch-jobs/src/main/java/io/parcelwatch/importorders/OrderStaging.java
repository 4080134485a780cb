package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import org.springframework.batch.core.listener.StepExecutionListener;
import org.springframework.batch.core.step.StepExecution;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Makes room for a file's orders before they are staged. Staging is unlogged: a crash of the server empties it while {@code import_file} says
 * that it is full. Then, and where it was purged, the file is staged from its beginning.
 */
final class OrderStaging implements StepExecutionListener {

    private static final String LOST = """
            select records_read - rejected <> (select count(*) from staged_order where file_id = ?) from import_file where id = ?
            """;

    private final Intake intake;
    private final ImportFile file;

    OrderStaging(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
    }

    @Override
    public void beforeStep(StepExecution stage) {
        JdbcTemplate jdbc = new JdbcTemplate(intake.dataSource());
        if (intake.files().staged(file).offset() > 0
                && jdbc.queryForObject(LOST, Boolean.class, file.id(), file.id())) {
            intake.files().startOver(file);
        }
        intake.files().dropEmptyStaging();
        jdbc.queryForObject("select open_staging(?)::text", String.class, file.id());
    }
}
