package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.commandline.Commands.Said;
import io.parcelwatch.localstack.PostgresAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrackCommandTest {

    private static final String ORDERS = """
            Name,Id,Email,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku
            #1001,5001,kim@example.com,EUR,20.00,2026-03-01 10:00:00 +0100,2,Mug,10.00,MUG-1
            """;

    @Test
    void anOrderIsFoundByItsIdAndByItsCustomersAddressInEachStore(@TempDir Path home) throws Exception {
        PostgresAddress address = Commands.freshDatabase();
        Commands commands = Commands.on(address, home);
        Path orders = Files.writeString(home.resolve("orders.csv"), ORDERS);
        for (String store : List.of("a", "b", "c")) {
            assertThat(commands.run("import-orders", "--channel", "shopify", "--account", store, orders.toString())
                            .code())
                    .isZero();
        }

        for (String wanted : List.of("5001", "#1001", "KIM@example.com")) {
            assertThat(commands.run("track", "--json", wanted).out())
                    .contains("\"account\":\"a\"", "\"account\":\"b\"", "\"account\":\"c\"");
            assertThat(commands.run("track", "--json", "--account", "b", wanted).out())
                    .contains("\"account\":\"b\"", "\"id\":\"5001\"")
                    .doesNotContain("\"account\":\"a\"");
        }
        assertThat(commands.run("track", "5002").code()).isOne();
    }

    @Test
    void aCorrectedNumberIsToldWithWhatTookItsPlaceAndIsNoParcelOfTheOrder(@TempDir Path home) throws Exception {
        PostgresAddress address = Commands.freshDatabase();
        Commands commands = Commands.on(address, home);
        Path orders = Files.writeString(home.resolve("orders.csv"), ORDERS);
        assertThat(commands.run("import-orders", "--channel", "shopify", "--account", "a", orders.toString())
                        .code())
                .isZero();
        try (var connection = DriverManager.getConnection(address.url(), address.user(), address.password());
                var statement = connection.createStatement()) {
            statement.execute("""
                    insert into fulfilment (order_id, carrier, tracking_number, journey, registered_at, withdrawn_at, withdrawn_because,
                                            superseded_by, file, line)
                    select id, 'ups', 'X2', 1, timestamptz '2026-03-02 10:00Z', null::timestamptz, null, null::uuid, 'f', 2 from sales_order
                    union all
                    select id, 'ups', 'X1', 1, '2026-03-02 10:00Z', '2026-03-03 10:00Z', 'CORRECTED', derived_id(id::text, 'ups', 'X2'), 'f', 2
                    from sales_order
                    """);
        }

        Said order = commands.run("track", "#1001");
        assertThat(order.code()).isZero();
        assertThat(order.out())
                .contains("Its parcel:", "UPS X2")
                .contains("UPS X1 is no parcel of #1001 any more since")
                .contains("the number was wrong, UPS X2 took its place");

        assertThat(commands.run("track", "X1").out())
                .startsWith("Parcel of no order any more")
                .contains("UPS X2 took its place");
        assertThat(commands.run("track", "--json", "#1001").out())
                .contains("\"withdrawn\"", "\"because\":\"CORRECTED\"", "\"tracking_number\":\"X2\"");
    }

    @Test
    void whatChangedOfAnOrderIsToldAndWhatItsFileToldTwice(@TempDir Path home) throws Exception {
        PostgresAddress address = Commands.freshDatabase();
        Commands commands = Commands.on(address, home);
        String header =
                "Name,Id,Currency,Total,Created at,Fulfilled at,Cancelled at,Shipping City,Shipping Country,Lineitem quantity,Lineitem name\n";
        String placed = ",2026-03-01 10:00:00 +0000,";
        for (String file : List.of(
                header + "#1001,5001,EUR,20.00" + placed + ",,Paris,FR,2,Mug\n#1001,5001,EUR,30.00" + placed
                        + ",,Paris,FR,3,Mug\n",
                header + "#1001,5001,EUR,30.00" + placed + "2026-03-02 10:00:00 +0000,,Lyon,FR,3,Mug\n",
                header + "#1001,5001,EUR,30.00" + placed
                        + "2026-03-02 10:00:00 +0000,2026-03-03 10:00:00 +0000,Lyon,FR,3,Mug\n")) {
            Path orders = Files.writeString(home.resolve("orders.csv"), file);
            assertThat(commands.run("import-orders", "--channel", "shopify", "--account", "a", orders.toString())
                            .code())
                    .isZero();
        }

        assertThat(commands.run("track", "#1001").out())
                .contains(
                        "What changed:",
                        "Sun 1 Mar 2026, 10:00 UTC, told once more in orders.csv line 2, and not counted: lines 2 x Mug (counts: 3 x Mug),"
                                + " total 20.00 (counts: 30.00)",
                        "Mon 2 Mar 2026, 10:00 UTC by orders.csv line 2: city Paris to Lyon",
                        "Tue 3 Mar 2026, 10:00 UTC by orders.csv line 2: cancelled at none to 2026-03-03T10:00:00+00:00");
        assertThat(commands.run("track", "--json", "#1001").out())
                .contains("\"kind\":\"DELIVERY_ADDRESS\"", "\"before\":{\"city\":\"Paris\"}", "\"kind\":\"DUPLICATE\"");
    }
}
