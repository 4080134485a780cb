package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WooCommerceCsvTest {

    private static final String ORDER =
            "order_id,order_number,order_date,status,shipping_total,tax_total,discount_total,order_total,order_currency,"
                    + "payment_method,billing_first_name,billing_last_name,billing_email,billing_phone,billing_address_1,"
                    + "billing_postcode,billing_city,billing_state,billing_country,shipping_first_name,shipping_last_name,"
                    + "shipping_address_1,shipping_address_2,shipping_postcode,shipping_city,shipping_state,shipping_state_code,"
                    + "shipping_country";
    private static final String SHIPPED = ",Ann,Bell,2 Low St,Flat 1,1010,Wien,Wien,9,AT";
    private static final String NOT_SHIPPED = ",".repeat(9);

    @TempDir
    Path folder;

    private FormatReading read(String... lines) {
        return FormatReading.of(folder, "woocommerce", FormatReading.in("Europe/Vienna"), lines);
    }

    private static String order(String id, String status, String to) {
        return id + ",W-" + id + ",2026-03-01 09:50:26," + status
                + ",4.90,3.20,0.00,28.08,EUR,cod,Ann,Bell,ann@example.com,+43 1 5125,1 High St,1020,Wien,9,AT" + to;
    }

    @Test
    void anItemsRowsRepeatTheirOrder() {
        FormatReading reading = read(
                ORDER + ",item_name,item_sku,item_quantity,item_total",
                order("11", "processing", SHIPPED) + ",Mug,M,2,9.98",
                order("11", "processing", SHIPPED) + ",\"Tee, blue\",T,1,10.00",
                order("12", "wc-cancelled", NOT_SHIPPED) + ",,,,");

        ChannelOrder order = reading.order("11");
        assertThat(reading.format()).isEqualTo("woocommerce-csv");
        assertThat(reading.orders()).hasSize(2);
        assertThat(order.name()).isEqualTo("W-11");
        assertThat(order.partial()).isFalse();
        assertThat(order.times().placed()).isEqualTo("2026-03-01T08:50:26Z");
        assertThat(order.amounts().total()).isEqualByComparingTo("28.08");
        assertThat(order.amounts().subtotal()).isEqualByComparingTo("19.98");
        assertThat(order.destination()).isEqualTo(new Place("Wien", "9", "1010", "AT"));
        assertThat(order.customer().street()).isEqualTo("2 Low St, Flat 1");
        assertThat(order.lines())
                .containsExactly(
                        new Line("M", "Mug", 2, new BigDecimal("4.99"), true, null),
                        new Line("T", "Tee, blue", 1, new BigDecimal("10.00"), true, null));
        ChannelOrder cancelled = reading.order("12");
        assertThat(cancelled.partial()).isTrue();
        assertThat(cancelled.times().cancelled()).isEqualTo("2026-03-01T08:50:26Z");
        assertThat(cancelled.destination().postalCode())
                .as("billed, not shipped")
                .isEqualTo("1020");
    }

    @Test
    void itemsPackedInOneColumnAreTakenApart() {
        FormatReading reading = read(
                ORDER + ",line_items",
                order("11", "completed", SHIPPED)
                        + ",\"id:1|name:Mug\\: \\\"\"big\\\"\"\\; \\| round|product_id:7|sku:M|quantity:2|total:9.98|meta:;"
                        + "name:Tee|quantity:3|total:10.00\"",
                order("11", "completed", SHIPPED) + ",name:Mug|quantity:1|total:5.00",
                order("12", "completed", SHIPPED) + ",name:Mug|total:5.00",
                order("13", "completed", SHIPPED) + ",\"[{\"\"name\"\":\"\"Mug\"\"}]\"",
                order("14", "completed", SHIPPED) + ",");

        assertThat(reading.orders()).as("the same order twice is two versions").hasSize(3);
        assertThat(reading.orders().get(0).lines())
                .containsExactly(
                        new Line("M", "Mug: \\\"big\\\"; | round", 2, new BigDecimal("4.99"), true, null),
                        new Line(null, "Tee", 3, new BigDecimal("3.333333"), true, null));
        assertThat(reading.order("14").partial()).isTrue();
        assertThat(reading.rejects()).containsExactly("4 REQUIRED_FIELD 12 28.08 EUR", "5 BAD_ITEMS 13 28.08 EUR");
    }

    @Test
    void moreItemsThanATextMayHoldAreRead() {
        String items = "name:Mug|sku:M|quantity:1|total:1.00;".repeat(500);

        FormatReading reading = read(ORDER + ",line_items", order("11", "completed", SHIPPED) + "," + items);

        assertThat(reading.orders().get(0).lines()).hasSize(500);
    }

    @Test
    void anItemOfWhichNoPieceIsBoughtIsLeftOut() {
        FormatReading inColumns = read(
                ORDER + ",item_name,item_sku,item_quantity,item_total",
                order("11", "processing", SHIPPED) + ",Mug,M,0,0.00",
                order("11", "processing", SHIPPED) + ",Tee,T,1,10.00");
        FormatReading packed = read(
                ORDER + ",line_items",
                order("11", "processing", SHIPPED) + ",name:Mug|quantity:0|total:0.00;name:Tee|quantity:1|total:10.00");

        assertThat(inColumns.order("11").lines()).extracting(Line::name).containsExactly("Tee");
        assertThat(packed.order("11").lines()).extracting(Line::name).containsExactly("Tee");
    }
}
