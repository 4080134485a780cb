package io.parcelwatch.carrier;

import static io.parcelwatch.carrier.Payloads.sample;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.parcelwatch.RealData;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.Payload;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CarriersTest {

    private static final String[] PINNED_UPS = {
        "fca8842b4a691c1b",
        "e31fa3b25df3e334",
        "3142d785f5189a70",
        "cbe72a7a091bcd02",
        "f980324b8d27f212",
        "e3f451645df1331a",
        "3ae873f089b00847",
        "e2da4117f61022a9"
    };

    private static final String[] PINNED_FEDEX = {
        "ac605906f8ba8b9a",
        "bea68493959cdda6",
        "ea2b60b4dfa20a2b",
        "e8e377f4fc901521",
        "7fc4234f00c3cdc9",
        "8625cfa24652b2a5",
        "fe3e10cb9d8be463",
        "4d7a2c0c7b0a98d9"
    };

    @ParameterizedTest
    @CsvSource({
        "UPS, ups",
        "ups®, ups",
        "United Parcel Service, ups",
        "FedEx Ground, fedex",
        "FEDEX_SMARTPOST, fedex",
        "DHL Express, dhl-express",
        "Österreichische Post, österreichische-post",
        "Some Carrier!, some-carrier",
        "???, ?",
    })
    void aCarrierHasOneNameHoweverItIsCalled(String name, String slug) {
        assertThat(CarrierSlugs.of(name)).isEqualTo(slug);
        assertThat(CarrierSlugs.of(CarrierSlugs.of(name))).isEqualTo(slug);
    }

    @Test
    void nobodyIsNoCarrier() {
        assertThat(CarrierSlugs.of(null)).isNull();
        assertThat(CarrierSlugs.of("  ")).isNull();
        assertThat(Carriers.adapter(null)).isEmpty();
        assertThat(Carriers.adapter("pigeon")).isEmpty();
    }

    @Test
    void everyReadableCarrierHasTheAdapterOfItsName() {
        assertThat(Carriers.readable()).containsExactly("fedex", "ups");
        assertThat(Carriers.readable())
                .allMatch(slug -> Carriers.adapter(slug).orElseThrow().carrier().equals(slug));
    }

    @Test
    void theCodeTablesAreRead() {
        assertThat(UpsAdapter.CODES.size()).isGreaterThan(190);
        assertThat(FedExAdapter.CODES.size()).isGreaterThan(80);
    }

    /** A better code table must not make new events of old ones, and neither may a change of the adapters. */
    @Test
    void identitiesNeverChange() {
        assertThat(ids(sample("ups", "ups-track.json"))).containsExactly(PINNED_UPS);
        assertThat(ids(sample("ups", "ups-track-alert.json"))).containsExactly(PINNED_UPS[0]);
        assertThat(ids(sample("fedex", "fedex-track.json"))).containsExactly(PINNED_FEDEX);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ups-track.json", "ups-track-alert.json", "fedex-track.json"})
    void whatAnAdapterReadsSurvivesAsAJsonLine(String name) {
        for (TrackingEvent event : Payloads.read(sample(carrier(name), name)).events()) {
            JsonNode line = Json.object(EventJson.write(event).toString().getBytes(StandardCharsets.UTF_8));
            assertThat(EventJson.read(line)).isEqualTo(event);
        }
    }

    /** Whatever is cut, swapped or turned into something else in a payload, an adapter answers with events and problems. */
    @ParameterizedTest
    @ValueSource(strings = {"ups-track.json", "ups-track-alert.json", "fedex-track.json"})
    void noAdapterEverThrows(String name) {
        byte[] body = sample(carrier(name), name).body();
        Random random = new Random(11);
        for (int i = 0; i < 3_000; i++) {
            byte[] mutated = i % 2 == 0 ? mutatedBytes(body, random) : mutatedTree(body, random);
            assertReads(carrier(name), mutated);
        }
    }

    @Test
    void hostilePayloadsAreProblems() {
        List<byte[]> hostile = new ArrayList<>();
        hostile.add(null);
        hostile.add(new byte[0]);
        hostile.add("{\"trackResponse\":".repeat(20_000).getBytes(StandardCharsets.UTF_8));
        hostile.add("[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8));
        hostile.add(("{\"trackResponse\":" + "7".repeat(500_000) + "}").getBytes(StandardCharsets.UTF_8));
        hostile.add("{\"trackResponse\":0.4e0066999999999999999999999999}".getBytes(StandardCharsets.UTF_8));
        for (String carrier : Carriers.readable()) {
            for (byte[] body : hostile) {
                Reading reading = Carriers.adapter(carrier)
                        .orElseThrow()
                        .read(new Payload(carrier, null, null, Payloads.RECEIVED, null, body));
                assertThat(reading.events()).isEmpty();
                assertThat(reading.problems()).hasSize(1);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "ups,   carriers/karrio/ups",
        "fedex, carriers/karrio/fedex",
        "ups,   carriers/specs",
        "fedex, carriers/specs",
        "ups,   conformance/JSONTestSuite",
        "fedex, conformance/JSONTestSuite",
    })
    void realFilesAreReadWithoutAnException(String carrier, String folder) throws IOException {
        for (Path file : files(RealData.folder(folder))) {
            assertReads(carrier, Files.readAllBytes(file));
        }
    }

    @Test
    void theRealUpsAnswersSayWhatTheySay() throws IOException {
        Path ups = RealData.folder("carriers/karrio/ups");
        TrackingEvent event = Payloads.one(real("ups", ups.resolve("TrackingResponseJSON.json")));
        assertThat(event.status()).isEqualTo(Status.IN_TRANSIT);
        assertThat(event.code()).isEqualTo("SR");
        assertThat(event.eventTime()).isEqualTo("2021-02-10T12:13:56Z");
        for (String empty : List.of(
                "TrackingNumberNotFoundResponseJSON.json",
                "InvalidTrackingNumberResponseJSON.json",
                "AuthError.json")) {
            assertThat(real("ups", ups.resolve(empty))).as(empty).isEqualTo(new Reading(List.of(), List.of()));
        }
        String collection = RealData.folder("carriers/specs")
                .resolve("ups_tracking.postman_collection.json")
                .toString();
        byte[] example = Json.object(Files.readAllBytes(Path.of(collection)))
                .at("/item/0/response/0/body")
                .asText()
                .getBytes(StandardCharsets.UTF_8);
        assertThat(Payloads.read(new Payload("ups", null, null, null, null, example))
                        .events())
                .extracting(TrackingEvent::status)
                .containsExactly(Status.DELIVERED, Status.PRE_TRANSIT);
    }

    @Test
    void theRealFedExAnswersSayWhatTheySay() throws IOException {
        Path fedex = RealData.folder("carriers/karrio/fedex");
        TrackingEvent event = Payloads.one(real("fedex", fedex.resolve("TrackingResponse.json")));
        assertThat(event.trackingNumber()).isEqualTo("128667043726");
        assertThat(event.status()).isEqualTo(Status.PICKED_UP);
        assertThat(event.code()).isEqualTo("PU:A25");
        assertThat(event.eventTime()).isEqualTo("2018-02-02T19:01:00Z");
        assertThat(event.offset()).isEqualTo(-7 * 3600);
        assertThat(real("fedex", fedex.resolve("ErrorResponse.json"))).isEqualTo(new Reading(List.of(), List.of()));
    }

    private static Reading real(String carrier, Path file) throws IOException {
        return Payloads.read(new Payload(carrier, null, null, null, null, Files.readAllBytes(file)));
    }

    private static void assertReads(String carrier, byte[] body) {
        assertThatCode(() -> {
                    Reading reading = Payloads.read(new Payload(carrier, null, "file", Payloads.RECEIVED, null, body));
                    assertThat(reading.events()).doesNotContainNull();
                    assertThat(reading.problems()).doesNotContainNull();
                    // What is read can be written and stored: nothing in it is out of anybody's range.
                    reading.events().forEach(event -> EventJson.read(EventJson.write(event)));
                })
                .as(() -> new String(body, StandardCharsets.UTF_8))
                .doesNotThrowAnyException();
    }

    private static String[] ids(Payload payload) {
        return Payloads.read(payload).events().stream()
                .map(TrackingEvent::eventId)
                .toArray(String[]::new);
    }

    private static String carrier(String sample) {
        return sample.substring(0, sample.indexOf('-'));
    }

    private static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private static byte[] mutatedBytes(byte[] body, Random random) {
        byte[] copy = body.clone();
        for (int i = 0; i <= random.nextInt(4); i++) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }

    private static byte[] mutatedTree(byte[] body, Random random) {
        JsonNode tree = Json.object(body);
        for (int i = 0; i <= random.nextInt(3); i++) {
            mutate(tree, random);
        }
        return tree.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void mutate(JsonNode node, Random random) {
        List<JsonNode> containers = new ArrayList<>();
        collect(node, containers);
        JsonNode chosen = containers.get(random.nextInt(containers.size()));
        JsonNode strange = STRANGE.get(random.nextInt(STRANGE.size()));
        if (chosen instanceof ObjectNode object && !object.isEmpty()) {
            List<String> names = new ArrayList<>();
            object.fieldNames().forEachRemaining(names::add);
            object.set(names.get(random.nextInt(names.size())), strange.deepCopy());
        } else if (chosen instanceof ArrayNode array && !array.isEmpty()) {
            array.set(random.nextInt(array.size()), strange.deepCopy());
        }
    }

    private static void collect(JsonNode node, List<JsonNode> containers) {
        if (node.isContainerNode()) {
            containers.add(node);
            node.forEach(child -> collect(child, containers));
        }
    }

    private static final List<JsonNode> STRANGE = List.of(
            Json.MAPPER.nullNode(),
            Json.MAPPER.createArrayNode(),
            Json.MAPPER.createObjectNode(),
            Json.MAPPER.createArrayNode().add("x"),
            Json.MAPPER.createObjectNode().put("x", 1),
            Json.MAPPER.getNodeFactory().numberNode(-1),
            Json.MAPPER.getNodeFactory().numberNode(new java.math.BigDecimal("1e999999")),
            Json.MAPPER.getNodeFactory().booleanNode(true),
            TextNode.valueOf(""),
            TextNode.valueOf("\0"),
            TextNode.valueOf("\u0001"),
            TextNode.valueOf("99999999"),
            TextNode.valueOf("+99.99"),
            TextNode.valueOf("+999999999-12-31T23:59:59+18:00"),
            TextNode.valueOf("0000-01-01T00:00:00-18:00"),
            TextNode.valueOf("\ud800"),
            TextNode.valueOf("٣٣٣٣٣٣"),
            TextNode.valueOf("x".repeat(10_000)));
}
