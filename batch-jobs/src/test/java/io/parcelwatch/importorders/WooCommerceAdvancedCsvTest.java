package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WooCommerceAdvancedCsvTest {

    private static final Conventions VIENNA = new Conventions(
            Optional.of(ZoneId.of("Europe/Vienna")), Optional.empty(), Optional.empty(), Optional.of("EUR"));

    /** What is ticked where nobody chose. */
    private static final String HEADER =
            "Order Number,Order Status,Order Date,Customer Note,First Name (Billing),Last Name (Billing),"
                    + "Company (Billing),Address 1&2 (Billing),City (Billing),State Code (Billing),Postcode (Billing),Country Code (Billing),"
                    + "Email (Billing),Phone (Billing),First Name (Shipping),Last Name (Shipping),Address 1&2 (Shipping),City (Shipping),"
                    + "State Code (Shipping),Postcode (Shipping),Country Code (Shipping),Payment Method Title,Cart Discount Amount,"
                    + "Order Subtotal Amount,Shipping Method Title,Order Shipping Amount,Order Refund Amount,Order Total Amount,"
                    + "Order Total Tax Amount,SKU,Item #,Item Name,Quantity (- Refund),Item Cost,Coupon Code,Discount Amount,"
                    + "Discount Amount Tax";

    private static final String SHIPPED = "Ann,Bell,\"2 Low St, Flat 1\",Wien,9,1010,AT";
    private static final String NOT_SHIPPED = ",".repeat(6);

    @TempDir
    Path folder;

    private static String order(String number, String status, String to, String item) {
        return number + "," + status
                + ",2026-03-01 09:50,,Ann,Bell,,1 High St,Graz,6,8010,AT,ann@example.com,+43 1 5125," + to
                + ",PayPal,2.00,21.98,Flat rate,4.90,0,28.08,3.20," + item;
    }

    @Test
    void anItemsRowsRepeatTheirOrderAndCouponsAreNoItems() {
        FormatReading reading = FormatReading.of(
                folder,
                "woocommerce",
                VIENNA,
                HEADER,
                order("11", "Processing", SHIPPED, "M,1,Mug,2,4.99,SPRING,1.00,0.20"),
                order("11", "Processing", SHIPPED, "T,2,\"Tee, blue\",1,10.00,TWO,1.00,0.20"),
                order("11", "Processing", SHIPPED, ",,,,,THREE,0,0"),
                order("11", "Processing", SHIPPED, "C,3,Cap,0,7.00,,,"),
                order("12", "Cancelled", NOT_SHIPPED, "M,1,Mug,1,4.99,,,"),
                order("13", "Processing", SHIPPED, "M,1,Mug,many,4.99,,,"));

        ChannelOrder order = reading.order("11");
        assertThat(reading.format()).isEqualTo("woocommerce-advanced-csv");
        assertThat(reading.gathering()).isEqualTo(Gathering.TOGETHER);
        assertThat(reading.warnings()).singleElement().asString().startsWith("the file has no column Order ID");
        assertThat(order.partial()).isFalse();
        assertThat(order.times().placed()).isEqualTo("2026-03-01T08:50:00Z");
        assertThat(order.amounts().currency()).isEqualTo("EUR");
        assertThat(order.amounts().total()).isEqualByComparingTo("28.08");
        assertThat(order.amounts().subtotal()).as("after the discount").isEqualByComparingTo("19.98");
        assertThat(order.destination()).isEqualTo(new Place("Wien", "9", "1010", "AT"));
        assertThat(order.customer().name()).isEqualTo("Ann Bell");
        assertThat(order.customer().street()).isEqualTo("2 Low St, Flat 1");
        assertThat(order.lines())
                .containsExactly(
                        new Line("M", "Mug", 2, new BigDecimal("4.99"), true, null),
                        new Line("T", "Tee, blue", 1, new BigDecimal("10.00"), true, null));
        assertThat(reading.order("12").times().cancelled()).isEqualTo("2026-03-01T08:50:00Z");
        assertThat(reading.order("12").destination())
                .as("billed, not shipped")
                .isEqualTo(new Place("Graz", "6", "8010", "AT"));
        assertThat(reading.rejects()).containsExactly("7 BAD_QUANTITY 13 28.08 EUR");
    }

    @Test
    void olderNamesAndFurtherColumnsAreKnown() {
        FormatReading reading = FormatReading.of(
                folder,
                "woocommerce",
                FormatReading.in("Europe/Vienna"),
                "Order Id,Order Number,Order Status,Order Date,Completed Date,Full Name (Billing),City (Billing),Zip (Billing),"
                        + "Country Code (Billing),Address 1 (Billing),Address 2 (Billing),Order Total Amount,Currency,SKU,Name,Quantity,Item Cost",
                "9001,W-11,completed,2026-03-01 09:50,2026-03-02 10:00,Ann Bell,Graz,8010,AT,1 High St,Flat 2,28.08,USD,M,Mug,2,4.99");

        ChannelOrder order = reading.order("9001");
        assertThat(reading.warnings()).isEmpty();
        assertThat(order.name()).isEqualTo("W-11");
        assertThat(order.amounts().currency()).isEqualTo("USD");
        assertThat(order.times().fulfilled()).isEqualTo("2026-03-02T09:00:00Z");
        assertThat(order.destination().postalCode()).isEqualTo("8010");
        assertThat(order.customer().street()).isEqualTo("1 High St, Flat 2");
        assertThat(order.lines()).containsExactly(new Line("M", "Mug", 2, new BigDecimal("4.99"), true, null));
    }

    @Test
    void aFileOfWhichNobodyKnowsTheCurrencyIsRefused() {
        assertThatThrownBy(() -> FormatReading.of(
                        folder,
                        "woocommerce",
                        FormatReading.in("Europe/Vienna"),
                        HEADER,
                        order("11", "Processing", SHIPPED, "M,1,Mug,2,4.99,,,")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining(
                        "does not tell the currency: tick Currency in the plugin's order fields, or say in the rules"
                                + " file what the account's is, as in currency: EUR");
    }
}
