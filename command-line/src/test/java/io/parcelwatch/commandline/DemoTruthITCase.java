package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.simulator.Happening;
import io.parcelwatch.localstack.simulator.ParcelSimulator;
import io.parcelwatch.localstack.simulator.Simulation;
import io.parcelwatch.localstack.simulator.Truth;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The demo, played once; its tables are held against the truth that the simulator knows, row by row. */
class DemoTruthITCase {

    @TempDir
    static Path home;

    private static Simulation simulation;
    private static Truth truth;
    private static Queries queries;

    @BeforeAll
    static void play() throws Exception {
        PostgresAddress address = Commands.freshDatabase();
        Database database = new Database(address.url(), address.user(), address.password());
        KafkaConnection kafka = new KafkaConnection(
                TestServices.kafka(),
                Map.of(),
                "demo-" + UUID.randomUUID().toString().substring(0, 8) + ".");
        int orders = Integer.getInteger("parcelwatch.demo.orders", 400);
        simulation = ParcelSimulator.simulate(
                DemoCommand.plan(Long.getLong("parcelwatch.demo.seed", 1), orders, Instant.now()));
        truth = simulation.truth();
        DemoPlay play = new DemoPlay(
                simulation,
                database,
                kafka,
                home,
                new Interrupts(),
                new Output(new PrintWriter(System.out), new PrintWriter(System.err), false));
        assertThat(play.play()).isTrue();
        queries = new Queries(database);
    }

    @AfterAll
    static void close() {
        if (queries != null) {
            queries.close();
        }
    }

    @Test
    void everyOrderIsThereWithItsLinesAndStatus() {
        hold(
                """
                select o.channel, o.account, o.external_id, o.name, o.placed_at, o.cancelled_at, o.currency, round(o.total, 2) as total,
                       (select string_agg(l.sku || ' ' || l.quantity, '+' order by l.line_no) from order_line l where l.order_id = o.id)
                           as lines, s.status
                from sales_order o join order_status s on s.order_id = o.id
                """,
                truth.orders().stream()
                        .map(order -> line(
                                order.order().channel(),
                                order.order().account(),
                                order.order().id(),
                                order.name(),
                                order.placedAt(),
                                order.cancelledAt(),
                                order.currency(),
                                order.total(),
                                order.lines().stream()
                                        .map(each -> each.sku() + " " + each.quantity())
                                        .collect(Collectors.joining("+")),
                                order.status())));
    }

    @Test
    void everyOrderThatBreaksARuleIsRejectedWithFileAndLine() {
        hold(
                "select file, line from rejected_record",
                truth.rejected().stream().map(record -> line(record.fileName(), record.line())));
    }

    @Test
    void everyShipmentEndsInItsStatusAndKnowsItsOrders() {
        hold(
                """
                select s.carrier, s.tracking_number, s.journey, s.leg, s.status, s.status_at, s.service, s.origin, s.destination,
                       s.placed_at, s.registered_at, s.promised_at, s.events,
                       (select string_agg(channel || '/' || account || '/' || external_id, '+' order by channel, account, external_id)
                        from shipment_order o where (o.carrier, o.tracking_number, o.journey) = (s.carrier, s.tracking_number, s.journey))
                           as orders
                from shipment s
                """,
                truth.shipments().stream()
                        .map(shipment -> line(
                                shipment.carrier(),
                                shipment.number(),
                                shipment.journey(),
                                shipment.leg(),
                                shipment.status(),
                                shipment.statusAt(),
                                shipment.service(),
                                shipment.origin().forLane(),
                                shipment.destination().forLane(),
                                shipment.placedAt(),
                                shipment.registeredAt(),
                                shipment.promisedAt(),
                                shipment.events(),
                                shipment.orders().stream()
                                        .sorted()
                                        .map(Object::toString)
                                        .collect(Collectors.joining("+")))));
    }

    @Test
    void everyDeliveryIsThereWithItsTimesAndWhetherItWasOnTime() {
        hold(
                """
                select carrier, tracking_number, journey, service, origin, destination, placed_at, first_scan_at, first_attempt_at,
                       delivered_at, promised_at, on_time, day, exceptions > 0 as exception, stalls,
                       round(transit_hours * 3600)::bigint as transit, round(total_hours * 3600)::bigint as total
                from delivery
                """,
                truth.deliveries().stream()
                        .map(delivery -> line(
                                delivery.carrier(),
                                delivery.number(),
                                delivery.journey(),
                                delivery.service(),
                                delivery.origin().forLane(),
                                delivery.destination().forLane(),
                                delivery.placedAt(),
                                delivery.firstScanAt(),
                                delivery.firstAttemptAt(),
                                delivery.deliveredAt(),
                                delivery.promisedAt(),
                                delivery.onTime(),
                                delivery.day(),
                                delivery.exception(),
                                delivery.stalls(),
                                delivery.transit().toSeconds(),
                                delivery.total().toSeconds())));
    }

