package io.parcelwatch.carrier;

import java.util.List;

/** Placeholder until the reading is written. */
final class FedExAdapter implements CarrierAdapter {

    @Override
    public String carrier() {
        return "fedex";
    }

    @Override
    public Reading read(Payload payload) {
        return new Reading(List.of(), List.of());
    }
}
