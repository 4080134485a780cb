package io.parcelwatch.settings;

import java.text.Normalizer;
import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that a person probably meant. */
public final class Similar {

    private Similar() {}

    /** Of some words the one most like another; empty where none is much like it. */
    public static Optional<String> to(String word, Collection<String> words) {
        String folded = folded(word);
        return words.stream()
                .min(Comparator.comparingInt((String other) -> distance(folded, folded(other)))
                        .thenComparing(Comparator.naturalOrder()))
                .filter(other ->
                        distance(folded, folded(other)) <= Math.max(1, Math.min(folded.length(), other.length()) / 3));
    }

    /** A text without case, accents, white space and punctuation: what two spellings of one word have in common. */
    public static String folded(String text) {
        return Normalizer.normalize(text.replace("ß", "ss"), Normalizer.Form.NFD)
                .replaceAll("[^\\p{L}\\p{N}]", "")
                .toLowerCase(Locale.ROOT);
    }

    /** How many letters have to be inserted, deleted or replaced (Levenshtein). */
    private static int distance(String one, String other) {
        int[] row = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[other.length()];
    }
}
