package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BoundedRunITCase {

    private static final Instant AS_OF = Instant.parse("2026-03-20T00:00:00Z");

    @TempDir
    Path directory;

    @Test
    void aDeliveredParcelBecomesARowOfEachTable() throws IOException {
        WatchTables tables = new WatchTables();
        WatchSummary summary = run(
                tables,
                List.of("""
                        {"carrier":"ups","tracking_number":"1Z1","order":{"channel":"shopify","account":"a","id":"7"},"service":"Ground","origin":{"country":"US","region":"NJ"},"destination":{"country":"US","region":"CA"},"placed_at":"2026-03-01T10:00:00Z","promised_at":"2026-03-06","registered_at":"2026-03-02T10:00:00Z"}"""),
                List.of(
                        event("1Z1", "PRE_TRANSIT", "2026-03-02T12:00:00-05:00", false),
                        event("1Z1", "IN_TRANSIT", "2026-03-03T12:00:00-05:00", true),
                        event("1Z1", "OUT_FOR_DELIVERY", "2026-03-05T08:00:00-08:00", true),
                        event("1Z1", "DELIVERED", "2026-03-05T15:30:00-08:00", true)));

        assertThat(summary).isEqualTo(new WatchSummary(1, 4, 0, 0, 0, 0));
        assertThat(tables.strings(
                        "select carrier, tracking_number, journey, leg, status, status_at, stalled from shipment"))
                .containsExactly("ups | 1Z1 | 1 | 1 | DELIVERED | 2026-03-05 23:30:00+00 | f");
        assertThat(tables.strings("select day, origin, destination, on_time, transit_hours from delivery"))
                .containsExactly("2026-03-05 | US-NJ | US-CA | t | 54.5");
        assertThat(tables.strings(
                        "select day, carrier, service, deliveries, promised, on_time, first_attempt, mean_hours, p50_hours, p90_hours"
                                + " from delivery_performance_daily"))
                .containsExactly("2026-03-05 | ups | Ground | 1 | 1 | 1 | 1 | 54.5 | 54.5 | 54.5");
        assertThat(
                        tables.strings(
                                "select status, parcels, hours, mean_hours, p50_hours, p90_hours from status_dwell_daily"
                                        + " where day = '2026-03-05' and origin = 'US-NJ' and destination = 'US-CA' order by hours"))
                .containsExactly(
                        "OUT_FOR_DELIVERY | 1 | 7.5 | 7.5 | 7.5 | 7.5",
                        "PRE_TRANSIT | 1 | 24 | 24 | 24 | 24",
                        "IN_TRANSIT | 1 | 47 | 47 | 47 | 47");
        assertThat(tables.strings("select status, hours, round(share::numeric, 3), too_few from report_lane_dwell"))
                .containsExactly(
                        "IN_TRANSIT | 47 | 0.599 | t",
                        "PRE_TRANSIT | 24 | 0.306 | t",
                        "OUT_FOR_DELIVERY | 7.5 | 0.096 | t");
        assertThat(tables.count("tracking_event where applied")).isEqualTo(4);
        assertThat(tables.count("shipment_order")).isEqualTo(1);
        assertThat(tables.count("notification_intent")).isZero();
    }

    @Test
    void stallsAndDelaysAreJudgedAtTheEndAndNothingBeyondIt() throws IOException {
        WatchTables tables = new WatchTables();
        WatchSummary summary = run(
                tables,
                List.of(
                        shipment("1Z1", "2026-03-01T00:00:00Z", "2026-03-10T00:00:00Z"),
                        shipment("1Z2", "2026-03-01T00:00:00Z", null),
                        shipment("1Z3", "2026-03-01T00:00:00Z", null)),
                List.of(
                        // moved again after 72 h and a second
                        event("1Z1", "IN_TRANSIT", "2026-03-02T00:00:00Z", true),
                        event("1Z1", "IN_TRANSIT", "2026-03-05T00:00:01Z", true),
                        // exactly 72 h is no stall
                        event("1Z2", "PICKED_UP", "2026-03-02T00:00:00Z", true),
                        event("1Z2", "IN_TRANSIT", "2026-03-05T00:00:00Z", true),
                        event("1Z2", "DELIVERED", "2026-03-07T00:00:00Z", true),
                        // on its way when the run ends, less than 72 h before
                        event("1Z3", "IN_TRANSIT", "2026-03-17T00:00:01Z", true),
                        event("1Z3", "DELIVERED", "2026-03-20T00:00:01Z", true)));

        assertThat(summary.skipped()).isEqualTo(1);
        assertThat(tables.strings(
                        "select kind, tracking_number, opened_at, closed_at from shipment_alert order by opened_at"))
                .containsExactly(
                        "STALLED | 1Z1 | 2026-03-05 00:00:00+00 | 2026-03-05 00:00:01+00",
                        "STALLED | 1Z1 | 2026-03-08 00:00:01+00 | null",
                        "DELAYED | 1Z1 | 2026-03-10 00:00:00+00 | null");
        assertThat(tables.strings("select tracking_number, stalled, delayed from shipment order by 1"))
                .containsExactly("1Z1 | t | t", "1Z2 | f | f", "1Z3 | f | f");
    }

    @Test
    void whatCannotBeReadIsADeadLetterWithFileAndLine() throws IOException {
        WatchTables tables = new WatchTables();
        WatchSummary summary = run(
                tables,
                List.of(shipment("1Z1", "2026-03-01T00:00:00Z", null), "{\"carrier\":\"ups\"}"),
                List.of(
                        "",
                        "no json",
                        event("1Z1", "IN_TRANSIT", "2026-03-19T00:00:00Z", true),
                        event("1Z1", "TELEPORTED", "2026-03-19T00:00:00Z", true),
                        "{\"a\":\"" + "x".repeat(2 << 20) + "\"}",
                        event("1ZOLD", "IN_TRANSIT", "2026-01-02T00:00:00Z", true),
                        event("1ZNEW", "IN_TRANSIT", "2026-03-19T00:00:00Z", true),
                        event("1ZLONG", "PICKED_UP", "2026-03-02T00:00:00Z", true),
                        event("1ZLONG", "IN_TRANSIT", "2026-03-17T23:59:59Z", true)));

        assertThat(summary).isEqualTo(new WatchSummary(1, 5, 0, 0, 3, 4));
        assertThat(
                        tables.strings(
                                "select tracking_number, events, waiting_since, reported_at, last_status from unclaimed_number"))
                .containsExactly("1ZLONG | 2 | 2026-03-02 00:00:00+00 | 2026-03-04 00:00:00+00 | IN_TRANSIT");
        assertThat(tables.strings("select coordinates, reason, detail from dead_letter order by 1"))
                .containsExactly(
                        "event/ups/1ZOLD/"
                                + tables.string(
                                        "select split_part(coordinates, '/', 4) from dead_letter where reason = 'NEVER_CLAIMED'")
                                + " | NEVER_CLAIMED | nobody registered the number within 30 days",
                        "events.jsonl:2 | MALFORMED | no JSON: Unrecognized token 'no': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false')",
                        "events.jsonl:4 | MALFORMED | \"status\" is none of our words: TELEPORTED",
                        "events.jsonl:5 | TOO_LARGE | a line of 2097160 bytes, at most 1 MiB is read; its beginning is kept",
                        "shipments.jsonl:2 | MALFORMED | registration: \"tracking_number\" is missing");
    }

    @Test
    void theSameRunAgainIsWelcomeAndAnotherOneIsRefusedUntilItMayRebuild() throws IOException {
        WatchTables tables = new WatchTables();
        List<String> shipments = List.of(shipment("1Z1", "2026-03-01T00:00:00Z", null));
        List<String> events = List.of(event("1Z1", "IN_TRANSIT", "2026-03-19T00:00:00Z", true));
        run(tables, shipments, events);
        var first = tables.contents();
        run(tables, shipments, events);
        assertThat(tables.contents()).isEqualTo(first);

        List<String> others = List.of(event("1Z1", "DELIVERED", "2026-03-19T00:00:00Z", true));
        assertThatThrownBy(() -> run(tables, shipments, others))
                .isInstanceOf(WatchRefusedException.class)
                .hasMessageContaining("--rebuild");
        assertThat(tables.contents()).isEqualTo(first);

        WatchShipments.runBounded(options(tables, shipments, others).withRebuild(true));
        assertThat(tables.string("select status from shipment")).isEqualTo("DELIVERED");
        assertThat(tables.count("tracking_event")).isEqualTo(1);
    }

    private WatchSummary run(WatchTables tables, List<String> shipments, List<String> events) throws IOException {
        return WatchShipments.runBounded(options(tables, shipments, events));
    }

    private WatchOptions options(WatchTables tables, List<String> shipments, List<String> events) throws IOException {
        Path shipmentFile = Files.write(directory.resolve("shipments.jsonl"), shipments);
        Path eventFile = Files.write(directory.resolve("events.jsonl"), events);
        return WatchOptions.bounded(tables.database(), shipmentFile, eventFile, AS_OF);
    }

    private static String shipment(String number, String placedAt, String promisedAt) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number
                + "\",\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"" + number + "\"},\"placed_at\":\""
                + placedAt
                + "\"" + (promisedAt == null ? "" : ",\"promised_at\":\"" + promisedAt + "\"") + "}";
    }

    private static String event(String number, String status, String time, boolean scan) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                + "\",\"event_time\":\"" + time + "\",\"scan\":" + scan + "}";
    }
}
