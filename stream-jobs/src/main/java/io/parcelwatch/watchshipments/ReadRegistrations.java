package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Registration;
import io.parcelwatch.wire.Bounds;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import io.parcelwatch.wire.RegistrationJson;
import java.util.List;
import org.apache.flink.api.common.accumulators.LongCounter;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.functions.ProcessFunction;
import org.apache.flink.util.Collector;
import org.apache.flink.util.OutputTag;

/** Reads registrations, of the topic or of a JSON lines file. What cannot be read is a dead letter. */
final class ReadRegistrations extends ProcessFunction<RawRecord, Registration> {

    private static final long serialVersionUID = 1L;

    static final OutputTag<DeadLetter> DEAD_LETTERS =
            new OutputTag<>("unread-registrations", TypeInformation.of(DeadLetter.class));

    static final String REGISTRATIONS_READ = "registrations read";
    static final String UNREAD_REGISTRATIONS = "registrations that could not be read";

    private transient LongCounter read;
    private transient LongCounter unread;
    private transient CountersBy deadLetters;

    @Override
    public void open(OpenContext context) {
        read = getRuntimeContext().getLongCounter(REGISTRATIONS_READ);
        unread = getRuntimeContext().getLongCounter(UNREAD_REGISTRATIONS);
        deadLetters = CountersBy.deadLetters(
                getRuntimeContext().getMetricGroup(), List.of(DeadLetter.MALFORMED, DeadLetter.TOO_LARGE));
    }

    @Override
    public void processElement(RawRecord record, Context context, Collector<Registration> out) {
        if (record.value() == null && record.defect() == null) {
            // A tombstone of the compacted topic: intake never takes a registration back, retention may.
            return;
        }
        try {
            if (record.defect() != null) {
                throw new MalformedException(record.defect());
            }
            out.collect(Bounds.check(RegistrationJson.read(Json.object(record.value()))));
            read.add(1);
        } catch (MalformedException e) {
            String reason = record.defect() == null ? DeadLetter.MALFORMED : DeadLetter.TOO_LARGE;
            unread.add(1);
            deadLetters.add(reason, 1);
            context.output(DEAD_LETTERS, DeadLetter.of(record, reason, "registration: " + e.getMessage()));
        }
    }
}
