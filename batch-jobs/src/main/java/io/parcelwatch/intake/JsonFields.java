package io.parcelwatch.intake;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The fields of a JSON object by name, and those of objects in it by path: {@code shipping_address.city}. Numbers and true and false are
 * texts as they are written; what is null, an array or an object is not there.
 */
public record JsonFields(JsonNode object) implements FieldSource {

    @Override
    public String get(String path) {
        JsonNode value = object;
        int from = 0;
        while (from <= path.length()) {
            int dot = path.indexOf('.', from);
            int to = dot < 0 ? path.length() : dot;
            value = value.path(path.substring(from, to));
            from = to + 1;
        }
        if (!value.isValueNode() || value.isNull()) {
            return null;
        }
        String text = value.asText().strip();
        return text.isEmpty() ? null : text;
    }
}
