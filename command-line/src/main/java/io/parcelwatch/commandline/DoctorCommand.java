package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "doctor",
        description = {
            "Looks whether everything is reachable and sane: the machine, the database and its schema, Kafka and its topics, how far the"
                    + " watch has come, what waits for a person. Each line is ok, warn or fail. Changes nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:nothing fails", " 1:something fails", " 2:wrong usage"},
        footer = {"%nExample:%n  ./parcelwatch doctor --json"})
final class DoctorCommand implements Callable<Integer> {

    private static final Duration CLOCK_WARN = Duration.ofMinutes(5);
    private static final long SPACE_FAIL = 100L << 20;
    private static final long SPACE_WARN = 1L << 30;

    private enum Verdict {
        OK,
        WARN,
        FAIL
    }

    private record Finding(Verdict verdict, String what, String words) {}

    @ParentCommand
    private Parcelwatch parcelwatch;

    private final List<Finding> findings = new ArrayList<>();

    @Override
    public Integer call() {
        Output output = parcelwatch.output();
        Settings settings = parcelwatch.settings();
        java();
        disk(settings.home());
        try (Services services = new Services(settings)) {
            database(services);
            kafka(services);
        }
        Verdict worst =
                findings.stream().map(Finding::verdict).max(Verdict::compareTo).orElse(Verdict.OK);
        if (output.json()) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            object.put("verdict", worst.name().toLowerCase(Locale.ROOT));
            ArrayNode array = object.putArray("checks");
            findings.forEach(finding -> array.addObject()
                    .put("check", finding.what())
                    .put("verdict", finding.verdict().name().toLowerCase(Locale.ROOT))
                    .put("detail", finding.words()));
            output.object(object);
        } else {
            findings.forEach(finding -> output.line(
                    "%-4s  %-12s  %s",
                    finding.verdict().name().toLowerCase(Locale.ROOT), finding.what(), finding.words()));
        }
        return worst == Verdict.FAIL ? ExitCode.FAILED : ExitCode.DONE;
    }

    private void say(Verdict verdict, String what, String words) {
        findings.add(new Finding(verdict, what, words));
    }

    private void java() {
        say(
                Verdict.OK,
                "java",
                System.getProperty("java.version") + ", " + Runtime.getRuntime().availableProcessors()
                        + " processors, heap up to " + (Runtime.getRuntime().maxMemory() >> 20) + " MB");
    }

    private void disk(Path home) {
        Path there = home;
        while (there != null && !Files.exists(there)) {
            there = there.getParent();
        }
        try {
            long free = Files.getFileStore(there).getUsableSpace();
            String words = (free >> 20) + " MB free in " + home;
            if (free < SPACE_FAIL) {
                say(Verdict.FAIL, "disk", words + ": free some, or set PARCELWATCH_HOME to a directory with more");
            } else {
                say(free < SPACE_WARN ? Verdict.WARN : Verdict.OK, "disk", words);
            }
        } catch (IOException e) {
            say(Verdict.FAIL, "disk", home + " cannot be looked at: " + e.getMessage());
        }
    }

    private void database(Services services) {
        try {
            Database database = services.bareDatabase();
            try (Queries queries = new Queries(database)) {
                say(
                        Verdict.OK,
                        "database",
                        database.place() + ", PostgreSQL "
                                + queries.row("select current_setting('server_version') as v")
                                        .text("v"));
                if (schema(database)) {
                    watch(queries, WatchHome.in(services.home()));
                    leftovers(queries);
                }
            }
        } catch (RuntimeException e) {
            say(Verdict.FAIL, "database", Errors.oneLine(e.getMessage()));
        }
    }

    private boolean schema(Database database) {
        Schema schema = new Schema(database);
        String version = schema.version();
        int pending = schema.pending();
        if (version == null) {
            say(Verdict.WARN, "schema", "none yet: any command makes it, or ./parcelwatch migrate");
            return false;
        }
        say(
                pending == 0 ? Verdict.OK : Verdict.WARN,
                "schema",
                "version " + version
                        + (pending == 0 ? "" : ", " + pending + " migrations wait: run ./parcelwatch migrate"));
        return true;
    }

    private void watch(Queries queries, WatchHome home) {
        Instant now = Instant.now();
        Queries.Row row =
                queries.row("select min(clock_at) as clock_at, max(recorded_at) as recorded_at from watch_progress");
        if (row.time("clock_at") == null) {
            say(Verdict.WARN, "watch", "has not run live on this database: ./parcelwatch watch-shipments, or up");
        } else {
            boolean late = Duration.between(row.time("clock_at"), now).compareTo(CLOCK_WARN) > 0;
            say(
                    late ? Verdict.WARN : Verdict.OK,
                    "watch",
                    "its clock stands at " + row.time("clock_at") + ", written "
                            + Words.ago(row.time("recorded_at"), now)
                            + (late ? ": it does not run, or catches up" : ""));
        }
        home.checkpoint()
                .ifPresentOrElse(
                        path -> {
                            Instant completed = Instant.ofEpochMilli(WatchHome.completed(path));
                            say(Verdict.OK, "checkpoint", "completed " + Words.ago(completed, now) + ", " + path);
                        },
                        () -> say(Verdict.OK, "checkpoint", "none in this home"));
    }

    private void leftovers(Queries queries) {
        long letters = queries.number("select count(*) from dead_letter");
        say(
                letters == 0 ? Verdict.OK : Verdict.WARN,
                "dead letters",
                letters == 0 ? "none" : letters + " in table dead_letter");
        long unknown = queries.number("select count(*) from tracking_event where status = 'UNKNOWN'");
        say(
                unknown == 0 ? Verdict.OK : Verdict.WARN,
                "codes",
                unknown == 0
                        ? "all known"
                        : unknown + " events with "
                                + queries.number(
                                        "select count(distinct (carrier, code)) from tracking_event where status = 'UNKNOWN'")
                                + " codes that no table knows");
        unclaimed(queries);
        feeds(queries);
        long unpublished = queries.number("select count(*) from registration where published_revision < revision");
        say(
                unpublished == 0 ? Verdict.OK : Verdict.WARN,
                "outbox",
                unpublished == 0
                        ? "all registrations are published"
                        : unpublished + " registrations wait for Kafka: the next import-fulfilments sends them");
        long failed = queries.number(
                "select count(*) from import_file where outcome = 'FAILED' or outcome = 'RUNNING' and started_at < now() - interval '6 hours'");
        say(
                failed == 0 ? Verdict.OK : Verdict.WARN,
                "imports",
                failed == 0 ? "none broke off" : failed + " broke off: run them again (./parcelwatch jobs)");
    }

    private void feeds(Queries queries) {
        Queries.Row row = queries.row("""
                select count(*) as n, string_agg(carrier || ' since ' || last_movement_at, ', ' order by last_movement_at) as feeds
                from shipment_alert where kind = 'FEED_SILENT' and closed_at is null and withdrawn_at is null
                """);
        say(
                row.number("n") == 0 ? Verdict.OK : Verdict.WARN,
                "feeds",
                row.number("n") == 0
                        ? "none is silent for longer than is normal"
                        : "silent: " + row.text("feeds") + ": ask the carrier, or look at how its news come in");
    }

    private void unclaimed(Queries queries) {
        if (!queries.truth("select to_regclass('unclaimed_number') is not null")) {
            // A schema that waits for its migrations; said already.
            return;
        }
        // The watch has let go of numbers that ended long ago: what their carriers still say waits in vain, and they
        // are registered.
        Queries.Row row = queries.row("""
                select count(*) as n, min(waiting_since) as since from unclaimed_number u
                where not exists (
                        select from shipment s where s.carrier = u.carrier and s.tracking_number = u.tracking_number)
                  and not exists (
                        select from fulfilment f
                        where f.carrier = u.carrier and f.tracking_number = u.tracking_number and f.withdrawn_at is null)
                """);
        say(
                row.number("n") == 0 ? Verdict.OK : Verdict.WARN,
                "unclaimed",
                row.number("n") == 0
                        ? "no number waits too long for its registration"
                        : row.number("n") + " numbers that nobody registered, the first since " + row.time("since")
                                + ", in table unclaimed_number: import their fulfilments");
    }

    private void kafka(Services services) {
        try {
            KafkaConnection kafka = services.kafka();
            var properties = kafka.properties();
            properties.putIfAbsent("default.api.timeout.ms", "10000");
            properties.putIfAbsent("request.timeout.ms", "5000");
            try (Admin admin = Admin.create(properties)) {
                Set<String> present = admin.listTopics().names().get(15, TimeUnit.SECONDS);
                int brokers = admin.describeCluster()
                        .nodes()
                        .get(15, TimeUnit.SECONDS)
                        .size();
                say(
                        Verdict.OK,
                        "kafka",
                        kafka.bootstrapServers() + ", " + brokers + (brokers == 1 ? " broker" : " brokers"));
                List<String> missing = Arrays.stream(Topic.values())
                        .map(kafka::name)
                        .filter(name -> !present.contains(name))
                        .toList();
                say(
                        missing.isEmpty() ? Verdict.OK : Verdict.WARN,
                        "topics",
                        missing.isEmpty()
                                ? "all there"
                                : "missing until something needs them: " + String.join(", ", missing));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            say(Verdict.FAIL, "kafka", "interrupted");
        } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
            say(
                    Verdict.FAIL,
                    "kafka",
                    "does not answer: start it, or correct PARCELWATCH_KAFKA or PARCELWATCH_KAFKA_PROPERTIES");
        } catch (RuntimeException e) {
            say(Verdict.FAIL, "kafka", Errors.oneLine(e.getMessage()));
        }
    }
}
