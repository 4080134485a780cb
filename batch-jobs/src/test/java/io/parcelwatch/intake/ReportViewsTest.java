package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ShopifyExport;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReportViewsTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    @Test
    void everyColumnOfOursCarriesAComment() {
        assertThat(sandbox.texts("""
                        select c.relname || '.' || a.attname
                        from pg_class c join pg_attribute a on a.attrelid = c.oid
                        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v') and not c.relispartition
                          and a.attnum > 0 and not a.attisdropped
                          and c.relname not like 'batch\\_%' and c.relname not like 'flyway%'
                          and col_description(c.oid, a.attnum) is null
                        """)).isEmpty();
    }

    @Test
    void theIntakeOfADayIsCountedByAccount() {
        ShopifyExport export = new ShopifyExport().order("1", "#1").order("2", "#2", "Total", "?");
        for (String account : List.of("paris", "lyon")) {
            ImportOrders.run(
                    sandbox.intake(),
                    ImportRequest.of("shopify", account, List.of(sandbox.file("orders.csv", export.text()))));
        }

        assertThat(sandbox.texts(
                        "select day || ' ' || job || ' ' || account || ' ' || files || ' ' || records_read || ' ' || inserted"
                                + " || ' ' || rejected || ' ' || rejected_share from report_intake"))
                .containsExactly(
                        "2026-03-10 import-orders lyon 1 2 1 1 0.5", "2026-03-10 import-orders paris 1 2 1 1 0.5");
    }

    @Test
    void aCarrierIsScoredByWeekAndALaneWithFewDeliveriesPromisesNothing() {
        for (int i = 1; i <= 10; i++) {
            delivered(
                    "X" + i, "2026-03-0" + (i <= 5 ? 6 : 9), "FR", i * 10, i <= 4 ? "true" : i == 5 ? "null" : "false");
        }
        delivered("Y1", "2026-03-09", "BE", 100, "true");
        sandbox.jdbc().update("""
                        insert into delivery_performance_daily
                        select day, carrier, service, origin, destination, count(*), count(on_time), count(*) filter (where on_time),
                               count(*) filter (where at_first_attempt), avg(transit_hours), 0, 0, 0, 0, 0
                        from delivery group by 1, 2, 3, 4, 5
                        """);

        assertThat(sandbox.texts(
                        "select week || ' ' || deliveries || ' ' || promised || ' ' || on_time_share || ' ' || p50_hours || ' ' ||"
                                + " p90_hours from report_carrier_scorecard"))
                .containsExactly("2026-03-09 6 6 0.16666666666666666 80 100", "2026-03-02 5 4 1 30 50");
        assertThat(sandbox.texts(
                        "select day || ' ' || destination || ' ' || deliveries || ' ' || lane_deliveries || ' ' || too_few || ' ' ||"
                                + " coalesce(promise_hours::text, '-') from report_delivery_performance"))
                .containsExactly(
                        "2026-03-09 BE 1 1 true -", "2026-03-09 FR 5 10 false 90", "2026-03-06 FR 5 10 false 90");
    }

    private void delivered(String number, String day, String destination, int hours, String onTime) {
        sandbox.jdbc()
                .update(
                        "insert into delivery (carrier, tracking_number, journey, service, origin, destination, day, first_attempt_at,"
                                + " delivered_at, on_time, at_first_attempt, transit_hours, exceptions, stalls, revision)"
                                + " values ('ups', ?, 1, 'Ground', 'DE', ?, ?::date, now(), now(), " + onTime
                                + ", true, ?, 0, 0, 1)",
                        number,
                        destination,
                        day,
                        hours);
    }

    @Test
    void whatIsStuckLongestComesFirstByTheClockOfTheWatch() {
        sandbox.jdbc()
                .update(
                        "insert into watch_progress (subtask, parallelism, clock_at, recorded_at) values (0, 2, '2026-03-10T12:00Z', now()),"
                                + " (1, 2, '2026-03-10T13:00Z', now())");
        alert("a", "STALLED", "X1", "2026-03-05T12:00Z", "null");
        alert("b", "DELAYED", "X2", "2026-03-01T12:00Z", "null");
        alert("c", "STALLED", "X3", "2026-03-01T12:00Z", "now()");
        ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of(
                        "shopify",
                        "paris",
                        List.of(sandbox.file(
                                "orders.csv",
                                new ShopifyExport().order("1", "#1001").text()))));
        sandbox.jdbc().update("insert into shipment_order values ('ups', 'X1', 1, 'shopify', 'paris', '1', null, 1)");

        assertThat(sandbox.texts(
                        "select kind || ' ' || tracking_number || ' ' || hours_stuck || ' ' || coalesce(orders::text, '-')"
                                + " from report_stuck_shipments"))
                .containsExactly("DELAYED X2 216 -", "STALLED X1 120 {shopify/paris/#1001}");
    }

    private void alert(String id, String kind, String number, String at, String closedAt) {
        sandbox.jdbc()
                .update(
                        "insert into shipment_alert (alert_id, kind, carrier, tracking_number, journey, leg, status, last_movement_at, opened_at,"
                                + " closed_at, revision) values (?, ?, 'ups', ?, 1, 1, 'IN_TRANSIT', ?::timestamptz, ?::timestamptz, "
                                + closedAt + ", 1)",
                        id,
                        kind,
                        number,
                        at,
                        at);
    }
}
