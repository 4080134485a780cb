package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WalmartCsvTest {

    private static final String HEADER =
            "PO#,Order#,Order Date,Ship By,Delivery Date,Customer Name,Customer Shipping Address,Customer Phone Number,"
                    + "Ship to Address 1,Ship to Address 2,City,State,Zip,Line#,UPC,Status,Item Description,Qty,SKU,Item Cost,"
                    + "Shipping Cost,Tax";

    @TempDir
    Path folder;

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "walmart", Conventions.UNKNOWN, lines);
    }

    private static String row(String po, String date, String status, String item) {
        return po + ",20001," + date + "," + date + "," + date
                + ",Ann Bell,\"Ann Bell, 1 High St, Reno\",7755550100,1 High St,,Reno,NV," + "89501,1,0001," + status
                + "," + item;
    }

    @Test
    void theLinesOfAPurchaseOrderAddUp() {
        FormatReading reading = read(
                HEADER,
                row("108000001", "2026-03-04", "Acknowledged", "Mug,2,M,9.99,4.00,1.20"),
                row("108000001", "2026-03-04", "Acknowledged", "Tee,1,T,10.00,0.00,0.60"),
                row("108000001", "2026-03-04", "Cancelled", "Cap,1,C,7.00,0.00,0.60"),
                row("108000002", "2026-03-05", "Cancelled", "Cap,1,C,7.00,0.00,0.60"));

        ChannelOrder order = reading.order("108000001");
        assertThat(reading.format()).isEqualTo("walmart-csv");
        assertThat(reading.gathering()).isEqualTo(Gathering.LINES_AND_AMOUNTS);
        assertThat(order.name()).isEqualTo("20001");
        assertThat(order.times().placed()).isEqualTo("2026-03-04T08:00:00Z");
        assertThat(order.promise()).isEqualTo(new Promise(LocalDate.of(2026, 3, 4), null));
        assertThat(order.amounts().currency()).isEqualTo("USD");
        assertThat(order.amounts().total()).isEqualByComparingTo("35.78");
        assertThat(order.destination()).isEqualTo(new Place("Reno", "NV", "89501", "US"));
        assertThat(order.lines())
                .containsExactly(
                        new Line("M", "Mug", 2, new BigDecimal("9.99"), true, "Acknowledged"),
                        new Line("T", "Tee", 1, new BigDecimal("10.00"), true, "Acknowledged"));
        assertThat(reading.order("108000002").times().cancelled()).isEqualTo("2026-03-05T08:00:00Z");
        assertThat(reading.order("108000002").lines()).hasSize(1);
    }

    @Test
    void datesThatASpreadsheetRewroteHaveTheMonthFirst() {
        FormatReading reading = read(HEADER, row("1", "3/4/2026", "Created", "Mug,2,M,9.99,4.00,1.20"));

        assertThat(reading.orders().get(0).times().placed()).isEqualTo("2026-03-04T08:00:00Z");
    }

    @Test
    void aNumberThatASpreadsheetRoundedIsRejected() {
        FormatReading reading = read(
                HEADER,
                row("1.08E+08", "2026-03-04", "Created", "Mug,2,M,9.99,4.00,1.20"),
                row("2", "2026-03-04", "Created", "Mug,1000000000000,M,9.99,4.00,1.20"));

        assertThat(reading.rejects()).containsExactly("2 BAD_ID 1.08E+08 19.98 USD", "3 BAD_QUANTITY 2 9.99 USD");
    }

    @Test
    void theWorkbookAsItIsDownloadedIsRefusedWithWhatToDo() throws IOException {
        Path workbook = folder.resolve("orders.xlsx");
        Files.write(workbook, "PK\u0003\u0004 and so on".getBytes(StandardCharsets.ISO_8859_1));

        assertThatThrownBy(() -> InputFile.look(workbook))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageEndingWith("is a ZIP archive or a workbook: unpack it, or save it as CSV");
    }

    @Test
    void aCancelledLineOfWhichNoPieceIsLeftIsLeftOut() {
        FormatReading reading = read(
                HEADER,
                row("1", "2026-03-04", "Created", "Mug,2,M,9.99,4.00,1.20"),
                row("1", "2026-03-04", "Cancelled", "Cap,0,C,7.00,0.00,0.60"),
                row("2", "2026-03-04", "Cancelled", "Cap,0,C,7.00,0.00,0.60"));

        assertThat(reading.rejected()).isEmpty();
        assertThat(reading.order("1").lines()).hasSize(1);
        assertThat(reading.order("2").lines()).isEmpty();
        assertThat(reading.order("2").times().cancelled()).isNotNull();
    }

    @Test
    void aRejectedOrderIsWorthAllItsPieces() {
        FormatReading reading = read(HEADER, row("1", "soon", "Created", "Mug,3,M,9.99,4.00,1.20"));

        assertThat(reading.rejects()).containsExactly("2 BAD_TIME 1 29.97 USD");
    }

    /** The header as public programs of sellers list it; with that of 2016 below, all that is known of the file. */
    @Test
    void theWholeHeaderAndTheOneOfOldAreKnown() {
        FormatReading today = read(
                "PO#,Order#,Order Date,Ship By,Delivery Date,Customer Name,Customer Shipping Address,Customer Phone Number,"
                        + "Ship to Address 1,Ship to Address 2,City,State,Zip,Segment,FLIDS,Line#,UPC,Status,Item Description,"
                        + "Shipping Method,Shipping Tier,Shipping SLA,Shipping Config SOurce,Qty,SKU,Item Cost,Shipping Cost,Tax,"
                        + "Update Status,Update Qty,Carrier,Tracking Number,Tracking Url,Seller Order NO,Fulfillment Entity,"
                        + "Replacement Order,Original Customer Order Id,Customer Intent To Cancel,Intent To Cancel Override",
                "108000001,20001,2026-03-04,2026-03-06,2026-03-10,Ann Bell,\"Ann Bell, 1 High St, Reno\",7755550100,1 High St,,"
                        + "Reno,NV,89501,,1,1,0001,Acknowledged,Mug,Value,STANDARD,,,2,M,9.99,0.00,1.20,,,,,,,Seller Fulfilled,"
                        + ",,,");
        FormatReading old = read(
                "PO#,Order#,Order Date,Ship By,Customer Name,Customer Shipping Address,Customer Phone Number,Customer Email ID,"
                        + "Ship to Address 1,Ship to Address 2,City,State,Zip,FLIDS,Line#,UPC,Status,Item Description,"
                        + "Shipping Method,Qty,SKU,Item Cost,Shipping Cost,Tax,Update Status,Update Qty,Carrier,Tracking Number,"
                        + "Tracking Url",
                "108000002,20002,2016-03-04,2016-03-06,Ann Bell,,7755550100,ann@example.com,1 High St,,Reno,NV,89501,1,1,0001,"
                        + "Shipped,Mug,Value,1,M,9.99,0.00,1.20,,,,,");

        assertThat(today.order("108000001").amounts().total()).isEqualByComparingTo("21.18");
        assertThat(old.order("108000002").customer().email()).isEqualTo("ann@example.com");
        assertThat(old.order("108000002").promise()).isEqualTo(Promise.NONE);
    }
}
