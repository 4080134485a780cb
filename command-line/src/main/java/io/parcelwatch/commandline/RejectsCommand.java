package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.RulesFile;
import io.parcelwatch.intake.Sql;
import io.parcelwatch.settings.SettingsFile;
import io.parcelwatch.wire.Json;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "rejects",
        description = {
            "Lists why records were rejected, the most costly cause first: how many orders stand behind it, and what they are worth.",
            "",
            "With --retry the records are taken again, after a rule, a mapping or the orders of parcels were mended. What then passes is"
                    + " listed no more; what fails again stays with its new reason. Amounts of different currencies are never added up: for"
                    + " the place in the list each is measured by the average order of its currency."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:listed, or taken again",
            " 1:failed, can be run again",
            " 2:wrong usage",
            " 4:an import is running for this account"
        },
        footer = {
            "%nExample:%n  ./parcelwatch rejects --channel shopify%n  ./parcelwatch rejects --cause 1f3a9c07%n"
                    + "  ./parcelwatch rejects --retry --rule UNKNOWN_ORDER"
        })
final class RejectsCommand implements Callable<Integer> {

    private static final String RECORDS = """
            select r.cause, r.job, r.channel, r.account, r.file, r.line, r.rule, r.reason, r.order_ref, r.amount, r.currency, r.recorded_at,
                   r.not_again, left(r.raw, 2000) as raw, length(r.raw) as raw_length, count(*) over () as all_records
            from open_reject r
            where coalesce(r.job = ?, true) and coalesce(r.channel = ?, true) and coalesce(r.account = ?, true) and coalesce(r.file = ?, true)
              and coalesce(r.rule = ?, true) and coalesce(r.recorded_at >= ?, true) and coalesce(r.cause = ?, true)
            order by r.channel, r.account, r.file, r.line, r.id
            limit ?
            """;

    private static final List<String> CSV_COLUMNS = List.of(
            "file",
            "line",
            "rule",
            "reason",
            "order_ref",
            "amount",
            "currency",
            "job",
            "channel",
            "account",
            "recorded_at",
            "raw");

    /** The two jobs that reject; orders first, since parcels may wait for them. */
    private enum Job {
        IMPORT_ORDERS("import-orders"),
        IMPORT_FULFILMENTS("import-fulfilments");

        private final String job;

        Job(String job) {
            this.job = job;
        }

        @Override
        public String toString() {
            return job;
        }
    }

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(names = "--job", paramLabel = "JOB", description = "only of import-orders, or only of import-fulfilments")
    private String job;

    @Option(names = "--channel", paramLabel = "NAME", description = "only of this channel")
    private String channel;

    @Option(names = "--account", paramLabel = "NAME", description = "only of this store")
    private String account;

    @Option(names = "--file", paramLabel = "NAME", description = "only from the file of this name")
    private String file;

    @Option(names = "--rule", paramLabel = "RULE", description = "only what breaks this rule")
    private Rule rule;

    @Option(names = "--since", paramLabel = "T", description = "only what was rejected since this day (UTC) or moment")
    private String since;

    @Option(names = "--cause", paramLabel = "ID", description = "single records of this cause, with their text")
    private String cause;

    @Option(names = "--records", description = "single records instead of causes")
    private boolean records;

