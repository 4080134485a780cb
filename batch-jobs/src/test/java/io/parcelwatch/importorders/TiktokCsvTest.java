package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TiktokCsvTest {

    private static final String HEADER =
            "Order ID,Order Status,SKU ID,Seller SKU,Product Name,Quantity,SKU Subtotal After Discount,Shipping Fee After Discount,"
                    + "Taxes,Order Amount,Created Time,Paid Time,Shipped Time,Cancelled Time,Recipient,Phone #,Zipcode,Country,"
                    + "Province,Regency and City,Detail Address";
    private static final String EXPLAINED =
            "Platform unique order ID.,Current order status.,Platform SKU ID.,Seller SKU input,Platform product name.,"
                    + "SKU sold quantity,It equals SKU Subtotal Before Discount - ...,,,,Order created time.,,,,,,,,,,";

    @TempDir
    Path folder;

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "tiktok", FormatReading.in("Asia/Jakarta"), lines);
    }

    private static String row(String id, String rest, String created, String cancelled, String country) {
        return id + "\t,Shipped,1730000000000000001\t," + rest + "," + created + "\t," + created + "\t,\t," + cancelled
                + "\t,Pembeli,0812****01,40123\t," + country + ",DKI Jakarta,Jakarta Selatan,Jalan Contoh 1";
    }

    @Test
    void theExplanationOfTheColumnsIsNoOrderAndTabsAreNoPartOfIds() {
        FormatReading reading = read(
                HEADER,
                EXPLAINED,
                row("580000000000000001", "SEP,Sepatu,2,90000,10000,0,145000", "25/10/2026 07:00:00", "", "Indonesia"),
                row("580000000000000001", ",Spion,1,45000,10000,0,145000", "25/10/2026 07:00:00", "", "Indonesia"),
                row(
                        "580000000000000002",
                        "SEP,Sepatu,1,45000,0,0,45000",
                        "06/10/2026 08:00:00",
                        "07/10/2026 09:00:00",
                        "Indonesia"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.orders()).hasSize(2);
        ChannelOrder order = reading.order("580000000000000001");
        assertThat(order.line()).isEqualTo(3);
        assertThat(order.times().placed()).isEqualTo("2026-10-25T00:00:00Z");
        assertThat(order.amounts().currency()).isEqualTo("IDR");
        assertThat(order.amounts().total()).isEqualByComparingTo("145000");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("135000");
        assertThat(order.destination()).isEqualTo(new Place("Jakarta Selatan", "DKI Jakarta", "40123", "Indonesia"));
        assertThat(order.lines())
                .containsExactly(
                        new Line("SEP", "Sepatu", 2, new BigDecimal("45000"), true, null),
                        new Line("1730000000000000001", "Spion", 1, new BigDecimal("45000"), true, null));
        assertThat(reading.order("580000000000000002").times().cancelled()).isEqualTo("2026-10-07T02:00:00Z");
    }

    @Test
    void americanTimesAndAmountsAreReadToo() {
        FormatReading reading = read(
                HEADER,
                row("577", "CAP,Cap,1,$20.00,$0.00,$1.60,$21.60", "10/25/2026 3:07:12 PM", "", "United States"),
                row("578", "CAP,Cap,1,$20.00,$0.00,$1.60,$21.60", "10/06/2026 3:07:12 PM", "", "Atlantis"));

        assertThat(reading.order("577").times().placed()).isEqualTo("2026-10-25T08:07:12Z");
        assertThat(reading.order("577").amounts().currency()).isEqualTo("USD");
        assertThat(reading.rejects()).containsExactly("3 REQUIRED_FIELD 578 21.60 null");
    }

    @Test
    void aDayOnWhichNothingDecidesTheOrderOfDatesRefusesTheFile() {
        assertThatThrownBy(() -> read(
                        HEADER, row("577", "CAP,Cap,1,$20.00,,,$21.60", "06/10/2026 07:00:00", "", "United States")))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("06/10/2026 07:00:00 in column Created Time");
    }
}
