package io.parcelwatch.carrier;

import io.parcelwatch.wire.Payload;

/** Reads what one carrier sends. Stateless; one instance serves all threads. */
public interface CarrierAdapter {

    /** The carrier's slug, for example {@code ups}. */
    String carrier();

    /**
     * What the payload says. Never throws for what a carrier may send: what cannot be read becomes a problem in the reading. An answer
     * without news ("tracking number not found") is an empty reading.
     */
    Reading read(Payload payload);
}
