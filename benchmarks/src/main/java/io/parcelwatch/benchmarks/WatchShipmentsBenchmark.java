package io.parcelwatch.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.management.OperatingSystemMXBean;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.watchshipments.Sinks;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchRules;
import io.parcelwatch.watchshipments.WatchShipments;
import io.parcelwatch.wire.Json;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code watch-shipments} beside itself with other sinks, and what it costs to hold many shipments; see docs/performance.md. */
@Command(
        name = "watch-shipments",
        description = {
            "Measures the watch on generated parcels, with Kafka in this process, state in RocksDB and a checkpoint each 10 seconds:",
            "  throughput  a topic filled beforehand, read by our job, by the same with sinks that discard, and by the same with",
            "              Flink's JDBC sink in batches of 1,000",
            "  latency     from the append to Kafka until the row can be seen, at a steady rate, and over a failure of a task",
            "  state       bytes of a checkpoint for each open shipment of 15 events",
            "  open        rate on so many and so many shipments held at once, sinks that discard",
            "  bounded     a run over files of JSON lines",
            "",
            "The database is the one that PARCELWATCH_DB_URL names, else an embedded one with fresh data."
        })
final class WatchShipmentsBenchmark implements Callable<Integer> {

    /** What can be measured. */
    enum Section {
        THROUGHPUT,
        LATENCY,
        STATE,
        OPEN,
        BOUNDED
    }

    private static final int LATENCY_WARM_UP_SECONDS = 10;

    /** How far apart the events of a parcel are while latency is measured. */
    private static final int LATENCY_STEP_SECONDS = 20;

    /** Prime to the numbers of carriers, stages, words and places: some of all are looked for. */
    private static final int PROBE_EVERY = 19;

    /** A prime: so far apart two parcels are whose events follow each other where the state is large. */
    private static final long STRIDE = 7_368_787;

