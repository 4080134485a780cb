package io.parcelwatch.intake;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;

/** Writes begin and end of every run to {@code import_file}. */
public final class ImportBookkeeping implements JobExecutionListener {

    private final ImportFiles files;
    private final ImportFile file;

    public ImportBookkeeping(ImportFiles files, ImportFile file) {
        this.files = files;
        this.file = file;
    }

    @Override
    public void beforeJob(JobExecution execution) {
        files.begin(file, execution.getId());
    }

    @Override
    public void afterJob(JobExecution execution) {
        files.end(file, ImportRunner.outcome(execution));
    }
}
