package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RealData;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectThreshold;
import io.parcelwatch.intake.UnusableInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The collections of what breaks JSON readers and text fields, and what memory has to bear. */
class HostileJsonTest {

    private static final Map<String, String> GOOD = Map.of(
            "shopify", ShopifyJsonTest.order(1, ""),
            "woocommerce",
                    "{\"id\":1,\"date_created\":\"2026-03-01T10:00:00\",\"date_created_gmt\":\"2026-03-01T09:00:00\",\"currency\":\"EUR\",\"total\":\"1.00\",\"line_items\":[{\"name\":\"a\",\"quantity\":1}]}",
            "amazon",
                    "{\"AmazonOrderId\":\"1\",\"PurchaseDate\":\"2026-03-01T09:00:00Z\",\"OrderTotal\":{\"CurrencyCode\":\"USD\",\"Amount\":\"1.00\"},\"OrderItems\":[{\"ASIN\":\"a\",\"QuantityOrdered\":1}]}");

    private static final String BULK =
            "{\"id\":\"gid://shopify/Order/1\",\"createdAt\":\"2026-03-01T09:00:00Z\",\"currencyCode\":\"EUR\",\"totalPriceSet\":{\"shopMoney\":{\"amount\":\"1.0\"}}}";

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

    /** The orders in a file, by the format that is found for it. */
    private static List<ChannelOrder> orders(String channel, Path file) throws IOException {
        return orders(channel, file, new ArrayList<>());
    }

    /** The same; adds the texts of the rejects to a list. */
    private static List<ChannelOrder> orders(String channel, Path file, List<String> rejects) throws IOException {
        List<ChannelOrder> orders = new ArrayList<>();
        FileHead head = FileHead.of(InputFile.look(file));
        ChannelFormat format = ChannelFormats.of(head, ImportRequest.of(channel, "a", List.of(file)));
        try (Records<ChannelOrder> records =
                format.prepare(head, Conventions.UNKNOWN).open(0, 0)) {
            for (Records.Read<ChannelOrder> read = records.next(); read != null; read = records.next()) {
                if (read.accepted() != null) {
                    orders.add(read.accepted());
                } else {
                    assertThat(read.rejected().reason()).isNotBlank();
                    rejects.add(read.rejected().raw());
                }
            }
        }
        return orders;
    }

    private static List<Path> suite() throws IOException {
        try (Stream<Path> files = Files.list(RealData.folder("conformance/JSONTestSuite/test_parsing"))) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void noFileOfTheTestSuiteIsAnOrderOrStopsAReader() throws IOException {
        List<Path> suite = suite();
        assertThat(suite).hasSizeGreaterThan(300);
        for (Path file : suite) {
            for (String channel : GOOD.keySet()) {
                try {
                    assertThat(orders(channel, file)).as(file.toString()).isEmpty();
                } catch (UnusableInputException e) {
                    assertThat(e.getMessage().lines()).as(file.toString()).hasSize(1);
                }
            }
        }
    }

    @Test
    void noLineOfTheTestSuiteTakesItsNeighboursWithIt() throws IOException {
        List<Path> suite = suite();
        for (Path file : suite) {
            byte[] line = Files.readAllBytes(file);
            for (Map.Entry<String, String> good : GOOD.entrySet()) {
                assertThat(orders(good.getKey(), between(good.getValue(), line, good.getValue())))
                        .as("%s in %s", file, good.getKey())
                        .hasSize(2);
            }
            // A broken line of a bulk operation costs the order that it follows, as it may be an item of it; no other.
            String followed = BULK.replace("Order/1", "Order/2");
            List<String> rejects = new ArrayList<>();
            List<String> read = orders(
                            "shopify",
                            between(BULK + "\n" + followed, line, BULK.replace("Order/1", "Order/3")),
                            rejects)
                    .stream()
                    .map(ChannelOrder::externalId)
                    .toList();
            assertThat(read).as(file.toString()).contains("1", "3");
            if (!read.contains("2")) {
                assertThat(rejects).as(file.toString()).anyMatch(text -> text.contains("Order/2"));
            }
        }
    }

    private Path between(String before, byte[] line, String after) throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write((before + "\n").getBytes(StandardCharsets.UTF_8));
        text.write(line);
        text.write(("\n" + after + "\n").getBytes(StandardCharsets.UTF_8));
        return Files.write(folder.resolve("lines.jsonl"), text.toByteArray());
    }

