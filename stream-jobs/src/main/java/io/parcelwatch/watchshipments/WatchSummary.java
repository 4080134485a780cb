package io.parcelwatch.watchshipments;

import java.util.Map;

/**
 * What a bounded run read.
 *
 * @param registrations registrations read
 * @param events        events read, copies included
 * @param unknownCodes  events whose code no table knows
 * @param skipped       events after {@code --as-of}, left out
 * @param waiting       events still waiting for the registration of their number
 * @param unread        lines that could not be read; dead letters
 */
public record WatchSummary(
        long registrations, long events, long unknownCodes, long skipped, long waiting, long unread) {

    static WatchSummary of(Map<String, Object> accumulators) {
        return new WatchSummary(
                count(accumulators, ReadRegistrations.REGISTRATIONS_READ),
                count(accumulators, ReadEvents.EVENTS_READ),
                count(accumulators, ReadEvents.UNKNOWN_CODES),
                count(accumulators, ShipmentWatch.SKIPPED_EVENTS),
                count(accumulators, ShipmentWatch.WAITING_EVENTS),
                count(accumulators, ReadEvents.UNREAD_PAYLOADS)
                        + count(accumulators, ReadRegistrations.UNREAD_REGISTRATIONS));
    }

    private static long count(Map<String, Object> accumulators, String name) {
        return accumulators.get(name) instanceof Number number ? number.longValue() : 0;
    }
}
