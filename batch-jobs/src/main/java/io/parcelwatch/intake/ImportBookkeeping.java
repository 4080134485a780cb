package io.parcelwatch.intake;

import org.springframework.batch.core.job.JobExecution;
import org.springframework.batch.core.listener.JobExecutionListener;

/** Writes begin and end of every run to {@code import_file}. */
public final class ImportBookkeeping implements JobExecutionListener {

    private final ImportFiles files;
    private final ImportFile file;
    private final BlockReader.Opener<?> opener;

    public ImportBookkeeping(ImportFiles files, ImportFile file, BlockReader.Opener<?> opener) {
        this.files = files;
        this.file = file;
        this.opener = opener;
    }

    @Override
    public void beforeJob(JobExecution execution) {
        files.begin(file, execution.getId(), KeptRecords.head(file.input(), opener), opener.decided());
    }

    @Override
    public void afterJob(JobExecution execution) {
        files.end(file, ImportRunner.outcome(execution));
    }
}
