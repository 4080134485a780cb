package io.parcelwatch.importorders;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.intake.Sql;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Decides whether a staged file is imported at all (not with too many rejects, nor where items would be lost), and what is meant where it tells of one order several times: that its newest version
 * counts, of equally new ones the last, with what older ones add where it tells a part; or that they are one order, of which all places
 * count or none. Changes the staging and the rejects of this import alone, and finds nothing left to do where it is run again.
 */
final class JudgeOrders implements Tasklet {

    private static final String MARK_SUPERSEDED = """
            update staged_order s
            set superseded = true, differs = ranked.differs
            from (select line, row_number() over newest as place, content <> first_value(content) over newest as differs
                  from staged_order
                  where file_id = :file_id and not superseded and order_id in (
                      select order_id from staged_order where file_id = :file_id and not superseded group by order_id having count(*) > 1)
                  window newest as (partition by order_id order by as_of desc, line desc)) ranked
            where s.file_id = :file_id and s.line = ranked.line and ranked.place > 1
            """;

    private static final String ANY_TWICE = """
            select exists (select from staged_order where file_id = :file_id and not superseded group by order_id having count(*) > 1)
            """;

    /** Of several versions that differ, those that do not count. */
    private static final String WARN_OF_DUPLICATES = """
            insert into import_warning (import_id, file, line, rule, reason, job, channel, account, order_ref, digest, run_id, recorded_at)
            select s.file_id, f.file, s.line, 'DUPLICATE_ORDER', 'the order stands again, newer and different, in line ' || n.line, f.job,
                   f.channel, f.account, s.external_id, coalesce(f.retry_of, f.digest), f.run_id, :now
            from staged_order s
            join staged_order n on n.file_id = s.file_id and n.external_id = s.external_id and not n.superseded
            join import_file f on f.id = s.file_id
            where s.file_id = :file_id and s.superseded and s.differs
            on conflict (id) do nothing
            """;

    /** Rejected in one statement: their texts are up to 64 Ki characters each. */
    private static final int PLACES_AT_ONCE = 100;

    private final Intake intake;
    private final ImportFile file;
    private final BlockReader.Opener<ChannelOrder> orders;
    private final Gathering gathering;
    private final Severity duplicates;
    private final NamedParameterJdbcTemplate jdbc;
    private final String gather = Sql.of(JudgeOrders.class, "gather-orders.sql");
    private final String mergeVersions = Sql.of(JudgeOrders.class, "merge-versions.sql");

    /**
     * @param orders     the file's records, for the text of those that are rejected here
     * @param gathering  what it means that the file tells of one order in several places
     * @param duplicates what becomes of an order that stands twice with different content
     */
    JudgeOrders(
            Intake intake,
            ImportFile file,
            BlockReader.Opener<ChannelOrder> orders,
            Gathering gathering,
            Severity duplicates) {
        this.intake = intake;
        this.file = file;
        this.orders = orders;
        this.gathering = gathering;
        this.duplicates = duplicates;
        JdbcTemplate streaming = new JdbcTemplate(intake.dataSource());
        streaming.setFetchSize(1_000);
        this.jdbc = new NamedParameterJdbcTemplate(streaming);
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) throws IOException {
        // First: the planner's figures are those of the file before, in which this one has no row, and it would join
        // row by row.
        jdbc.getJdbcTemplate().queryForObject("select index_staging(?)::text", String.class, file.id());
        MapSqlParameterSource parameters = new MapSqlParameterSource()
                .addValue("file_id", file.id())
                .addValue("gathering", gathering.name())
                .addValue("now", intake.files().now());
        long rejected = 0;
        if (gathering.gathers()) {
            rejected = reject(
                    "find-incomplete-orders.sql",
                    Rule.ORDER_INCOMPLETE,
                    "the order has a row that is rejected, in line ",
                    parameters);
        } else if (duplicates == Severity.REJECT) {
            rejected = reject(
                    "find-duplicate-orders.sql",
                    Rule.DUPLICATE_ORDER,
                    "the order stands again, with other content, in line ",
                    parameters);
        }
        if (rejected > 0) {
            intake.files().rejected(file, rejected);
            // In a transaction of their own: where they are too many, which rolls back, they stay all the same.
            return RepeatStatus.CONTINUABLE;
        }
        // Behind it: what is judged again after a crash finds the same rejects among the same records.
        intake.files().refuseTooManyRejects(file);
        if (!jdbc.queryForObject(ANY_TWICE, parameters, Boolean.class)) {
            return RepeatStatus.FINISHED;
        }
        if (gathering.gathers()) {
            jdbc.queryForObject(gather, parameters, Long.class);
        } else {
            jdbc.queryForObject(mergeVersions, parameters, Long.class);
            jdbc.update(MARK_SUPERSEDED, parameters);
            if (gathering == Gathering.TOGETHER) {
                refuseRowsApart();
            }
            if (duplicates == Severity.WARN) {
                jdbc.update(WARN_OF_DUPLICATES, parameters);
            }
        }
        return RepeatStatus.FINISHED;
    }

