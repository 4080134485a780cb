package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.functions.KeySelector;
import org.apache.flink.runtime.state.KeyedStateBackend;
import org.apache.flink.runtime.state.VoidNamespace;
import org.apache.flink.streaming.api.operators.AbstractStreamOperatorV2;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedMultiInputStreamOperatorTestHarness;

/** {@link ShipmentWatch} alone, with a clock that the test moves. */
final class WatchHarness extends KeyedMultiInputStreamOperatorTestHarness<String, ShipmentDocument> {

    WatchHarness(WatchRules rules) throws Exception {
        super(ShipmentWatch.by(rules), Types.STRING);
        setKeySelector(0, (KeySelector<TrackingEvent, String>)
                event -> NumberKey.text(event.carrier(), event.trackingNumber()));
        setKeySelector(1, (KeySelector<Registration, String>)
                registration -> NumberKey.text(registration.carrier(), registration.trackingNumber()));
    }

    void take(TrackingEvent event) throws Exception {
        processElement(0, new StreamRecord<>(event));
    }

    void take(Registration registration) throws Exception {
        processElement(1, new StreamRecord<>(registration));
    }

    void take(StatedStallRules rules) throws Exception {
        processElement(2, new StreamRecord<>(rules));
    }

    void clock(Instant now) throws Exception {
        clock(new Watermark(now.toEpochMilli()));
    }

    void clock(Watermark mark) throws Exception {
        for (int input = 0; input < 3; input++) {
            processWatermark(input, mark);
        }
    }

    /** What was passed on since the last time. */
    List<ShipmentDocument> documents() {
        List<ShipmentDocument> documents = new ArrayList<>(extractOutputValues());
        getOutput().clear();
        return documents;
    }

    /** All that was told to the topics. */
    List<String> news() {
        return getSideOutput(ShipmentWatch.NEWS).stream()
                .map(record -> record.getValue().json())
                .toList();
    }

    long numbersHeld() {
        KeyedStateBackend<String> state = ((AbstractStreamOperatorV2<?>) operator).getKeyedStateBackend();
        return state.getKeys("number", VoidNamespace.INSTANCE).count();
    }
}
