package io.parcelwatch.carrier;

import io.parcelwatch.model.TrackingEvent;
import java.util.List;

/**
 * What an adapter made of a payload. One bad activity does not spoil the others: it becomes a problem beside their events.
 *
 * @param events   what the carrier said, in the order of the payload
 * @param problems what could not be read; a dead letter each
 */
public record Reading(List<TrackingEvent> events, List<Problem> problems) {

    /**
     * A part of a payload that could not be read.
     *
     * @param where a JSON pointer or the like, for a person to find the place
     * @param what  the rule that it breaks
     */
    public record Problem(String where, String what) {}
}
