package io.parcelwatch.model;

/**
 * A way that parcels take and that their times are compared on. Never null: {@code ?} where unknown.
 *
 * @param carrier     the carrier's slug
 * @param service     the service as the shop names it
 * @param origin      {@code country} or {@code country-region}
 * @param destination likewise
 */
public record Lane(String carrier, String service, String origin, String destination) {

    /** The lane of a shipment whose parts may be unknown. */
    public static Lane of(String carrier, String service, Place origin, Place destination) {
        return new Lane(
                carrier,
                service == null || service.isBlank() ? "?" : service,
                origin == null ? "?" : origin.forLane(),
                destination == null ? "?" : destination.forLane());
    }
}
