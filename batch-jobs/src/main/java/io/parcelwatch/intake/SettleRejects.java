package io.parcelwatch.intake;

import org.springframework.batch.core.step.Step;
import org.springframework.batch.core.step.builder.StepBuilder;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * The step both jobs end with: what an earlier import rejected of the same file, and this one read again and did not reject, is resolved.
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

    private void settle() {
        MapSqlParameterSource parameters = new MapSqlParameterSource()
                .addValue("job", file.job())
                .addValue("channel", file.channel())
                .addValue("account", file.account())
                .addValue("source", file.source())
                .addValue("import", file.id())
                .addValue("retry", file.retryOf().isPresent() ? file.input().digest() : "")
                .addValue("run_id", intake.files().runId(file))
                .addValue("now", intake.files().now());
        if (file.retryOf().isPresent()) {
            refuseOthersThanWereTaken(parameters);
        }
        jdbc.update(REPLACE, parameters);
        jdbc.update(RESOLVE, parameters);
    }

    /** A record that its format passes over in silence, or reads together with its neighbour, must not count as imported. */
    private void refuseOthersThanWereTaken(MapSqlParameterSource parameters) {
        Long taken = jdbc.queryForObject("""
                select count(distinct line) from rejected_record
                where retried_by = :retry and job = :job and channel = :channel and account = :account and digest = :source
                """, parameters, Long.class);
        long read = intake.files().counts(file).read();
        if (read != taken) {
            throw new IllegalStateException(file.input().name() + ": of " + taken + " rejected records " + read
                    + " were found again, so none is marked as resolved: import the file again");
        }
    }
}