    @Test
    void whatTheTestSuiteBreaksIsKeptAsRejectedRecords() throws IOException {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        text.write(GOOD.get("shopify").getBytes(StandardCharsets.UTF_8));
        int lines = 0;
        for (Path file : suite()) {
            byte[] line = Files.readAllBytes(file);
            if (new String(line, StandardCharsets.ISO_8859_1).strip().lines().count() == 1) {
                // As a text in an order, too: what does no harm as a line may do in a field.
                text.write('\n');
                text.write(line);
                text.write("\n{\"id\":".getBytes(StandardCharsets.UTF_8));
                text.write(line);
                text.write('}');
                lines += 2;
            }
        }
        assertThat(lines).isGreaterThan(500);

        ImportResult result = ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "a", List.of(sandbox.file("suite.jsonl", text.toByteArray())))
                        .withThreshold(RejectThreshold.NEVER));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts().inserted()).isEqualTo(1);
        assertThat(sandbox.count("rejected_record"))
                .isEqualTo(result.counts().rejected())
                .isGreaterThan(lines - 10);
    }

    @Test
    void aNaughtyStringComesInAsItIsOrIsRejected() throws IOException {
        ObjectMapper json = new ObjectMapper();
        JsonNode naughty = json.readTree(
                RealData.folder("conformance/blns").resolve("blns.json").toFile());
        assertThat(naughty.size()).isGreaterThan(400);
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < naughty.size(); i++) {
            String string = naughty.get(i).asText();
            ObjectNode order = (ObjectNode) json.readTree(ShopifyJsonTest.order(i + 1, ""));
            order.put("name", string).put("financial_status", string).put("email", "k" + i + "@example.com");
            order.put("note", string).put("phone", string);
            order.putObject("shipping_address")
                    .put("name", string)
                    .put("address1", string)
                    .put("city", string)
                    .put("province", string)
                    .put("zip", string)
                    .put("phone", string);
            ((ObjectNode) order.at("/line_items/0")).put("name", "n" + string).put("sku", string);
            text.append(order).append('\n');
        }

        ImportResult result = ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "a", List.of(sandbox.file("naughty.jsonl", text.toString()))));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts().read()).isEqualTo(naughty.size());
        int[] compared = {0};
        sandbox.jdbc().query("""
                        select o.external_id::int, o.name, o.financial_status, o.destination_city, o.destination_region, o.destination_postal_code,
                               c.name, c.street, l.sku, l.name
                        from sales_order o join customer c on c.id = o.customer_id join order_line l on l.order_id = o.id
                        """, row -> {
            String string = naughty.get(row.getInt(1) - 1).asText().strip();
            String kept = string.isEmpty() ? null : string;
            assertThat(row.getString(2)).isEqualTo(kept == null ? row.getString(1) : kept);
            for (int column = 3; column <= 9; column++) {
                assertThat(row.getString(column)).as("column %d", column).isEqualTo(kept);
            }
            assertThat(row.getString(10))
                    .isEqualTo(("n" + naughty.get(row.getInt(1) - 1).asText()).strip());
            compared[0]++;
        });
        assertThat(compared[0]).isEqualTo((int) result.counts().inserted());
        assertThat(compared[0] + result.counts().rejected()).isEqualTo(naughty.size());
        assertThat(sandbox.texts("select distinct rule from rejected_record"))
                .isSubsetOf("FIELD_TOO_LONG", "NUL_CHARACTER", "ENCODING");
    }

    @Test
    void anOrderOfAHundredMegabytesInAnArrayIsOneRejectAndTheOrdersAroundItComeIn() throws IOException {
        byte[] megabyte = new byte[1 << 20];
        Arrays.fill(megabyte, (byte) 'x');
        Path file = folder.resolve("huge.json");
        try (OutputStream out = Files.newOutputStream(file)) {
            out.write(("{\"orders\":[" + ShopifyJsonTest.order(1, "") + ",{\"id\":2,\"note\":\"")
                    .getBytes(StandardCharsets.UTF_8));
            for (int i = 0; i < 100; i++) {
                out.write(megabyte);
            }
            out.write(("\"}," + ShopifyJsonTest.order(3, "") + "]}").getBytes(StandardCharsets.UTF_8));
        }

        ImportResult result = ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "a", List.of(file)));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(sandbox.texts("select external_id from sales_order order by 1"))
                .containsExactly("1", "3");
        assertThat(sandbox.texts("select rule from rejected_record")).containsExactly("RECORD_TOO_LARGE");
    }
}
