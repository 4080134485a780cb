package io.parcelwatch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaId;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecVersion.VersionFlag;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What was written by version 1 must read the same for ever. Lines are added to the frozen samples, never changed. */
class CompatibilityTest {

    private static final OrderRef SHOPIFY = new OrderRef("shopify", "eu", "5001");

    private static final List<TrackingEvent> EVENTS = List.of(
            new TrackingEvent(
                    "ups",
                    "1ZPW00000300000017",
                    "3e0152298b7f615e",
                    Status.OUT_FOR_DELIVERY,
                    null,
                    Instant.parse("2026-11-04T13:45:02Z"),
                    -5 * 3600,
                    OffsetSource.CARRIER,
                    "OT",
                    "Out For Delivery Today",
                    new Place("Asheville", "NC", "28801", "US"),
                    true,
                    null,
                    null),
            new TrackingEvent(
                    "fedex",
                    "700000000017",
                    "aa320739394df33f",
                    Status.EXCEPTION,
                    Reason.WEATHER,
                    Instant.parse("2026-11-03T12:00:00Z"),
                    0,
                    OffsetSource.ASSUMED,
                    null,
                    null,
                    new Place("Chicago", null, null, null),
                    true,
                    null,
                    null),
            new TrackingEvent(
                    "dhl",
                    "JD014600003",
                    "f2cabec7f8409609",
                    Status.PRE_TRANSIT,
                    null,
                    Instant.parse("2026-11-01T05:00:00Z"),
                    3600,
                    OffsetSource.CARRIER,
                    null,
                    null,
                    Place.NOWHERE,
                    false,
                    null,
                    null),
            new TrackingEvent(
                    "ups",
                    "1ZPW00000300000026",
                    "0123456789abcdef",
                    Status.DELIVERED,
                    null,
                    Instant.parse("2026-11-04T16:01:30Z"),
                    3600,
                    OffsetSource.LOCATION,
                    "FS",
                    null,
                    Place.NOWHERE,
                    true,
                    Instant.parse("2026-11-04T16:05:00Z"),
                    "webhook"));

    private static final List<Registration> SHIPMENTS = List.of(
            new Registration(
                    "ups",
                    "1ZPW00000300000017",
                    0,
                    List.of(new RegisteredOrder(
                            SHOPIFY,
                            0,
                            "Ground",
                            new Place(null, "NJ", "07102", "US"),
                            new Place(null, "NC", "28801", "US"),
                            Instant.parse("2026-11-01T09:00:00Z"),
                            Instant.parse("2026-11-06T04:59:59.999999Z"),
                            PromisePrecision.DATE,
                            null,
                            Instant.parse("2026-11-01T12:00:00Z"),
                            null))),
            new Registration(
                    "fedex",
                    "700000000017",
                    0,
                    List.of(new RegisteredOrder(
                            new OrderRef("?", "?", "fedex/700000000017"),
                            0,
                            null,
                            Place.NOWHERE,
                            Place.NOWHERE,
                            null,
                            Instant.parse("2026-11-06T18:00:00Z"),
                            PromisePrecision.INSTANT,
                            null,
                            null,
                            null))));

    private static final List<Registration> REGISTRATIONS = List.of(new Registration(
            "ups",
            "1ZPW00000300000017",
            3,
            List.of(
                    new RegisteredOrder(
                            SHOPIFY,
                            1,
                            "Ground",
                            new Place(null, "NJ", null, "US"),
                            new Place(null, "NC", null, "US"),
                            Instant.parse("2026-11-01T09:00:00Z"),
                            Instant.parse("2026-11-06T04:59:59.999999Z"),
                            PromisePrecision.DATE,
                            Instant.parse("2026-11-07T00:00:00Z"),
                            Instant.parse("2026-11-01T12:00:00Z"),
                            null),
                    new RegisteredOrder(
                            new OrderRef("amazon", "us", "111-1"),
                            2,
                            null,
                            Place.NOWHERE,
                            Place.NOWHERE,
                            Instant.parse("2027-02-01T09:00:00Z"),
                            null,
                            null,
                            null,
                            null,
                            Instant.parse("2027-02-02T09:00:00Z")))));

    @Test
    void eventsOfVersionOneReadTheSame() {
        assertThat(Schemas.frozen("tracking-events.jsonl").stream().map(EventJson::read))
                .containsExactlyElementsOf(EVENTS);
    }

    @Test
    void shipmentsOfVersionOneReadTheSame() {
        assertThat(Schemas.frozen("shipments.jsonl").stream().map(RegistrationJson::read))
                .containsExactlyElementsOf(SHIPMENTS);
    }

    @Test
    void registrationsOfVersionOneReadTheSame() {
        assertThat(Schemas.frozen("registrations.jsonl").stream().map(RegistrationJson::read))
                .containsExactlyElementsOf(REGISTRATIONS);
    }

