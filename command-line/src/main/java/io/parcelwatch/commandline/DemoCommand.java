package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.localstack.simulator.ParcelSimulator;
import io.parcelwatch.localstack.simulator.Simulation;
import io.parcelwatch.localstack.simulator.SimulationPlan;
import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "demo",
        description = {
            "Plays about two weeks in the life of three shops through the real jobs, on this machine, in a minute or two: order exports and"
                    + " fulfilment files are imported, carriers' payloads are watched, and at the end a page says what happened.",
            "",
            "It needs nothing: PostgreSQL and Kafka are embedded, and gone at the end. With --keep the data stays in the home, for track,"
                    + " stalls and psql; a second --keep demo replaces the first one's data. Where a database or Kafka is named by a"
                    + " setting, the demo uses it, if it holds no data yet."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:played to its end",
            " 1:failed, can be run again",
            " 2:wrong usage, or the place for the data holds other data",
            " 4:a watch is already running there",
            " 130:ended by Ctrl-C"
        },
        footer = {"%nExample:%n  ./parcelwatch demo --keep"})
final class DemoCommand implements Callable<Integer> {

    private static final String HOLDS_DATA =
            "select exists (select from sales_order) or exists (select from shipment) or exists (select from tracking_event)"
                    + " or exists (select from rejected_record) or exists (select from dead_letter)";

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(names = "--keep", description = "keep the data for looking around")
    private boolean keep;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "another number is another two weeks (default: ${DEFAULT-VALUE})")
    private long seed;

    @Option(
            names = "--orders",
            paramLabel = "N",
            defaultValue = "400",
            description = "how many orders are placed (default: ${DEFAULT-VALUE})")
    private int orders;

    @Override
    public Integer call() throws Exception {
        if (orders < 1 || orders > 100_000) {
            throw new UsageException("--orders is a number from 1 to 100000, not " + orders);
        }
        long started = System.nanoTime();
        Output output = parcelwatch.output();
        Interrupts interrupts = Interrupts.catchAll();
        Settings settings = parcelwatch.settings();
        Logging.into(settings.home());
        DemoHome home = keep ? DemoHome.kept(settings) : DemoHome.throwAway(settings);
        ObjectNode report;
        List<String> views;
        try (home) {
            output.note(
                    "Starting PostgreSQL, Kafka and Flink in " + home.settings().home() + "...");
            CompletableFuture<Simulation> simulating =
                    CompletableFuture.supplyAsync(() -> ParcelSimulator.simulate(plan(seed, orders, Instant.now())));
            try (Services services = home.services()) {
                // Both take seconds to come up.
                CompletableFuture<KafkaConnection> connecting = CompletableFuture.supplyAsync(home::kafka);
                Database database = services.database();
                home.lock().and(database);
                refuseData(database);
                home.mark();
                join(connecting);
                // That lease was for the start alone; without a database of ours this is the one that keeps Kafka up.
                KafkaConnection kafka = services.kafka();
                home.refuseTopicsWithData(kafka);
                Simulation simulation = join(simulating);
                output.note("Playing %,d orders of %d days:"
                        .formatted(orders, simulation.plan().length().toDays()));
                DemoPlay play = new DemoPlay(
                        simulation, database, kafka, home.settings().home(), interrupts, output);
                if (!play.play()) {
                    output.note("Interrupted; cleaning up...");
                    return ExitCode.INTERRUPTED;
                }
                try (Queries queries = new Queries(database)) {
                    report = DemoReport.read(queries, simulation);
                    views = queries
                            .rows("select viewname from pg_views where viewname like 'report\\_%' order by"
                                    + " viewname <> 'report_carrier_scorecard', viewname")
                            .stream()
                            .map(row -> row.text("viewname"))
                            .toList();
                }
                report.put("payloads", play.payloads());
            }
        }
        report.put("seconds", Math.round((System.nanoTime() - started) / 1e9));
        if (output.json()) {
            output.object(report);
        } else {
            DemoReport.print(report, output);
            DemoReport.printNext(report, keep, settings, views, output);
        }
        return ExitCode.DONE;
    }

    private static void refuseData(Database database) {
        try (Queries queries = new Queries(database)) {
            if (queries.truth(HOLDS_DATA)) {
                throw new UsageException(
                        "the database at " + database.place()
                                + " holds data, and a demo must not mix with it: name an empty one, or another home with --home");
            }
        }
    }

    private static <T> T join(CompletableFuture<T> future) {
        try {
            return future.join();
        } catch (java.util.concurrent.CompletionException e) {
            if (e.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw e;
        }
    }

    /** The demo's plan; in the past, whatever the machine's clock says: the watch does not believe times that lie ahead. */
    static SimulationPlan plan(long seed, int orders, Instant now) {
        SimulationPlan plan = SimulationPlan.ofOrders(seed, orders);
        Instant start = plan.start();
        while (start.plus(plan.length()).isAfter(now)) {
            // The same day of the week, and the same season.
            start = start.minus(Duration.ofDays(364));
        }
        return new SimulationPlan(
                plan.seed(), start, plan.ordering(), plan.length(), plan.orders(), plan.recycledNumbers());
    }
}
