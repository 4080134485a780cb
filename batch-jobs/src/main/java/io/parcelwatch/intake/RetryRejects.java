package io.parcelwatch.intake;

import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.settings.UnusableSettingsException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;
import org.springframework.util.FileSystemUtils;

/**
 * Takes rejected records again after the cause was mended: those of one file that were read by one format are an import of their own, which
 * takes every step that a file takes. Its identity follows from their text, so that one that broke off goes on. No threshold stands in its
 * way: what was imported beside them is in already.
 */
public final class RetryRejects {

    /** The chosen; and where rows of an order stand apart, all of them: a part would be taken for the whole order. */
    private static final String CHOSEN = "(" + RejectFilter.CONDITION
            + "or (job, channel, account, digest, order_ref) in ("
            + "select job, channel, account, digest, order_ref from open_reject where " + RejectFilter.CONDITION + """
            intersect
            select job, channel, account, digest, order_ref from rejected_record
            where rule = 'ORDER_INCOMPLETE' and resolved_at is null))
            """;

    private static final String GROUPS = """
            select channel, account, digest, max(file) as file, coalesce(format, '') as format, head, not_again, mapping, date_order,
                   decimal_mark, count(*) as records
            from open_reject
            where
            """ + CHOSEN + """
            group by channel, account, digest, format, head, not_again, mapping, date_order, decimal_mark
            order by channel, account, max(file), digest, format, not_again
            """;

    private static final String RECORDS = """
            select distinct on (line) id, line, raw
            from open_reject
            where not_again is null and channel = :of_channel and account = :of_account and digest = :of_digest and format = :of_format
              and head = :of_head and mapping is not distinct from :of_mapping
              and date_order is not distinct from :of_date_order and decimal_mark is not distinct from :of_decimal_mark and
            """ + CHOSEN + " order by line, id";

    private final Intake intake;
    private final FileJob job;
    private final NamedParameterJdbcTemplate jdbc;

    public RetryRejects(Intake intake, FileJob job) {
        this.intake = intake;
        this.job = job;
        JdbcTemplate streaming = new JdbcTemplate(intake.dataSource());
        streaming.setFetchSize(500);
        this.jdbc = new NamedParameterJdbcTemplate(streaming);
    }

    private record Group(
            String channel,
            String account,
            String digest,
            String file,
            String format,
            String head,
            String notAgain,
            String mapping,
            String dateOrder,
            String decimalMark,
            long records) {

        /**
         * How the whole file, of which these records are a part, was read; else what the account tells now. What a file shows wins over its
         * account, and a part of it shows less.
         */
        Conventions conventions(Conventions told) {
            return new Conventions(
                    told.zone(),
                    Optional.ofNullable(dateOrder)
                            .map(Conventions.DateOrder::valueOf)
                            .or(told::dateOrder),
                    Optional.ofNullable(decimalMark)
                            .map(Conventions.DecimalMark::valueOf)
                            .or(told::decimal),
                    told.currency());
        }
    }

    /**
     * Takes records again.
     *
     * @param which  of those that the job rejected
     * @param refine adds to the request for an account what applies now: its rules, who watches, and a mapping that takes the place of the
     *               one by which records were read; what was read by a format is read by it again
     * @return a result for each file, also for those of which nothing can be taken again
     */
    public ImportResult run(RejectFilter which, UnaryOperator<ImportRequest> refine) {
        MapSqlParameterSource chosen = which.parameters(job.name());
        // First: of an order that came in since, the record that was rejected is the older word.
        List<FileResult> mended =
                job.name().equals(MendedRejects.JOB) ? MendedRejects.resolve(intake, which) : List.of();
        List<Group> groups = jdbc.query(
                GROUPS,
                chosen,
                (row, n) -> new Group(
                        row.getString("channel"),
                        row.getString("account"),
                        row.getString("digest"),
                        row.getString("file"),
                        row.getString("format"),
                        row.getString("head"),
                        row.getString("not_again"),
                        row.getString("mapping"),
                        row.getString("date_order"),
                        row.getString("decimal_mark"),
                        row.getLong("records")));
        List<FileResult> results = new ArrayList<>(mended);
        for (Group group : groups) {
            ImportResult result = group.notAgain() == null ? retry(group, chosen, refine) : notAgain(group);
            if (result.outcome() == Outcome.ALREADY_RUNNING) {
                return result;
            }
            results.addAll(result.files());
        }
        Outcome gravest = results.stream()
                .map(FileResult::outcome)
                .max(Comparator.naturalOrder())
                .orElse(Outcome.UNCHANGED);
        return new ImportResult(gravest, results, "");
    }

