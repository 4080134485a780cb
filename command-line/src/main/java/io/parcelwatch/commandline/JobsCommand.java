package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "jobs",
        description = {
            "Lists recent runs of the imports and how they ended, newest first, and how far the watch has come."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:listed", " 1:failed, can be run again", " 2:wrong usage"},
        footer = {"%nExample:%n  ./parcelwatch jobs --limit 5"})
final class JobsCommand implements Callable<Integer> {

    private static final String RUNS = """
            select e.job_execution_id as id, i.job_name as job, e.status, e.start_time::timestamp as started,
                   extract(epoch from e.end_time - e.start_time)::double precision as seconds,
                   max(p.parameter_value) filter (where p.parameter_name = 'file') as file,
                   max(p.parameter_value) filter (where p.parameter_name = 'channel') as channel,
                   max(p.parameter_value) filter (where p.parameter_name = 'account') as account,
                   max(f.outcome) as outcome, coalesce(max(f.records_read), max(l.orders)) as read, max(f.inserted) as inserted, max(f.updated) as updated,
                   max(f.unchanged) as unchanged, max(f.rejected) as rejected, max(f.skipped) as skipped
            from batch_job_execution e
            join batch_job_instance i using (job_instance_id)
            left join batch_job_execution_params p using (job_execution_id)
            left join import_file f on f.run_id = e.job_execution_id
            left join order_pull l on l.run_id = e.job_execution_id
            group by 1, 2 order by e.create_time desc, e.job_execution_id desc limit ?
            """;

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "20",
            description = "at most so many runs (default: ${DEFAULT-VALUE})")
    private int limit;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--limit is a number from 1 on, not " + limit);
        }
        Output output = parcelwatch.output();
        try (Services services = new Services(parcelwatch.settings());
                Queries queries = new Queries(services.database())) {
            List<Queries.Row> runs = queries.rows(RUNS, limit);
            Queries.Row watch = queries.row(
                    "select min(clock_at) as clock_at, max(recorded_at) as recorded_at, count(*) as writers from watch_progress");
            if (output.json()) {
                output.object(object(runs, watch));
            } else {
                page(runs, watch, output);
            }
        }
        return ExitCode.DONE;
    }

    private static ObjectNode object(List<Queries.Row> runs, Queries.Row watch) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        ArrayNode array = object.putArray("runs");
        for (Queries.Row run : runs) {
            ObjectNode one = array.addObject();
            one.put("run_id", run.number("id"));
            for (String column : List.of("job", "status", "file", "channel", "account", "outcome")) {
                one.put(column, run.text(column));
            }
            one.put(
                    "started_at",
                    run.time("started") == null ? null : run.time("started").toString());
            one.put("seconds", run.real("seconds"));
            for (String column : List.of("read", "inserted", "updated", "unchanged", "rejected", "skipped")) {
                one.put(column, run.number(column));
            }
        }
        ObjectNode clock = object.putObject("watch");
        clock.put(
                "clock_at",
                watch.time("clock_at") == null ? null : watch.time("clock_at").toString());
        clock.put(
                "recorded_at",
                watch.time("recorded_at") == null
                        ? null
                        : watch.time("recorded_at").toString());
        clock.put("writers", watch.number("writers"));
        return object;
    }

    private static void page(List<Queries.Row> runs, Queries.Row watch, Output output) {
        if (runs.isEmpty()) {
            output.line("No import has run yet.");
        } else {
            List<List<String>> table = new ArrayList<>();
            table.add(List.of(
                    "run",
                    "job",
                    "account",
                    "file",
                    "ended",
                    "seconds",
                    "read",
                    "new",
                    "updated",
                    "same",
                    "rejected",
                    "skipped"));
            for (Queries.Row run : runs) {
                table.add(List.of(
                        String.valueOf(run.number("id")),
                        run.text("job"),
                        run.text("channel") + "/" + run.text("account"),
                        String.valueOf(run.text("file")),
                        run.text("outcome") == null ? run.text("status") : run.text("outcome"),
                        run.real("seconds") == null
                                ? "-"
                                : String.format(java.util.Locale.ROOT, "%.1f", run.real("seconds")),
                        String.valueOf(run.number("read")),
                        String.valueOf(run.number("inserted")),
                        String.valueOf(run.number("updated")),
                        String.valueOf(run.number("unchanged")),
                        String.valueOf(run.number("rejected")),
                        String.valueOf(run.number("skipped"))));
            }
            output.table("", table);
        }
        Instant clock = watch.time("clock_at");
        output.line("");
        output.line(
                clock == null
                        ? "watch-shipments has not run live yet."
                        : "watch-shipments: everything received before " + Words.utc(clock)
                                + " is in the tables (written " + Words.ago(watch.time("recorded_at"), Instant.now())
                                + ").");
    }
}
