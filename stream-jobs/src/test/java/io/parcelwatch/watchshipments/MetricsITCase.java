package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

class MetricsITCase {

    private static final String OPERATOR = "flink_taskmanager_job_task_operator_";
    private static final String OURS = OPERATOR + "parcelwatch_";
    private static final String JOB = "flink_jobmanager_job_";

    private static final Path RULES = Path.of("../schedules/prometheus/parcelwatch-rules.yml");

    @TempDir
    Path home;

    @Test
    void prometheusFindsEveryMetricAndOpenStallsSurviveARestart() throws Exception {
        int port = JavaProcess.freePort();
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.tables().execute("alter table shipment add constraint whim check (tracking_number <> 'N3')");
            watch.tables()
                    .execute("insert into shipment_alert (alert_id, kind, carrier, opened_at, revision)"
                            + " values ('quiet', 'FEED_SILENT', 'dhl', now(), 1)");
            Instant now = Instant.now().truncatedTo(ChronoUnit.MILLIS);
            Instant fourDaysAgo = now.minus(Duration.ofDays(4));
            for (int i = 1; i <= 4; i++) {
                watch.register(registration("N" + i, fourDaysAgo));
            }
            watch.with(options -> options.withMetrics(new InetSocketAddress("localhost", port)))
                    .start();
            watch.say(event("N1", "IN_TRANSIT", fourDaysAgo), fourDaysAgo);
            watch.say(event("N2", "IN_TRANSIT", now), now);
            watch.say(event("N2", "UNKNOWN", now), now);
            watch.say(event("N3", "IN_TRANSIT", now), now);
            watch.payload("ups", "webhook", now, "{".getBytes(StandardCharsets.UTF_8));
            watch.payload("nobody", "webhook", now, "{}".getBytes(StandardCharsets.UTF_8));
            watch.tick(now);
            watch.awaitClock(now);
            assertThat(answersElsewhereThanOnLocalhost(port)).isFalse();
            // Each metric is told in its own time; some are counted when the clock moves.
            await().pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                Scrape scrape = scrape(port);
                watch.tick(Instant.now());
                assertEveryMetric(scrape, now);
            });

            watch.stop();
            await("Flink gives the port back").until(() -> isFree(port));
            watch.start();
            Instant later = Instant.now().truncatedTo(ChronoUnit.MILLIS).plusSeconds(1);
            watch.tick(later);
            watch.awaitClock(later);
            await().pollInterval(Duration.ofMillis(500)).untilAsserted(() -> {
                Scrape scrape = scrape(port);
                watch.tick(Instant.now().plusSeconds(1));
                assertThat(scrape.sum(OURS + "openStalls")).isEqualTo(1);
            });
        }
    }

    private static void assertEveryMetric(Scrape scrape, Instant startedAt) throws IOException {
        assertThat(scrape.sum(OURS + "openStalls")).isEqualTo(1);
        assertThat(scrape.sum(JOB + "numberOfCompletedCheckpoints")).isPositive();
        assertThat(scrape.sum(OURS + "reason_deadLetters", "reason=\"MALFORMED\""))
                .isEqualTo(1);
        assertThat(scrape.sum(OURS + "reason_deadLetters", "reason=\"UNKNOWN_CARRIER\""))
                .isEqualTo(1);
        assertThat(scrape.sum(OURS + "reason_deadLetters", "reason=\"REFUSED_BY_DATABASE\""))
                .isPositive();
        // From zero on, so that the first one is an increase.
        assertThat(scrape.sum(OURS + "reason_deadLetters", "reason=\"NEVER_CLAIMED\""))
                .isZero();
        assertThat(scrape.sum(OURS + "reason_deadLetters", "reason=\"TOO_MANY_EVENTS\""))
                .isZero();
        assertThat(scrape.sum(OURS + "subjectsRefused")).isEqualTo(1);
        assertThat(scrape.sum(OURS + "openSilentFeeds")).isEqualTo(1);
        assertThat(scrape.sum(OURS + "carrier_unknownCodes", "carrier=\"ups\"")).isEqualTo(1);
        assertThat(scrape.sum(OURS + "carrier_unknownCodes", "carrier=\"fedex\""))
                .isZero();
        assertThat(scrape.sum(OURS + "table_rowsWritten", "table=\"shipment\"")).isGreaterThanOrEqualTo(3);
        assertThat(scrape.sum(OURS + "table_rowsWritten", "table=\"tracking_event\""))
                .isEqualTo(3);
        assertThat(scrape.sum(OURS + "table_rowsWritten", "table=\"dead_letter\""))
                .isEqualTo(2);
        assertThat(scrape.sum(OURS + "clockLagMillis")).isBetween(0.0, 5 * 120_000.0);
        assertThat(scrape.sum(OURS + "batchMillis", "quantile=\"0.99\"", "tables"))
                .isBetween(0.5, 60_000.0);
        assertThat(scrape.sum(OURS + "batchMillis_count")).isPositive();
        assertThat(scrape.sum(OURS + "receiptToCommitMillis_count")).isGreaterThanOrEqualTo(2);
        assertThat(scrape.sum(OPERATOR + "pendingRecords")).isZero();
        assertThat(scrape.values(OPERATOR + "KafkaSourceReader_KafkaConsumer_records_lag_max"))
                .isNotEmpty();
        assertThat(scrape.sum(JOB + "lastCheckpointDuration")).isBetween(0.0, 60_000.0);
        assertThat(scrape.sum(JOB + "lastCheckpointCompletedTimestamp"))
                .isBetween((double) startedAt.toEpochMilli() - 1, (double) System.currentTimeMillis());
        assertThat(scrape.sum(JOB + "numRestarts")).isZero();
        assertThat(scrape.values(JOB + "numRestarts")).hasSize(1);
        assertThat(namesInRules()).isSubsetOf(scrape.names());
    }

    @Test
    void aTakenPortIsSaidBeforeAnythingStarts() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("localhost"));
                LiveWatch watch = new LiveWatch(home)) {
            watch.with(options -> options.withMetrics(new InetSocketAddress("localhost", taken.getLocalPort())));
            assertThatThrownBy(watch::start)
                    .isInstanceOf(WatchRefusedException.class)
                    .hasMessageContaining("PARCELWATCH_METRICS_PORT");
        }
    }

    @Test
    void everyAlertRuleSaysWhenForHowLongAndWhatToDo() throws Exception {
        assertThat(rules()).isNotEmpty().allSatisfy(rule -> {
            assertThat(rule).containsKeys("alert", "expr", "for", "labels", "annotations");
            assertThat(rule.get("for").toString()).matches("[0-9]+[smh]");
            assertThat(texts(rule.get("labels"))).hasSize(1).containsKey("severity");
            assertThat(texts(rule.get("labels")).get("severity")).isIn("page", "ticket");
            assertThat(texts(rule.get("annotations"))).containsOnlyKeys("summary", "action");
        });
        assertThat(rules()).extracting(rule -> rule.get("alert")).doesNotHaveDuplicates();
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> rules() throws IOException {
        Map<String, List<Map<String, Object>>> file =
                new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(RULES));
        return file.get("groups").stream()
                .flatMap(group -> ((List<Map<String, Object>>) group.get("rules")).stream())
                .toList();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, String> texts(Object map) {
        return (Map<String, String>) map;
    }

    private static Set<String> namesInRules() throws IOException {
        Set<String> names = new TreeSet<>();
        for (Map<String, Object> rule : rules()) {
            Matcher name = Pattern.compile("flink_[A-Za-z0-9_]+")
                    .matcher(rule.get("expr").toString());
            while (name.find()) {
                names.add(name.group());
            }
        }
        return names;
    }

    /** One answer of the reporter, in Prometheus' text format. */
    private record Scrape(List<String> lines) {

        List<Double> values(String name, String... labels) {
            List<Double> values = new ArrayList<>();
            for (String line : lines) {
                if (line.startsWith(name + "{") && List.of(labels).stream().allMatch(line::contains)) {
                    values.add(Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
                }
            }
            return values;
        }

        double sum(String name, String... labels) {
            return values(name, labels).stream()
                    .mapToDouble(Double::doubleValue)
                    .filter(value -> !Double.isNaN(value))
                    .sum();
        }

        Set<String> names() {
            return lines.stream().map(line -> line.replaceAll("[{ ].*", "")).collect(Collectors.toSet());
        }
    }

    private static Scrape scrape(int port) throws IOException, InterruptedException {
        HttpResponse<String> response = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://localhost:" + port + "/metrics"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(response.statusCode()).isEqualTo(200);
        return new Scrape(
                response.body().lines().filter(line -> !line.startsWith("#")).toList());
    }

    /** Any address of this machine stands for those that strangers know; all of 127.0.0.0/8 is this machine's. */
    private static boolean answersElsewhereThanOnLocalhost(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress("127.0.0.2", port), 500);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static boolean isFree(int port) {
        try {
            new ServerSocket(port, 1, InetAddress.getByName("localhost")).close();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static String registration(String number, Instant placed) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number
                + "\",\"revision\":1,\"orders\":[{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"o-"
                + number + "\"},\"journey\":1,\"placed_at\":\"" + placed + "\",\"registered_at\":\"" + placed + "\"}]}";
    }

    private static String event(String number, String status, Instant time) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                + "\",\"event_time\":\"" + time + "\"}";
    }
}
