package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.Payload;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

/** Something that reaches the shop from outside at a moment of the simulated time. */
public sealed interface Happening {

    /** When it reaches the shop. */
    Instant at();

    /**
     * A store exports its orders: those new or changed since the last export, with an overlap.
     *
     * @param at       when
     * @param channel  {@code shopify}
     * @param account  the store
     * @param fileName sorts by time within a store
     * @param bytes    CSV, UTF-8
     */
    record OrderExport(Instant at, String channel, String account, String fileName, byte[] bytes)
            implements Happening {}

    /**
     * The shipping software exports what went out: header
     * {@code order_reference,carrier,tracking_number,service,shipped_at,promised_at,origin_country,origin_region,origin_postal_code,line,quantity}.
     *
     * @param at       when
     * @param channel  {@code shopify}
     * @param account  the store
     * @param fileName sorts by time within a store
     * @param bytes    CSV, UTF-8
     */
    record FulfilmentFile(Instant at, String channel, String account, String fileName, byte[] bytes)
            implements Happening {}

    /** A carrier says something, in its own format. */
    final class CarrierPayload implements Happening {

        private final String key;
        private final Payload payload;
        private final Set<FeedQuirk> quirks;
        private final Supplier<List<TrackingEvent>> meant;

        CarrierPayload(String key, Payload payload, Set<FeedQuirk> quirks, Supplier<List<TrackingEvent>> meant) {
            this.key = key;
            this.payload = payload;
            this.quirks = quirks;
            this.meant = meant;
        }

        /** When it is received. */
        @Override
        public Instant at() {
            return payload.receivedAt();
        }

        /** The record's key: account and number where the number can be known, else the payload's id. */
        public String key() {
            return key;
        }

        /** What the carrier sent. Duplicates carry one payload id. */
        public Payload payload() {
            return payload;
        }

        /** What is odd about it; mostly nothing. */
        public Set<FeedQuirk> quirks() {
            return quirks;
        }

        /**
         * What the carrier meant to say with it, oldest first: status, reason, moment, offset, raw code, city, region and country, scan or
         * not. Ids are those of JSON lines, not an adapter's.
         */
        public List<TrackingEvent> meant() {
            return meant.get();
        }

        @Override
        public String toString() {
            return "CarrierPayload[" + at() + ", " + key + ", " + payload.payloadId() + ", " + quirks + "]";
        }
    }
}
