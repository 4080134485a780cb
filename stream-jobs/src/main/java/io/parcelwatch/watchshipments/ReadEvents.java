package io.parcelwatch.watchshipments;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.carrier.CarrierAdapter;
import io.parcelwatch.carrier.Carriers;
import io.parcelwatch.carrier.Reading;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.Bounds;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import java.io.Serializable;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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

    private static final Logger LOG = LoggerFactory.getLogger(ReadEvents.class);

    private static final int PROBLEMS_TOLD = 5;

    /** Lines may name any carrier: metrics tell those apart whose codes we keep a table of. */
    private static final String OTHER_CARRIER = "other";

    static final String EVENTS_READ = "events read";
    static final String UNKNOWN_CODES = "events with an unknown code";
    static final String UNREAD_PAYLOADS = "payloads, or parts of one, that could not be read";

    private transient LongCounter read;
    private transient LongCounter unknown;
    private transient LongCounter unread;
    private transient CountersBy unknownCodes;
    private transient CountersBy deadLetters;

    private final Adapters adapters;

    /** Where adapters are found by a carrier's slug; a method reference that Flink can send to its tasks. */
    interface Adapters extends Function<String, Optional<CarrierAdapter>>, Serializable {}

    ReadEvents() {
        this(Carriers::adapter);
    }

    ReadEvents(Adapters adapters) {
        this.adapters = adapters;
    }

    @Override
    public void open(OpenContext context) {
        read = getRuntimeContext().getLongCounter(EVENTS_READ);
        unknown = getRuntimeContext().getLongCounter(UNKNOWN_CODES);
        unread = getRuntimeContext().getLongCounter(UNREAD_PAYLOADS);
        MetricGroup metrics = getRuntimeContext().getMetricGroup();
        List<String> carriers = new ArrayList<>(Carriers.readable());
        carriers.add(OTHER_CARRIER);
        unknownCodes = new CountersBy(metrics, "carrier", "unknownCodes", carriers);
        deadLetters = CountersBy.deadLetters(
                metrics, List.of(DeadLetter.MALFORMED, DeadLetter.TOO_LARGE, DeadLetter.UNKNOWN_CARRIER));
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
            if (record.receivedAt() != null) {
                // On Kafka the headers say how and when it came; nobody backdates what was known.
                line.put(
                        "received_at", Instant.ofEpochMilli(record.receivedAt()).toString());
                line.put("source", record.source());
            }
            pass(EventJson.read(line), out);
        } catch (MalformedException e) {
            refuse(record, DeadLetter.MALFORMED, e.getMessage(), context);
        }
    }

    private void readPayload(RawRecord record, Context context, Collector<TrackingEvent> out) {
        Optional<CarrierAdapter> adapter = adapters.apply(record.carrier());
        if (adapter.isEmpty()) {
            refuse(
                    record,
                    DeadLetter.UNKNOWN_CARRIER,
                    "payloads of carrier " + record.carrier() + " cannot be read; those of "
                            + String.join(", ", Carriers.readable()) + " can",
                    context);
            return;
        }
        Reading reading;
        try {
            reading = adapter.get()
                    .read(new Payload(
                            record.carrier(),
                            record.account(),
                            record.source(),
                            Instant.ofEpochMilli(record.receivedAt()),
                            record.payloadId(),
                            record.value()));
        } catch (RuntimeException e) {
            // A fault of the adapter. Thrown on, it would come back with each restart, and no other carrier would be
            // read.
            LOG.error("the adapter of {} fails at {}", record.carrier(), record.coordinates(), e);
            refuse(
                    record,
                    DeadLetter.MALFORMED,
                    "the adapter of " + record.carrier() + " fails ("
                            + e.getClass().getSimpleName() + "); the log of the job says where",
                    context);
            return;
        }
        for (TrackingEvent event : reading.events()) {
            try {
                pass(event, out);
            } catch (MalformedException e) {
                refuse(record, DeadLetter.MALFORMED, e.getMessage(), context);
                return;
            }
        }
        if (!reading.problems().isEmpty()) {
            refuse(record, DeadLetter.MALFORMED, told(reading.problems()), context);
        }
    }

    /** One dead letter a payload, however much of it is wrong: each keeps the whole payload. */
    private static String told(List<Reading.Problem> problems) {
        String first = problems.stream()
                .limit(PROBLEMS_TOLD)
                .map(problem -> problem.where() + ": " + problem.what())
                .collect(Collectors.joining("; "));
        int more = problems.size() - PROBLEMS_TOLD;
        return more > 0 ? first + "; and " + more + " more" : first;
    }

    private void pass(TrackingEvent unbounded, Collector<TrackingEvent> out) {
        TrackingEvent event = Bounds.check(unbounded);
        read.add(1);
        if (event.status() == Status.UNKNOWN) {
            unknown.add(1);
            unknownCodes.add(Carriers.adapter(event.carrier()).isPresent() ? event.carrier() : OTHER_CARRIER, 1);
        }
        out.collect(event);
    }

    private void refuse(RawRecord record, String reason, String detail, Context context) {
        unread.add(1);
        deadLetters.add(reason, 1);
        context.output(DEAD_LETTERS, DeadLetter.of(record, reason, detail));
    }
}