    /**
     * Rejects places that were staged as good: half an order is worse than none, and of several contents nobody can say which is meant. Their
     * texts are not staged, so the file is read again for them.
     *
     * @param find   the query for the places, each with another that is the reason
     * @param reason to which the line of the other is added
     * @return how many places that are
     */
    private long reject(String find, Rule rule, String reason, MapSqlParameterSource parameters) throws IOException {
        LongStream.Builder placesFound = LongStream.builder();
        LongStream.Builder othersFound = LongStream.builder();
        jdbc.query(Sql.of(JudgeOrders.class, find) + " order by line", parameters, row -> {
            placesFound.add(row.getLong("line"));
            othersFound.add(row.getLong("other"));
        });
        long[] places = placesFound.build().toArray();
        if (places.length == 0) {
            return 0;
        }
        long[] others = othersFound.build().toArray();
        String reject = Sql.of(JudgeOrders.class, "reject-places.sql");
        List<Long> lines = new ArrayList<>();
        List<Long> reasons = new ArrayList<>();
        List<String> texts = new ArrayList<>();
        try (Records<ChannelOrder> records = orders.open(0, 0)) {
            for (int left = places.length; left > 0; ) {
                Records.Read<ChannelOrder> read = records.next();
                if (read == null) {
                    throw new UnusableInputException(file.input().path() + " changed while it was imported");
                }
                int place = read.accepted() == null
                        ? -1
                        : Arrays.binarySearch(places, read.accepted().line());
                if (place >= 0) {
                    lines.add(places[place]);
                    reasons.add(others[place]);
                    texts.add(read.raw().get());
                    left--;
                }
                if (lines.size() == PLACES_AT_ONCE || left == 0) {
                    jdbc.update(
                            reject,
                            new MapSqlParameterSource(parameters.getValues())
                                    .addValue("rule", rule.name())
                                    .addValue("reason", reason)
                                    .addValue("lines", lines.toArray(Long[]::new))
                                    .addValue("others", reasons.toArray(Long[]::new))
                                    .addValue("texts", texts.toArray(String[]::new)));
                    lines.clear();
                    reasons.clear();
                    texts.clear();
                }
            }
        }
        return places.length;
    }

    private void refuseRowsApart() {
        List<String> apart = jdbc.query(
                Sql.of(JudgeOrders.class, "find-rows-apart.sql"),
                Map.of("file_id", file.id()),
                (row, n) -> "order " + row.getString(1) + " in lines " + row.getLong(2) + " and " + row.getLong(3));
        if (!apart.isEmpty()) {
            throw new UnusableInputException(file.input().path() + " has " + apart.get(0)
                    + ", equally old and with other items: put the rows of an order one after the other; in a mapping"
                    + " say rows.group_by, or rows.same_id where a later row is the order as it became");
        }
    }
}
