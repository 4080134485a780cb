package io.parcelwatch.carrier;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.Payload;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** Payloads for tests: the samples beside this class, or text. */
final class Payloads {

    static final Instant RECEIVED = Instant.parse("2026-11-04T20:00:00Z");

    private Payloads() {}

    static Payload sample(String carrier, String name) {
        try (InputStream in = Payloads.class.getResourceAsStream(name)) {
            return new Payload(carrier, "main", "poll", RECEIVED, "p1", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Payload text(String carrier, String body) {
        return new Payload(carrier, "main", "poll", RECEIVED, "p1", body.getBytes(StandardCharsets.UTF_8));
    }

    static Reading read(Payload payload) {
        return Carriers.adapter(payload.carrier()).orElseThrow().read(payload);
    }

    /** The one event of a reading without problems. */
    static TrackingEvent one(Reading reading) {
        assertThat(reading.problems()).isEmpty();
        assertThat(reading.events()).hasSize(1);
        return reading.events().get(0);
    }
}
