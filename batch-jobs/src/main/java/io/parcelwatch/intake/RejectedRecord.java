package io.parcelwatch.intake;

import java.math.BigDecimal;

/**
 * A record that breaks a rule. It is data, not an exception: an exception would roll back its neighbours, or be rolled back with them.
 *
 * @param line     physical line of its first row, from 1
 * @param rule     the rule's name
 * @param reason   what is wrong, in a sentence
 * @param raw      its rows as they stand in the file
 * @param orderRef the order it speaks of, as written; null where that cannot be read
 * @param amount   what that order costs: what the reject costs while nobody mends it; null where that cannot be read
 * @param currency of the amount, ISO 4217; null where that cannot be read
 */
public record RejectedRecord(
        long line, Rule rule, String reason, String raw, String orderRef, BigDecimal amount, String currency) {

    /** How much of a record's text is kept. */
    public static final int MAX_RAW = 64 * 1024;

    public RejectedRecord {
        raw = raw.length() <= MAX_RAW ? raw : raw.substring(0, MAX_RAW);
        orderRef = orderRef == null || orderRef.isBlank() || orderRef.length() > 200 ? null : orderRef;
    }

    /** A record of which nothing is known but its text, and maybe the order. */
    public RejectedRecord(long line, Rule rule, String reason, String raw, String orderRef) {
        this(line, rule, reason, raw, orderRef, null, null);
    }
}
