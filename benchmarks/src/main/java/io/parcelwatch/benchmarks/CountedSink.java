package io.parcelwatch.benchmarks;

import io.parcelwatch.watchshipments.ShipmentDocument;
import java.io.IOException;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.connector.sink2.Sink;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.flink.api.connector.sink2.WriterInitContext;

/**
 * Hands documents on, and counts them. Counts in statics: the little cluster runs in this process, and works on copies of its sinks.
 */
final class CountedSink implements Sink<ShipmentDocument> {

    private static final long serialVersionUID = 1L;

    private static final AtomicLong DOCUMENTS = new AtomicLong();
    private static final AtomicLong EVENTS = new AtomicLong();
    private static volatile Instant receivedFrom;
    private static volatile long firstAt;
    private static volatile boolean fails;

    private final Sink<ShipmentDocument> counted;

    CountedSink(Sink<ShipmentDocument> counted) {
        this.counted = counted;
    }

    /**
     * Begins to count anew.
     *
     * @param from events received before that are not counted: after a restart the first document of each number repeats those it had
     */
    static void reset(Instant from) {
        receivedFrom = from;
        DOCUMENTS.set(0);
        EVENTS.set(0);
        firstAt = 0;
    }

    static long documents() {
        return DOCUMENTS.get();
    }

    /** Rows of the events that are counted in the documents. */
    static long events() {
        return EVENTS.get();
    }

    /** When the first document came, by {@link System#nanoTime()}; 0: none yet. */
    static long firstAt() {
        return firstAt;
    }

    /** Lets the next document fail the job, which restarts from its checkpoint. */
    static void failOnce() {
        fails = true;
    }

    @Override
    public SinkWriter<ShipmentDocument> createWriter(WriterInitContext context) throws IOException {
        return new Writer(counted.createWriter(context));
    }

    private record Writer(SinkWriter<ShipmentDocument> counted) implements SinkWriter<ShipmentDocument> {

        @Override
        public void write(ShipmentDocument document, Context context) throws IOException, InterruptedException {
            if (fails) {
                fails = false;
                throw new IOException("failed on purpose");
            }
            if (firstAt == 0) {
                firstAt = System.nanoTime();
            }
            DOCUMENTS.incrementAndGet();
            for (ShipmentDocument.Event event : document.events()) {
                if (!event.receivedAt().isBefore(receivedFrom)) {
                    EVENTS.incrementAndGet();
                }
            }
            counted.write(document, context);
        }

        @Override
        public void writeWatermark(Watermark watermark) throws IOException, InterruptedException {
            counted.writeWatermark(watermark);
        }

        @Override
        public void flush(boolean endOfInput) throws IOException, InterruptedException {
            counted.flush(endOfInput);
        }

        @Override
        public void close() throws Exception {
            counted.close();
        }
    }
}