    @Test
    void everyStallIsFoundAndClearedInItsTimeAndNoOther() {
        hold(
                """
                select carrier, tracking_number, journey, leg, opened_at, closed_at from shipment_alert
                where kind = 'STALLED' and withdrawn_at is null
                """,
                alerts(AlertKind.STALLED)
                        .map(alert -> line(
                                alert.carrier(),
                                alert.number(),
                                alert.journey(),
                                alert.leg(),
                                alert.openedAt(),
                                alert.closedAt())));
    }

    @Test
    void everyDelayIsFoundAndNoOther() {
        hold(
                """
                select carrier, tracking_number, journey, opened_at, closed_at from shipment_alert
                where kind = 'DELAYED' and withdrawn_at is null
                """,
                alerts(AlertKind.DELAYED)
                        .map(alert -> line(
                                alert.carrier(), alert.number(), alert.journey(), alert.openedAt(), alert.closedAt())));
    }

    @Test
    void everyMalformedPayloadIsADeadLetterAndIsKeptWhole() {
        Map<String, String> malformed = new TreeMap<>();
        for (Happening happening : simulation.timeline()) {
            if (happening instanceof Happening.CarrierPayload said
                    && truth.deadLetters().contains(said.payload().payloadId())) {
                malformed.put(said.payload().payloadId(), digest(said.payload().body()));
            }
        }
        assertThat(malformed.keySet()).isEqualTo(truth.deadLetters());
        assertThat(queries.rows("select payload from dead_letter").stream()
                        .map(row -> digest((byte[]) row.get("payload")))
                        .sorted())
                .isEqualTo(malformed.values().stream().sorted().toList());
    }

    @Test
    void everyEventIsThereOnceHoweverOftenItCame() {
        assertThat(queries.number("select count(*) from tracking_event")).isEqualTo(truth.events());
        assertThat(queries.number("select sum(events) from shipment")).isEqualTo(truth.events());
    }

    @Test
    void everyDayOfPerformanceSaysWhatItsDeliveriesSay() {
        Map<String, long[]> days = new TreeMap<>();
        for (Truth.Delivery delivery : truth.deliveries()) {
            long[] sums = days.computeIfAbsent(
                    line(
                            delivery.day(),
                            delivery.carrier(),
                            delivery.service(),
                            delivery.origin().forLane(),
                            delivery.destination().forLane()),
                    key -> new long[5]);
            sums[0]++;
            sums[1] += delivery.promisedAt() == null ? 0 : 1;
            sums[2] += Boolean.TRUE.equals(delivery.onTime()) ? 1 : 0;
            sums[3] += delivery.exception() ? 1 : 0;
            sums[4] += delivery.stalls() > 0 ? 1 : 0;
        }
        hold(
                """
                select day, carrier, service, origin, destination, deliveries, promised, on_time, exceptions, stalls
                from delivery_performance_daily
                """,
                days.entrySet().stream()
                        .map(day -> day.getKey() + " | "
                                + Arrays.stream(day.getValue())
                                        .mapToObj(Long::toString)
                                        .collect(Collectors.joining(" | "))));
    }

    @Test
    void nothingIsAnnouncedTwice() {
        assertThat(queries.rows("""
                        select carrier, tracking_number, journey, milestone, count(*) from notification_intent
                        group by 1, 2, 3, 4 having count(*) > 1
                        """)).isEmpty();
        assertThat(
                        queries.number(
                                "select count(*) from notification_intent where milestone = 'DELIVERED' and withdrawn_at is null"))
                .isEqualTo(truth.deliveries().size());
    }

    private static Stream<Truth.Alert> alerts(AlertKind kind) {
        return truth.alerts().stream().filter(alert -> alert.kind() == kind);
    }

    private static void hold(String sql, Stream<String> expected) {
        List<String> rows = queries.rows(sql).stream()
                .map(row -> line(row.values().toArray()))
                .sorted()
                .toList();
        List<String> told = expected.sorted().toList();
        List<String> missing =
                told.stream().filter(line -> !rows.contains(line)).toList();
        List<String> wrong = rows.stream().filter(line -> !told.contains(line)).toList();
        assertThat(wrong)
                .as("rows that the truth does not know; it misses\n  %s", String.join("\n  ", missing))
                .isEmpty();
        assertThat(rows).isEqualTo(told);
        assertThat(rows).isNotEmpty();
    }

    private static String line(Object... values) {
        return Arrays.stream(values).map(String::valueOf).collect(Collectors.joining(" | "));
    }

    private static String digest(byte[] bytes) {
        return EventIdentity.digest(16, new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
    }
}
