package io.parcelwatch.settings;

import java.util.List;
import java.util.Map;

/**
 * A value in a YAML file of ours, with its place. Exactly one of {@code text}, {@code items} and {@code entries} is there. Texts are as they
 * were written: {@code no}, {@code 1.0} and {@code 2026-01-01} are no truth, number or date before somebody asks for one.
 *
 * @param key     where it stands, as in {@code order.placed_at.dates[1]}; empty for the whole file
 * @param line    in the file, from 1
 * @param text    of a single value
 * @param items   of a list
 * @param entries of a map, in the file's order
 */
public record Setting(String key, int line, String text, List<Setting> items, Map<String, Setting> entries) {

    /** An entry of a map; null where there is none, or this is no map. */
    public Setting get(String name) {
        return entries == null ? null : entries.get(name);
    }

    /** What kind of value it is, for a message. */
    public String kind() {
        return text != null ? "one value" : items != null ? "a list" : "a group of keys";
    }

    /**
     * What it means, whatever comments, quotes, line breaks and order of keys it is written with: the same text for the same meaning.
     */
    public String meaning() {
        StringBuilder meaning = new StringBuilder();
        append(meaning);
        return meaning.toString();
    }

    private void append(StringBuilder meaning) {
        if (text != null) {
            // The length in front makes a text with brackets in it a text.
            meaning.append(text.length()).append(':').append(text);
        } else if (items != null) {
            meaning.append('[');
            items.forEach(item -> item.append(meaning));
            meaning.append(']');
        } else {
            meaning.append('{');
            entries.entrySet().stream().sorted(Map.Entry.comparingByKey()).forEach(entry -> {
                meaning.append(entry.getKey().length()).append(':').append(entry.getKey());
                entry.getValue().append(meaning);
            });
            meaning.append('}');
        }
    }
}
