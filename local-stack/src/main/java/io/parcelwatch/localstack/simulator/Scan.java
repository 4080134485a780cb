package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import java.time.Instant;

/**
 * Something a carrier notes about a parcel, made together with what it does to the parcel.
 *
 * @param signal     what is noted
 * @param at         when it happened, to the second
 * @param place      where
 * @param after      the parcel's status after it
 * @param leg        the parcel's leg after it
 * @param corrects   whether it says that the delivery before it did not happen
 * @param uploadedAt when the carrier's systems know of it; mostly minutes after
 */
record Scan(Signal signal, Instant at, Spot place, Status after, int leg, boolean corrects, Instant uploadedAt) {

    /** The event that a payload with this scan means. */
    TrackingEvent asEvent(SimParcel parcel, Instant receivedAt, String source) {
        Signal.Meaning meaning = signal.meaning(parcel.carrier);
        String code = signal.code(parcel.carrier, parcel.byGround());
        return new TrackingEvent(
                parcel.carrier.slug(),
                parcel.number,
                EventIdentity.of(
                        parcel.carrier.slug(),
                        parcel.number,
                        code,
                        EventIdentity.time(at, null, OffsetSource.CARRIER),
                        place.asScanned().folded()),
                meaning.status(),
                meaning.reason(),
                at,
                offsetSeconds(),
                OffsetSource.CARRIER,
                code,
                parcel.carrier == Carrier.UPS
                        ? signal.ups().description()
                        : signal.fedex().description(),
                place.asScanned(),
                meaning.touched(),
                receivedAt,
                source);
    }

    int offsetSeconds() {
        return place.zone().getRules().getOffset(at).getTotalSeconds();
    }
}
