package io.parcelwatch.intake;

import java.util.ArrayList;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;

/** Keeps what was said against records of a file, rejects and warnings, within the transaction in which their neighbours are staged. */
final class Remarks {

    private static final String REJECT = """
            insert into rejected_record as t (id, file, line, rule, reason, raw, job, channel, account, order_ref, amount, currency, digest,
                                              import_id, run_id, recorded_at)
            values (derived_id(?, ?, ?), ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (id) do update
            set reason = excluded.reason, amount = excluded.amount, currency = excluded.currency, import_id = excluded.import_id,
                resolved_at = null, resolved_by_run = null
            """;

    private static final String WARN = """
            insert into import_warning (import_id, file, line, rule, reason, job, channel, account, order_ref, digest, run_id, recorded_at)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            on conflict (id) do nothing
            """;

    private final Intake intake;
    private final ImportFile file;
    private final JdbcTemplate jdbc;

    Remarks(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
        this.jdbc = new JdbcTemplate(intake.dataSource());
    }

    void keep(List<RejectedRecord> rejected, List<RecordWarning> warnings) {
        if (rejected.isEmpty() && warnings.isEmpty()) {
            return;
        }
        long runId = intake.files().runId(file);
        List<Object[]> rows = new ArrayList<>();
        for (RejectedRecord record : rejected) {
            rows.add(new Object[] {
                file.job() + " " + file.channel() + "/" + file.account(),
                file.source(),
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
                record.amount(),
                record.currency(),
                file.source(),
                file.id(),
                runId,
                intake.files().now()
            });
        }
        jdbc.batchUpdate(REJECT, rows);
        rows.clear();
        for (RecordWarning warning : warnings) {
            rows.add(new Object[] {
                file.id(),
                file.input().name(),
                warning.line(),
                warning.rule().name(),
                warning.reason(),
                file.job(),
                file.channel(),
                file.account(),
                warning.orderRef(),
                file.source(),
                runId,
                intake.files().now()
            });
        }
        jdbc.batchUpdate(WARN, rows);
    }
}