    /** With 2,000 the compiler took an eighth of the CPU of the side that was measured first. */
    private static final long WARM_UP_SHIPMENTS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--only",
            split = ",",
            paramLabel = "SECTION",
            description = "throughput, latency, state, open, bounded (default: all)")
    private List<String> only;

    @Option(
            names = "--events",
            paramLabel = "N",
            defaultValue = "1200000",
            description = "events on the topic, 15 a shipment (${DEFAULT-VALUE})")
    private long events;

    @Option(
            names = "--rounds",
            paramLabel = "N",
            defaultValue = "2",
            description = "how often throughput runs each side, in turned order each time (${DEFAULT-VALUE})")
    private int rounds;

    @Option(
            names = "--after-restart",
            description =
                    "throughput stops the watch with a savepoint before, so that each number's next rows are held against those that are there")
    private boolean afterRestart;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "1000",
            description = "events a second for latency (${DEFAULT-VALUE})")
    private int rate;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "60",
            description =
                    "how long latency is measured, beside 10 seconds before and 20 around a failure (${DEFAULT-VALUE})")
    private int seconds;

    @Option(
            names = "--state-shipments",
            paramLabel = "N",
            defaultValue = "30000",
            description = "shipments whose state is weighed (${DEFAULT-VALUE})")
    private long stateShipments;

    @Option(
            names = "--open",
            split = ",",
            paramLabel = "N",
            defaultValue = "100000,400000",
            description = "shipments held at once (${DEFAULT-VALUE})")
    private List<Long> open;

    @Option(
            names = "--open-events",
            paramLabel = "N",
            defaultValue = "100000",
            description = "events that are timed for each of them (${DEFAULT-VALUE})")
    private long openEvents;

    @Option(
            names = "--events-before",
            paramLabel = "N",
            defaultValue = "3",
            description = "events that each open shipment has before (${DEFAULT-VALUE})")
    private int eventsBefore;

    @Option(
            names = "--bounded-events",
            paramLabel = "N",
            defaultValue = "750000",
            description = "events of the bounded run (${DEFAULT-VALUE})")
    private long boundedEvents;

    @Option(names = "--json", description = "print the result as one JSON object")
    private boolean json;

    private final ObjectNode result = Json.MAPPER.createObjectNode();
    private Path folder;
    private ScratchDatabase server;
    private ScratchKafka kafka;
    private int runs;

    /** Where the side that runs now writes. */
    private Database database;

    @Override
    public Integer call() throws Exception {
        Set<Section> sections = sections();
        folder = Files.createTempDirectory("parcelwatch-benchmark");
        try (ScratchDatabase ownServer = new ScratchDatabase(folder.resolve("postgres"));
                ScratchKafka ownKafka = new ScratchKafka(folder.resolve("kafka"))) {
            server = ownServer;
            kafka = ownKafka;
            for (Section section : sections) {
                switch (section) {
                    case THROUGHPUT -> throughput();
                    case LATENCY -> latency();
                    case STATE -> state();
                    case OPEN -> open();
                    case BOUNDED -> bounded();
                }
            }
        } finally {
            // What was measured before a failure is still true.
            print();
            delete(folder);
        }
        return 0;
    }

    private Set<Section> sections() {
        if (only == null) {
            return EnumSet.allOf(Section.class);
        }
        Set<Section> sections = EnumSet.noneOf(Section.class);
        for (String name : only) {
            try {
                sections.add(Section.valueOf(name.strip().toUpperCase(Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                throw new ParameterException(
                        spec.commandLine(),
                        "--only takes throughput, latency, state, open and bounded, not \"" + name + "\"");
            }
        }
        return sections;
    }

    /** One of the sides that are held against each other, and how long it took in each round. */
    private static final class Side {
        private final String name;
        private final UnaryOperator<Sinks> sinks;
        private final boolean writes;
        private final List<Double> seconds = new ArrayList<>();
        private double cpuSeconds;

        Side(String name, UnaryOperator<Sinks> sinks, boolean writes) {
            this.name = name;
            this.sinks = sinks;
            this.writes = writes;
        }

        double allSeconds() {
            return seconds.stream().mapToDouble(Double::doubleValue).sum();
        }
    }

    private void throughput() throws Exception {
        long parcels = Math.max(1, events / GeneratedParcels.EVENTS);
        Side ours = new Side("our job", WatchShipmentsBenchmark::ours, true);
        List<Side> sides = new ArrayList<>(List.of(
                ours,
                new Side("sinks that discard", WatchShipmentsBenchmark::discarding, false),
                new Side("stock JDBC sink", sinks -> stock(sinks, database), true)));
        for (Side side : sides) {
            // What is slow only the first time is no side's own.
            run(side, Math.min(parcels, WARM_UP_SHIPMENTS));
            side.seconds.clear();
            side.cpuSeconds = 0;
        }
        List<Side> turned = new ArrayList<>(sides);
        for (int round = 0; round < rounds; round++) {
            for (Side side : turned) {
                run(side, parcels);
            }
            Collections.reverse(turned);
        }
        ObjectNode object = Json.MAPPER.createObjectNode();
        long expected = parcels * GeneratedParcels.EVENTS;
        object.put("events", expected)
                .put("shipments", parcels)
                .put("rounds", rounds)
                .put("after_restart", afterRestart);
        ArrayNode figures = object.putArray("sides");
        for (Side side : sides) {
            ObjectNode figure = figures.addObject()
                    .put("name", side.name)
                    .put("events_per_second", rounds * expected / side.allSeconds())
                    .put("our_job_is_times", side.allSeconds() / ours.allSeconds())
                    .put("cpu_seconds", side.cpuSeconds / rounds);
            side.seconds.forEach(figure.putArray("seconds")::add);
        }
        result.set("throughput", object);
    }

    private static Sinks ours(Sinks sinks) {
        return new Sinks(
                new CountedSink(sinks.tables()),
                sinks.feedAlerts(),
                sinks.deadLetterTable(),
                sinks.news(),
                sinks.deadLetterTopic());
    }

    private static Sinks discarding(Sinks sinks) {
        return new Sinks(
                new CountedSink(new DiscardingSink<>()),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>(),
                new DiscardingSink<>());
    }

    private static Sinks stock(Sinks sinks, Database database) {
        return new Sinks(
                new CountedSink(new StockSink(database)),
                sinks.feedAlerts(),
                sinks.deadLetterTable(),
                sinks.news(),
                sinks.deadLetterTopic());
    }

    /**
     * Registers all parcels, and lets the watch see all of their events at once: the time runs from the first event that comes to the sinks until
     * the last row is committed, or discarded.
     */
    private void run(Side side, long parcels) throws Exception {
        database = migrated();
        GeneratedParcels generated = GeneratedParcels.untilNow(parcels);
        long expected = parcels * GeneratedParcels.EVENTS;
        try (ScratchKafka.Topics topics = kafka.freshTopics();
                ScratchKafka.Topics.Held held = topics.hold();
                WatchRun run = new WatchRun(database, topics, runFolder(), side.sinks)) {
            register(generated, topics, run);
            generated.tell((parcel, event) -> held.say(
                    generated, parcel, event, generated.time(parcel, event), generated.receivedAt(parcel, event)));
            held.flush();
            if (afterRestart) {
                run.stop();
            }
            server.settle();
            CountedSink.reset(Instant.MIN);
            long cpu = cpuNanos();
            held.show();
            if (afterRestart) {
                run.start();
            }
            WatchRun.await("events", CountedSink::events, expected);
            if (side.writes) {
                WatchRun.await("rows", () -> run.rows("tracking_event"), expected);
            }
            double took = (System.nanoTime() - CountedSink.firstAt()) / 1e9;
            side.seconds.add(took);
            side.cpuSeconds += (cpuNanos() - cpu) / 1e9;
            run.stopAfter(expected);
            told("%s: %,d events in %.1f s", side.name, expected, took);
        } finally {
            server.dropLast();
        }
    }

    /** All parcels are registered and judged once; the clock stands before their first event. */
    private static void register(GeneratedParcels parcels, ScratchKafka.Topics topics, WatchRun run) throws Exception {
        for (long parcel = 0; parcel < parcels.parcels(); parcel++) {
            topics.register(parcels, parcel);
        }
        topics.tick(parcels.before());
        run.start();
        WatchRun.await("registrations", CountedSink::documents, parcels.parcels());
    }

    private void latency() throws Exception {
        int failureSeconds = Math.min(seconds, LATENCY_STEP_SECONDS);
        long atOnce = (long) rate * LATENCY_STEP_SECONDS;
        int steps = (LATENCY_WARM_UP_SECONDS + seconds + failureSeconds) / LATENCY_STEP_SECONDS;
        long shipments = atOnce * (1 + (GeneratedParcels.EVENTS - 1 + steps) / GeneratedParcels.EVENTS);
        database = migrated();
        GeneratedParcels parcels = GeneratedParcels.untilNow(shipments);
        ObjectNode object = Json.MAPPER.createObjectNode();
        try (ScratchKafka.Topics topics = kafka.freshTopics();
                WatchRun run = new WatchRun(database, topics, runFolder(), WatchShipmentsBenchmark::ours)) {
            register(parcels, topics, run);
            WatchRun.await("shipments", () -> run.rows("shipment"), shipments);
            try (Latency latency = new Latency(database)) {
                Pacer pacer = new Pacer(parcels, atOnce, topics, latency);
                pacer.run(LATENCY_WARM_UP_SECONDS);
                // What the warm-up left behind is none of the measured rows.
                WatchRun.await("rows", () -> -latency.awaited(), 0);
                latency.take();
                long sent = pacer.run(seconds);
                WatchRun.await("rows", () -> -latency.awaited(), 0);
                List<Double> millis = latency.take();
                object.put("events_per_second", sent / (double) seconds)
                        .put("rows_looked_for", millis.size())
                        .put("p50_millis", Latency.quantile(millis, 0.5))
                        .put("p99_millis", Latency.quantile(millis, 0.99))
                        .put("longest_millis", Latency.quantile(millis, 1))
                        .put("round_of_looking_millis", latency.roundMillis());
                CountedSink.failOnce();
                pacer.run(failureSeconds);
                WatchRun.await("rows", () -> -latency.awaited(), 0);
                object.put("longest_millis_over_a_failed_task", Latency.quantile(latency.take(), 1));
                object.put("deliveries", run.rows("delivery"));
            }
        } finally {
            server.dropLast();
        }
        result.set("latency", object);
        told("latency: p50 %.0f ms", object.get("p50_millis").asDouble());
    }

    /**
     * Sends events at a steady rate, the time of each being now. So many parcels are on their way at once, as many at each stage; one that is
     * delivered is followed by a new one.
     */
    private final class Pacer {
        private final GeneratedParcels parcels;
        private final long atOnce;
        private final ScratchKafka.Topics topics;
        private final Latency latency;
        private long sent;

        Pacer(GeneratedParcels parcels, long atOnce, ScratchKafka.Topics topics, Latency latency) {
            this.parcels = parcels;
            this.atOnce = atOnce;
            this.topics = topics;
            this.latency = latency;
        }

        /** @return how many were sent */
        long run(int forSeconds) {
            long start = System.nanoTime();
            long before = sent;
            for (long i = 0; i < (long) forSeconds * rate; i++, sent++) {
                long due = start + i * 1_000_000_000L / rate;
                for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                    LockSupport.parkNanos(wait);
                }
                long place = sent % atOnce;
                long stage = place % GeneratedParcels.EVENTS + sent / atOnce;
                long parcel = place + stage / GeneratedParcels.EVENTS * atOnce;
                int event = (int) (stage % GeneratedParcels.EVENTS);
                Instant now = Instant.now();
                Instant at = now.truncatedTo(ChronoUnit.SECONDS);
                if (sent % PROBE_EVERY == 0) {
                    latency.expect(parcels.carrier(parcel), parcels.number(parcel), at, due);
                }
                topics.say(parcels, parcel, event, at, now);
            }
            return sent - before;
        }
    }

    private void state() throws Exception {
        ObjectNode object = Json.MAPPER.createObjectNode();
        try (Filled filled = fill(stateShipments, GeneratedParcels.EVENTS)) {
            object.put("shipments", stateShipments)
                    .put("events_each", GeneratedParcels.EVENTS)
                    .put("checkpoint_bytes", filled.bytes())
                    .put("bytes_per_shipment", filled.bytes() / (double) stateShipments);
        }
        result.set("state", object);
        told("state: %.0f bytes a shipment", object.get("bytes_per_shipment").asDouble());
    }

    private void open() throws Exception {
        try (Filled warmUp = fill(Math.min(10_000, open.get(0)), eventsBefore)) {
            warmUp.more(Math.min(20_000, openEvents));
        }
        ArrayNode sizes = result.putArray("open");
        for (long shipments : open) {
            try (Filled filled = fill(shipments, eventsBefore)) {
                double took = filled.more(openEvents);
                ObjectNode size = sizes.addObject();
                size.put("shipments", shipments)
                        .put("events_each_before", eventsBefore)
                        .put("checkpoint_bytes", filled.bytes())
                        .put("events", openEvents)
                        .put("seconds", took)
                        .put("events_per_second", openEvents / took)
                        .put(
                                "times_the_first",
                                openEvents
                                        / took
                                        / sizes.get(0).path("events_per_second").asDouble(openEvents / took));
                told("open: %,d shipments, %,.0f events/s", shipments, openEvents / took);
            }
        }
    }

    private Filled fill(long shipments, int eventsEach) throws Exception {
        return new Filled(GeneratedParcels.untilNow(shipments), eventsEach);
    }

    /** A watch whose sinks discard, stopped, with open shipments in its state: none of them is delivered. */
    private final class Filled implements AutoCloseable {
        private final GeneratedParcels parcels;
        private final int eventsEach;
        private final ScratchKafka.Topics topics = kafka.freshTopics();
        private final WatchRun run = new WatchRun(migrated(), topics, runFolder(), WatchShipmentsBenchmark::discarding);
        private final long bytes;

        Filled(GeneratedParcels parcels, int eventsEach) throws Exception {
            this.parcels = parcels;
            this.eventsEach = eventsEach;
            register(parcels, topics, run);
            parcels.tell((parcel, event) -> {
                if (event < eventsEach) {
                    say(parcel, event);
                }
            });
            topics.flush();
            WatchRun.await("events", CountedSink::events, parcels.parcels() * eventsEach);
            bytes = WatchRun.bytes(run.stop());
        }

        long bytes() {
            return bytes;
        }

        /**
         * Seconds for so many events more, each of a shipment far from that of the one before: one of each shipment in an hour, and all
         * later than what the shipments have.
         */
        double more(long count) throws Exception {
            long all = parcels.parcels();
            long stride = all % STRIDE == 0 ? 1 : STRIDE;
            // No gap before: the more shipments, the more timers would fire in it.
            Instant from = parcels.allReceivedAt(eventsEach - 1);
            for (long i = 0; i < count; i++) {
                Instant at = from.plusSeconds(i / all * 3600 + i % all * 3600 / all);
                topics.say(parcels, i * stride % all, 2 + (int) (i % 2), at, at);
            }
            topics.flush();
            run.start(from);
            WatchRun.await("events", CountedSink::events, count);
            double took = (System.nanoTime() - CountedSink.firstAt()) / 1e9;
            run.stopAfter(count);
            return took;
        }

        private void say(long parcel, int event) {
            int kind = event == 0 || event == 1 ? event : 2 + event % 2;
            topics.say(parcels, parcel, kind, parcels.time(parcel, event), parcels.receivedAt(parcel, event));
        }

        @Override
        public void close() throws Exception {
            run.close();
            topics.close();
            server.dropLast();
        }
    }

    private void bounded() throws Exception {
        long parcels = Math.max(1, boundedEvents / GeneratedParcels.EVENTS);
        long count = parcels * GeneratedParcels.EVENTS;
        GeneratedParcels generated = GeneratedParcels.untilNow(parcels);
        Path shipmentLines = folder.resolve("shipments.jsonl");
        Path eventLines = folder.resolve("events.jsonl");
        try (BufferedWriter to = Files.newBufferedWriter(shipmentLines)) {
            for (long parcel = 0; parcel < parcels; parcel++) {
                to.write(generated.registration(parcel, 0));
                to.write('\n');
            }
        }
        try (BufferedWriter to = Files.newBufferedWriter(eventLines)) {
            generated.tell((parcel, event) -> {
                to.write(generated.eventLine(parcel, event));
                to.write('\n');
            });
        }
        database = migrated();
        try {
            server.settle();
            Instant asOf = Instant.now().plusSeconds(60);
            long start = System.nanoTime();
            var summary = WatchShipments.runBounded(WatchOptions.bounded(database, shipmentLines, eventLines, asOf)
                    // A live run announces too.
                    .withRules(WatchRules.bounded(asOf).withAnnounceFrom(Instant.EPOCH))
                    .withRuntime(Duration.ofSeconds(10), "rocksdb", 2));
            double took = (System.nanoTime() - start) / 1e9;
            if (summary.events() != count) {
                throw new IllegalStateException("the bounded run read not all events: " + summary);
            }
            ObjectNode object = result.putObject("bounded");
            object.put("events", count)
                    .put("shipments", parcels)
                    .put("seconds", took)
                    .put("events_per_second", count / took);
            if (result.has("throughput")) {
                object.put(
                        "times_live",
                        count
                                / took
                                / result.get("throughput")
                                        .get("sides")
                                        .get(0)
                                        .get("events_per_second")
                                        .asDouble());
            }
            told("bounded: %,d events in %.1f s", count, took);
        } finally {
            server.dropLast();
            Files.delete(eventLines);
        }
    }

    private Database migrated() {
        Database database = server.freshSchema();
        new Schema(database).migrate();
        return database;
    }

    private Path runFolder() {
        return folder.resolve("run-" + ++runs);
    }

    /** CPU of this process: the job and Kafka, not PostgreSQL. */
    private static long cpuNanos() {
        return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getProcessCpuTime();
    }

    private void told(String progress, Object... values) {
        spec.commandLine().getErr().printf(Locale.ROOT, progress + "%n", values);
        spec.commandLine().getErr().flush();
    }

    private void print() {
        var out = spec.commandLine().getOut();
        if (json) {
            out.println(result);
        } else {
            result.fields().forEachRemaining(section -> {
                out.printf("%s%n", section.getKey());
                if (section.getValue().isArray()) {
                    section.getValue().forEach(line -> out.printf("  %s%n", line(line)));
                } else {
                    out.printf("  %s%n", line(section.getValue()));
                    section.getValue().path("sides").forEach(side -> out.printf("  %s%n", line(side)));
                }
            });
        }
        out.flush();
    }

    /** The numbers of an object as people read them: {@code seconds 12.3, events a second 48,780}. */
    private static String line(JsonNode object) {
        StringBuilder line = new StringBuilder();
        object.fields().forEachRemaining(field -> {
            if (field.getValue().isValueNode()) {
                String value = field.getValue().isNumber()
                        ? String.format(
                                Locale.ROOT,
                                field.getValue().asDouble() < 100
                                                && !field.getValue().isIntegralNumber()
                                        ? "%,.2f"
                                        : "%,.0f",
                                field.getValue().asDouble())
                        : field.getValue().asText();
                line.append(line.isEmpty() ? "" : ", ")
                        .append(
                                field.getKey().equals("name")
                                        ? ""
                                        : field.getKey().replace('_', ' ') + " ")
                        .append(value);
            }
        });
        return line.toString();
    }

    private static void delete(Path folder) {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(folder + " cannot be removed: remove it by hand", e);
        }
    }
}
