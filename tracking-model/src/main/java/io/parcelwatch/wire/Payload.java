package io.parcelwatch.wire;

import java.time.Instant;

/**
 * What a carrier sent, as it was sent.
 *
 * @param carrier    the carrier's slug
 * @param account    which of our accounts with the carrier it came through; may be null
 * @param source     how it came: {@code webhook}, {@code poll}, {@code file}, {@code manual}; may be null
 * @param receivedAt when we received it
 * @param payloadId  identifies the payload; may be null
 * @param body       the bytes; not changed after they are handed over
 */
public record Payload(
        String carrier, String account, String source, Instant receivedAt, String payloadId, byte[] body) {}
