package io.parcelwatch.watchshipments;

import io.parcelwatch.model.TrackingEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.flink.streaming.api.operators.AbstractStreamOperator;
import org.apache.flink.streaming.api.operators.OneInputStreamOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;

/**
 * Makes signs of life of the events, before they are brought together by carrier: there are few carriers, and every event of the largest would
 * pass through one instance. What is gathered goes on before each watermark and each checkpoint barrier, so nothing is kept in state.
 *
 * <p>A live run takes no sign for later than the clock takes its record ({@link Sources#clock}): a sender whose clock is a day ahead would hide a day
 * of silence.
 */
final class FeedSigns extends AbstractStreamOperator<FeedSign>
        implements OneInputStreamOperator<TrackingEvent, FeedSign> {

    private static final long serialVersionUID = 1L;

    /** What people in operations say is no sign of the carrier. */
    private static final String MANUAL = "manual";

    private final WatchRules rules;
    private transient Map<Object, FeedSign> gathered;

    FeedSigns(WatchRules rules) {
        this.rules = rules;
    }

    @Override
    public void open() throws Exception {
        super.open();
        gathered = new LinkedHashMap<>();
    }

    @Override
    public void processElement(StreamRecord<TrackingEvent> record) {
        TrackingEvent event = record.getValue();
        if (event.receivedAt() == null
                || MANUAL.equals(event.source())
                || (rules.bounded() && event.receivedAt().isAfter(rules.asOf()))) {
            return;
        }
        long at = event.receivedAt().toEpochMilli();
        if (!rules.bounded()) {
            at = Math.min(at, record.getTimestamp());
        }
        FeedSign sign = new FeedSign(event.carrier(), at, at);
        gathered.merge(Map.entry(sign.carrier(), sign.minute()), sign, FeedSign::and);
    }

    @Override
    public void processWatermark(Watermark mark) throws Exception {
        pass();
        super.processWatermark(mark);
    }

    @Override
    public void prepareSnapshotPreBarrier(long checkpoint) {
        pass();
    }

    @Override
    public void finish() throws Exception {
        pass();
        super.finish();
    }

    private void pass() {
        gathered.values().forEach(sign -> output.collect(new StreamRecord<>(sign)));
        gathered.clear();
    }
}
