package io.parcelwatch.importorders;

import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Countries as exports write them: ISO 3166-1 codes of two or three letters, and names in the main European languages by the Unicode
 * CLDR, which the JDK holds. Case, accents and punctuation do not matter.
 */
final class CountryNames {

    /** Where a name means different countries in two languages, the earlier language has it. */
    private static final List<String> LANGUAGES = List.of(
            "en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "sk", "hu", "ro", "hr", "sl",
            "et", "lv", "lt");

    /** What shops and people write and CLDR does not list. */
    private static final Map<String, String> ALIASES = Map.ofEntries(
            Map.entry("UK", "GB"),
            Map.entry("Great Britain", "GB"),
            Map.entry("England", "GB"),
            Map.entry("Scotland", "GB"),
            Map.entry("Wales", "GB"),
            Map.entry("Northern Ireland", "GB"),
            Map.entry("Großbritannien", "GB"),
            Map.entry("EL", "GR"),
            Map.entry("USA", "US"),
            Map.entry("United States of America", "US"),
            Map.entry("America", "US"),
            Map.entry("Holland", "NL"),
            Map.entry("Czech Republic", "CZ"),
            Map.entry("Tschechische Republik", "CZ"),
            Map.entry("Republic of Ireland", "IE"),
            Map.entry("Korea, Republic of", "KR"),
            Map.entry("Republic of Korea", "KR"),
            Map.entry("Korea", "KR"),
            Map.entry("Russian Federation", "RU"),
            Map.entry("Viet Nam", "VN"),
            Map.entry("Hong Kong", "HK"),
            Map.entry("Macau", "MO"),
            Map.entry("Macao", "MO"),
            Map.entry("Turkey", "TR"),
            Map.entry("Türkiye", "TR"),
            Map.entry("Burma", "MM"),
            Map.entry("Swaziland", "SZ"),
            Map.entry("Macedonia", "MK"),
            Map.entry("Ivory Coast", "CI"),
            Map.entry("Vatican", "VA"),
            Map.entry("Bosnia", "BA"),
            Map.entry("Taiwan, Province of China", "TW"),
            Map.entry("People's Republic of China", "CN"));

    private static final Pattern MARKS = Pattern.compile("\\p{M}");
    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]");

    private final Map<String, String> codes = new HashMap<>();

    CountryNames() {
        for (String code : Locale.getISOCountries()) {
            codes.put(folded(code), code);
        }
        ALIASES.forEach((name, code) -> codes.put(folded(name), code));
        for (String language : LANGUAGES) {
            for (String code : Locale.getISOCountries()) {
                codes.putIfAbsent(
                        folded(new Locale("", code).getDisplayCountry(Locale.forLanguageTag(language))), code);
            }
        }
        for (String code : Locale.getISOCountries()) {
            codes.putIfAbsent(folded(new Locale("", code).getISO3Country()), code);
        }
    }

    /** The ISO 3166-1 alpha-2 code of a country; null where the text names none. */
    String code(String written) {
        String code = codes.get(folded(written));
        return code == null && written.regionMatches(true, 0, "The ", 0, 4)
                ? codes.get(folded(written.substring(4)))
                : code;
    }

    private static String folded(String name) {
        String plain =
                MARKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFD)).replaceAll("");
        return NO_LETTERS.matcher(plain.replace("&", "and")).replaceAll("").toLowerCase(Locale.ROOT);
    }
}
