package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.intake.Sql;
import java.util.ArrayList;
import java.util.List;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Finds the order of each staged row; records of unknown or ambiguous orders and of lines the order does not have are
 * rejected. Then, of the others: which words are older than what is known, which parcels are withdrawn by them, and
 * which rows make one parcel. All in one transaction, and anew each time it runs, so that orders that came in the
 * meantime are found. What is known of the account's fulfilments does not change until they are merged: this job alone
 * writes them, under the account's lock.
 */
final class ResolveOrders implements Tasklet {

    private final Intake intake;
    private final ImportFile file;
    private final Severity excess;
    private final NamedParameterJdbcTemplate jdbc;

    /** @param excess what becomes of a parcel with more pieces of a line than were ordered */
    ResolveOrders(Intake intake, ImportFile file, Severity excess) {
        this.intake = intake;
        this.file = file;
        this.excess = excess;
        this.jdbc = new NamedParameterJdbcTemplate(intake.dataSource());
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        jdbc.getJdbcTemplate().execute("analyze staged_fulfilment");
        MapSqlParameterSource parameters = new MapSqlParameterSource()
                .addValue("file_id", file.id())
                .addValue("channel", file.channel())
                .addValue("account", file.account())
                .addValue("job", file.job())
                .addValue("file", file.input().name())
                .addValue("digest", file.source())
                .addValue("run_id", intake.files().runId(file))
                .addValue("now", intake.files().now());
        List<String> steps = new ArrayList<>(List.of("0-afresh", "1-orders", "2-lines"));
        if (excess == Severity.REJECT) {
            // Only of words that count can be said what they hold too much.
            steps.addAll(List.of("5-records", "6-versions", "excess"));
        }
        steps.addAll(List.of("3-forgive", "4-reject", "5-records", "6-versions", "7-withdrawals", "8-parcels"));
        if (excess == Severity.WARN) {
            steps.add("9-warn");
        }
        for (String step : steps) {
            jdbc.update(Sql.of(ResolveOrders.class, "resolve-" + step + ".sql"), parameters);
        }
        Long accepted = jdbc.queryForObject(
                "select count(distinct line) from staged_fulfilment where file_id = :file_id and problem is null",
                parameters,
                Long.class);
        intake.files().accepted(file, accepted);
        return RepeatStatus.FINISHED;
    }
}
