package io.parcelwatch.localstack.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.carrier.Carriers;
import io.parcelwatch.carrier.Reading;
import io.parcelwatch.localstack.simulator.Happening.CarrierPayload;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.Payload;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The payloads say to our adapters what they mean: a simulation with words of its own would test nothing. */
class PayloadsReadByAdaptersTest {

    private static String told(TrackingEvent event) {
        return String.join(
                " ",
                event.carrier(),
                event.trackingNumber(),
                event.status().name(),
                String.valueOf(event.reason()),
                event.eventTime().toString(),
                String.valueOf(event.offset()),
                event.code(),
                String.valueOf(event.scan()),
                Place.fold(event.location().city()),
                String.valueOf(event.location().region()),
                event.location().country(),
                event.receivedAt().toString(),
                event.source());
    }

    private static Reading read(Payload payload) {
        return Carriers.adapter(payload.carrier()).orElseThrow().read(payload);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void adaptersReadWhatIsMeantAndOneProblemInWhatIsMalformed(long seed) {
        for (Happening happening :
                ParcelSimulator.simulate(SimulationPlan.demo(seed)).timeline()) {
            if (happening instanceof CarrierPayload payload) {
                Reading reading = read(payload.payload());
                boolean malformed = payload.quirks().stream().anyMatch(FeedQuirk::malformed);
                List<TrackingEvent> events = reading.events().stream()
                        .sorted(Comparator.comparing(TrackingEvent::eventTime))
                        .toList();
                assertThat(reading.problems()).as(payload.toString()).hasSize(malformed ? 1 : 0);
                assertThat(events.stream().map(PayloadsReadByAdaptersTest::told))
                        .as(payload.toString())
                        .containsExactlyElementsOf(payload.meant().stream()
                                .map(PayloadsReadByAdaptersTest::told)
                                .toList());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void adaptersFindAsManyDistinctEventsAsWereMeant(long seed) {
        Simulation demo = ParcelSimulator.simulate(SimulationPlan.demo(seed));
        Set<String> ids = new HashSet<>();
        for (Happening happening : demo.timeline()) {
            if (happening instanceof CarrierPayload payload) {
                read(payload.payload())
                        .events()
                        .forEach(event -> ids.add(event.carrier() + event.trackingNumber() + event.eventId()));
            }
        }
        assertThat((long) ids.size()).isEqualTo(demo.truth().eventsOfAllNumbers());
    }
}
