package io.parcelwatch.intake;

import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * The step both jobs end with: what an earlier import rejected of the same file, and this one read again and did not reject, is resolved; so
 * is what others rejected of orders that came in with this file.
 * Resolved records stay, so that they can be counted; where a record fails again for another reason, the new reason takes the place of the old.
 */
public final class SettleRejects {

    /** Records of the file that this import read again: of a retry those it took, else all. */
    private static final String READ_AGAIN = """
            old.job = :job and old.channel = :channel and old.account = :account and old.digest = :source
            and old.import_id is distinct from :import and old.resolved_at is null
            and (:retry = '' or old.retried_by = :retry)
            """;

    private static final String REPLACE = """
            delete from rejected_record old
            using rejected_record now
            where now.job = old.job and now.channel = old.channel and now.account = old.account and now.digest = old.digest
              and now.line = old.line and now.import_id = :import and
            """ + READ_AGAIN;

    private static final String RESOLVE = """
            update rejected_record old
            set resolved_at = :now, resolved_by_run = :run_id
            where
            """ + READ_AGAIN;

    private final Intake intake;
    private final ImportFile file;
    private final NamedParameterJdbcTemplate jdbc;

    private SettleRejects(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
        this.jdbc = new NamedParameterJdbcTemplate(intake.dataSource());
    }

    /** The step, for the run that imports a file. */
    public static Step step(Intake intake, ImportFile file) {
        SettleRejects settle = new SettleRejects(intake, file);
        return new StepBuilder("settle", intake.jobRepository())
                .tasklet(
                        (contribution, context) -> {
                            settle.settle();
                            return RepeatStatus.FINISHED;
                        },
                        intake.transactions())
                .allowStartIfComplete(true)
                .build();
    }

    /**
     * The step that follows staging in a retry, and ends it before anything is imported where its format found other records than were taken
     * again: one that is passed over in silence, or read together with its neighbour, must not count as imported. Once only, since those of one
     * order become one record later.
     */
    public static Step found(Intake intake, ImportFile file) {
        SettleRejects settle = new SettleRejects(intake, file);
        return new StepBuilder("found", intake.jobRepository())
                .tasklet(
                        (contribution, context) -> {
                            settle.refuseOthersThanWereTaken();
                            return RepeatStatus.FINISHED;
                        },
                        intake.transactions())
                .build();
    }

    private void refuseOthersThanWereTaken() {
        long[] taken = jdbc.queryForObject("""
                select count(distinct line), count(distinct coalesce(order_ref, line::text)) from rejected_record
                where retried_by = :retry and job = :job and channel = :channel and account = :account and digest = :source
                """, parameters(), (row, n) -> new long[] {row.getLong(1), row.getLong(2)});
        long read = intake.files().counts(file).read();
        // Places of one order may have become neighbours, which a format reads as one record.
        if (read > taken[0] || read < taken[1]) {
            throw new IllegalStateException(file.input().name() + ": of " + taken[0] + " rejected records " + read
                    + " were found again, so none is imported: import the file again");
        }
    }

    private MapSqlParameterSource parameters() {
        return new MapSqlParameterSource()
                .addValue("job", file.job())
                .addValue("channel", file.channel())
                .addValue("account", file.account())
                .addValue("source", file.source())
                .addValue("import", file.id())
                .addValue("retry", file.retryOf().isPresent() ? file.input().digest() : "")
                .addValue("run_id", intake.files().runId(file))
                .addValue("now", intake.files().now());
    }

    private void settle() {
        MapSqlParameterSource parameters = parameters();
        jdbc.update(REPLACE, parameters);
        jdbc.update(RESOLVE, parameters);
        if (file.retryOf().isEmpty() && file.job().equals(MendedRejects.JOB)) {
            MendedRejects.resolve(intake, file);
        }
    }
}
