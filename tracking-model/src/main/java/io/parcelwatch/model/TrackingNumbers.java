package io.parcelwatch.model;

import java.util.Locale;

/** Tracking numbers as people write them, and as we compare them. */
public final class TrackingNumbers {

    private TrackingNumbers() {}

    /**
     * A tracking number without the white space people put into it, in upper case; carriers print both forms of one number.
     *
     * @return null where nothing is left
     */
    public static String normalize(String written) {
        if (written == null) {
            return null;
        }
        StringBuilder kept = new StringBuilder(written.length());
        written.codePoints()
                .filter(c -> !Character.isWhitespace(c) && !Character.isSpaceChar(c) && !Character.isISOControl(c))
                .forEach(kept::appendCodePoint);
        return kept.isEmpty() ? null : kept.toString().toUpperCase(Locale.ROOT);
    }
}
