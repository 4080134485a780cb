package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EtsyTest {

    /** Status is there twice. */
    private static final String ORDERS =
            "Sale Date,Order ID,Buyer User ID,Full Name,First Name,Last Name,Number of Items,Payment Method,Date Shipped,Street 1,"
                    + "Street 2,Ship City,Ship State,Ship Zipcode,Ship Country,Currency,Order Value,Discount Amount,Shipping Discount,"
                    + "Shipping,Sales Tax,Order Total,Status,Buyer,Status";

    private static final String ITEMS =
            "Sale Date,Item Name,Buyer,Quantity,Price,Coupon Code,Discount Amount,Shipping Discount,Order Shipping,Order Sales Tax,"
                    + "Item Total,Currency,Transaction ID,Date Paid,Date Shipped,Ship Name,Ship Address1,Ship Address2,Ship City,"
                    + "Ship State,Ship Zipcode,Ship Country,Order ID,Variations,SKU";

    @TempDir
    Path folder;

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "etsy", FormatReading.in("Europe/Paris"), lines);
    }

    private static String order(String date, String id, String status) {
        return date + "," + id + ",u1,Jane Doe,Jane,Doe,2,Card," + date
                + ",1 Main St,,Austin,TX,78701,United States,USD," + "15.00,1.50,0.00,4.50,0.62,18.62," + status
                + ",Jane Doe,other";
    }

    private static String item(String date, String id, String name, String rest) {
        return date + "," + name + ",jane," + rest + ",USD,4001," + date
                + ",,Jane Doe,1 Main St,Apt 2,Austin,TX,78701,United States," + id + ",Style: Matte,FOX-01";
    }

    @Test
    void theOrdersFileTellsAmountsAndStatusButNoItems() {
        FormatReading reading = read(ORDERS, order("08/14/25", "3001", "Completed"));

        ChannelOrder order = reading.orders().get(0);
        assertThat(reading.format()).isEqualTo("etsy-orders");
        assertThat(order.partial()).isTrue();
        assertThat(order.lines()).isEmpty();
        assertThat(order.times().placed()).isEqualTo("2025-08-13T22:00:00Z");
        assertThat(order.times().cancelled()).isNull();
        assertThat(order.amounts().total()).isEqualByComparingTo("18.62");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("13.50");
        assertThat(order.financialStatus()).as("the first of two columns").isEqualTo("Completed");
        assertThat(order.destination()).isEqualTo(new Place("Austin", "TX", "78701", "United States"));
    }

    @Test
    void aCancelledOrderIsCancelledAndTheSameOrderTwiceIsTwoVersions() {
        FormatReading reading =
                read(ORDERS, order("08/14/25", "3001", "Completed"), order("08/14/25", "3001", "Canceled"));

        assertThat(reading.orders()).hasSize(2);
        assertThat(reading.orders().get(1).times().cancelled()).isEqualTo("2025-08-13T22:00:00Z");
    }

    @Test
    void theItemsFileCountsShippingAndTaxOnceWhetherRepeatedOrNot() {
        FormatReading reading = read(
                ITEMS,
                item("08/14/25", "#3001", "Fox card", "2,$5.00,TEN,$1.00,,$4.50,$0.62,$10.00"),
                item("08/14/25", "#3001", "Fox sticker", "1,$5.00,TEN,$0.50,,$4.50,$0.62,$5.00"),
                item("08/15/25", "3002", "Bear", "1,3.00,,,,2.00,0.00,3.00"),
                item("08/15/25", "3002", "Bear", "1,3.00,,,,0.00,0.00,3.00"));

        ChannelOrder order = reading.order("3001");
        assertThat(reading.format()).isEqualTo("etsy-items");
        assertThat(reading.gathering()).isEqualTo(Gathering.LINES_AND_TOTAL);
        assertThat(reading.orders()).hasSize(2);
        assertThat(order.partial()).isTrue();
        assertThat(order.financialStatus()).isNull();
        assertThat(order.amounts().total()).isEqualByComparingTo("18.62");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("13.50");
        assertThat(order.amounts().shipping()).isEqualByComparingTo("4.50");
        assertThat(order.customer().street()).isEqualTo("1 Main St, Apt 2");
        assertThat(order.lines())
                .containsExactly(
                        new Line("FOX-01", "Fox card", 2, new BigDecimal("5.00"), true, null),
                        new Line("FOX-01", "Fox sticker", 1, new BigDecimal("5.00"), true, null));
        assertThat(reading.order("3002").amounts().total()).isEqualByComparingTo("8.00");
    }

    @Test
    void theMonthStandsFirstUnlessTheFileShowsOtherwise() {
        assertThat(read(ORDERS, order("03/04/26", "1", "Paid"))
                        .orders()
                        .get(0)
                        .times()
                        .placed())
                .isEqualTo("2026-03-03T23:00:00Z");
        assertThat(read(ORDERS, order("03/04/26", "1", "Paid"), order("14/04/26", "2", "Paid"))
                        .order("1")
                        .times()
                        .placed())
                .isEqualTo("2026-04-02T22:00:00Z");
        assertThatThrownBy(() -> read(ORDERS, order("04/15/26", "1", "Paid"), order("14/04/26", "2", "Paid")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("writes dates in two orders");
    }

    @Test
    void brokenRowsAreRejectedWithTheirWorth() {
        FormatReading reading = FormatReading.of(
                folder,
                "etsy",
                Conventions.UNKNOWN,
                ITEMS,
                item("08/14/25", "3001", "Fox card", "2,$5.00,,,,$4.50,$0.62,$10.00"),
                item("08/14/25", "3001", "Fox card", "0,$5.00,,,,$4.50,$0.62,$5.00"),
                item("08/14/25", "", "Fox card", "1,$5.00,,,,$4.50,$0.62,$5.00"),
                item("08/14/25", "3.3E+09", "Fox card", "1,$5.00,,,,$4.50,$0.62,$5.00"));

        assertThat(reading.orders()).isEmpty();
        assertThat(reading.rejects())
                .containsExactly(
                        "2 BAD_QUANTITY 3001 15.00 USD", "4 REQUIRED_FIELD null 5.00 USD", "5 BAD_ID 3.3E+09 5.00 USD");
        assertThat(reading.warnings()).hasSize(1);
    }

    @Test
    void aRowThatBreaksBeforeItTellsItsOrderCostsThoseAroundIt() {
        String torn = item("08/14/25", "3002", "\"Lamp 5\" red\"", "1,$5.00,,,,,,$5.00");

        FormatReading reading = read(
                ITEMS,
                item("08/14/25", "3001", "Fox", "1,$5.00,,,,,,$5.00"),
                item("08/14/25", "3002", "Fox", "1,$5.00,,,,,,$5.00"),
                torn,
                item("08/14/25", "3002", "Bear", "1,$5.00,,,,,,$5.00"),
                item("08/14/25", "3003", "Fox", "1,$5.00,,,,,,$5.00"),
                torn,
                item("08/14/25", "3004", "Fox", "1,$5.00,,,,,,$5.00"),
                item("08/14/25", "3004", "Bear", "1,$5.00,,,,,,$5.00"),
                torn,
                item("08/14/25", "3005", "Fox", "1,$5.00,,,,,,$5.00"),
                item("08/14/25", "3006", "Fox", "1,$5.00,,,,,,$5.00"));

        assertThat(reading.orders()).extracting(ChannelOrder::externalId).containsExactly("3001", "3006");
        assertThat(reading.rejects())
                .as("one for each broken row")
                .containsExactly(
                        "3 BAD_QUOTE 3002 10.00 USD", "6 BAD_QUOTE 3003 15.00 USD", "10 BAD_QUOTE null 5.00 null");
    }
}
