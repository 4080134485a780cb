package io.parcelwatch.intake;

import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Rejected orders that came in since, in another file: mended by the store and exported again. They are resolved, and no retry may bring the
 * rejected record back over the mended order.
 */
final class MendedRejects {

    /** The job whose rejects are orders themselves; a parcel is not in because its order is. */
    static final String JOB = "import-orders";

    /**
     * Only once the import that rejected has ended: files of one command are read at the same time, and the one that is imported first may be
     * the older word. An order that a retry brought does not count either: it may be older than the reject.
     */
    private static final String RESOLVE = """
            update rejected_record r
            set resolved_at = :now, resolved_by_run = taker.run_id
            from open_reject open
            left join import_file rejecter on rejecter.id = open.import_id,
                 sales_order o,
                 import_file taker
            where r.id = open.id
              and open.job = :job
              and o.id = derived_id(open.channel, open.account, open.order_ref)
              and o.imported_at >= case when rejecter.id is null then open.recorded_at else rejecter.ended_at end
              and taker.job = open.job and taker.channel = open.channel and taker.account = open.account and taker.retry_of is null
              and taker.id is distinct from open.import_id and taker.file = o.file
              and o.imported_at between taker.started_at and coalesce(taker.ended_at, :now)
            """;

    private static final String BY_IMPORT =
            RESOLVE + " and taker.id = :import and open.channel = :channel and open.account = :account";

    private static final String CHOSEN =
            RESOLVE + " and r.id in (select id from open_reject where " + RejectFilter.CONDITION + ") returning r.file";

    private MendedRejects() {}

    /** Those whose orders an import of a file has brought. */
    static void resolve(Intake intake, ImportFile file) {
        new NamedParameterJdbcTemplate(intake.dataSource())
                .update(
                        BY_IMPORT,
                        new MapSqlParameterSource()
                                .addValue("job", file.job())
                                .addValue("channel", file.channel())
                                .addValue("account", file.account())
                                .addValue("import", file.id())
                                .addValue("now", intake.files().now()));
    }

    /**
     * Those of the named ones whose orders any import has brought since.
     *
     * @return what is to be said of each file
     */
    static List<FileResult> resolve(Intake intake, RejectFilter which) {
        Map<String, Long> records = new TreeMap<>();
        new NamedParameterJdbcTemplate(intake.dataSource())
                .queryForList(
                        CHOSEN,
                        which.parameters(JOB).addValue("now", intake.files().now()),
                        String.class)
                .forEach(file -> records.merge(file, 1L, Long::sum));
        List<FileResult> results = new ArrayList<>();
        records.forEach((file, number) -> results.add(new FileResult(
                file,
                Outcome.UNCHANGED,
                Counts.NONE,
                List.of(
                        "of its rejected records %,d are of orders that were imported since: they are resolved, and not taken again"
                                .formatted(number)),
                0,
                "",
                List.of())));
        return results;
    }
}