    private static ImportResult leftOut(ImportResult result, long records) {
        List<FileResult> files = result.files().stream()
                .map(file -> {
                    List<String> warnings = new ArrayList<>(file.warnings());
                    warnings.add(
                            "of its rejected records %,d cannot be taken again, because others stand in their lines: import the file again"
                                    .formatted(records));
                    return new FileResult(
                            file.file(),
                            file.outcome(),
                            file.counts(),
                            warnings,
                            file.runId(),
                            file.message(),
                            file.remarks());
                })
                .toList();
        return new ImportResult(result.outcome(), files, result.message());
    }

    private ImportResult notAgain(Group group) {
        String why = "of its rejected records %,d cannot be taken again, because %s: mend the file and import it"
                .formatted(group.records(), group.notAgain());
        return new ImportResult(
                Outcome.UNCHANGED,
                List.of(new FileResult(group.file(), Outcome.UNCHANGED, Counts.NONE, List.of(why), 0, "", List.of())),
                "");
    }

    private ImportResult retry(Group group, MapSqlParameterSource chosen, UnaryOperator<ImportRequest> refine) {
        Path folder = null;
        try {
            // Readable by this user alone, and under the name that stands in the tables.
            folder = Files.createTempDirectory("parcelwatch-retry");
            Path file = folder.resolve(group.file().replace('/', '_').replace('\0', '_'));
            List<Object> ids = write(file, group, chosen);
            new JdbcTemplate(intake.dataSource())
                    .update(
                            "update rejected_record set retried_by = ? where id = any(?)",
                            InputFile.look(file).digest(),
                            ids.toArray(UUID[]::new));
            ImportRequest request = request(group, file, refine);
            ImportResult result = new ImportRunner(intake, job).run(request);
            return ids.size() < group.records() ? leftOut(result, group.records() - ids.size()) : result;
        } catch (UnusableInputException | UnusableSettingsException e) {
            // The others may still be taken.
            return new ImportResult(
                    Outcome.FAILED,
                    List.of(new FileResult(
                            group.file(), Outcome.FAILED, Counts.NONE, List.of(), 0, e.getMessage(), List.of())),
                    "");
        } catch (IOException e) {
            throw new UncheckedIOException(
                    "the rejected records of " + group.file() + " cannot be written to "
                            + System.getProperty("java.io.tmpdir") + " (" + e.getMessage() + "): free space there",
                    e);
        } finally {
            remove(folder);
        }
    }

    private static ImportRequest request(Group group, Path file, UnaryOperator<ImportRequest> refine)
            throws IOException {
        ImportRequest request = refine.apply(ImportRequest.of(group.channel(), group.account(), List.of(file)));
        if (group.mapping() == null) {
            request = request.withFormatAlone(group.format().split(" ")[0]);
        } else if (request.mapping().isEmpty()) {
            request = request.withMapping(Files.writeString(mapping(file), group.mapping()));
        }
        return request.withThreshold(RejectThreshold.NEVER)
                .withConventions(group.conventions(request.conventions()))
                .withRetryOf(group.digest());
    }

    /** Where the mapping stands that records were read by. */
    private static Path mapping(Path file) {
        return file.resolveSibling(file.getFileName() + ".mapping.yaml");
    }

    private List<Object> write(Path path, Group group, MapSqlParameterSource chosen) throws IOException {
        MapSqlParameterSource parameters = new MapSqlParameterSource(chosen.getValues())
                .addValue("of_channel", group.channel())
                .addValue("of_account", group.account())
                .addValue("of_digest", group.digest())
                .addValue("of_format", group.format())
                .addValue("of_head", group.head())
                .addValue("of_mapping", group.mapping())
                .addValue("of_date_order", group.dateOrder())
                .addValue("of_decimal_mark", group.decimalMark());
        List<Object> ids = new ArrayList<>();
        try (KeptRecords records = new KeptRecords(path, group.head())) {
            // In a transaction, or the driver would fetch all of them at once.
            new TransactionTemplate(intake.transactions())
                    .executeWithoutResult(transaction -> jdbc.query(RECORDS, parameters, row -> {
                        try {
                            if (records.add(row.getLong("line"), row.getString("raw"))) {
                                ids.add(row.getObject("id"));
                            }
                        } catch (IOException e) {
                            throw new UncheckedIOException(e);
                        }
                    }));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return ids;
    }

    private static void remove(Path folder) {
        try {
            if (folder != null) {
                FileSystemUtils.deleteRecursively(folder);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " holds personal data and cannot be removed: remove it", e);
        }
    }
}
