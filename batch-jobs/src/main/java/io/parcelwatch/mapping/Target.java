package io.parcelwatch.mapping;

/**
 * A field that a mapping can fill.
 *
 * @param key      its place in the mapping, as in {@code order.placed_at}
 * @param kind     what its values are
 * @param required whether a mapping that leaves it out, and a record in which it is blank, is refused
 */
public record Target(String key, Kind kind, boolean required) {

    /** What the values of a field are. */
    public enum Kind {
        /** At most 2,000 characters. */
        TEXT("a text"),
        /** At most 200 characters. */
        NAME("a name"),
        /** As NAME, and not rounded by a spreadsheet. */
        ID("an id"),
        /** Any number of texts, the first the likeliest. */
        TEXTS("texts"),
        /** A moment; of a date its first. */
        TIME("a time"),
        /** A day or a moment. */
        DAY_OR_TIME("a day or a time"),
        /** A decimal number, with or without its currency. */
        AMOUNT("an amount"),
        /** Pieces, from 1. */
        QUANTITY("a number of pieces"),
        /** true or false, yes or no, 1 or 0, or what a table of words makes one of them. */
        YES_NO("yes or no");

        final String words;

        Kind(String words) {
            this.words = words;
        }

        boolean isTime() {
            return this == TIME || this == DAY_OR_TIME;
        }

        boolean isNumber() {
            return this == AMOUNT || this == QUANTITY;
        }

        /** Whether a table can translate its words. */
        boolean hasWords() {
            return this == TEXT || this == NAME || this == YES_NO;
        }

        /** Whether values can fail to be of this kind. */
        boolean canFail() {
            return isTime() || isNumber() || this == YES_NO || this == ID;
        }
    }

    /** A field that a mapping may leave out. */
    public static Target of(String key, Kind kind) {
        return new Target(key, kind, false);
    }

    /** A field without which nothing can be read. */
    public static Target required(String key, Kind kind) {
        return new Target(key, kind, true);
    }

    String section() {
        return key.substring(0, key.indexOf('.'));
    }

    /** What its line in a mapping looks like. */
    String example() {
        return kind.isTime() ? name() + ": Date" : kind == Kind.ID ? name() + ": Number" : name() + ": Column";
    }

    String name() {
        return key.substring(key.lastIndexOf('.') + 1);
    }
}
