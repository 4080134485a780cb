package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files of the channels all the way into the tables. */
class ChannelImportsTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private ImportResult run(String channel, String... lines) {
        return runFor("main", channel, lines);
    }

    private ImportResult runFor(String account, String channel, String... lines) {
        Path file = sandbox.file(channel + ".csv", String.join("\n", lines) + "\n");
        return ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of(channel, account, List.of(file)).withConventions(FormatReading.in("Europe/Berlin")));
    }

    private List<String> orders() {
        return sandbox.texts("select external_id || ' ' || placed_at || ' ' || total || ' ' || currency || ' '"
                + " || coalesce(destination_country, '-') || ' ' || (select count(*) from order_line where order_id = o.id)"
                + " from sales_order o order by external_id");
    }

    @Test
    void amazonsOrdersComeInOnceAndAsTheyChange() {
        String header =
                "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tproduct-name\tsku\titem-status\tquantity\tcurrency"
                        + "\titem-price\tship-country";
        String mug =
                "1-1\t2026-03-01T10:00:00+00:00\t2026-03-02T10:00:00+00:00\tUnshipped\tMug\tM\tUnshipped\t2\tEUR\t9.98\tDE";
        String tee =
                "1-1\t2026-03-01T10:00:00+00:00\t2026-03-02T10:00:00+00:00\tUnshipped\tTee\tT\tUnshipped\t1\tEUR\t5.00\tDE";

        assertThat(run("amazon", header, mug, tee).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(orders()).containsExactly("1-1 2026-03-01 10:00:00+00 14.98 EUR DE 2");
        assertThat(run("amazon", header, mug, tee).outcome()).isEqualTo(Outcome.UNCHANGED);

        assertThat(run(
                                "amazon",
                                header,
                                mug.replace("Unshipped", "Shipped").replace("-02T", "-03T"),
                                tee.replace("Unshipped", "Shipped").replace("-02T", "-03T"))
                        .counts())
                .isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(sandbox.texts("select fulfillment_status from sales_order")).containsExactly("Shipped");
    }

    @Test
    void ebaysOrdersComeInAndWhatHasNoNumberIsKept() {
        ImportResult result = run(
                "ebay",
                ",,,,,,,",
                "Order Number,Ship To Name,Ship To Country,Item Title,Quantity,Sold For,Total Price,Sale Date",
                ",,,,,,,",
                "12-1,Ann,Australia,,3,,\"AU $3,000.00\",Sep-18-25",
                "12-1,,,Lamp,2,\"AU $1,000.00\",,Sep-18-25",
                "12-1,,,Shade,1,\"AU $1,000.00\",,Sep-18-25",
                ",Bob,AU,Mug,1,$5.00,$5.00,Sep-18-25",
                "2,record(s) downloaded",
                "Seller ID : somebody");

        assertThat(result.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || line || ' ' || amount || ' ' || currency from rejected_record"))
                .containsExactly("REQUIRED_FIELD 7 5.00 USD");
        assertThat(sandbox.texts("select total || ' ' || currency || ' ' || placed_at from sales_order"))
                .containsExactly("3000.00 AUD 2025-09-17 22:00:00+00");
    }

    @Test
    void wooCommercesOrdersComeInFromBothOfItsForms() {
        String order = "order_id,order_date,status,order_total,order_currency,billing_email,billing_country";
        run(
                "woocommerce",
                order + ",item_name,item_quantity,item_total",
                "11,2026-03-01 09:00:00,processing,20.00,EUR,a@example.com,AT,Mug,2,10.00",
                "11,2026-03-01 09:00:00,processing,20.00,EUR,a@example.com,AT,Tee,1,10.00");
        ImportResult result = run(
                "woocommerce",
                order + ",line_items",
                "11,2026-03-01 09:00:00,processing,20.00,EUR,a@example.com,AT,name:Mug|quantity:2|total:10.00;name:Tee|quantity:1|total:10.00");

        assertThat(result.counts()).as("the same order, written otherwise").isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(orders()).containsExactly("11 2026-03-01 08:00:00+00 20.00 EUR AT 2");
    }

    @Test
    void walmartsAndTiktoksOrdersComeIn() {
        run(
                "walmart",
                "PO#,Order#,Order Date,Ship By,SKU,Qty,Item Cost,Tax",
                "108,2001,2026-03-01,2026-03-03,M,2,9.99,1.20",
                "108,2001,2026-03-01,2026-03-03,T,1,5.00,0.30");
        run(
                "tiktok",
                "Order ID,Product Name,Quantity,SKU Subtotal After Discount,Order Amount,Created Time,Country",
                "Platform unique order ID.,Name.,Pieces.,,,,",
                "577\t,Mug,1,£20.00,£21.60,25/02/2026 15:07:12\t,GB");

        assertThat(orders())
                .containsExactly(
                        "108 2026-02-28 23:00:00+00 26.48 USD US 2", "577 2026-02-25 14:07:12+00 21.60 GBP GB 1");
    }

    private static final String[] ETSY_ORDERS = {
        "Sale Date,Order ID,Full Name,Date Shipped,Street 1,Ship City,Ship Zipcode,Ship Country,Currency,Order Value,Discount Amount,"
                + "Shipping,Sales Tax,Order Total,Status",
        "08/14/25,3001,Jane Doe,08/16/25,1 Main St,Wien,1010,AT,EUR,15.00,1.50,4.50,0.00,18.00,Completed",
    };

    private static final String[] ETSY_ITEMS = {
        "Sale Date,Item Name,Quantity,Price,Discount Amount,Order Shipping,Order Sales Tax,Item Total,Currency,Date Paid,"
                + "Date Shipped,Ship Name,Ship Address1,Ship City,Ship Zipcode,Ship Country,Order ID,SKU",
        "08/14/25,Fox card,2,5.00,1.00,4.50,0.00,10.00,EUR,08/14/25,08/16/25,Jane Doe,1 Main St,Wien,1010,AT,#3001,FOX",
        "08/14/25,Fox sticker,1,5.00,0.50,4.50,0.00,5.00,EUR,08/14/25,08/16/25,Jane Doe,1 Main St,Wien,1010,AT,#3001,STK",
    };

    private String etsyOrder(String account) {
        return sandbox.jdbc()
                .queryForObject(
                        "select external_id || ' ' || total || ' ' || subtotal || ' ' || shipping || ' ' || financial_status || ' '"
                                + " || paid_at || ' ' || fulfilled_at || ' ' || destination_city"
                                + " || (select string_agg(' ' || sku || ' ' || quantity, '' order by line_no)"
                                + "     from order_line where order_id = o.id)"
                                + " from sales_order o where account = ?",
                        String.class,
                        account);
    }

    @Test
    void etsysTwoFilesMakeOneOrderWhicheverComesFirst() {
        String whole = "3001 18.00 13.50 4.50 Completed 2025-08-13 22:00:00+00 2025-08-15 22:00:00+00 Wien FOX 2 STK 1";

        assertThat(runFor("one", "etsy", ETSY_ORDERS).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(runFor("one", "etsy", ETSY_ITEMS).counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(etsyOrder("one")).isEqualTo(whole);

        assertThat(runFor("two", "etsy", ETSY_ITEMS).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(runFor("two", "etsy", ETSY_ORDERS).counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(etsyOrder("two")).isEqualTo(whole);
    }

    @Test
    void amazonsRowsMayStandAnywhereAndPendingOrdersGetTheirPricesLater() {
        String header =
                "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tproduct-name\tsku\titem-status\tquantity\tcurrency"
                        + "\titem-price\tship-country";
        String order = "\t2026-03-01T10:00:00+00:00\t2026-03-02T10:00:00+00:00\tUnshipped\t";
        String pending = "2-2\t2026-03-01T10:00:00+00:00\t2026-03-02T10:00:00+00:00\tPending\tMug\tM\t\t1\t\t\t";
        ImportResult result = run(
                "amazon",
                header,
                "1-1" + order + "Mug\tM\tUnshipped\t2\tEUR\t9.98\tDE",
                pending,
                "1-1" + order + "Tee\tT\tUnshipped\t1\tEUR\t5.00\tDE");

        assertThat(result.counts().inserted()).isEqualTo(2);
        assertThat(sandbox.texts("select external_id || ' ' || coalesce(total::text, '-') || ' '"
                        + " || (select count(*) from order_line where order_id = o.id) from sales_order o order by 1"))
                .containsExactly("1-1 14.98 2", "2-2 - 1");

        run(
                "amazon",
                header,
                pending.replace("Pending", "Shipped").replace("-02T", "-03T").replace("1\t\t\t", "1\tEUR\t7.00\tDE"));
        assertThat(sandbox.texts(
                        "select total || ' ' || fulfillment_status from sales_order where external_id = '2-2'"))
                .containsExactly("7.00 Shipped");
    }

    private List<String> amounts() {
        return sandbox.texts("select concat_ws(' ', external_id, coalesce(total::text, '-'), subtotal, shipping, taxes,"
                + " (select string_agg(name, '+' order by line_no) from order_line where order_id = o.id))"
                + " from sales_order o order by external_id");
    }

    @Test
    void whatEtsysRowsAddCountsWhereverTheyStandAndWhatTheyRepeatOnce() {
        String header =
                "Sale Date,Item Name,Quantity,Price,Order Shipping,Order Sales Tax,Item Total,Currency,Order ID";
        ImportResult result = run(
                "etsy",
                header,
                "08/14/25,Fox,1,10.00,5.00,1.00,10.00,EUR,300",
                "08/14/25,Hen,1,7.00,,,7.00,EUR,301",
                "08/14/25,Bear,2,10.00,5.00,1.00,20.00,EUR,300",
                "08/14/25,Cow,1,8.00,2.00,,8.00,EUR,301");

        assertThat(result.counts()).isEqualTo(new Counts(4, 2, 0, 0, 2, 0));
        assertThat(amounts()).containsExactly("300 36.00 30.00 5.00 1.00 Fox+Bear", "301 17.00 15.00 2.00 Hen+Cow");
    }

    @Test
    void tiktoksSubtotalIsThatOfAllItsRows() {
        run(
                "tiktok",
                "Order ID,Product Name,Quantity,SKU Subtotal After Discount,Order Amount,Created Time,Country",
                "577,Mug,1,£20.00,£51.60,25/02/2026 15:07:12,GB",
                "578,Mug,1,£20.00,£21.60,25/02/2026 15:07:12,GB",
                "577,Tee,1,£30.00,£51.60,25/02/2026 15:07:12,GB");

        assertThat(amounts()).containsExactly("577 51.60 50.00 Mug+Tee", "578 21.60 20.00 Mug");
    }

    @Test
    void ofAWalmartOrderThatLivesWhatIsCancelledGoesWhereverItStands() {
        run(
                "walmart",
                "PO#,Order#,Order Date,Ship By,SKU,Qty,Item Cost,Status",
                "1,A,2026-03-01,2026-03-03,CAP,1,20.00,Cancelled",
                "2,B,2026-03-01,2026-03-03,CAP,1,20.00,Cancelled",
                "1,A,2026-03-01,2026-03-03,MUG,1,10.00,Created",
                "2,B,2026-03-01,2026-03-03,TEE,1,5.00,Cancelled",
                "3,C,2026-03-01,2026-03-03,TEE,1,5.00,Created");

        assertThat(amounts()).containsExactly("1 10.00 10.00 MUG", "2 25.00 25.00 CAP+TEE", "3 5.00 5.00 TEE");
        assertThat(sandbox.texts("select external_id from sales_order where cancelled_at is not null"))
                .containsExactly("2");
    }

    @Test
    void anAmazonOrderOfWhichAPriceIsUnknownIsToldInPartWhereverItsRowsStand() {
        String header =
                "amazon-order-id\tpurchase-date\tlast-updated-date\torder-status\tproduct-name\tsku\titem-status\tquantity\tcurrency"
                        + "\titem-price";
        String order = "\t2026-03-01T10:00:00+00:00\t2026-03-02T10:00:00+00:00\tUnshipped\t";
        ImportResult result = run(
                "amazon",
                header,
                "1" + order + "Mug\tM\tUnshipped\t2\tEUR\t9.98",
                "2" + order + "Cap\tC\tCancelled\t0\t\t",
                "3" + order + "Mug\tM\tUnshipped\t2\tEUR\t9.98",
                "1" + order + "Tee\tT\tUnshipped\t1\t\t",
                "2" + order + "Mug\tM\tUnshipped\t2\tEUR\t9.98");

        assertThat(result.counts()).isEqualTo(new Counts(5, 3, 0, 0, 2, 0));
        assertThat(amounts()).containsExactly("1 - Mug+Tee", "2 9.98 9.98 Mug", "3 9.98 9.98 Mug");
    }

    @Test
    void rowsOfAnOrderThatASpreadsheetSortedApartRefuseTheFileRatherThanLoseItems() {
        String[] ebay = {
            "Order Number,Ship To Country,Item Title,Quantity,Sold For,Total Price,Sale Date",
            "12-1,US,Lamp,1,$5.00,$5.00,Sep-18-25",
            "12-2,US,Mug,1,$5.00,$5.00,Sep-18-25",
            "12-1,US,Shade,1,$7.00,$7.00,Sep-18-25",
        };
        String[] wooCommerce = {
            "order_id,order_date,status,order_total,order_currency,item_name,item_quantity,item_total",
            "11,2026-03-01 09:00:00,processing,20.00,EUR,Mug,2,10.00",
            "12,2026-03-01 09:00:00,processing,10.00,EUR,Mug,2,10.00",
            "11,2026-03-01 09:00:00,processing,20.00,EUR,Tee,1,10.00",
        };

        ImportResult ofEbay = run("ebay", ebay);
        ImportResult ofWooCommerce = run("woocommerce", wooCommerce);

        assertThat(ofEbay.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(ofEbay.toString()).contains("has order 12-1 in lines 2 and 4, equally old and with other items");
        assertThat(ofWooCommerce.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(sandbox.count("sales_order")).isZero();
    }

    @Test
    void anOrderThatTwoJoinedReportsTellComesInOnce() {
        String mug = "12-1,US,Mug,1,$10.00,$10.00,Sep-18-25";
        ImportResult result = run(
                "ebay",
                "Order Number,Ship To Country,Item Title,Quantity,Sold For,Total Price,Sale Date",
                mug,
                "1,record(s) downloaded",
                mug);

        assertThat(result.counts()).isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
        assertThat(amounts()).containsExactly("12-1 10.00 10.00 Mug");
    }
}
