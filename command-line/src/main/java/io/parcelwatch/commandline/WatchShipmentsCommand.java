package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchShipments;
import io.parcelwatch.watchshipments.WatchSummary;
import io.parcelwatch.wire.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "watch-shipments",
        description = {
            "Watches every parcel as its carrier reports it: payloads and registrations in; events, shipments, alerts, deliveries and"
                    + " notification intents out.",
            "",
            "Live, it reads Kafka until Ctrl-C and goes on from its checkpoint when it is started again, however it ended. With"
                    + " --shipments, --events and --as-of it reads two files of JSON lines instead, judges at that moment and ends; then no"
                    + " Kafka is needed."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:done, or ended by Ctrl-C or SIGTERM",
            " 1:failed, can be run again",
            " 2:wrong usage, or the tables hold data of another run",
            " 4:already running on this home or database"
        },
        footer = {
            "%nExample:%n  ./parcelwatch watch-shipments --shipments shipments.jsonl --events events.jsonl --as-of 2026-03-20T00:00:00Z"
        })
final class WatchShipmentsCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(names = "--shipments", paramLabel = "FILE", description = "shipments as JSON lines, for a bounded run")
    private Path shipments;

    @Option(names = "--events", paramLabel = "FILE", description = "tracking events as JSON lines, for a bounded run")
    private Path events;

    @Option(
            names = "--as-of",
            paramLabel = "TIME",
            description = "the moment a bounded run judges at, ISO 8601 with offset; later events are left out")
    private String asOf;

    @Mixin
    private WatchTuning tuning;

    @Override
    public Integer call() throws Exception {
        int given = (shipments == null ? 0 : 1) + (events == null ? 0 : 1) + (asOf == null ? 0 : 1);
        if (given != 0 && given != 3) {
            throw new UsageException(
                    "--shipments, --events and --as-of go together: name all three, or none for a live run");
        }
        try (Services services = new Services(parcelwatch.settings())) {
            Output output = parcelwatch.output();
            if (given == 3) {
                return bounded(services, output);
            }
            return new WatchUntilInterrupted(services, tuning, output)
                    .run((database, kafka) ->
                            output.note("PostgreSQL " + database.place() + ", Kafka " + kafka.bootstrapServers()));
        }
    }

    private int bounded(Services services, Output output) {
        Instant moment = moment(asOf);
        requireFile("--shipments", shipments);
        requireFile("--events", events);
        WatchHome home = WatchHome.in(services.home());
        tuning.tune(WatchOptions.bounded(new Database("", null, null), shipments, events, moment));
        try (WatchLock lock = WatchLock.take(home)) {
            Database database = services.database();
            lock.and(database);
            long started = System.nanoTime();
            WatchSummary summary =
                    WatchShipments.runBounded(tuning.tune(WatchOptions.bounded(database, shipments, events, moment)));
            double seconds = (System.nanoTime() - started) / 1e9;
            try (Queries queries = new Queries(database)) {
                report(queries, summary, moment, seconds, output);
            }
        }
        return ExitCode.DONE;
    }

    private static void report(Queries queries, WatchSummary summary, Instant moment, double seconds, Output output) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("as_of", moment.toString());
        object.put("registrations", summary.registrations());
        object.put("events", summary.events());
        object.put("skipped", summary.skipped());
        object.put("waiting", summary.waiting());
        object.put("unknown_codes", summary.unknownCodes());
        object.put("dead_letters", queries.number("select count(*) from dead_letter"));
        object.put("shipments", queries.number("select count(*) from shipment"));
        ObjectNode byStatus = object.putObject("shipments_by_status");
        queries.rows("select status, count(*) as n from shipment group by 1 order by 2 desc, 1")
                .forEach(row -> byStatus.put(row.text("status"), row.number("n")));
        object.put(
                "stalls",
                queries.number("select count(*) from shipment_alert where kind = 'STALLED' and withdrawn_at is null"));
        object.put(
                "delays",
                queries.number("select count(*) from shipment_alert where kind = 'DELAYED' and withdrawn_at is null"));
        object.put(
                "alerts_open",
                queries.number("select count(*) from shipment_alert where closed_at is null and withdrawn_at is null"));
        object.put("deliveries", queries.number("select count(*) from delivery"));
        object.put("intents", queries.number("select count(*) from notification_intent where withdrawn_at is null"));
        object.put("seconds", Math.round(seconds * 10) / 10.0);
        if (output.json()) {
            output.object(object);
            return;
        }
        output.line(
                "Read %,d registrations and %,d events in %.1f s, as of %s.",
                summary.registrations(), summary.events(), seconds, moment);
        output.line(
                "  left out, later than that: %,d; waiting for their registration: %,d; unknown codes: %,d; dead letters: %,d",
                summary.skipped(),
                summary.waiting(),
                summary.unknownCodes(),
                object.get("dead_letters").asLong());
        StringBuilder statuses = new StringBuilder();
        byStatus.properties()
                .forEach(status -> statuses.append(statuses.isEmpty() ? "" : ", ")
                        .append(status.getKey())
                        .append(' ')
                        .append(status.getValue().asLong()));
        output.line(
                "  shipments: %,d%s",
                object.get("shipments").asLong(), statuses.isEmpty() ? "" : " (" + statuses + ")");
        output.line(
                "  stalls: %,d; delays: %,d; of both, open: %,d; deliveries: %,d; messages that would be sent: %,d",
                object.get("stalls").asLong(),
                object.get("delays").asLong(),
                object.get("alerts_open").asLong(),
                object.get("deliveries").asLong(),
                object.get("intents").asLong());
    }

    private static Instant moment(String text) {
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            throw new UsageException(
                    "--as-of is " + text + ", which is no ISO 8601 time with offset: write 2026-03-20T00:00:00Z");
        }
    }

    private static void requireFile(String option, Path file) {
        if (!Files.exists(file)) {
            throw new UsageException(option + " names " + file + ", which does not exist: correct the path");
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw new UsageException(
                    option + " names " + file + ", which is no file that can be read: name a file of JSON lines");
        }
    }
}
