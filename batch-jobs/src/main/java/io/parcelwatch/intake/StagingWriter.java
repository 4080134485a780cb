package io.parcelwatch.intake;

import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.springframework.batch.infrastructure.item.Chunk;
import org.springframework.batch.infrastructure.item.ItemWriter;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Stages blocks: good records by COPY, rejected ones into {@code rejected_record}, and how far the file is read, all in the chunk's one
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
    private final Pace pace;

    public StagingWriter(Intake intake, ImportFile file, Stager<T> stager) {
        this.intake = intake;
        this.file = file;
        this.stager = stager;
        this.pace = new Pace(file, "stage");
    }

    @Override
    public void write(Chunk<? extends Block<T>> chunk) {
        for (Block<T> block : chunk) {
            stager.stage(file, block.accepted(), intake.dataSource());
            reject(intake, file, block.rejected());
            intake.files().staged(file, block);
            pace.advance(block.accepted().size() + block.rejected().size());
        }
    }

    /** Keeps rejected records, within the current transaction; those that are kept already stay as they are. */
    private static void reject(Intake intake, ImportFile file, List<RejectedRecord> rejected) {
        if (rejected.isEmpty()) {
            return;
        }
        long runId = intake.files().runId(file);
        List<Object[]> rows = new ArrayList<>();
        for (RejectedRecord record : rejected) {
            rows.add(new Object[] {
                file.job() + " " + file.channel() + "/" + file.account(),
                file.input().digest(),
                record.line() + " " + record.rule(),
                file.input().name(),
                record.line(),
                record.rule().name(),
                record.reason(),
                record.raw(),
                file.job(),
                file.channel(),
                file.account(),
                record.orderRef(),
                file.input().digest(),
                runId,
                intake.files().now()
            });
        }
        new JdbcTemplate(intake.dataSource()).batchUpdate("""
                        insert into rejected_record (id, file, line, rule, reason, raw, job, channel, account, order_ref, digest, run_id, recorded_at)
                        values (derived_id(?, ?, ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (id) do nothing
                        """, rows);
    }
}
