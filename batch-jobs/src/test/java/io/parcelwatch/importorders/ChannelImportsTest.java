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
}
