package io.parcelwatch.intake;

import java.text.Normalizer;
import java.time.Month;
import java.time.format.TextStyle;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Months by their names and abbreviations in the languages that exports come in, whatever the machine's own language.
 * The names are the JDK's, which come from Unicode's CLDR; no name means two months.
 */
final class MonthNames {

    private static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "it", "nl", "pl", "pt");
    private static final List<TextStyle> STYLES =
            List.of(TextStyle.FULL, TextStyle.FULL_STANDALONE, TextStyle.SHORT, TextStyle.SHORT_STANDALONE);
    private static final Map<String, Integer> MONTHS = months();

    private MonthNames() {}

    /** The month of that name, 1 to 12; 0 where it is none. Case, accents and a closing point do not matter. */
    static int month(String name) {
        return MONTHS.getOrDefault(folded(name), 0);
    }

    private static Map<String, Integer> months() {
        Map<String, Integer> months = new HashMap<>();
        for (String language : LANGUAGES) {
            Locale locale = Locale.forLanguageTag(language);
            for (Month month : Month.values()) {
                for (TextStyle style : STYLES) {
                    add(months, month.getDisplayName(style, locale), month);
                }
            }
        }
        // German spreadsheets write it so; CLDR does not.
        add(months, "Mrz", Month.MARCH);
        return Map.copyOf(months);
    }

    private static void add(Map<String, Integer> months, String name, Month month) {
        Integer other = months.put(folded(name), month.getValue());
        if (other != null && other != month.getValue()) {
            throw new IllegalStateException(name + " means two months");
        }
    }

    private static String folded(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        String plain = lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
        return Normalizer.isNormalized(plain, Normalizer.Form.NFD)
                ? plain
                : Normalizer.normalize(plain, Normalizer.Form.NFD).replaceAll("\\p{M}", "");
    }
}
