package io.parcelwatch.carrier;

import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Place;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * When something happened: the time on the clock there, the offset of that clock, and where the offset came from.
 *
 * @param local  to the second
 * @param offset the clock's offset; UTC where nothing told it
 * @param source who told it
 */
record CarrierTime(LocalDateTime local, ZoneOffset offset, OffsetSource source) {

    CarrierTime {
        local = local.truncatedTo(ChronoUnit.SECONDS);
    }

    /**
     * A local time with the best offset known: the carrier's own, else that of the one zone of the place, else UTC, marked as assumed.
     *
     * @param written the carrier's offset; null where it gave none
     */
    static CarrierTime of(LocalDateTime local, ZoneOffset written, Place place) {
        if (written != null) {
            return new CarrierTime(local, written, OffsetSource.CARRIER);
        }
        Optional<ZoneId> zone = LocalZones.of(place);
        return zone.map(z -> new CarrierTime(local, local.atZone(z).getOffset(), OffsetSource.LOCATION))
                .orElseGet(() -> new CarrierTime(local, ZoneOffset.UTC, OffsetSource.ASSUMED));
    }

    Instant instant() {
        return local.toInstant(offset);
    }
}
