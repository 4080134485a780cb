package io.parcelwatch.model;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;

/**
 * What makes two reports of a carrier one event. One scan seen by webhook, poll and nightly file is one event.
 *
 * <p>An adapter passes the carrier's own event id if there is one; else raw code and sub-code (the folded description only where there is
 * no code), the instant to the second, or the local time where the offset had to be assumed, and the facility or folded place where every
 * feed of that carrier gives it. Status and mapping never enter: a better code table must not make new events of old ones.
 */
public final class EventIdentity {

    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    });

    private EventIdentity() {}

    /**
     * An identity from its parts: 16 hexadecimal digits, unique within a tracking number.
     *
     * @param parts null counts as empty
     */
    public static String of(String... parts) {
        return digest(8, parts);
    }

    /**
     * A content-derived id for rows of other kinds (alerts, intents, dead letters): hexadecimal, twice as many digits as bytes.
     *
     * @param bytes how many bytes of the digest to keep, 1 to 32
     * @param parts null counts as empty
     */
    public static String digest(int bytes, String... parts) {
        MessageDigest sha256 = SHA_256.get();
        sha256.reset();
        for (String part : parts) {
            if (part != null) {
                sha256.update(part.getBytes(StandardCharsets.UTF_8));
            }
            // A separator that no text of ours contains, so that ("a","bc") and ("ab","c") differ.
            sha256.update((byte) 0);
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, bytes);
    }

    /** The part of an identity that stands for the time: the instant to the second, or the local time where the offset was assumed. */
    public static String time(Instant instant, LocalDateTime local, OffsetSource source) {
        return source == OffsetSource.ASSUMED
                ? local.truncatedTo(ChronoUnit.SECONDS).toString()
                : instant.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
