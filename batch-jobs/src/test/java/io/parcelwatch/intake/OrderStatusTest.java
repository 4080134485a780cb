package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The truth table of view {@code order_status}. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OrderStatusTest {

    private IntakeSandbox sandbox;
    private int orders;

    @BeforeAll
    void open(@TempDir Path folder) {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterAll
    void close() {
        sandbox.close();
    }

    /** Channel's word ("cancelled", "partial" or none), parcels as {@code STATUS} or {@code STATUS:ref=quantity}, expected status. */
    static Stream<Arguments> truths() {
        return Stream.of(
                row("ORDER_RECEIVED", ""),
                row("CANCELLED", "cancelled"),
                row("CANCELLED", "cancelled", "PRE_TRANSIT"),
                row("CANCELLED", "cancelled", "CANCELLED"),
                row("CANCELLED", "cancelled", "none"),
                row("SHIPPED", "cancelled", "IN_TRANSIT"),
                row("DELIVERED", "cancelled", "DELIVERED"),
                row("IN_PREPARATION", "", "none"),
                row("IN_PREPARATION", "", "UNKNOWN"),
                row("IN_PREPARATION", "", "PRE_TRANSIT", "none"),
                row("IN_PREPARATION", "partial", "PRE_TRANSIT"),
                row("IN_PREPARATION", "", "CANCELLED"),
                row("SHIPPED", "", "PICKED_UP"),
                row("SHIPPED", "", "EXCEPTION", "OUT_FOR_DELIVERY"),
                row("SHIPPED", "", "AVAILABLE_FOR_PICKUP", "RETURNING"),
                row("SHIPPED", "", "IN_TRANSIT", "CANCELLED"),
                row("SHIPPED", "", "RETURNED", "IN_TRANSIT"),
                row("PARTIALLY_SHIPPED", "", "IN_TRANSIT", "none"),
                row("PARTIALLY_SHIPPED", "", "ATTEMPTED", "PRE_TRANSIT"),
                row("PARTIALLY_SHIPPED", "partial", "IN_TRANSIT"),
                row("PARTIALLY_SHIPPED", "", "RETURNED", "PRE_TRANSIT"),
                row("PARTIALLY_DELIVERED", "", "DELIVERED", "IN_TRANSIT"),
                row("PARTIALLY_DELIVERED", "", "DELIVERED", "none"),
                row("PARTIALLY_DELIVERED", "", "DELIVERED", "RETURNING"),
                row("PARTIALLY_DELIVERED", "partial", "DELIVERED"),
                row("DELIVERED", "", "DELIVERED"),
                row("DELIVERED", "", "DELIVERED", "RETURNED"),
                row("DELIVERED", "", "DELIVERED", "CANCELLED"),
                row("RETURNED", "", "RETURNED", "RETURNED"),
                row("RETURNED", "partial", "RETURNED"),
                // The order: 2 of MUG, 1 of line 2, and a voucher that is not shipped.
                row("SHIPPED", "", "IN_TRANSIT:MUG=2,2=1"),
                row("SHIPPED", "", "IN_TRANSIT:MUG=1", "PICKED_UP:MUG=1,2=1"),
                row("PARTIALLY_SHIPPED", "", "IN_TRANSIT:MUG=2"),
                row("PARTIALLY_SHIPPED", "", "IN_TRANSIT:MUG=1,2=1"),
                row("PARTIALLY_SHIPPED", "", "IN_TRANSIT:MUG=2", "CANCELLED:2=1"),
                row("PARTIALLY_DELIVERED", "", "DELIVERED:MUG=2"),
                row("DELIVERED", "", "DELIVERED:MUG=2", "DELIVERED:2=1"),
                row("DELIVERED", "", "DELIVERED:MUG=2", "DELIVERED"));
    }

    private static Arguments row(String expected, String channelSays, String... parcels) {
        return Arguments.of(expected, channelSays, Arrays.asList(parcels));
    }

    @ParameterizedTest(name = "{1} {2} is {0}")
    @MethodSource("truths")
    void theStatusOfAnOrderFollowsFromItsParcels(String expected, String channelSays, Iterable<String> parcels) {
        String id = String.valueOf(++orders);
        var jdbc = sandbox.jdbc();
        jdbc.update(
                "insert into customer (id, channel, account, as_of) values (derived_id('c', ?, ''), 'c', 'a', now())",
                id);
        jdbc.update(
                """
                insert into sales_order (id, channel, account, external_id, name, customer_id, placed_at, currency, total, fulfillment_status,
                                         cancelled_at, as_of, content, file, line, imported_at)
                values (derived_id('c', 'a', ?), 'c', 'a', ?, ?, derived_id('c', ?, ''), now(), 'EUR', 1, ?, case when ? then now() end, now(),
                        derived_id('', '', ''), 'f', 1, now())
                """,
                id,
                id,
                "#" + id,
                id,
                channelSays.equals("partial") ? "partial" : null,
                channelSays.equals("cancelled"));
        String order = "derived_id('c', 'a', '" + id + "')";
        jdbc.update(
                "insert into order_line (order_id, line_no, sku, name, quantity, requires_shipping) values (" + order
                        + ", 1, 'MUG', 'Mug', 2, true), (" + order + ", 2, null, 'Gift wrap', 1, true), (" + order
                        + ", 3, 'VOUCHER', 'Voucher', 1, false)");
        int number = 0;
        for (String parcel : parcels) {
            String[] statusAndLines = parcel.split(":");
            String tracking = id + "-" + ++number;
            jdbc.update(
                    "insert into fulfilment (order_id, carrier, tracking_number, journey, registered_at, file, line) values ("
                            + order + ", 'ups', ?, 2, now(), 'f', 1)",
                    tracking);
            // The number's earlier use says nothing about this order.
            shipment(tracking, 1, "DELIVERED");
            if (!statusAndLines[0].equals("none")) {
                shipment(tracking, 2, statusAndLines[0]);
            }
            for (String line : statusAndLines.length < 2 ? new String[0] : statusAndLines[1].split(",")) {
                jdbc.update(
                        "insert into fulfilment_line (fulfilment_id, line_ref, quantity) values (derived_id(" + order
                                + "::text, 'ups', ?), ?, ?)",
                        tracking,
                        line.split("=")[0],
                        Integer.parseInt(line.split("=")[1]));
            }
        }

        assertThat(sandbox.texts("select status from order_status where external_id = '" + id + "'"))
                .containsExactly(expected);
    }

    private void shipment(String number, int journey, String status) {
        sandbox.jdbc().update("""
                        insert into shipment (carrier, tracking_number, journey, leg, status, stalled, delayed, expired, service, origin,
                                              destination, events, refused_events, revision)
                        values ('ups', ?, ?, 1, ?, false, false, false, '?', '?', '?', 0, 0, 1)
                        """, number, journey, status);
    }
}