    @Option(
            names = "--csv",
            description =
                    "single records as CSV; texts that a spreadsheet would run as a formula get an apostrophe in front")
    private boolean csv;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "list at most so many (default: ${DEFAULT-VALUE})")
    private int limit;

    @Option(names = "--retry", description = "take them again, as they are kept, by the rules of now")
    private boolean retry;

    @Mixin
    private RulesOption rules;

    @Option(
            names = "--mapping",
            paramLabel = "FILE",
            description =
                    "with --retry: read by this mapping what was read by one; what a format of ours read is read by it again")
    private Path mapping;

    @Option(names = "--dry-run", description = "with --retry: say what would happen and write nothing")
    private boolean dryRun;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--limit is a number from 1 on, not " + limit);
        }
        if (job != null && Arrays.stream(Job.values()).noneMatch(known -> known.job.equals(job))) {
            throw new UsageException("--job is import-orders or import-fulfilments, not " + job);
        }
        if (!retry && (dryRun || mapping != null)) {
            throw new UsageException("--dry-run and --mapping go with --retry: a list changes nothing");
        }
        RejectFilter filter = new RejectFilter(
                Optional.ofNullable(job),
                Optional.ofNullable(channel),
                Optional.ofNullable(account),
                Optional.ofNullable(file),
                Optional.ofNullable(rule),
                Optional.ofNullable(since).map(RejectsCommand::moment),
                Optional.ofNullable(cause).map(id -> id.toLowerCase(Locale.ROOT)));
        return retry ? retry(filter) : list(filter);
    }

    private static Instant moment(String text) {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeException e) {
            throw new UsageException(
                    "--since is a day or a moment, as in 2026-03-10 or 2026-03-10T12:00:00Z, not " + text);
        }
    }

    private int retry(RejectFilter filter) {
        Output output = parcelwatch.output();
        Optional<RulesFile> told = rules.file();
        if (mapping != null) {
            SettingsFile.read(mapping);
        }
        UnaryOperator<ImportRequest> refine = request -> {
            ImportRequest ruled = told.map(all -> request.withRules(all.of(request.channel(), request.account())))
                    .orElse(request);
            return mapping == null ? ruled : ruled.withMapping(mapping);
        };
        List<FileResult> files = new ArrayList<>();
        try (Services services = new Services(parcelwatch.settings());
                Intake intake = dryRun
                        ? Intake.rehearse(services.database(), Clock.systemUTC())
                        : Intake.open(services.database(), services::kafka, Clock.systemUTC())) {
            for (Job each : Job.values()) {
                if (filter.job().map(each.job::equals).orElse(true)) {
                    ImportResult result = each == Job.IMPORT_ORDERS
                            ? ImportOrders.retry(intake, filter, refine)
                            : ImportFulfilments.retry(intake, filter, refine);
                    ImportSummary.notes(result, output);
                    files.addAll(result.files());
                }
            }
        }
        Outcome gravest = files.stream()
                .map(FileResult::outcome)
                .max(Comparator.naturalOrder())
                .orElse(Outcome.UNCHANGED);
        ImportResult result = new ImportResult(gravest, files, "");
        ImportSummary summary = new ImportSummary("records", dryRun);
        if (output.json()) {
            output.object(summary.object(result));
        } else if (files.isEmpty()) {
            output.line("No rejected record is open%s.", filter.equals(RejectFilter.ALL) ? "" : " of those named");
        } else {
            summary.page(result, output);
        }
        return gravest.exitCode();
    }

    private int list(RejectFilter filter) {
        Output output = parcelwatch.output();
        Object[] parameters = {
            filter.job().orElse(null),
            filter.channel().orElse(null),
            filter.account().orElse(null),
            filter.file().orElse(null),
            filter.rule().map(Rule::name).orElse(null),
            filter.since().orElse(null),
            filter.cause().orElse(null),
            csv ? Integer.MAX_VALUE : limit
        };
        try (Services services = new Services(parcelwatch.settings());
                Queries queries = new Queries(services.database())) {
            if (csv) {
                csv(queries.rows(RECORDS, parameters), output);
            } else if (records || cause != null) {
                List<Queries.Row> rows = queries.rows(RECORDS, parameters);
                if (output.json()) {
                    output.object(recordsObject(rows));
                } else {
                    recordsPage(rows, output);
                }
            } else {
                List<Queries.Row> rows = queries.rows(Sql.of(RejectsCommand.class, "rejects.sql"), parameters);
                if (output.json()) {
                    output.object(causesObject(rows));
                } else {
                    causesPage(rows, output);
                }
            }
        }
        return ExitCode.DONE;
    }

    private static void causesPage(List<Queries.Row> causes, Output output) {
        if (causes.isEmpty()) {
            output.line("No rejected record is open.");
            return;
        }
        long all = causes.get(0).number("causes");
        output.line(
                "%,d rejected records are open, for %,d causes; the most costly first%s:",
                causes.get(0).number("all_records"), all, all > causes.size() ? ", " + causes.size() + " of them" : "");
        for (Queries.Row row : causes) {
            output.line("");
            output.line(
                    "%s  %s of %s/%s: %,d records of %,d orders%s%s, newest %s",
                    row.text("cause"),
                    row.text("rule"),
                    row.text("channel"),
                    row.text("account"),
                    row.number("records"),
                    row.number("orders"),
                    worth(amounts(row)),
                    row.number("known") == 0
                            ? ""
                            : String.format(Locale.ROOT, " (%,d of them known by another record)", row.number("known")),
                    Words.utc(row.time("newest")));
            output.line("          %s line %,d: %s", row.text("file"), row.number("line"), row.text("reason"));
            if (row.number("again") < row.number("records")) {
                output.line(
                        "          %,d of them cannot be taken again from what is kept: mend and import the file",
                        row.number("records") - row.number("again"));
            }
        }
        output.line("");
        output.line("--cause ID shows single records; --retry takes them again after the cause was mended.");
    }

    /** An exact amount, and its currency as the file writes it: any text. */
    private record Amount(String currency, String number) {

        /** As in "EUR 1,234.50"; the amount alone where no currency is known. */
        String words() {
            String rounded = String.format(Locale.ROOT, "%,.2f", new BigDecimal(number));
            return currency == null ? rounded : printable(currency) + " " + rounded;
        }
    }

    /** What the orders of a cause are worth, the largest amount first. */
    private static List<Amount> amounts(Queries.Row cause) {
        List<Amount> amounts = new ArrayList<>();
        if (cause.text("amounts") != null) {
            Json.object(("{\"all\":" + cause.text("amounts") + "}").getBytes(StandardCharsets.UTF_8))
                    .get("all")
                    .forEach(one -> amounts.add(new Amount(
                            one.get("currency").asText(), one.get("amount").asText())));
        }
        return amounts;
    }

    private static String worth(List<Amount> amounts) {
        return amounts.isEmpty()
                ? ", worth not known"
                : amounts.stream().map(Amount::words).collect(Collectors.joining(" and ", " worth ", ""));
    }

    private static ObjectNode causesObject(List<Queries.Row> causes) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("records", causes.isEmpty() ? 0 : causes.get(0).number("all_records"));
        object.put("causes_open", causes.isEmpty() ? 0 : causes.get(0).number("causes"));
        ArrayNode array = object.putArray("causes");
        for (Queries.Row row : causes) {
            ObjectNode one = array.addObject();
            for (String column : List.of("cause", "job", "channel", "account", "rule", "file", "reason", "newest")) {
                one.put(column, row.text(column));
            }
            one.put("line", row.number("line"));
            one.put("records", row.number("records"));
            one.put("can_be_retried", row.number("again"));
            one.put("orders", row.number("orders"));
            one.put("orders_known", row.number("known"));
            ObjectNode worth = one.putObject("worth");
            // As text: exact.
            amounts(row).forEach(amount -> worth.put(amount.currency(), amount.number()));
        }
        return object;
    }

    private static void recordsPage(List<Queries.Row> rows, Output output) {
        if (rows.isEmpty()) {
            output.line("No such rejected record is open.");
            return;
        }
        long all = rows.get(0).number("all_records");
        output.line("%,d rejected records are open%s:", all, all > rows.size() ? ", the first " + rows.size() : "");
        for (Queries.Row row : rows) {
            output.line("");
            output.line(
                    "%s line %,d: %s: %s", row.text("file"), row.number("line"), row.text("rule"), row.text("reason"));
            output.line(
                    "  %s of %s/%s, order %s%s, rejected %s%s",
                    row.text("job"),
                    row.text("channel"),
                    row.text("account"),
                    row.text("order_ref") == null ? "not readable" : row.text("order_ref"),
                    row.text("amount") == null
                            ? ""
                            : ", " + new Amount(row.text("currency"), row.text("amount")).words(),
                    Words.utc(row.time("recorded_at")),
                    row.text("not_again") == null ? "" : ", cannot be taken again: " + row.text("not_again"));
            row.text("raw").lines().limit(20).forEach(line -> output.line("  | " + printable(line)));
            if (row.number("raw_length") > 2000 || row.text("raw").lines().count() > 20) {
                output.line("  | ... (%,d characters)", row.number("raw_length"));
            }
        }
    }

    /** Control characters of a file must not reach a terminal. */
    private static String printable(String line) {
        String shown = line.length() <= 400 ? line : line.substring(0, 400) + "...";
        return shown.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\t' ? '\uFFFD' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private static ObjectNode recordsObject(List<Queries.Row> rows) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("records_open", rows.isEmpty() ? 0 : rows.get(0).number("all_records"));
        ArrayNode array = object.putArray("records");
        for (Queries.Row row : rows) {
            ObjectNode one = array.addObject();
            for (String column : List.of(
                    "cause",
                    "job",
                    "channel",
                    "account",
                    "file",
                    "rule",
                    "reason",
                    "order_ref",
                    "currency",
                    "recorded_at",
                    "not_again",
                    "raw")) {
                one.put(column, row.text(column));
            }
            one.put("line", row.number("line"));
            one.put("amount", row.text("amount"));
            one.put("raw_length", row.number("raw_length"));
        }
        return object;
    }

    private static void csv(List<Queries.Row> rows, Output output) {
        output.line(String.join(",", CSV_COLUMNS));
        for (Queries.Row row : rows) {
            output.line(SafeCsv.row(CSV_COLUMNS.stream().map(row::text).toList()));
        }
    }
}
