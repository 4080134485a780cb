package io.parcelwatch.intake;

import java.util.List;
import javax.sql.DataSource;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/**
 * Stages blocks: good records by COPY, rejected ones and warnings into their tables, and how far the file is read, all in the chunk's one
 * transaction.
 */
public final class StagingWriter<T> implements ItemWriter<Block<T>> {

    /** Writes the good records of a block to the job's staging tables. */
    @FunctionalInterface
    public interface Stager<T> {
        void stage(ImportFile file, List<T> records, DataSource dataSource);
    }

    private final Intake intake;
    private final ImportFile file;
    private final Stager<T> stager;
    private final Remarks kept;
    private final Pace pace;
    private long offset = -1;

    public StagingWriter(Intake intake, ImportFile file, Stager<T> stager) {
        this.intake = intake;
        this.file = file;
        this.stager = stager;
        this.kept = new Remarks(intake, file);
        this.pace = new Pace(file, "stage");
    }

    @Override
    public void write(Chunk<? extends Block<T>> chunk) {
        for (Block<T> block : chunk) {
            if (offset < 0) {
                offset = intake.files().staged(file).offset();
                pace.expect(file.input().size() - offset);
            }
            stager.stage(file, block.accepted(), intake.dataSource());
            kept.keep(block.rejected(), block.warnings());
            intake.files().staged(file, block);
            pace.advance(block.accepted().size() + block.rejected().size(), block.offset() - offset);
            offset = block.offset();
        }
    }
}
