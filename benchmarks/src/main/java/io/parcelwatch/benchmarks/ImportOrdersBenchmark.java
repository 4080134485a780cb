package io.parcelwatch.benchmarks;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.postgresql.PGConnection;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code import-orders} beside {@code \copy} of the same file, which is the floor, and beside a textbook job; see docs/performance.md. */
@Command(
        name = "import-orders",
        description = {
            "Imports one generated Shopify export four times, each side into a schema of its own on the same server:",
            "copied as text into a table without index (the floor), by import-orders, by import-orders again as another"
                    + " file of the same content, and by a textbook Spring Batch job.",
            "",
            "The server is the one that PARCELWATCH_DB_URL names, else an embedded one with fresh data."
        })
final class ImportOrdersBenchmark implements Callable<Integer> {

    private static final String FLOOR = "copy as text";
    private static final String FIRST = "import-orders";
    private static final String AGAIN = "the same content again";
    private static final String TEXTBOOK = "textbook job";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--lines",
            paramLabel = "N",
            defaultValue = "1000000",
            description = "rows of the file (${DEFAULT-VALUE})")
    private long lines;

    @Option(
            names = "--without-textbook",
            description = "leave the textbook job out: it takes as long as all others together")
    private boolean withoutTextbook;

    @Option(names = "--json", description = "print the result as one JSON object")
    private boolean json;

    private final HeapInUse heap = new HeapInUse();

    /**
     * What a side took.
     *
     * @param seconds by the wall clock
     * @param orders  how many it stored; of the floor, none
     * @param heap    the most heap in use after a full collection, bytes; 0 where none was needed
     * @param steps   the seconds that each step of a job took, the parts of a step apart
     */
    private record Side(String name, double seconds, long orders, long heap, Map<String, Double> steps) {}

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("parcelwatch-benchmark");
        try {
            Path file = folder.resolve("orders.csv");
            Path again = folder.resolve("again.csv");
            long orders = GeneratedExport.write(file, lines);
            Files.copy(file, again);
            // Other bytes, the same orders: each is read, compared and left alone.
            Files.writeString(again, "\n", StandardOpenOption.APPEND);
            List<Side> sides = new ArrayList<>();
            try (ScratchDatabase server = new ScratchDatabase(folder.resolve("postgres"))) {
                sides.add(floor(server, file));
                server.dropLast();
                imports(server, file, again, orders, sides);
                server.dropLast();
                if (!withoutTextbook) {
                    sides.add(textbook(server, file));
                }
            }
            print(sides, Files.size(file), orders);
            return 0;
        } finally {
            delete(folder);
        }
    }

    private Side floor(ScratchDatabase server, Path file) throws Exception {
        Database database = server.freshSchema();
        String columns = Arrays.stream(GeneratedExport.HEADER.split(","))
                .map(column -> '"' + column + "\" text")
                .collect(Collectors.joining(", "));
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute("create table copied (" + columns + ")");
            server.settle();
            return measured(FLOOR, database, () -> {
                try (InputStream in = Files.newInputStream(file)) {
                    connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyIn("copy copied from stdin (format csv, header)", in, 1 << 16);
                }
                return 0L;
            });
        }
    }

    private void imports(ScratchDatabase server, Path file, Path again, long orders, List<Side> sides)
            throws Exception {
        Database database = migrated(server);
        try (Intake intake = Intake.open(
                database,
                () -> {
                    throw new IllegalStateException("there is nothing to publish");
                },
                Clock.systemUTC())) {
            server.settle();
            sides.add(measured(FIRST, database, () -> {
                ImportResult result = run(intake, file);
                return result.counts().inserted();
            }));
            server.settle();
            sides.add(measured(AGAIN, database, () -> {
                ImportResult result = run(intake, again);
                if (result.counts().unchanged() != orders) {
                    throw new IllegalStateException("not all orders were found unchanged: " + result.counts());
                }
                return count(database);
            }));
        }
    }

    private static ImportResult run(Intake intake, Path file) {
        ImportResult result = ImportOrders.run(intake, ImportRequest.of("shopify", "benchmark", List.of(file)));
        if (result.outcome() != Outcome.DONE) {
            throw new IllegalStateException("the import ended as " + result.outcome() + ": "
                    + result.files().get(0).message());
        }
        return result;
    }

    private Side textbook(ScratchDatabase server, Path file) throws Exception {
        Database database = migrated(server);
        server.settle();
        return measured(TEXTBOOK, database, () -> {
            TextbookJob.run(database, file);
            return count(database);
        });
    }

    private static Database migrated(ScratchDatabase server) {
        Database database = server.freshSchema();
        new Schema(database).migrate();
        return database;
    }

    private static long count(Database database) throws SQLException {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from sales_order")) {
            row.next();
            return row.getLong(1);
        }
    }

    private Side measured(String name, Database database, Callable<Long> work) throws Exception {
        heap.takeMost();
        long start = System.nanoTime();
        long orders = work.call();
        double seconds = (System.nanoTime() - start) / 1e9;
        Map<String, Double> steps = steps(database);
        spec.commandLine().getErr().printf("%s: %.1f s%n", name, seconds);
        spec.commandLine().getErr().flush();
        return new Side(name, seconds, orders, heap.takeMost(), steps);
    }

    /** What the last job in a schema spent its time with; nothing where none ran there. */
    private static Map<String, Double> steps(Database database) throws SQLException {
        Map<String, Double> steps = new LinkedHashMap<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            ResultSet there = statement.executeQuery("select to_regclass('batch_step_execution') is not null");
            if (there.next() && there.getBoolean(1)) {
                ResultSet rows = statement.executeQuery("""
                        select step_name, extract(epoch from end_time - start_time) from batch_step_execution
                        where job_execution_id = (select max(job_execution_id) from batch_job_execution)
                        order by start_time, step_execution_id
                        """);
                while (rows.next()) {
                    steps.put(rows.getString(1), rows.getDouble(2));
                }
            }
        }
        return steps;
    }

    private void print(List<Side> sides, long bytes, long orders) {
        PrintWriter out = spec.commandLine().getOut();
        double floor = sides.get(0).seconds();
        double first = sides.get(1).seconds();
        if (json) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            object.put("lines", lines).put("orders", orders).put("bytes", bytes);
            object.put("heap_limit_bytes", Runtime.getRuntime().maxMemory());
            ArrayNode array = object.putArray("sides");
            for (Side side : sides) {
                ObjectNode one = array.addObject();
                one.put("name", side.name())
                        .put("seconds", side.seconds())
                        .put("lines_per_second", lines / side.seconds())
                        .put("times_floor", side.seconds() / floor)
                        .put("times_import", side.seconds() / first)
                        .put("orders", side.orders())
                        .put("heap_bytes", side.heap());
                ObjectNode steps = one.putObject("steps");
                side.steps().forEach(steps::put);
            }
            out.println(object);
        } else {
            out.printf(
                    "%,d lines, %,d orders, %,d MiB; heap limit %,d MiB%n%n",
                    lines, orders, bytes >> 20, Runtime.getRuntime().maxMemory() >> 20);
            out.printf(
                    "%-24s %9s %11s %12s %13s %14s%n",
                    "", "seconds", "lines/s", "times floor", "times import", "heap in use");
            for (Side side : sides) {
                out.printf(
                        "%-24s %9.1f %,11.0f %12.1f %13.1f %10d MiB%n",
                        side.name(),
                        side.seconds(),
                        lines / side.seconds(),
                        side.seconds() / floor,
                        side.seconds() / first,
                        side.heap() >> 20);
            }
            for (Side side : sides) {
                if (!side.steps().isEmpty()) {
                    out.printf("%n%s:", side.name());
                    side.steps().forEach((step, seconds) -> out.printf(" %s %.1f s", step, seconds));
                }
            }
            out.println();
        }
        out.flush();
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
