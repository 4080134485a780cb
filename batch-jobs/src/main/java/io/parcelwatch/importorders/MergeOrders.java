package io.parcelwatch.importorders;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Pace;
import io.parcelwatch.intake.Sql;
import java.util.HashMap;
import java.util.Map;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.item.ExecutionContext;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Brings the staged orders of a part into the tables, a range of them in each transaction, by one statement ({@code merge-orders.sql} beside
 * this class, {@code merge-new-orders.sql} where none of them is known). {@code import_part.merged_line} moves on in the same transaction, so that a run that broke off goes on behind the last range.
 * One instance serves all parts, each in a thread of its own.
 */
final class MergeOrders implements Tasklet {

    /** Orders of a transaction, about: so many that each page of an index is visited for several, so few that a transaction takes a second. */
    static final int RANGE = 10_000;

    private static final String PART = "part";

    private static final String END_OF_RANGE = """
            select max(line) from (
                select line from staged_order
                where file_id = :file_id and part = :part and line > :after
                order by line limit :range) range
            """;

    private static final String ANY_TO_COMPARE = """
            select exists (
                select from staged_order
                where file_id = :file_id and part = :part and line > :after and line <= :up_to and compared)
            """;

    /** One by one, by the index: to join the few would read all orders, for each range again. */
    private static final String ANY_KNOWN = """
            select exists (
                select from (select order_id from staged_order
                             where file_id = :file_id and part = :part and line > :after and line <= :up_to
                             order by order_id) s
                cross join lateral (select from sales_order where id = s.order_id offset 0) known)
            """;

    /**
     * The statement that merges must see every parcel of the orders it changes, to know whose registration changes: import-fulfilments holds
     * its orders until it commits, and what it committed before this lock was had is seen after it.
     */
    private static final String LOCK_KNOWN = """
            select count(*)
            from (select order_id, content, as_of from staged_order
                  where file_id = :file_id and part = :part and line > :after and line <= :up_to and not superseded
                  order by order_id) s
            cross join lateral (
                select from sales_order o
                where o.id = s.order_id and (s.content <> o.content or s.as_of > o.as_of)
                for no key update) locked
            """;

    private final Intake intake;
    private final ImportFile file;
    private final NamedParameterJdbcTemplate jdbc;
    private final String dropOlderLines = Sql.of(MergeOrders.class, "drop-older-lines.sql");
    private final String complete = Sql.of(MergeOrders.class, "complete-orders.sql");
    private final String compare = Sql.of(MergeOrders.class, "compare-orders.sql");
    private final String merge = Sql.of(MergeOrders.class, "merge-orders.sql");
    private final String mergeNew = Sql.of(MergeOrders.class, "merge-new-orders.sql");
    private final Pace pace;
    private boolean measured;

    MergeOrders(Intake intake, ImportFile file, Pace pace) {
        this.intake = intake;
        this.file = file;
        this.jdbc = new NamedParameterJdbcTemplate(intake.dataSource());
        this.pace = pace;
    }

    /** What each part's execution is told. */
    static Map<String, ExecutionContext> parts(int parts) {
        Map<String, ExecutionContext> executions = new HashMap<>();
        for (int part = 0; part < parts; part++) {
            executions.put(String.valueOf(part), new ExecutionContext(Map.of(PART, part)));
        }
        return executions;
    }

    /** Says how much is to do, once. */
    private synchronized void measure() {
        if (!measured) {
            Counts counts = intake.files().counts(file);
            pace.expect(counts.read()
                    - counts.rejected()
                    - counts.inserted()
                    - counts.updated()
                    - counts.unchanged()
                    - counts.skipped());
            measured = true;
        }
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        measure();
        int part = contribution.getStepExecution().getExecutionContext().getInt(PART);
        MapSqlParameterSource range = new MapSqlParameterSource()
                .addValue("file_id", file.id())
                .addValue("part", part)
                .addValue("after", intake.files().mergedLine(file, part))
                .addValue("range", RANGE)
                .addValue("channel", file.channel())
                .addValue("account", file.account())
                .addValue("file", file.input().name())
                .addValue("now", intake.files().now());
        Long upTo = jdbc.queryForObject(END_OF_RANGE, range, Long.class);
        if (upTo == null) {
            return RepeatStatus.FINISHED;
        }
        range.addValue("up_to", upTo);
        boolean compared = jdbc.queryForObject(ANY_TO_COMPARE, range, Boolean.class);
        if (compared) {
            jdbc.update(dropOlderLines, range);
            jdbc.update(complete, range);
            jdbc.update(compare, range);
        }
        // That none becomes known meanwhile is the account's lock to see to.
        boolean known = compared || jdbc.queryForObject(ANY_KNOWN, range, Boolean.class);
        if (known) {
            jdbc.queryForObject(LOCK_KNOWN, range, Long.class);
        }
        Counts merged = jdbc.queryForObject(
                known ? merge : mergeNew,
                range,
                (row, n) -> new Counts(
                        row.getLong("staged"),
                        row.getLong("inserted"),
                        row.getLong("updated"),
                        row.getLong("unchanged"),
                        row.getLong("skipped"),
                        0));
        intake.files().merged(file, part, upTo, merged);
        contribution.incrementWriteCount(merged.inserted() + merged.updated());
        pace.advance(merged.read());
        return RepeatStatus.CONTINUABLE;
    }
}
