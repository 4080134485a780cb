package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.carrier.CarrierAdapter;
import io.parcelwatch.carrier.Carriers;
import io.parcelwatch.carrier.Reading;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.Payload;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.OneInputStreamOperatorTestHarness;
import org.apache.flink.streaming.util.ProcessFunctionTestHarnesses;
import org.junit.jupiter.api.Test;

class ReadEventsTest {

    /** An adapter with a fault: a field it took for granted. */
    private static final class Faulty implements CarrierAdapter {
        @Override
        public String carrier() {
            return "faulty";
        }

        @Override
        public Reading read(Payload payload) {
            throw new NullPointerException("no such field");
        }
    }

    @Test
    void aPayloadAtWhichAnAdapterFailsIsADeadLetterAndTheOthersAreRead() throws Exception {
        try (OneInputStreamOperatorTestHarness<RawRecord, TrackingEvent> events =
                ProcessFunctionTestHarnesses.forProcessFunction(new ReadEvents(
                        carrier -> carrier.equals("faulty") ? Optional.of(new Faulty()) : Carriers.adapter(carrier)))) {
            events.processElement(new StreamRecord<>(record("faulty", "webhook", "{}")));
            events.processElement(
                    new StreamRecord<>(
                            record(
                                    "ups",
                                    "manual",
                                    "{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"status\":\"IN_TRANSIT\",\"event_time\":\"2026-03-02T12:00:00Z\"}")));

            assertThat(events.extractOutputValues()).hasSize(1);
            assertThat(events.getSideOutput(ReadEvents.DEAD_LETTERS))
                    .singleElement()
                    .extracting(StreamRecord::getValue)
                    .satisfies(letter -> {
                        assertThat(letter.reason()).isEqualTo(DeadLetter.MALFORMED);
                        assertThat(letter.coordinates()).isEqualTo("carrier-payloads/0/7");
                        assertThat(letter.detail())
                                .isEqualTo(
                                        "the adapter of faulty fails (NullPointerException); the log of the job says where");
                        assertThat(letter.payload()).asString().isEqualTo("{}");
                    });
        }
    }

    private static RawRecord record(String carrier, String source, String body) {
        return new RawRecord(
                "carrier-payloads/0/7",
                carrier,
                null,
                source,
                null,
                1_772_452_800_000L,
                body.getBytes(StandardCharsets.UTF_8),
                null);
    }
}
