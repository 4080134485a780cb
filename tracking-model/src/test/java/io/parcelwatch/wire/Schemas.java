package io.parcelwatch.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.networknt.schema.JsonSchema;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SchemaValidatorsConfig;
import com.networknt.schema.SpecVersion.VersionFlag;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The schemas and the frozen samples, as tests use them. */
final class Schemas {

    static final List<String> ALL = List.of(
            "tracking-event", "shipment", "registration", "shipment-changes", "shipment-alerts", "dead-letters");

    private Schemas() {}

    static JsonNode json(String name) {
        return Json.object(bytes("/schema/" + name + ".json"));
    }

    static List<String> problems(String name, JsonNode value) {
        JsonSchema schema = JsonSchemaFactory.getInstance(VersionFlag.V202012)
                .getSchema(
                        json(name),
                        SchemaValidatorsConfig.builder()
                                .formatAssertionsEnabled(true)
                                .build());
        return schema.validate(value).stream().map(Object::toString).toList();
    }

    static void assertValid(String name, JsonNode value) {
        assertThat(problems(name, value)).as("%s: %s", name, value).isEmpty();
    }

    /** The lines of a frozen sample of version 1. */
    static List<JsonNode> frozen(String name) {
        return new String(bytes("/io/parcelwatch/wire/v1/" + name), StandardCharsets.UTF_8)
                .lines()
                .map(line -> Json.object(line.getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    private static byte[] bytes(String resource) {
        try (InputStream in = Schemas.class.getResourceAsStream(resource)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
