package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A pull as a scheduler starts it: a process of its own, with its settings in the environment. */
class PullProcessITCase {

    private static final String TOKEN = "shpat_0123456789";
    private static final String ORDERS = """
            {"orders":[{"id":%d,"name":"#1","created_at":"2026-03-01T08:00:00Z","updated_at":"2026-03-02T08:00:00Z","currency":"EUR",
            "total_price":"24.90","financial_status":"paid","line_items":[{"id":1,"sku":"TEE","name":"Tee","quantity":1,"price":"24.90"}]}]}""";

    @TempDir
    Path directory;

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final PostgresAddress postgres = TestServices.postgres();
    private volatile int status = 200;
    private volatile boolean silent;
    private HttpServer server;
    private Processes processes;

    @BeforeEach
    void open() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String query = exchange.getRequestURI().getQuery();
            asked.add(query);
            boolean first = !query.contains("page_info");
            if (!first && silent) {
                // Nobody is answered before the server stops.
                return;
            }
            if (first) {
                exchange.getResponseHeaders().add("Link", "</orders.json?page_info=second>; rel=\"next\"");
            }
            boolean known = TOKEN.equals(exchange.getRequestHeaders().getFirst("X-Shopify-Access-Token"));
            byte[] body = ORDERS.formatted(first ? 1 : 2).getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? status : 401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
        processes = new Processes(
                directory,
                Map.of(
                        "PARCELWATCH_DB_URL",
                        postgres.url(),
                        "PARCELWATCH_DB_USER",
                        postgres.user(),
                        "PARCELWATCH_DB_PASSWORD",
                        postgres.password(),
                        "PARCELWATCH_PULL_BACKOFF",
                        "0.001",
                        "PARCELWATCH_SHOPIFY_URL",
                        "http://127.0.0.1:" + server.getAddress().getPort(),
                        "PARCELWATCH_SHOPIFY_MY_STORE_TOKEN",
                        TOKEN));
    }

    @AfterEach
    void close() {
        processes.close();
        server.stop(0);
    }

    private Process start(String... more) throws IOException {
        List<String> arguments = Stream.concat(
                        Stream.of("import-orders", "--channel", "shopify", "--account", "my-store", "--json"),
                        Stream.of(more))
                .toList();
        return processes.start(arguments.toArray(String[]::new));
    }

    private int pull(String... more) throws Exception {
        Process process = start(more);
        assertThat(process.waitFor(180, TimeUnit.SECONDS)).isTrue();
        return process.exitValue();
    }

    @Test
    void itPullsFailsInOneLineAndGoesOn() throws Exception {
        assertThat(pull("--pull")).isEqualTo(2);
        assertThat(processes.err().lines()).hasSize(1);
        assertThat(processes.err()).contains("--since");

        assertThat(pull("--since", "2026-03-01")).as(processes.err()).isZero();
        JsonNode first = Json.object(processes.out().getBytes(StandardCharsets.UTF_8));
        assertThat(first.get("inserted").asLong()).isEqualTo(2);
        assertThat(asked.get(0)).contains("updated_at_min=2026-03-01T00:00:00Z");

        status = 500;
        assertThat(pull("--pull")).isEqualTo(1);
        assertThat(processes.err().lines()).hasSize(1);
        assertThat(processes.err()).contains("Shopify (http://127.0.0.1", "answers 500");

        status = 200;
        assertThat(pull("--pull")).isZero();
        JsonNode again = Json.object(processes.out().getBytes(StandardCharsets.UTF_8));
        assertThat(again.get("read").asLong()).isEqualTo(2);
        assertThat(again.get("inserted").asLong() + again.get("updated").asLong())
                .isZero();
        assertThat(asked.get(asked.size() - 2)).contains("updated_at_min=2026-03-02T07:58:00Z");

        try (Stream<Path> files = Files.walk(directory)) {
            assertThat(files.filter(Files::isRegularFile))
                    .allSatisfy(file -> assertThat(Files.readString(file))
                            .as("%s holds no secret and no customer", file)
                            .doesNotContain(TOKEN, "line_items"));
        }
    }

    @Test
    void aPullThatIsKilledGoesOnBehindItsLastPage() throws Exception {
        silent = true;
        Process killed = start("--since", "2026-03-01");
        await().atMost(Duration.ofSeconds(180)).until(() -> asked.size() == 2 || !killed.isAlive());
        killed.destroyForcibly().waitFor();
        silent = false;
        asked.clear();

        // The server of the database notices the dead session in its own time, and each try is a JVM that has to start.
        await().atMost(Duration.ofSeconds(300)).until(() -> pull("--pull") != ExitCode.ALREADY_RUNNING);

        JsonNode result = Json.object(processes.out().getBytes(StandardCharsets.UTF_8));
        assertThat(result.get("inserted").asLong()).as(processes.err()).isEqualTo(2);
        assertThat(asked).containsExactly("limit=250&page_info=second");
        Process jobs = processes.start("jobs", "--json");
        assertThat(jobs.waitFor(180, TimeUnit.SECONDS)).isTrue();
        JsonNode runs =
                Json.object(processes.out().getBytes(StandardCharsets.UTF_8)).get("runs");
        assertThat(runs.findValuesAsText("job")).containsExactly("import-orders", "pull-orders", "pull-orders");
        assertThat(runs.findValuesAsText("status")).containsExactly("COMPLETED", "COMPLETED", "FAILED");
        assertThat(runs.at("/1/file").asText()).isEqualTo("orders changed since 2026-03-01T00:00:00Z");
        assertThat(runs.at("/1/read").asLong()).isEqualTo(2);
    }
}
