package io.parcelwatch.commandline;

import io.parcelwatch.model.LocalZones;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;

/** What rows say, in words that support can read out. */
final class Words {

    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("EEE d MMM uuuu, HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM uuuu", Locale.ENGLISH);

    private Words() {}

    static String status(String status) {
        return switch (status) {
            case "PRE_TRANSIT" -> "Announced; the carrier does not have it yet";
            case "PICKED_UP" -> "Handed to the carrier";
            case "IN_TRANSIT" -> "On its way";
            case "EXCEPTION" -> "Held up";
            case "OUT_FOR_DELIVERY" -> "Out for delivery";
            case "ATTEMPTED" -> "Delivery was tried, without success";
            case "AVAILABLE_FOR_PICKUP" -> "Waiting to be collected";
            case "DELIVERED" -> "Delivered";
            case "RETURNING" -> "On its way back to the sender";
            case "RETURNED" -> "Back with the sender";
            case "CANCELLED" -> "Called off";
            default -> "No news from the carrier";
        };
    }

    /** A status with its reason, if there is one. */
    static String status(String status, String reason) {
        if ("CANCELLED".equals(status) && "LOST".equals(reason)) {
            return "Lost";
        }
        return status(status) + (reason == null ? "" : " (" + reason(reason) + ")");
    }

    static String orderStatus(String status) {
        return switch (status) {
            case "CANCELLED" -> "cancelled";
            case "RETURNED" -> "returned";
            case "DELIVERED" -> "delivered";
            case "PARTIALLY_DELIVERED" -> "partly delivered";
            case "SHIPPED" -> "shipped";
            case "PARTIALLY_SHIPPED" -> "partly shipped";
            case "IN_PREPARATION" -> "in preparation";
            default -> "received";
        };
    }

    static String reason(String reason) {
        return switch (reason) {
            case "RECIPIENT_ABSENT" -> "nobody was there";
            case "ADDRESS" -> "the address";
            case "HELD_FOR_PAYMENT" -> "a payment is due";
            case "MISSORTED" -> "it was sorted wrong";
            case "CARRIER_DELAY" -> "a delay at the carrier's";
            case "REQUESTED" -> "as requested";
            case "NOT_COLLECTED" -> "nobody collected it";
            case "OTHER" -> "the carrier gives another reason";
            default -> reason.toLowerCase(Locale.ROOT).replace('_', ' ');
        };
    }

    static String carrier(String slug) {
        return switch (slug) {
            case "ups" -> "UPS";
            case "fedex" -> "FedEx";
            case "dhl" -> "DHL";
            case "usps" -> "USPS";
            default -> slug;
        };
    }

    static String place(Object... parts) {
        String text = Arrays.stream(parts)
                .filter(Objects::nonNull)
                .map(Object::toString)
                .filter(part -> !part.isBlank() && !part.equals("?"))
                .collect(Collectors.joining(", "));
        return text.isEmpty() ? "place unknown" : text;
    }

    /** A moment as it was on the clock there. */
    static String moment(Instant moment, int offsetSeconds) {
        return MOMENT.format(moment.atOffset(ZoneOffset.ofTotalSeconds(offsetSeconds)));
    }

    static String utc(Instant moment) {
        return moment == null ? "-" : MOMENT.format(moment.atOffset(ZoneOffset.UTC)) + " UTC";
    }

    /** A promise: the day at the destination, or the moment. */
    static String promise(Instant promised, String precision, String country, String region) {
        ZoneId zone = LocalZones.of(country, region).orElse(ZoneOffset.UTC);
        return "DATE".equals(precision)
                ? DAY.format(promised.atZone(zone))
                : MOMENT.format(promised.atZone(zone)) + (zone.equals(ZoneOffset.UTC) ? " UTC" : "");
    }

    /** 5 hours, 3 days. */
    static String length(double hours) {
        if (hours < 48) {
            long whole = Math.round(hours);
            return whole == 1 ? "1 hour" : whole + " hours";
        }
        return Math.round(hours / 24) + " days";
    }

    static String ago(Instant then, Instant now) {
        Duration gone = Duration.between(then, now);
        if (gone.toMinutes() < 2) {
            return Math.max(0, gone.toSeconds()) + " seconds ago";
        }
        return gone.toHours() < 2 ? gone.toMinutes() + " minutes ago" : length(gone.toMinutes() / 60.0) + " ago";
    }
}
