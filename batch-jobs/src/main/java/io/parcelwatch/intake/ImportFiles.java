package io.parcelwatch.intake;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcTemplate;

/** Table {@code import_file}: how far each import came. Every method joins the caller's transaction. */
public final class ImportFiles {

    /** After how long the staged rows of an import that failed and was not run again are purged: they hold personal data. */
    static final Duration STAGED_AT_MOST = Duration.ofDays(7);

    private static final String EMPTY = """
            select f.id
            from pg_inherits i
            join pg_class c on c.oid = i.inhrelid
            join import_file f on f.id = right(c.relname, 32)::uuid
            where i.inhparent = 'staged_order'::regclass and (f.merged_whole or f.outcome <> 'RUNNING' and f.staged_offset = 0)
            """;

    private final JdbcTemplate jdbc;
    private final Clock clock;

    ImportFiles(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /**
     * How far a file is staged.
     *
     * @param offset bytes that are staged
     * @param line   physical line that follows them
     * @param whole  whether the file was read to its end
     */
    public record Position(long offset, long line, boolean whole) {}

    /** Now, as PostgreSQL takes it, by the job's clock. */
    public OffsetDateTime now() {
        return Instant.now(clock).atOffset(ZoneOffset.UTC);
    }

    void begin(ImportFile file, long runId, Optional<String> head, Conventions decided) {
        jdbc.update(
                """
                insert into import_file (id, job, channel, account, file, digest, format, pass, run_id, outcome, started_at,
                                         head, mapping, date_order, decimal_mark, retry_of)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, 'RUNNING', ?, ?, ?, ?, ?, ?)
                on conflict (id) do update set file = excluded.file, run_id = excluded.run_id, outcome = 'RUNNING', ended_at = null
                """,
                file.id(),
                file.job(),
                file.channel(),
                file.account(),
                file.input().name(),
                file.input().digest(),
                file.format(),
                file.pass(),
                runId,
                now(),
                head.orElse(null),
                file.mapping().orElse(null),
                decided.dateOrder().map(Enum::name).orElse(null),
                decided.decimal().map(Enum::name).orElse(null),
                file.retryOf().orElse(null));
    }

    void end(ImportFile file, ImportResult.Outcome outcome) {
        jdbc.update("update import_file set outcome = ?, ended_at = ? where id = ?", outcome.name(), now(), file.id());
    }

    /** Which attempt at the same rejected records comes next: the one that broke off, else a new one. */
    int attempt(ImportFile retry) {
        return jdbc.queryForObject(
                """
                select coalesce(max(pass), 1) + coalesce(bool_or(outcome = 'DONE' and pass = last), false)::int
                from (select pass, outcome, max(pass) over () as last from import_file
                      where job = ? and channel = ? and account = ? and digest = ? and format = ? and retry_of = ?) attempt
                """,
                Integer.class,
                retry.job(),
                retry.channel(),
                retry.account(),
                retry.input().digest(),
                retry.format(),
                retry.source());
    }

    /** Run of the job that works on a file. */
    public long runId(ImportFile file) {
        return jdbc.queryForObject("select run_id from import_file where id = ?", Long.class, file.id());
    }

    /** How far a file is staged. */
    public Position staged(ImportFile file) {
        return jdbc.queryForObject(
                "select staged_offset, staged_line, staged_whole from import_file where id = ?",
                (row, n) -> new Position(row.getLong(1), row.getLong(2), row.getBoolean(3)),
                file.id());
    }

    void staged(ImportFile file, Block block) {
        jdbc.update(
                """
                update import_file
                set staged_offset = ?, staged_line = ?, staged_whole = ?, records_read = records_read + ?, rejected = rejected + ?
                where id = ?
                """,
                block.offset(),
                block.line(),
                block.last(),
                block.accepted() + block.rejected().size(),
                block.rejected().size(),
                file.id());
    }

    /** Up to which first line the staged records of a file are merged; 0 where none is. */
    public long mergedLine(ImportFile file) {
        return jdbc.queryForList("select merged_line from import_file where id = ?", Long.class, file.id()).stream()
                .findFirst()
                .orElse(0L);
    }

    /** Up to which first line the staged records of a part are merged; 0 where none is. */
    public long mergedLine(ImportFile file, int part) {
        return jdbc
                .queryForList(
                        "select merged_line from import_part where file_id = ? and part = ?",
                        Long.class,
                        file.id(),
                        part)
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /** As {@link #merged(ImportFile, long, ImportResult.Counts)}, of a part; others may do the same of theirs at this time. */
    public void merged(ImportFile file, int part, long line, ImportResult.Counts range) {
        jdbc.update("""
                insert into import_part (file_id, part, merged_line) values (?, ?, ?)
                on conflict (file_id, part) do update set merged_line = excluded.merged_line
                """, file.id(), part, line);
        merged(file, line, range);
    }

    /** Adds what a range of staged records became, and moves on behind it. */
    public void merged(ImportFile file, long line, ImportResult.Counts range) {
        jdbc.update("""
                update import_file set merged_line = greatest(merged_line, ?), inserted = inserted + ?, updated = updated + ?, unchanged = unchanged + ?,
                                       skipped = skipped + ?
                where id = ?
                """, line, range.inserted(), range.updated(), range.unchanged(), range.skipped(), file.id());
    }

    /** Whether all of a file is merged; a run that failed since goes on behind that. */
    public boolean mergedWhole(ImportFile file) {
        return jdbc.queryForList("select merged_whole from import_file where id = ?", Boolean.class, file.id()).stream()
                .findFirst()
                .orElse(false);
    }

    /** All of a file is merged; what is staged of it is needed no more. */
    public void allMerged(ImportFile file) {
        jdbc.update("update import_file set merged_whole = true where id = ?", file.id());
    }

    /** So many records more are rejected: what is known once they were judged beside each other. */
    public void rejected(ImportFile file, long records) {
        jdbc.update("update import_file set rejected = rejected + ? where id = ?", records, file.id());
    }

    /** All records but so many are rejected: what is known once they were judged beside the tables. */
    public void accepted(ImportFile file, long records) {
        jdbc.update("update import_file set rejected = records_read - ? where id = ?", records, file.id());
    }

    /**
     * Judges a staged file by its rejects; one whose merging has begun has passed.
     *
     * @throws TooManyRejectsException where nothing of it may be imported
     */
    public void refuseTooManyRejects(ImportFile file) {
        ImportResult.Counts counts = counts(file);
        if (mergedLine(file) == 0 && file.threshold().exceededBy(counts.rejected(), counts.read())) {
            throw new TooManyRejectsException(counts.rejected(), counts.read(), file.threshold());
        }
    }

    /** What became of a file's records so far. */
    public ImportResult.Counts counts(ImportFile file) {
        List<ImportResult.Counts> found = jdbc.query(
                "select records_read, inserted, updated, unchanged, skipped, rejected from import_file where id = ?",
                (row, n) -> new ImportResult.Counts(
                        row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4), row.getLong(5), row.getLong(6)),
                file.id());
        return found.isEmpty() ? ImportResult.Counts.NONE : found.get(0);
    }

    /** What was said against records of a file, by rule; what is resolved by now left out. */
    List<ImportResult.Remark> remarks(ImportFile file) {
        return jdbc.query(
                """
                select rule, true as rejected, count(*) as records, min(line) as line, (array_agg(reason order by line))[1] as reason
                from rejected_record where import_id = ? and resolved_at is null group by rule
                union all
                select rule, false, count(*), min(line), (array_agg(reason order by line))[1]
                from import_warning where import_id = ? group by rule
                order by rejected desc, records desc, rule
                """,
                (row, n) -> new ImportResult.Remark(
                        row.getString("rule"),
                        row.getBoolean("rejected"),
                        row.getLong("records"),
                        row.getLong("line"),
                        row.getString("reason")),
                file.id(),
                file.id());
    }

    /**
     * Forgets what is staged of the account's imports that ended without success and were not run again since; a later run of theirs starts
     * from the beginning. Only the job itself may call it, under its lock.
     *
     * @param except the imports that are about to go on
     */
    void purgeStaged(String job, String channel, String account, List<ImportFile> except) {
        List<Object> stale = jdbc.queryForList(
                """
                select id from import_file
                where job = ? and channel = ? and account = ? and outcome <> 'DONE' and not merged_whole and coalesce(ended_at, started_at) < ?
                  and id::text <> all (?)
                """,
                Object.class,
                job,
                channel,
                account,
                now().minus(STAGED_AT_MOST),
                except.stream().map(file -> file.id().toString()).toArray(String[]::new));
        stale.forEach(this::startOver);
    }

    /** Forgets what is staged of a file, and how far it came: it is read from its beginning. */
    public void startOver(ImportFile file) {
        startOver(file.id());
    }

    private void startOver(Object id) {
        forgetStaged(id);
        jdbc.update("""
                update import_file set staged_offset = 0, staged_line = 1, staged_whole = false, merged_line = 0,
                                       records_read = 0, rejected = 0, inserted = 0, updated = 0, unchanged = 0, skipped = 0
                where id = ?
                """, id);
    }

    /** Removes what is staged of a file. */
    public void forgetStaged(ImportFile file) {
        forgetStaged(file.id());
    }

    private void forgetStaged(Object id) {
        jdbc.queryForObject("select clear_staging(?)::text", String.class, id);
        jdbc.update("delete from staged_fulfilment where file_id = ?", id);
    }

    /**
     * Drops the emptied parts of staging, of all imports, unless somebody uses staging just now: they cost nothing but their names, so that a
     * later run will do. To be called outside of a transaction, since it holds up others until it commits.
     */
    public void dropEmptyStaging() {
        for (Object id : jdbc.queryForList(EMPTY, Object.class)) {
            if (!jdbc.queryForObject("select drop_staging(?)", Boolean.class, id)) {
                return;
            }
        }
    }
}
