package io.parcelwatch.intake;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/** The id of what three texts identify: the same that the SQL function {@code derived_id} gives, at a tenth of its price. Not for several threads. */
public final class DerivedId {

    private final MessageDigest md5;

    public DerivedId() {
        try {
            md5 = MessageDigest.getInstance("MD5");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK knows MD5", e);
        }
    }

    /** The id; their lengths enter, so that no two triples read the same. */
    public UUID of(String a, String b, String c) {
        // PostgreSQL counts characters, Java halves of some.
        String text = a.codePointCount(0, a.length()) + ":" + a + b.codePointCount(0, b.length()) + ":" + b
                + c.codePointCount(0, c.length()) + ":" + c;
        ByteBuffer digest = ByteBuffer.wrap(md5.digest(text.getBytes(StandardCharsets.UTF_8)));
        return new UUID(digest.getLong(), digest.getLong());
    }
}
