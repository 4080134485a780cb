package io.parcelwatch.importorders;

import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.intake.WrittenTime;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * An order as a channel's format tells it, and after {@link OrderRules} as it is imported.
 *
 * @param line              physical line of its first row, from 1
 * @param externalId        the channel's own immutable id
 * @param name              what customers and support call it; the id where the channel has no other
 * @param partial           whether the format tells only a part of an order: then null, and no lines, say nothing and take nothing back
 * @param times             when what happened to it
 * @param promise           until when the channel promised it
 * @param amounts           what it costs
 * @param financialStatus   the channel's word; may be null
 * @param fulfillmentStatus the channel's word; may be null
 * @param destination       where it goes; parts may be null; the country as the channel writes it, after the rules ISO 3166-1 alpha-2
 * @param customer          who ordered
 * @param lines             what was bought, in the channel's order, at least one unless it is partial
 */
record ChannelOrder(
        long line,
        String externalId,
        String name,
        boolean partial,
        Times times,
        Promise promise,
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
     * Until when the customer was told that it will come; at most one of them is there.
     *
     * @param day    where only a day was told: until its end at the destination
     * @param moment where a moment was told
     */
    record Promise(LocalDate day, Instant moment) {

        /** Nothing was promised. */
        static final Promise NONE = new Promise(null, null);

        /** What was written, where anything was. */
        static Promise of(WrittenTime written, TimeStyle style) {
            if (written == null) {
                return NONE;
            }
            return written.time() == null ? new Promise(written.day(), null) : new Promise(null, style.moment(written));
        }
    }

    /**
     * @param currency of all amounts, as the channel writes it, after the rules ISO 4217; null only in a partial order
     * @param total    what the customer pays; null only in a partial order; the others may be null in any
     */
    record Amounts(String currency, BigDecimal total, BigDecimal subtotal, BigDecimal shipping, BigDecimal taxes) {}

    /**
     * Personal data; every part may be null.
     *
     * @param phones the numbers that the channel gives, as written, the likeliest first; after the rules at most one, in E.164
     * @param street street and house number, further address lines after commas
     */
    record Customer(String name, String email, List<String> phones, String street) {}

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
            String fulfillmentStatus) {

        /** The same at another price. */
        Line withPrice(BigDecimal other) {
            return new Line(sku, name, quantity, other, requiresShipping, fulfillmentStatus);
        }
    }
}
