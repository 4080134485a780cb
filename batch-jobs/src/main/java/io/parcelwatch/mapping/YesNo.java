package io.parcelwatch.mapping;

import java.util.Locale;

/** Words for yes and no that need no table. */
final class YesNo {

    private YesNo() {}

    /** What a word means; null where it means neither. */
    static Boolean of(String word) {
        return switch (word.toLowerCase(Locale.ROOT)) {
            case "true", "yes", "y", "1", "x" -> true;
            case "false", "no", "n", "0" -> false;
            default -> null;
        };
    }
}
