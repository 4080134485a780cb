package io.parcelwatch.importorders;

import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An order as a channel tells it, valid by every rule.
 *
 * @param line              physical line of its first row, from 1
 * @param externalId        the channel's own immutable id
 * @param name              what customers and support call it
 * @param times             when what happened to it
 * @param amounts           what it costs
 * @param financialStatus   the channel's word; may be null
 * @param fulfillmentStatus the channel's word; may be null
 * @param destination       where it goes; parts may be null
 * @param customer          who ordered
 * @param lines             what was bought, in the channel's order, at least one
 */
record ChannelOrder(
        long line,
        String externalId,
        String name,
        Times times,
        Amounts amounts,
        String financialStatus,
        String fulfillmentStatus,
        Place destination,
        Customer customer,
        List<Line> lines) {

    /**
     * @param placed    never null
     * @param paid      may be null, as all that follow
     * @param updated   the channel's own time of the last change
     */
    record Times(Instant placed, Instant paid, Instant fulfilled, Instant cancelled, Instant updated) {

        /** Which version of the order this is: the channel's update time, else the latest of what happened to it. */
        Instant asOf() {
            return updated != null
                    ? updated
                    : Stream.of(placed, paid, fulfilled, cancelled)
                            .filter(Objects::nonNull)
                            .max(Instant::compareTo)
                            .orElseThrow();
        }
    }

    /**
     * @param currency ISO 4217, of all amounts
     * @param total    never null; the others may be
     */
    record Amounts(String currency, BigDecimal total, BigDecimal subtotal, BigDecimal shipping, BigDecimal taxes) {}

    /**
     * Personal data; every part may be null.
     *
     * @param phone  E.164
     * @param street street and house number, further address lines after commas
     */
    record Customer(String name, String email, String phone, String street) {}

    /**
     * @param sku               may be null
     * @param quantity          pieces, from 1
     * @param price             of one piece; may be null
     * @param requiresShipping  true where the channel does not say
     * @param fulfillmentStatus the channel's word; may be null
     */
    record Line(
            String sku,
            String name,
            int quantity,
            BigDecimal price,
            boolean requiresShipping,
            String fulfillmentStatus) {}
}
