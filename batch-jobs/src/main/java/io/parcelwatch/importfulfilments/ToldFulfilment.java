package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.model.Place;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;

/**
 * What one record of a fulfilment file says, whatever format it came in. It is taken whole or rejected whole.
 *
 * @param line   physical line it starts in, from 1
 * @param raw    its text as it stands in the file: its order may turn out to be unknown
 * @param source what its source calls it
 * @param rows   what it says, a row a parcel and order line; at least one
 */
record ToldFulfilment(long line, String raw, Source source, List<Row> rows) {

    ToldFulfilment {
        raw = raw.length() <= RejectedRecord.MAX_RAW ? raw : raw.substring(0, RejectedRecord.MAX_RAW);
    }

    /**
     * Which fulfilment of its source a record tells of, and which word about it this is.
     *
     * @param ref       the source's own id as {@code source/id}; null where it has none. Then a number that is missing
     *                  in a newer file says nothing
     * @param asOf      the source's time of its last change; null where it tells none: then the file imported last is
     *                  the newest
     * @param cancelled whether it was cancelled, failed or voided
     */
    record Source(String ref, Instant asOf, boolean cancelled) {
        static final Source NONE = new Source(null, null, false);
    }

    /**
     * An order's word about a parcel.
     *
     * @param orderReference the order's own id or its display name, as written
     * @param parcel         null where the order has none yet
     * @param lineRef        the sku, number or name of the order line that the parcel holds; null where the record
     *                       names none
     * @param quantity       how many pieces of it; 0: all
     */
    record Row(String orderReference, Parcel parcel, String lineRef, int quantity) {}

    /**
     * A parcel.
     *
     * @param carrier        any name the carrier goes by; once judged its slug
     * @param trackingNumber as written; once judged normalised
     * @param replaces       the wrong number in whose place this one is; null where it corrects none, as all that
     *                       follow but the places
     * @param service        as the shop names it
     * @param shippedAt      when it was handed over
     * @param promise        what the customer was promised
     * @param origin         where it leaves; parts may be null
     */
    record Parcel(
            String carrier,
            String trackingNumber,
            String replaces,
            String service,
            Instant shippedAt,
            Promise promise,
            Place origin) {}

    /** A day or a moment; of both at most one is there. */
    record Promise(LocalDate day, Instant moment) {
        static final Promise NONE = new Promise(null, null);
    }
}
