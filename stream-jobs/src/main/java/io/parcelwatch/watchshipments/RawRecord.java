package io.parcelwatch.watchshipments;

/**
 * A record as it came, not read yet.
 *
 * @param coordinates where it stands: {@code topic/partition/offset}, or {@code file:line}
 * @param carrier     the carrier's slug; null where the record itself says it
 * @param account     which of our accounts it came through; may be null
 * @param source      how it came; may be null
 * @param payloadId   identifies the payload; may be null
 * @param receivedAt  when it was received, in milliseconds since 1970; null where nobody said
 * @param value       the bytes; null for a tick of the clock
 * @param defect      why it cannot be read at all (longer than any record may be); null where it can be tried
 */
public record RawRecord(
        String coordinates,
        String carrier,
        String account,
        String source,
        String payloadId,
        Long receivedAt,
        byte[] value,
        String defect) {}
