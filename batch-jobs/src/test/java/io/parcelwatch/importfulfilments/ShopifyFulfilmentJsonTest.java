package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.intake.UnusableInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShopifyFulfilmentJsonTest {

    @TempDir
    Path folder;

    private Store store;

    @BeforeEach
    void open() {
        store = new Store(folder);
        store.orders(new ShopifyExport()
                .order("5001", "#1001")
                .line("", 2, "Lineitem name", "Gift wrap")
                .order("5002", "#1002"));
    }

    @AfterEach
    void close() {
        store.close();
    }

    @Test
    void aLineThatIsSplitOverParcelsIsShippedWhenAllOfItIs() {
        assertThat(store.fulfilments(Store.sample("shopify-fulfillments.json")).counts())
                .isEqualTo(new Counts(3, 2, 0, 0, 1, 0));

        assertThat(store.parcels())
                .containsExactly("5001 fedex/477179081230", "5001 fedex/986578788855", "5001 ups/1Z5R89390357567127");
        assertThat(store.contents())
                .containsExactly("1Z5R89390357567127 MUG-1=1", "986578788855 2=2", "986578788855 MUG-1=1");
        assertThat(store.sandbox()
                        .texts("select origin_country || origin_region || origin_postal_code || ' '"
                                + " || shipped_at || ' ' || source_ref from fulfilment where carrier = 'ups'"))
                .containsExactly("DEBE10115 2026-03-02 08:15:00+00 shopify/4301");
        store.carrierSays("1Z5R89390357567127", "IN_TRANSIT");
        assertThat(store.status("5001")).isEqualTo("PARTIALLY_SHIPPED");
        store.carrierSays("986578788855", "IN_TRANSIT");
        store.carrierSays("477179081230", "IN_TRANSIT");
        assertThat(store.status("5001")).isEqualTo("SHIPPED");
        store.carrierSays("477179081230", "DELIVERED");
        assertThat(store.status("5001")).isEqualTo("PARTIALLY_DELIVERED");
    }

    @Test
    void aPartialShipmentUnderSeveralNumbersLeavesTheRestAwaited() {
        store.fulfilments("""
                {"fulfillment":{"id":1,"order_id":5001,"tracking_company":"UPS","tracking_numbers":["X1","X2"],
                "created_at":"2026-03-02T10:00:00Z","line_items":[{"sku":"MUG-1","quantity":2}]}}""");
        store.carrierSays("X1", "IN_TRANSIT");
        store.carrierSays("X2", "IN_TRANSIT");
        assertThat(store.status("5001")).isEqualTo("PARTIALLY_SHIPPED");
    }

    @Test
    void fulfilmentsAreFoundWithinOrdersAndOneTextMayHoldSeveralNumbers() {
        assertThat(store.fulfilments(Store.sample("shopify-orders.json")).counts())
                .isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
        assertThat(store.parcels()).containsExactly("5001 ups/1Z5R89390357567127", "5001 ups/1Z879E930346834440");
    }

    @Test
    void jsonLinesMayHoldAnyOfTheForms() {
        String bare = "{\"id\":%d,\"order_id\":5002,\"tracking_company\":\"UPS\",\"tracking_number\":\"X%d\"}";
        assertThat(store.fulfilments(bare.formatted(1, 1) + "\n" + bare.formatted(2, 2) + "\n")
                        .counts())
                .isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(store.fulfilments("{\"fulfillments\":[" + bare.formatted(3, 3) + "]}\n{\"fulfillments\":["
                                + bare.formatted(4, 4) + "]}\n")
                        .counts())
                .isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(store.parcels()).hasSize(4);
    }

    @Test
    void theSameFulfilmentsInAnotherFormChangeNothing() {
        store.fulfilments(Store.sample("shopify-fulfillments.json"));
        List<String> before = store.sandbox().state();
        assertThat(store.fulfilments(Store.sample("shopify-fulfillments.json")).outcome())
                .isEqualTo(Outcome.UNCHANGED);
        assertThat(store.fulfilments(Store.sample("shopify-fulfillments.json").replaceAll("\\s*\n\\s*", ""))
                        .counts())
                .isEqualTo(new Counts(3, 0, 0, 2, 1, 0));
        assertThat(store.sandbox().state()).isEqualTo(before);
    }

    @Test
    void aRecordThatBreaksARuleIsRejectedWholeAndTheOthersGoOn() {
        assertThat(store.fulfilments("""
                        {"fulfillments":[
                        {"id":1,"order_id":5001,"tracking_company":"UPS","tracking_numbers":["X1"],"line_items":[{"sku":"MUG-1","quantity":1000000000}]},
                        {"id":2,"order_id":5001,"tracking_company":"UPS","tracking_numbers":["X2"],"line_items":[{"sku":"MUG-1","quantity":1e99}]},
                        {"id":3,"order_id":5001,"tracking_company":null,"tracking_numbers":["X3"]},
                        {"id":4,"order_id":5001,"tracking_company":"UPS","tracking_numbers":["X4","PICKUP"]},
                        {"id":5,"order_id":5001,"tracking_company":"UPS","tracking_numbers":["X5"],"line_items":[{"sku":"MUG-1","quantity":1},{"sku":"NOPE","quantity":1}]},
                        {"id":6,"order_id":7777,"tracking_company":"UPS","tracking_numbers":["X6"]},
                        {"id":7,"tracking_company":"UPS","tracking_numbers":["X7"]},
                        {"id":8,"order_id":5002,"tracking_company":"UPS","tracking_numbers":["X8"],"created_at":"yesterday"},
                        {"id":9 "order_id":5002},
                        {"id":10,"order_id":5002,"tracking_company":"UPS","tracking_numbers":["X10"]}]}
                        """).counts()).isEqualTo(new Counts(10, 2, 0, 0, 0, 8));
        assertThat(store.rejects())
                .containsExactly(
                        "3 BAD_QUANTITY",
                        "4 REQUIRED_FIELD",
                        "5 BAD_ID",
                        "6 UNKNOWN_LINE",
                        "7 UNKNOWN_ORDER",
                        "8 REQUIRED_FIELD",
                        "9 BAD_TIME",
                        "10 MALFORMED_JSON");
        assertThat(store.parcels()).containsExactly("5001 ups/X1", "5002 ups/X10");
        assertThat(store.sandbox().texts("select raw from rejected_record where line = 6"))
                .singleElement()
                .asString()
                .startsWith("{\"id\":5,")
                .endsWith("}]}");
    }

    @Test
    void fulfilmentsThatCameBeforeTheirOrderAreTakenAgainOnceItIsThere() {
        String text = "{\"id\":1,\"order_id\":9001,\"tracking_company\":\"UPS\",\"tracking_numbers\":[\"X1\",\"X2\"]}";
        assertThat(store.fulfilments(text).counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
        store.orders(new ShopifyExport().order("9001", "#9001"));
        assertThat(store.fulfilments(text).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(store.parcels()).containsExactly("9001 ups/X1", "9001 ups/X2");
        assertThat(store.sandbox().count("open_reject")).isZero();
    }

    @Test
    void shopifysOwnExamplesAreRead() throws IOException {
        Path examples = RealData.folder("channels/shopify");
        store.orders(new ShopifyExport().order("450789469", "#4507", "Lineitem sku", "IPOD2008GREEN"));

        assertThat(store.fulfilments(examples.resolve("rest_fulfillment.json"), Conventions.UNKNOWN)
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(store.parcels()).containsExactly("450789469 null-company/1Z2345");
        assertThat(store.contents()).containsExactly("1Z2345 IPOD2008GREEN=1");
        assertThat(store.fulfilments(examples.resolve("rest_orders.json"), Conventions.UNKNOWN)
                        .counts())
                .isEqualTo(new Counts(1, 0, 0, 0, 1, 0));
    }

    @Test
    void nothingOfJsonTestSuiteStopsARun() throws IOException {
        Path suite = RealData.folder("conformance/JSONTestSuite");
        String good = "{\"id\":1,\"order_id\":5002,\"tracking_company\":\"UPS\",\"tracking_number\":\"X1\"}\n";
        try (Stream<Path> files = Files.walk(suite)) {
            for (Path file :
                    files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
                byte[] tested = Files.readAllBytes(file);
                ByteArrayOutputStream all = new ByteArrayOutputStream();
                all.writeBytes(good.getBytes(StandardCharsets.UTF_8));
                all.writeBytes(tested);
                all.writeBytes(("\n" + good).getBytes(StandardCharsets.UTF_8));
                try {
                    assertThat(store.fulfilments(all.toByteArray(), Conventions.UNKNOWN)
                                    .outcome())
                            .as(file.getFileName().toString())
                            .isIn(Outcome.DONE, Outcome.UNCHANGED);
                } catch (UnusableInputException e) {
                    assertThat(e).hasMessageContaining("is binary, not text");
                }
            }
        }
        assertThat(store.parcels()).containsExactly("5002 ups/X1");
    }
}
