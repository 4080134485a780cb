package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.Instant;

/**
 * Something that could not be read, claimed or stored: kept whole, so that it can be taken again after a fix.
 *
 * @param id             derived from where it stands and what is wrong
 * @param reason         one of the constants below
 * @param detail         the rule that was broken, and where in the payload
 * @param carrier        may be null
 * @param trackingNumber may be null
 * @param source         how it came; may be null
 * @param coordinates    {@code topic/partition/offset}, {@code file:line}, or the event's id
 * @param receivedAt     may be null
 * @param payload        the bytes as they came; may be null
 */
public record DeadLetter(
        String id,
        String reason,
        String detail,
        String carrier,
        String trackingNumber,
        String source,
        String coordinates,
        Instant receivedAt,
        byte[] payload) {

    /** A text of a message is cut here: what matters is where to look, and the payload stands beside it. */
    private static final int LONGEST_DETAIL = 1_000;

    private static final int LONGEST_NAME = 100;

    public DeadLetter {
        detail = cut(detail, LONGEST_DETAIL);
        carrier = cut(carrier, LONGEST_NAME);
        trackingNumber = cut(trackingNumber, LONGEST_NAME);
        source = cut(source, LONGEST_NAME);
    }

    private static String cut(String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length) + "...";
    }

    static final String MALFORMED = "MALFORMED";
    static final String TOO_LARGE = "TOO_LARGE";
    static final String UNKNOWN_CARRIER = "UNKNOWN_CARRIER";
    static final String NEVER_CLAIMED = "NEVER_CLAIMED";
    static final String TOO_MANY_EVENTS = "TOO_MANY_EVENTS";
    static final String REFUSED_BY_DATABASE = "REFUSED_BY_DATABASE";

    /** A record, or a part of one, that could not be read. */
    static DeadLetter of(RawRecord record, String reason, String detail) {
        return new DeadLetter(
                EventIdentity.digest(16, record.coordinates(), reason, detail),
                reason,
                detail,
                record.carrier(),
                null,
                record.source(),
                record.coordinates(),
                record.receivedAt() == null ? null : Instant.ofEpochMilli(record.receivedAt()),
                record.value());
    }

    /** This letter with nothing but plain characters outside its payload, for a table that refuses its texts: bytes it takes as they are. */
    DeadLetter withoutTexts(SQLException why) {
        return new DeadLetter(
                id,
                reason,
                "the letter itself was refused: " + why.getSQLState(),
                null,
                null,
                null,
                coordinates.replaceAll("[^\\x20-\\x7e]", "?"),
                null,
                payload != null ? payload : String.valueOf(detail).getBytes(StandardCharsets.UTF_8));
    }
}
