package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AmazonReportTest {

    private static final String NEW_ORDERS = tabs(
            "order-id order-item-id purchase-date payments-date buyer-email buyer-name buyer-phone-number sku product-name"
                    + " quantity-purchased currency item-price item-tax shipping-price shipping-tax ship-service-level"
                    + " recipient-name ship-address-1 ship-address-2 ship-address-3 ship-city ship-state ship-postal-code"
                    + " ship-country ship-phone-number item-promotion-discount ship-promotion-discount delivery-end-date");

    private static final String UNSHIPPED = tabs(
            "order-id order-item-id purchase-date payments-date reporting-date promise-date days-past-promise buyer-email"
                    + " buyer-name buyer-phone-number sku product-name quantity-purchased quantity-shipped"
                    + " quantity-to-ship ship-service-level recipient-name ship-address-1 ship-address-2 ship-address-3"
                    + " ship-city ship-state ship-postal-code ship-country");

    private static final String ALL_ORDERS =
            tabs("amazon-order-id merchant-order-id purchase-date last-updated-date order-status fulfillment-channel"
                    + " sales-channel ship-service-level product-name sku asin item-status quantity currency item-price"
                    + " item-tax shipping-price shipping-tax gift-wrap-price gift-wrap-tax item-promotion-discount"
                    + " ship-promotion-discount ship-city ship-state ship-postal-code ship-country");

    @TempDir
    Path folder;

    private static String tabs(String words) {
        return words.replace(' ', '\t');
    }

    /** A row of fields between bars, where - is blank. */
    private static String row(String fields) {
        return fields.replaceAll(" *\\| *", "\t").replaceAll("(?<=\t|^)-(?=\t|$)", "");
    }

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "amazon", Conventions.UNKNOWN, lines);
    }

    private static BigDecimal eur(String amount) {
        return new BigDecimal(amount);
    }

    @Test
    void newOrdersGatherTheirItemsAndAddUpTheirAmounts() {
        FormatReading reading = read(
                NEW_ORDERS,
                row(
                        "111-1|801|2026-03-01T10:50:49-08:00|2026-03-01T10:51:00-08:00|a@marketplace.amazon.com|Ann|555-0100|MUG|12\" mug|2"
                                + "|USD|19.98|1.20|4.00|0.24|Standard|Ann Bell|1 High St|Flat 2|-|Reno|NV|89501|US|+1 555-0101|2.00|-1.00|-"),
                row(
                        "111-1|802|2026-03-01T10:50:49-08:00|2026-03-01T10:51:00-08:00|a@marketplace.amazon.com|Ann|555-0100|TEE|Tee|3"
                                + "|USD|10.00|0.60|-|-|Standard|Ann Bell|1 High St|Flat 2|-|Reno|NV|89501|US|+1 555-0101|-|-|-"),
                row(
                        "111-2|803|2026-03-02T10:50:49-08:00|-|-|-|-|TEE|Tee|1"
                                + "|USD|3.34|-|-|-|Standard|Bob|2 Low St|-|-|Reno|NV|89501|US|-|-|-|2026-03-05T23:59:59-08:00"));

        assertThat(reading.format()).isEqualTo("amazon-unshipped");
        assertThat(reading.gathering()).isEqualTo(Gathering.LINES_AND_AMOUNTS);
        assertThat(reading.orders()).hasSize(2);
        ChannelOrder order = reading.order("111-1");
        assertThat(order.line()).isEqualTo(2);
        assertThat(order.partial()).isFalse();
        assertThat(order.times().placed()).isEqualTo("2026-03-01T18:50:49Z");
        assertThat(order.times().paid()).isEqualTo("2026-03-01T18:51:00Z");
        assertThat(order.amounts().total()).isEqualByComparingTo("33.02");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("27.98");
        assertThat(order.amounts().shipping()).isEqualByComparingTo("3.00");
        assertThat(order.amounts().taxes()).isEqualByComparingTo("2.04");
        assertThat(order.destination()).isEqualTo(new Place("Reno", "NV", "89501", "US"));
        assertThat(order.customer().street()).isEqualTo("1 High St, Flat 2");
        assertThat(order.customer().phones()).containsExactly("+1 555-0101", "555-0100");
        assertThat(order.lines())
                .containsExactly(
                        new Line("MUG", "12\" mug", 2, eur("9.99"), true, null),
                        new Line("TEE", "Tee", 3, eur("3.333333"), true, null));
        assertThat(reading.order("111-2").promise())
                .isEqualTo(new Promise(null, Instant.parse("2026-03-06T07:59:59Z")));
    }

    @Test
    void theReportOfUnshippedOrdersHasNoPricesAndTellsAPart() {
        FormatReading reading = read(
                UNSHIPPED,
                row("408-1|901|2026-03-01T08:34:47+00:00|2026-03-01T08:34:47+00:00|2026-03-02T04:21:19+00:00"
                        + "|2026-03-04T18:29:59+00:00|-2|x@marketplace.amazon.in|M D|985|PEDAL|Noise pedal|1|0|1|Standard|M D"
                        + "|Rajiv Vihar|-|-|CHANDIGARH|CHANDIGARH|160101|IN"));

        ChannelOrder order = reading.orders().get(0);
        assertThat(order.partial()).isTrue();
        assertThat(order.amounts().total()).isNull();
        assertThat(order.lines()).containsExactly(new Line("PEDAL", "Noise pedal", 1, null, true, null));
        assertThat(order.promise())
                .as("promise-date is when it must be shipped")
                .isEqualTo(Promise.NONE);
    }

    @Test
    void inEuropePricesHoldTheirTax() {
        FormatReading reading = read(
                ALL_ORDERS,
                row(
                        "302-1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Merchant|Amazon.de|Std DE|Tasse|T1|B0|Shipped|2"
                                + "|EUR|23.80|3.80|4.90|0.78|-|-|-|-|Köln|-|50667|DE"));

        ChannelOrder order = reading.orders().get(0);
        assertThat(reading.format()).isEqualTo("amazon-all-orders");
        assertThat(order.amounts().total()).isEqualByComparingTo("28.70");
        assertThat(order.amounts().taxes()).isEqualByComparingTo("4.58");
        assertThat(order.times().updated()).isEqualTo("2026-03-02T11:00:00Z");
        assertThat(order.fulfillmentStatus()).isEqualTo("Shipped");
    }

    @Test
    void whatIsPendingOrCancelledTellsWhatItCan() {
        FormatReading reading = read(
                ALL_ORDERS,
                row(
                        "1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Pending|Amazon|Amazon.com|-|Mug|M|B0|Unshipped|1"
                                + "|-|-|-|-|-|-|-|-|-|-|-|-|-"),
                row(
                        "2|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Cancelled|Amazon|Amazon.com|-|Mug|M|B0|Cancelled|0"
                                + "|-|-|-|-|-|-|-|-|-|-|-|-|-"),
                row(
                        "3|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Amazon|Amazon.com|-|Mug|M|B0|Shipped|1"
                                + "|USD|5.00|-|-|-|-|-|-|-|Reno|NV|89501|US"),
                row(
                        "3|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Amazon|Amazon.com|-|Tee|T|B1|Cancelled|1"
                                + "|USD|8.00|-|-|-|-|-|-|-|Reno|NV|89501|US"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.order("1").partial()).isTrue();
        assertThat(reading.order("1").lines()).hasSize(1);
        assertThat(reading.order("1").times().cancelled()).isNull();
        assertThat(reading.order("2").partial()).isTrue();
        assertThat(reading.order("2").lines()).isEmpty();
        assertThat(reading.order("2").times().cancelled()).isEqualTo("2026-03-02T11:00:00Z");
        assertThat(reading.order("3").amounts().total()).isEqualByComparingTo("5.00");
        assertThat(reading.order("3").lines()).hasSize(1);
    }

    @Test
    void oneBrokenRowRejectsItsOrderWithWhatItIsWorth() {
        FormatReading reading = read(
                ALL_ORDERS,
                row(
                        "1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Amazon|Amazon.com|-|Mug|M|B0|Shipped|1"
                                + "|USD|5.00|-|-|-|-|-|-|-|Reno|NV|89501|US"),
                row(
                        "1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Amazon|Amazon.com|-|Tee|T|B1|Shipped|many"
                                + "|USD|8.00|-|-|-|-|-|-|-|Reno|NV|89501|US"),
                row(
                        "-|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Amazon|Amazon.com|-|Tee|T|B1|Shipped|1"
                                + "|USD|8.00|-|-|-|-|-|-|-|Reno|NV|89501|US"));

        assertThat(reading.orders()).isEmpty();
        assertThat(reading.rejects()).containsExactly("2 BAD_QUANTITY 1 13.00 USD", "4 REQUIRED_FIELD null 8.00 USD");
        assertThat(reading.rejected().get(0).reason()).startsWith("line 3: quantity is no whole number");
        assertThat(reading.rejected().get(0).raw().lines()).hasSize(2);
    }

    @Test
    void aReportInWindows1252IsReadAndSaidToBe() {
        String row = row(
                "302-1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Merchant|Amazon.de|-|Täße – “x”|T1|B0|Shipped|1"
                        + "|EUR|23.80|-|-|-|-|-|-|-|Köln|-|50667|DE");

        FormatReading reading = FormatReading.of(
                folder, "amazon", Conventions.UNKNOWN, Charset.forName("windows-1252"), ALL_ORDERS, row, row, row);

        assertThat(reading.warnings()).containsExactly("the file is not UTF-8: it is read as windows-1252");
        assertThat(reading.orders()).hasSize(1);
        assertThat(reading.orders().get(0).lines().get(0).name()).isEqualTo("Täße – “x”");
        assertThat(reading.orders().get(0).destination().city()).isEqualTo("Köln");
        assertThat(read(ALL_ORDERS, row).warnings()).isEmpty();
    }

    @Test
    void aReportOfWhichSingleRecordsAreNoUtf8LosesThoseAlone() {
        String good = row(
                "1|-|2026-03-01T10:00:00+00:00|2026-03-02T11:00:00+00:00|Shipped|Merchant|Amazon.de|-|Tasse|T1|B0|Shipped|1"
                        + "|EUR|23.80|-|-|-|-|-|-|-|K\u00C3\u00B6ln|-|50667|DE");
        String bad = good.replaceFirst("1", "2").replace("\u00C3\u00B6", "\u00F6");

        FormatReading reading = FormatReading.of(
                folder, "amazon", Conventions.UNKNOWN, StandardCharsets.ISO_8859_1, ALL_ORDERS, good, bad);

        assertThat(reading.orders().get(0).destination().city()).isEqualTo("Köln");
        assertThat(reading.rejects()).containsExactly("3 ENCODING 2 23.80 EUR");
    }

    @Test
    void aReportThatASpreadsheetSavedWithCommasHasQuotes() {
        FormatReading reading = read(
                "amazon-order-id,purchase-date,last-updated-date,order-status,product-name,sku,quantity,currency,item-price",
                "1-1,2026-03-01T10:00:00Z,2026-03-01T10:00:00Z,Shipped,\"Mug, red\",M,1,EUR,9.98");

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.order("1-1").lines()).extracting(Line::name).containsExactly("Mug, red");
    }
}
