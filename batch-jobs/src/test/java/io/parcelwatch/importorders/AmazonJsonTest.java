package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.wire.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmazonJsonTest {

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

    private ImportResult run(Path file) {
        return ImportOrders.run(sandbox.intake(), ImportRequest.of("amazon", "us", List.of(file)));
    }

    private List<ChannelOrder> read(Path file) throws IOException {
        return Sample.orders(new AmazonJson(), file);
    }

    @Test
    void anOrderWithItsItemsIsWhole() throws IOException {
        List<ChannelOrder> orders = read(Sample.file("amazon-orders-v0.jsonl"));

        assertThat(orders.get(0).toString())
                .isEqualTo(
                        "ChannelOrder[line=1, externalId=111-0000001-0000001, name=111-0000001-0000001, partial=false, "
                                + "times=Times[placed=2026-03-01T09:00:00Z, paid=null, fulfilled=null, cancelled=null, updated=2026-03-01T10:00:00Z], "
                                + "promise=Promise[day=null, moment=2026-03-06T07:59:59Z], "
                                + "amounts=Amounts[currency=USD, total=36.97, subtotal=28.98, shipping=4.99, taxes=3.00], "
                                + "financialStatus=null, fulfillmentStatus=partial, "
                                + "destination=Place[city=Seattle, region=WA, postalCode=98121, country=US], "
                                + "customer=Customer[name=Kim Petit, email=x1@marketplace.amazon.com, phones=[+1 206-555-0123], street=1 Main St, Apt 2], "
                                + "lines=[Line[sku=MUG-1, name=Mug, blue, quantity=3, price=9.993333, requiresShipping=true, fulfillmentStatus=partial]]]");
    }

    @Test
    void pendingAndCancelledOrdersAreToldInPart() throws IOException {
        List<ChannelOrder> orders = read(Sample.file("amazon-orders-v0.jsonl"));

        assertThat(orders).extracting(ChannelOrder::partial).containsExactly(false, true, true);
        assertThat(orders.get(1).amounts().total()).isNull();
        assertThat(orders.get(1).lines()).extracting(ChannelOrder.Line::name).containsExactly("B000000001");
        assertThat(orders.get(2).lines()).isEmpty();
        assertThat(orders.get(2).times().cancelled()).isEqualTo("2026-03-02T09:41:00Z");
    }

    @Test
    void theVersionOf2026TellsTheSameOrder() throws IOException {
        ChannelOrder v0 = read(Sample.file("amazon-orders-v0.jsonl")).get(0);
        ChannelOrder v2026 = read(Sample.file("amazon-orders-2026-01-01.json")).get(0);

        assertThat(v2026.fulfillmentStatus()).isEqualTo("SHIPPED");
        assertThat(v2026)
                .usingRecursiveComparison()
                .ignoringFields("line", "times.updated", "fulfillmentStatus", "lines.price", "lines.fulfillmentStatus")
                .isEqualTo(v0);
    }

    @Test
    void anAnswerOfGetOrdersIsToldInPartAndOneOfItemsAloneIsRejected() throws IOException {
        JsonNode order = Json.MAPPER.readTree(
                Sample.text("amazon-orders-v0.jsonl").lines().findFirst().orElseThrow());
        String items = "{\"payload\":{\"AmazonOrderId\":\"111-0000001-0000001\",\"OrderItems\":"
                + order.get("OrderItems") + ",\"NextToken\":\"x\"}}";
        ((com.fasterxml.jackson.databind.node.ObjectNode) order).remove("OrderItems");
        Path orders = sandbox.file(
                "orders.json", "{\"payload\":{\"Orders\":[" + order + "],\"NextToken\":\"x\"},\"errors\":[]}");

        assertThat(read(orders)).singleElement().satisfies(told -> {
            assertThat(told.partial()).isTrue();
            assertThat(told.amounts().total()).isEqualByComparingTo("36.97");
        });
        assertThat(run(sandbox.file("items.json", items)).counts()).isEqualTo(new Counts(1, 0, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || order_ref from rejected_record"))
                .containsExactly("ORDER_WITHOUT_FIRST_ROW 111-0000001-0000001");
    }

    @Test
    void wholeOrdersComeIn() {
        assertThat(run(Sample.file("amazon-orders-2026-01-01.json")).counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts("select concat_ws(' ', external_id, total, currency) from sales_order"))
                .containsExactly("111-0000001-0000001 36.97 USD");
    }

    @Test
    void theSandboxOfTheApiIsReadAsFarAsItsTimesAreReal() throws IOException {
        Path real = RealData.folder("channels/amazon");
        List<ChannelOrder> read = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (String name : List.of("ordersV0_sandbox_examples.json", "orders_2026-01-01_sandbox_examples.json")) {
            for (JsonNode example : Json.MAPPER.readTree(real.resolve(name).toFile())) {
                example.findValues("response").forEach(answer -> answers.add(answer.toString()));
            }
        }
        int n = 0;
        for (String answer : answers) {
            Path file = Files.writeString(folder.resolve("answer" + n++ + ".json"), answer);
            read.addAll(read(file));
        }

        assertThat(read).extracting(ChannelOrder::externalId).contains("250-1234567-8901234", "202-7654321-1098765");
        assertThat(read)
                .filteredOn(order -> order.externalId().equals("202-7654321-1098765"))
                .allSatisfy(order -> {
                    assertThat(order.partial()).isFalse();
                    assertThat(order.promise().moment()).isEqualTo("2024-12-28T23:59:59Z");
                    assertThat(order.lines()).hasSize(1);
                });
    }

    @ParameterizedTest
    @CsvSource({
        "PartiallyShipped,partial",
        "PARTIALLY_SHIPPED,partial",
        "Partially Shipped,partial",
        "Shipped,Shipped",
        ","
    })
    void anOrderOfWhichAPartIsSentIsPartialInEverySpelling(String told, String kept) {
        assertThat(AmazonJson.fulfilment(told)).isEqualTo(kept);
    }
}
