package io.parcelwatch.importfulfilments;

import io.parcelwatch.model.Place;
import java.time.Instant;
import java.time.LocalDate;

/**
 * A row of a fulfilment file, valid by every rule that needs no order.
 *
 * @param line           physical line it starts in, from 1
 * @param orderReference the order's own id or its display name, as written
 * @param carrier        the carrier's slug
 * @param trackingNumber normalised
 * @param service        may be null, as all that follow but the places
 * @param promisedDay    the day that was promised, where only a day was
 * @param promisedAt     the moment that was promised, where a moment was
 * @param origin         where the parcel leaves; parts may be null
 * @param lineRef        the sku or number of the order line that the parcel holds
 * @param quantity       how many pieces of it; 0: all
 * @param raw            the row as it stands in the file
 */
record FulfilmentRow(
        long line,
        String orderReference,
        String carrier,
        String trackingNumber,
        String service,
        Instant shippedAt,
        LocalDate promisedDay,
        Instant promisedAt,
        Place origin,
        String lineRef,
        int quantity,
        String raw) {}
