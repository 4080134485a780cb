package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.Place;
import java.time.ZoneId;

/**
 * A place on the simulated map, see {@code places.csv}.
 *
 * @param role       {@code origin}, {@code hub} or {@code home}
 * @param region     as channels and carriers code it, or null
 * @param zone       whose clock runs there
 * @param band       how far west, for transit times
 * @param facility   FedEx's name of it
 * @param slic       UPS's name of it
 */
record Spot(
        String role,
        String country,
        String region,
        String city,
        String postalCode,
        ZoneId zone,
        int band,
        String facility,
        String slic,
        String street) {

    /** As an order names it: without the city. */
    Place asDestination() {
        return new Place(null, region, postalCode, country);
    }

    /** As a carrier names it in a scan. */
    Place asScanned() {
        return new Place(city, region, null, country);
    }

    /** Whether its country and region alone tell its clock. */
    boolean inOneZone() {
        return LocalZones.of(country, region).isPresent();
    }
}