    @Test
    void theFrozenLinesAreValidAndFieldsWeDoNotKnowAreNoFault() {
        Schemas.frozen("tracking-events.jsonl").forEach(line -> Schemas.assertValid("tracking-event", line));
        Schemas.frozen("shipments.jsonl").forEach(line -> Schemas.assertValid("shipment", line));
        Schemas.frozen("registrations.jsonl").forEach(line -> Schemas.assertValid("registration", line));
    }

    @Test
    void whatWeWriteIsValidAndReadsBackTheSame() {
        for (TrackingEvent event : EVENTS) {
            Schemas.assertValid("tracking-event", EventJson.write(event));
            assertThat(EventJson.read(reread(EventJson.write(event)))).isEqualTo(event);
        }
        for (Registration registration : REGISTRATIONS) {
            Schemas.assertValid("registration", RegistrationJson.write(registration));
            assertThat(RegistrationJson.read(reread(RegistrationJson.write(registration))))
                    .isEqualTo(registration);
        }
        for (Registration line : SHIPMENTS) {
            JsonNode written = RegistrationJson.writeLine(
                    line.carrier(), line.trackingNumber(), line.orders().get(0));
            Schemas.assertValid("shipment", written);
            assertThat(RegistrationJson.read(reread(written))).isEqualTo(line);
        }
    }

    @Test
    void theSchemasRefuseWhatTheReadersRefuse() {
        for (String line : List.of(
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"status\":\"LOST\",\"event_time\":\"2026-11-04T08:00:00Z\"}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"status\":\"DELIVERED\",\"event_time\":\"2026-11-04\"}",
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z\",\"status\":\"DELIVERED\"}")) {
            assertThat(Schemas.problems("tracking-event", Json.object(line.getBytes(StandardCharsets.UTF_8))))
                    .as(line)
                    .isNotEmpty();
        }
    }

    @Test
    void theWordsOfTheSchemasAreTheWordsOfTheModel() {
        for (String name : List.of("tracking-event", "shipment-changes")) {
            assertThat(words(name, "status")).containsExactlyElementsOf(names(Status.values()));
            assertThat(words(name, "reason")).containsExactlyElementsOf(names(Reason.values()));
        }
        assertThat(words("tracking-event", "zone")).containsExactlyInAnyOrderElementsOf(names(OffsetSource.values()));
        assertThat(words("shipment", "promise_precision")).containsExactlyElementsOf(names(PromisePrecision.values()));
        assertThat(words("shipment-alerts", "kind")).containsExactlyElementsOf(names(AlertKind.values()));
    }

    @Test
    void theSchemasAreThemselvesValidAndDescribeEveryField() {
        JsonSchema meta =
                JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(SchemaLocation.of(SchemaId.V202012));
        for (String name : Schemas.ALL) {
            JsonNode schema = Schemas.json(name);
            assertThat(meta.validate(schema)).as(name).isEmpty();
            schema.path("properties")
                    .fields()
                    .forEachRemaining(field -> assertThat(
                                    field.getValue().path("description").asText())
                            .as("%s.%s", name, field.getKey())
                            .isNotBlank());
        }
    }

    @Test
    void theExamplesOfTheOtherTopicsAreValid() {
        Schemas.assertValid("shipment-changes", json("""
                {"carrier":"ups","tracking_number":"1Z","journey":1,"leg":1,"status":"IN_TRANSIT","status_at":"2026-11-04T08:00:00Z",
                 "reason":null,"stalled":true,"delayed":false,"expired":false,"revision":7,
                 "orders":[{"channel":"shopify","account":"eu","id":"5001"}],"changed_at":"2026-11-04T08:00:05.123Z"}"""));
        Schemas.assertValid("shipment-alerts", json("""
                {"alert_id":"a1","kind":"STALLED","carrier":"ups","tracking_number":"1Z","journey":1,"leg":1,
                 "opened_at":"2026-11-07T08:00:00Z","closed_at":null,"withdrawn_at":null,"last_movement_at":"2026-11-04T08:00:00Z",
                 "threshold_hours":72,"revision":7}"""));
        Schemas.assertValid("shipment-alerts", json("""
                {"alert_id":"a2","kind":"FEED_SILENT","carrier":"ups","opened_at":"2026-11-07T08:00:00Z","revision":0}"""));
        Schemas.assertValid("dead-letters", json("""
                {"id":"d1","reason":"MALFORMED","detail":"/trackResponse: no list","carrier":"ups","tracking_number":null,"source":"poll",
                 "coordinates":"carrier-payloads/3/17","received_at":"2026-11-04T08:00:00Z","payload_base64":"e30="}"""));
    }

    private static List<String> words(String schema, String field) {
        return StreamSupport.stream(
                        Schemas.json(schema)
                                .path("properties")
                                .path(field)
                                .path("enum")
                                .spliterator(),
                        false)
                .filter(word -> !word.isNull())
                .map(JsonNode::asText)
                .toList();
    }

    private static List<String> names(Enum<?>[] values) {
        return Arrays.stream(values).map(Enum::name).toList();
    }

    private static JsonNode json(String text) {
        return Json.object(text.getBytes(StandardCharsets.UTF_8));
    }

    private static JsonNode reread(JsonNode node) {
        return json(node.toString());
    }
}
