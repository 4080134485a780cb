package io.parcelwatch.intake;

import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;

/**
 * Stages blocks: good records by COPY, rejected ones and warnings into their tables, and how far the file is read, all in the chunk's one
 * transaction.
 */
public final class StagingWriter implements ItemWriter<Block> {

    private final Intake intake;
    private final ImportFile file;
    private final Remarks kept;
    private final Pace pace;
    private long offset = -1;

    public StagingWriter(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
        this.kept = new Remarks(intake, file);
        this.pace = new Pace(file, "stage");
    }

    @Override
    public void write(Chunk<? extends Block> chunk) {
        for (Block block : chunk) {
            if (offset < 0) {
                offset = intake.files().staged(file).offset();
                pace.expect(file.input().size() - offset);
            }
            block.rows().copyInto(intake.dataSource());
            kept.keep(block.rejected(), block.warnings());
            intake.files().staged(file, block);
            pace.advance(block.accepted() + block.rejected().size(), block.offset() - offset);
            offset = block.offset();
        }
    }
}
