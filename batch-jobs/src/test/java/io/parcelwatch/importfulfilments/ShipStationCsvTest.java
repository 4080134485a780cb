package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.UnusableInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShipStationCsvTest {

    private static final Conventions IN_PARIS =
            new Conventions(Optional.of(ZoneId.of("Europe/Paris")), Optional.empty(), Optional.empty());

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder);
        store.orders(new ShopifyExport().order("5001", "#1001").line("TEE", 1).order("5002", "#1002"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void shipmentsAreReadWithTheirItemsAndVoidedLabelsRegisterNothing() {
        ImportResult result = store.fulfilments(Store.sample("shipstation-shipments.csv"));

        assertThat(result.counts()).isEqualTo(new Counts(6, 4, 0, 0, 2, 0));
        assertThat(store.parcels())
                .containsExactly(
                        "5001 ups/1Z5R89390357567127",
                        "5001 usps/9400110897700003231250",
                        "5002 fedex/568283610012734");
        assertThat(store.contents())
                .containsExactly(
                        "1Z5R89390357567127 MUG-1=1",
                        "1Z5R89390357567127 TEE=1",
                        "568283610012734 MUG-1=2",
                        "9400110897700003231250 MUG-1=1");
        assertThat(
                        store.sandbox()
                                .texts(
                                        "select shipped_at || ' ' || service || ' ' || origin_country from fulfilment order by 1"))
                .containsExactly(
                        "2026-03-02 08:00:00+00 UPS® Ground US",
                        "2026-03-04 08:00:00+00 FedEx Ground® US",
                        "2026-03-13 07:00:00+00 USPS Priority Mail US");
        assertThat(result.files().get(0).warnings())
                .containsExactly(
                        "times without offset are read as Pacific Time, which is an assumption: the account's zone"
                                + " is not told");
    }

    @Test
    void aGridExportWithOtherSpellingsIsReadInTheAccountsZone() {
        ImportResult result =
                store.fulfilments(Store.sample("shipstation-grid.csv").getBytes(StandardCharsets.UTF_8), IN_PARIS);
        assertThat(result.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(result.files().get(0).warnings()).isEmpty();
        assertThat(store.sandbox().texts("select source_ref || ' ' || shipped_at from fulfilment"))
                .containsExactly("shipstation/77 2026-03-13 07:30:00+00");
    }

    @Test
    void aLabelThatIsVoidedLaterIsWithdrawnAlsoWithoutShipmentIds() {
        String header = "Order - Number,Shipment - Tracking Number,Shipment - Carrier,Voided\n";
        ImportResult first = store.fulfilments(header + "1001,X1,UPS,false\n");
        store.fulfilments(header + "1001,X1,UPS,TRUE\n1001,X2,UPS,false\n");
        assertThat(store.parcels()).containsExactly("5001 ups/X1 CANCELLED", "5001 ups/X2");
        store.fulfilments(header + "1001,X1,UPS,false\n1002,Y1,UPS,\n");
        assertThat(store.parcels()).containsExactly("5001 ups/X1 CANCELLED", "5001 ups/X2", "5002 ups/Y1");
        assertThat(first.files().get(0).warnings())
                .singleElement()
                .asString()
                .startsWith("the file has no column Shipment ID");
    }

    @Test
    void aShipmentWhoseNumberChangedWithdrawsTheOldOneUnlessTheFileIsOlder() {
        String header = "Shipment ID,Order Number,Carrier,Tracking Number,Modify Date\n";
        store.fulfilments(header + "1,1001,UPS,X1,2026-03-02 10:00\n");
        store.fulfilments(header + "1,1001,UPS,X2,2026-03-02 11:00\n");
        assertThat(store.parcels()).containsExactly("5001 ups/X1 CORRECTED for X2", "5001 ups/X2");
        assertThat(store.fulfilments(header + "1,1001,UPS,X1,2026-03-02 10:30\n")
                        .counts())
                .isEqualTo(new Counts(1, 0, 0, 0, 1, 0));
        assertThat(store.parcels()).containsExactly("5001 ups/X1 CORRECTED for X2", "5001 ups/X2");
    }

    @Test
    void withoutTimesOfChangeTheFileThatIsImportedLastCounts() {
        String header = "Shipment ID,Order Number,Carrier,Tracking Number\n";
        store.fulfilments(header + "1,1001,UPS,X1\n");
        store.fulfilments(header + "1,1001,UPS,X2\n");
        assertThat(store.parcels()).containsExactly("5001 ups/X1 CORRECTED for X2", "5001 ups/X2");
    }

    @Test
    void severalPackagesOfOneShipmentAreSeveralParcels() {
        store.fulfilments("Shipment ID,Order Number,Carrier,Tracking Number\n1,1001,UPS,X1\n1,1001,UPS,X2\n");
        assertThat(store.parcels()).containsExactly("5001 ups/X1", "5001 ups/X2");
    }

    @Test
    void aFileOfAnotherKindIsRefusedWithWhatEachFormatMisses() {
        assertThatThrownBy(() -> store.fulfilments("Order Number,Carrier\n1001,UPS\n"))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("shipstation-csv: no column Tracking Number")
                .hasMessageContaining("fulfilment-csv: no column order_reference");
    }

    /** Names and times as in public programs that read ShipStation's custom shipment reports and order exports. */
    @Test
    void theColumnsOfCustomReportsAndOfOrderExportsAreKnown() {
        ImportResult report = store.fulfilments(
                "Order - Number,Shipment - Tracking Number,Shipment - Carrier,Carrier - Service Selected,Date - Shipped Date,"
                        + "Shipment - Void Flag,Shipment - Void Date,Service - Confirmation Type,Ship To - Name,Item - SKU,Item - Qty\n"
                        + "1001,1Z5R89390357567127,UPS,UPS Ground,4/2/2021 4:00:00 AM,False,,none,Ann,MUG-1,1\n"
                        + "1001,1Z5R89390357000000,UPS,UPS Ground,4/2/2021 4:00:00 AM,True,4/2/2021 5:00:00 AM,none,Ann,MUG-1,1\n");
        ImportResult orders = store.fulfilments(
                "Date - Shipped Date,Order - Number,Shipment - Tracking Number,Carrier - Carrier Selected,Carrier - Service Selected\n"
                        + "4/2/2021 4:00:00 AM,1002,9400110897700003231250,Stamps.com,USPS First Class Mail\n");

        assertThat(report.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(store.parcels())
                .as("a voided label is no parcel any more")
                .containsExactly(
                        "5001 ups/1Z5R89390357000000 CANCELLED",
                        "5001 ups/1Z5R89390357567127",
                        "5002 usps/9400110897700003231250");
        assertThat(
                        store.sandbox()
                                .texts(
                                        "select service || ' ' || shipped_at from fulfilment where withdrawn_at is null order by 1"))
                .containsExactly("UPS Ground 2021-04-02 11:00:00+00", "USPS First Class Mail 2021-04-02 11:00:00+00");
    }
}
