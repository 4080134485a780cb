package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.carrier.CarrierAdapter;
import io.parcelwatch.carrier.Carriers;
import io.parcelwatch.carrier.Payload;
import io.parcelwatch.carrier.Reading;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import io.parcelwatch.wire.PayloadHeaders;
import java.time.Instant;
import java.util.Optional;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.Counter;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/**
 * Reads raw payloads into tracking events. What cannot be read is a dead letter with its coordinates, never a failure of the job.
 *
 * <p>A payload is read by its carrier's adapter; one of source {@code manual}, and every line of a JSON lines file, is a tracking event as
 * {@code schema/tracking-event.json} describes it.
 */
final class ReadEvents extends ProcessFunction<RawRecord, TrackingEvent> {

    private static final long serialVersionUID = 1L;

    static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unread-payloads", TypeInformation.of(DeadLetter.class));

    static final String EVENTS_READ = "events read";
    static final String UNKNOWN_CODES = "events with an unknown code";
    static final String UNREAD_PAYLOADS = "payloads, or parts of one, that could not be read";

    private transient LongCounter read;
    private transient LongCounter unknown;
    private transient LongCounter unread;
    private transient Counter unknownCodes;
    private transient Counter deadLetters;

    @Override
    public void open(OpenContext context) {
        read = getRuntimeContext().getLongCounter(EVENTS_READ);
        unknown = getRuntimeContext().getLongCounter(UNKNOWN_CODES);
        unread = getRuntimeContext().getLongCounter(UNREAD_PAYLOADS);
        unknownCodes = getRuntimeContext().getMetricGroup().counter("unknownCodes");
        deadLetters = getRuntimeContext().getMetricGroup().counter("deadLetters");
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<TrackingEvent> out) {
        if (record.value() == null && PayloadHeaders.CLOCK.equals(record.source())) {
            // A tick: its timestamp has moved the watermark, and that was all it came for.
            return;
        }
        if (record.defect() != null) {
            refuse(record, DeadLetter.TOO_LARGE, record.defect(), context);
        } else if (record.value() == null) {
            refuse(record, DeadLetter.MALFORMED, "the payload is empty", context);
        } else if (record.value().length > PayloadHeaders.MAX_PAYLOAD_BYTES) {
            refuse(record, DeadLetter.TOO_LARGE, record.value().length + " bytes, at most 1 MiB is read", context);
        } else if (saysEverything(record)) {
            readEvent(record, context, out);
        } else {
            readPayload(record, context, out);
        }
    }

    private static boolean saysEverything(RawRecord record) {
        return "manual".equals(record.source()) || "line".equals(record.source());
    }

    private void readEvent(RawRecord record, Context context, Collector<TrackingEvent> out) {
        try {
            ObjectNode line = (ObjectNode) Json.object(record.value());
            if (record.receivedAt() != null && !line.hasNonNull("received_at")) {
                line.put(
                        "received_at", Instant.ofEpochMilli(record.receivedAt()).toString());
            }
            pass(EventJson.read(line), out);
        } catch (MalformedException e) {
            refuse(record, DeadLetter.MALFORMED, e.getMessage(), context);
        }
    }

    private void readPayload(RawRecord record, Context context, Collector<TrackingEvent> out) {
        Optional<CarrierAdapter> adapter = Carriers.adapter(record.carrier());
        if (adapter.isEmpty()) {
            refuse(
                    record,
                    DeadLetter.UNKNOWN_CARRIER,
                    "payloads of carrier " + record.carrier() + " cannot be read; those of "
                            + String.join(", ", Carriers.readable()) + " can",
                    context);
            return;
        }
        Reading reading = adapter.get()
                .read(new Payload(
                        record.carrier(),
                        record.account(),
                        record.source(),
                        Instant.ofEpochMilli(record.receivedAt()),
                        record.payloadId(),
                        record.value()));
        reading.events().forEach(event -> pass(event, out));
        for (Reading.Problem problem : reading.problems()) {
            refuse(record, DeadLetter.MALFORMED, problem.where() + ": " + problem.what(), context);
        }
    }

    private void pass(TrackingEvent event, Collector<TrackingEvent> out) {
        read.add(1);
        if (event.status() == Status.UNKNOWN) {
            unknown.add(1);
            unknownCodes.inc();
        }
        out.collect(event);
    }

    private void refuse(RawRecord record, String reason, String detail, Context context) {
        unread.add(1);
        deadLetters.inc();
        context.output(DEAD_LETTERS, DeadLetter.of(record, reason, detail));
    }
}
