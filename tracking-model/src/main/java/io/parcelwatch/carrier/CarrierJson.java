package io.parcelwatch.carrier;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.carrier.Reading.Problem;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import java.util.List;

/** How adapters walk a carrier's JSON: whatever it holds, what cannot be read becomes a problem and the rest is read. */
final class CarrierJson {

    /** Reads one element. */
    interface Element {

        /**
         * @param node the element, an object
         * @param at   its JSON pointer
         * @throws MalformedException where it cannot be read; what it says becomes the problem
         */
        void read(JsonNode node, String at);
    }

    private CarrierJson() {}

    /**
     * Reads each element of a list. A single object counts as a list of one (XML turned into JSON loses such lists), and nothing as an empty
     * list. One bad element does not spoil the others.
     *
     * @param list     the list
     * @param at       its JSON pointer
     * @param problems where problems go
     * @param element  what to do with an element
     */
    static void each(JsonNode list, String at, List<Problem> problems, Element element) {
        if (list.isMissingNode() || list.isNull()) {
            return;
        }
        if (list.isObject()) {
            one(list, at, problems, element);
        } else if (list.isArray()) {
            for (int i = 0; i < list.size(); i++) {
                one(list.get(i), at + "/" + i, problems, element);
            }
        } else {
            problems.add(new Problem(at, "malformed: no list"));
        }
    }

    private static void one(JsonNode node, String at, List<Problem> problems, Element element) {
        if (!node.isObject()) {
            problems.add(new Problem(at, "malformed: no object"));
            return;
        }
        try {
            element.read(node, at);
        } catch (MalformedException e) {
            problems.add(new Problem(at, e.getMessage()));
        }
    }

    /** The text of a field without white space around it; null where it has none. */
    static String text(JsonNode object, String field) {
        String text = Json.text(object, field);
        return text == null ? null : text.strip();
    }

    /** The reading of a payload that is no JSON or not of the carrier's form. */
    static Reading malformed(String what) {
        return new Reading(List.of(), List.of(new Problem("", "malformed: " + what)));
    }
}
