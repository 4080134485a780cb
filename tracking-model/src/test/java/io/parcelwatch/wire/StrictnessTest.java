package io.parcelwatch.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.RealData;
import io.parcelwatch.model.TrackingEvent;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StrictnessTest {

    @ParameterizedTest
    @ValueSource(strings = {"carrier", "tracking_number", "status", "event_time"})
    void aMissingFieldIsNamed(String field) {
        ObjectNode without = event();
        without.remove(field);
        assertMalformed(without, "\"" + field + "\" is missing");
        assertMalformed(event().putNull(field), "\"" + field + "\" is missing");
        assertMalformed(event().put(field, "  "), "\"" + field + "\" is missing");
    }

    @ParameterizedTest
    @CsvSource({
        "event_time, 2026-11-04",
        "event_time, 2026-11-04T08:00:00",
        "event_time, 2026-02-30T08:00:00Z",
        "event_time, 1793779200",
        "event_time, +12026-01-01T00:00:00Z",
        "event_time, -0001-01-01T00:00:00Z",
        "received_at, yesterday",
        "status, delivered",
        "status, LOST",
        "reason, RAIN",
        "zone, GUESSED",
        "location, Vienna",
        "scan, yes",
    })
    void aBadValueIsNamedWithItsField(String field, String value) {
        assertMalformed(event().put(field, value), "\"" + field + "\"");
    }

    @Test
    void aNumberOfNothingButControlCharactersIsNoNumber() {
        assertMalformed(event().put("tracking_number", "\u0001\u0002"), "\"tracking_number\"");
        assertMalformed(event().put("tracking_number", "\u00a0"), "\"tracking_number\"");
    }

    @Test
    void withoutACodeTheStatusIdentifiesWithOneTheStatusDoesNot() {
        assertThat(EventJson.read(event().put("status", "DELIVERED")).eventId())
                .isNotEqualTo(EventJson.read(event()).eventId());
        assertThat(EventJson.read(event().put("status", "DELIVERED").put("code", "OT"))
                        .eventId())
                .isEqualTo(EventJson.read(event().put("code", "OT")).eventId());
    }

    @Test
    void oneInstantInTwoOffsetsIsOneEventUnlessTheOffsetWasAssumed() {
        ObjectNode vienna = event().put("event_time", "2026-11-04T09:00:00+01:00");
        ObjectNode utc = event().put("event_time", "2026-11-04T08:00:00Z");
        assertThat(EventJson.read(vienna).eventId())
                .isEqualTo(EventJson.read(utc).eventId());
        assertThat(EventJson.read(vienna.put("zone", "ASSUMED")).eventId())
                .isNotEqualTo(EventJson.read(utc.put("zone", "ASSUMED")).eventId());
    }

    @Test
    void nobodyTouchesALabelUnlessTheLineSaysSo() {
        assertThat(EventJson.read(event().put("status", "PRE_TRANSIT")).scan()).isFalse();
        assertThat(EventJson.read(event().put("status", "UNKNOWN")).scan()).isFalse();
        assertThat(EventJson.read(event().put("status", "IN_TRANSIT")).scan()).isTrue();
        assertThat(EventJson.read(event().put("status", "PRE_TRANSIT").put("scan", true))
                        .scan())
                .isTrue();
    }

    @Test
    void aTimeIsKeptToTheSecondWithItsOffset() {
        TrackingEvent event = EventJson.read(event().put("event_time", "2026-11-04T09:00:00.999+05:45"));
        assertThat(event.eventTime()).isEqualTo("2026-11-04T03:15:00Z");
        assertThat(event.offset()).isEqualTo((5 * 60 + 45) * 60);
        assertThat(EventJson.write(event).get("event_time").asText()).isEqualTo("2026-11-04T09:00:00+05:45");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"orders\":{}}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"orders\":[]}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"orders\":[],\"revision\":0}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"orders\":[\"x\"],\"revision\":1}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"orders\":[{\"order\":{\"channel\":\"c\"}}],\"revision\":1}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"order\":\"#1001\"}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"promised_at\":\"2026-13-01\"}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"promised_at\":\"soon\"}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"journey\":-1}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"journey\":\"first\"}",
                "{\"tracking_number\":\"1Z\"}",
                "{\"carrier\":\"ups\"}",
            })
    void aRegistrationThatBreaksItsSchemaIsRefused(String text) {
        JsonNode object = Json.object(text.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> RegistrationJson.read(object)).isInstanceOf(MalformedException.class);
    }

    @Test
    void hostileJsonIsMalformedAndNothingElse() {
        List<byte[]> hostile = List.of(
                "[".repeat(1_000_000).getBytes(StandardCharsets.UTF_8),
                "{\"a\":".repeat(100_000).getBytes(StandardCharsets.UTF_8),
                ("{\"a\":" + "9".repeat(100_000) + "}").getBytes(StandardCharsets.UTF_8),
                "{\"a\":0.4e00669999999999999999999999999}".getBytes(StandardCharsets.UTF_8),
                "{\"a\":1,\"a\":2}".getBytes(StandardCharsets.UTF_8),
                "{} {}".getBytes(StandardCharsets.UTF_8),
                new byte[] {(byte) 0xff, (byte) 0xfe, 0, 0},
                new byte[] {'{', '"', (byte) 0xc3, 0x28, '"', ':', '1', '}'},
                new byte[0]);
        for (byte[] bytes : hostile) {
            assertThatThrownBy(() -> Json.object(bytes)).isInstanceOf(MalformedException.class);
        }
        assertThatThrownBy(() -> Json.object(null)).isInstanceOf(MalformedException.class);
    }

    @Test
    void theJsonTestSuiteBringsNothingButMalformed() throws IOException {
        Path suite = RealData.folder("conformance/JSONTestSuite");
        try (Stream<Path> files = Files.walk(suite)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".json")).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                String name = file.getFileName().toString();
                if (name.startsWith("n_")) {
                    assertThatThrownBy(() -> Json.object(bytes)).as(name).isInstanceOf(MalformedException.class);
                } else {
                    assertThatCode(() -> {
                                try {
                                    Json.object(bytes);
                                } catch (MalformedException expected) {
                                    // Lists and scalars are JSON, but no object.
                                }
                            })
                            .as(name)
                            .doesNotThrowAnyException();
                }
            }
        }
    }

    private static ObjectNode event() {
        return Json.MAPPER
                .createObjectNode()
                .put("carrier", "ups")
                .put("tracking_number", "1ZPW00000300000017")
                .put("status", "OUT_FOR_DELIVERY")
                .put("event_time", "2026-11-04T08:00:00Z");
    }

    private static void assertMalformed(ObjectNode line, String message) {
        assertThatThrownBy(() -> EventJson.read(line))
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining(message);
    }
}
