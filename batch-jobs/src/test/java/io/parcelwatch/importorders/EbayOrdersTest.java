package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EbayOrdersTest {

    private static final String HEADER =
            "\"Sales Record Number\",\"Order Number\",\"Buyer Username\",\"Buyer Name\",\"Buyer Email\",Ship To Name,\"Ship To Phone\","
                    + "Ship To Address 1,Ship To Address 2,Ship To City,Ship To State,Ship To Zip,Ship To Country,Item Number,"
                    + "Item Title,Custom Label,Quantity,Sold For,Shipping And Handling,Seller Collected Tax,eBay Collected Tax,"
                    + "Total Price,Sale Date,Paid On Date,Maximum Estimated Delivery Date,Shipped On Date";
    private static final String PADDING = ",".repeat(25);

    @TempDir
    Path folder;

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "ebay", FormatReading.in("America/New_York"), lines);
    }

    private static String order(String number, String total, String date) {
        return "1," + number
                + ",b1,Ann Bell,ann@example.com,Ann Bell,555-0100,1 High St,,Reno,NV,89501,United States,3350,Mug,MUG,2,"
                + "\"" + total + "\",$0.00,,,\"" + total + "\"," + date + ",,,";
    }

    @Test
    void preamblePaddingAndFootersAreNoOrders() {
        FormatReading reading = read(
                "Orders report",
                PADDING,
                "sep=,",
                HEADER,
                PADDING,
                "101,12-1-1,b1,Ann Bell,ann@example.com,Ann Bell,555-0100,1 High St,Flat 2,Reno,NV,89501,United States,3350,"
                        + "\"Mug, blue\",MUG,2,$9.99,$5.00,$0.00,$1.75,\"$26.73\",Sep-18-26,Sep-18-26 07:13:45 PDT,Sep-25-26,Sep-19-26",
                "1,record(s) downloaded, from Sep-01-26 to Sep-30-26",
                "Seller ID : somebody",
                order("12-1-2", "$5.00", "Sep-20-26"),
                "2 record(s) downloaded" + PADDING,
                "Seller ID : somebody" + PADDING);

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.orders()).extracting(ChannelOrder::externalId).containsExactly("12-1-1", "12-1-2");
        ChannelOrder order = reading.orders().get(0);
        assertThat(order.line()).isEqualTo(6);
        assertThat(order.times().placed()).isEqualTo("2026-09-18T04:00:00Z");
        assertThat(order.times().paid()).isEqualTo("2026-09-18T14:13:45Z");
        assertThat(order.promise()).isEqualTo(new Promise(LocalDate.of(2026, 9, 25), null));
        assertThat(order.amounts().currency()).isEqualTo("USD");
        assertThat(order.amounts().total()).isEqualByComparingTo("26.73");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("19.98");
        assertThat(order.amounts().taxes()).isEqualByComparingTo("1.75");
        assertThat(order.destination()).isEqualTo(new Place("Reno", "NV", "89501", "United States"));
        assertThat(order.lines()).containsExactly(new Line("MUG", "Mug, blue", 2, new BigDecimal("9.99"), true, null));
    }

    @Test
    void aCombinedOrderHasASummaryRowAndItsItemsFollow() {
        FormatReading reading = read(
                HEADER,
                "7,12-7,b1,Ann Bell,ann@example.com,Ann Bell,,1 High St,,Sydney,NSW,2000,Australia,,,,3,,\"AU $10.00\",,,"
                        + "\"AU $3,010.00\",26-May-26,,,",
                "7,12-7,b1,,,,,,,,,,,3350,Lamp,LMP,2,\"AU $1,000.00\",AU $10.00,,,,26-May-26,,,",
                "7,12-7,b1,,,,,,,,,,,3351,Shade,,1,\"AU $1,000.00\",,,,,26-May-26,,,",
                order("12-8", "$5.00", "26-May-26"));

        ChannelOrder order = reading.order("12-7");
        assertThat(reading.orders()).hasSize(2);
        assertThat(order.amounts().currency()).isEqualTo("AUD");
        assertThat(order.amounts().total()).isEqualByComparingTo("3010");
        assertThat(order.amounts().shipping()).isEqualByComparingTo("10");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("3000");
        assertThat(order.lines()).extracting(Line::sku).containsExactly("LMP", null);
        assertThat(order.destination().city()).isEqualTo("Sydney");
    }

    @Test
    void withoutSummaryRowTheAmountsOfTheRowsAddUp() {
        FormatReading reading = read(HEADER, order("12-1", "$5.00", "Sep-20-26"), order("12-1", "$7.00", "Sep-20-26"));

        assertThat(reading.orders()).hasSize(1);
        assertThat(reading.orders().get(0).amounts().total()).isEqualByComparingTo("12");
    }

    @Test
    void semicolonsDecimalCommasAndFrenchMonthsAreRead() {
        FormatReading reading = read(
                "sep=;",
                "Sales record number;Order number;Buyer username;Post to name;Post to city;Post to county;Post to postcode;"
                        + "Post to country;Item title;Custom label;Quantity;Sold for;Postage and packaging;Total price;Sale date",
                ";".repeat(14),
                "1;05-1;b1;Anne;Lyon;--;69001;France;Lampe;LMP;1;1 234,50 €;EUR 90,00;1\u00A0324,50 €;05-oct.-26",
                "2;05-2;b2;Bob;Köln;NW;50667;Germany;Tasse;;1;1.234 €;;1.234 €;06-Okt.-26");

        ChannelOrder order = reading.order("05-1");
        assertThat(order.amounts().total()).isEqualByComparingTo("1324.50");
        assertThat(order.amounts().currency()).isEqualTo("EUR");
        assertThat(order.amounts().shipping()).isEqualByComparingTo("90");
        assertThat(order.times().placed()).isEqualTo("2026-10-05T04:00:00Z");
        assertThat(order.destination()).isEqualTo(new Place("Lyon", null, "69001", "France"));
        assertThat(reading.order("05-2").amounts().total())
                .as("a comma elsewhere in the file decides")
                .isEqualByComparingTo("1234");
    }

    @Test
    void whatHasNoOrderNumberIsRejectedAndTheRestGoesOn() {
        FormatReading reading = read(
                HEADER,
                order("", "$5.00", "Sep-20-26"),
                order("", "$6.00", "Sep-20-26"),
                order("12-1", "$7.00", "Sep-20-26"),
                order("12-2", "8.00", "Sep-20-26"),
                order("12-3", "", "Sep-20-26"),
                order("12-4", "$1.00", "Sep-31-26"));

        assertThat(reading.orders()).extracting(ChannelOrder::externalId).containsExactly("12-1");
        assertThat(reading.rejects())
                .containsExactly(
                        "2 REQUIRED_FIELD null 5.00 USD",
                        "3 REQUIRED_FIELD null 6.00 USD",
                        "5 REQUIRED_FIELD 12-2 8.00 null",
                        "6 REQUIRED_FIELD 12-3 null null",
                        "7 BAD_TIME 12-4 1.00 USD");
        assertThat(reading.rejected().get(2).reason()).isEqualTo("Total Price names no currency: 8.00");
    }

    @Test
    void datesOfNumbersThatDecideNothingRefuseTheFile() {
        String[] file = {HEADER, order("12-1", "$7.00", "03/04/26"), order("12-2", "$7.00", "05/06/26")};

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("03/04/26 in column Sale Date");
    }

    @Test
    void withoutTheAccountsZoneTimesAreEbaysAndThatIsSaid() {
        FormatReading reading =
                FormatReading.of(folder, "ebay", Conventions.UNKNOWN, HEADER, order("12-1", "$7.00", "Sep-20-26"));

        assertThat(reading.warnings())
                .containsExactly(
                        "the time zone of the account is not told: times without offset are read in America/Los_Angeles");
        assertThat(reading.orders().get(0).times().placed()).isEqualTo("2026-09-20T07:00:00Z");
    }

    @Test
    void aRowThatBreaksCostsTheWholeOrderThatItsBeginningTells() {
        String broken = order("11-1", "$20.00", "Sep-20-26").replace(",Mug,", ",\"Lamp 5\" red\",");

        FormatReading reading = read(
                HEADER,
                order("10-1", "$1.00", "Sep-20-26"),
                order("11-1", "$10.00", "Sep-20-26"),
                broken,
                order("11-1", "$5.00", "Sep-20-26"),
                order("12-1", "$7.00", "Sep-20-26"));

        assertThat(reading.orders()).extracting(ChannelOrder::externalId).containsExactly("10-1", "12-1");
        assertThat(reading.rejects()).containsExactly("3 BAD_QUOTE 11-1 10.00 USD");
    }

    @Test
    void anOrderThatTwoJoinedReportsTellIsToldTwiceAndTheSecondHeaderIsPassedOver() {
        FormatReading reading = read(
                HEADER,
                order("11-1", "$10.00", "Sep-20-26"),
                "1,record(s) downloaded",
                "Seller ID : somebody",
                order("11-1", "$10.00", "Sep-20-26"),
                "Seller ID : somebody",
                HEADER,
                order("11-1", "$10.00", "Sep-20-26"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.orders())
                .hasSize(3)
                .allSatisfy(order -> assertThat(order.amounts().total()).isEqualByComparingTo("10"));
    }

    @Test
    void whatASummaryRowLeavesBlankTheItemsAddUpTo() {
        String summary = order("12-7", "", "Sep-20-26").replace(",3350,Mug,MUG,2,", ",,,,2,");

        FormatReading reading =
                read(HEADER, summary, order("12-7", "$5.00", "Sep-20-26"), order("12-7", "$7.00", "Sep-20-26"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.order("12-7").amounts().total()).isEqualByComparingTo("12");
        assertThat(reading.order("12-7").lines()).hasSize(2);
    }

    @Test
    void anAmountWithoutCurrencyIsInThatOfTheOrdersOthers() {
        FormatReading reading = read(HEADER, order("12-7", "$5.00", "Sep-20-26"), order("12-7", "0.00", "Sep-20-26"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.order("12-7").amounts().currency()).isEqualTo("USD");
        assertThat(reading.order("12-7").amounts().total()).isEqualByComparingTo("5");
    }

    @Test
    void theLineThatTellsTheDelimiterIsKnownAfterASpreadsheetSavedItToo() {
        FormatReading reading = read("sep=" + PADDING, HEADER, order("12-1", "$5.00", "Sep-20-26"));

        assertThat(reading.orders()).extracting(ChannelOrder::externalId).containsExactly("12-1");
    }
}
