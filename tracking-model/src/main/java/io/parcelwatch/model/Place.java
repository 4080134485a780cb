package io.parcelwatch.model;

import java.text.Normalizer;
import java.util.Locale;

/**
 * A place as far as it is known; every part may be null.
 *
 * @param city       as written
 * @param region     ISO 3166-2 without the country (for example {@code CA}, {@code NW}), or as written
 * @param postalCode as written
 * @param country    ISO 3166-1 alpha-2
 */
public record Place(String city, String region, String postalCode, String country) {

    public Place {
        city = blankToNull(city);
        region = blankToNull(region);
        postalCode = blankToNull(postalCode);
        country = blankToNull(country);
    }

    /** A place of which nothing is known. */
    public static final Place NOWHERE = new Place(null, null, null, null);

    /** The place as a lane names it: {@code country-region}, {@code country}, or {@code ?} where the country is unknown. */
    public String forLane() {
        if (country == null) {
            return "?";
        }
        String upper = country.toUpperCase(Locale.ROOT);
        return region == null ? upper : upper + "-" + region.toUpperCase(Locale.ROOT);
    }

    /** The place as identities compare it: case, accents and white space folded, parts joined by {@code |}. */
    public String folded() {
        return fold(city) + '|' + fold(region) + '|' + fold(postalCode) + '|' + fold(country);
    }

    /** How many parts are known, 0 to 4. */
    public int fullness() {
        return (city == null ? 0 : 1)
                + (region == null ? 0 : 1)
                + (postalCode == null ? 0 : 1)
                + (country == null ? 0 : 1);
    }

    /** Text with case, accents and white space folded; the empty string for null. Not for showing, only for comparing. */
    public static String fold(String text) {
        if (text == null) {
            return "";
        }
        boolean plain = true;
        for (int i = 0; i < text.length() && plain; i++) {
            plain = text.charAt(i) < 0x80;
        }
        String bare =
                plain ? text : Normalizer.normalize(text, Normalizer.Form.NFKD).replaceAll("\\p{M}", "");
        return bare.toLowerCase(Locale.ROOT).strip().replaceAll("\\s+", " ");
    }

    private static String blankToNull(String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }
}
