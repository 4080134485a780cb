package io.parcelwatch.wire;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Promises;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A registration, in its two forms. On the topic ({@code schema/registration.json}) a record is the whole truth about a number:
 * {@code {"carrier","tracking_number","revision","orders":[{"order":{...},"journey",...}]}}. As a JSON line ({@code schema/shipment.json})
 * it is one order's word: {@code {"carrier","tracking_number","order":{"channel","account","id"},"service","origin","destination",
 * "placed_at","promised_at","registered_at"}}, and lines of one number merge.
 */
public final class RegistrationJson {

    private RegistrationJson() {}

    /** The key of a record on {@link Topic#SHIPMENTS}. */
    public static String key(String carrier, String trackingNumber) {
        return carrier + "/" + trackingNumber;
    }

    /**
     * The registration that a record or a line tells.
     *
     * @throws MalformedException where it breaks its schema
     */
    public static Registration read(JsonNode object) {
        String carrier = CarrierSlugs.of(Json.required(object, "carrier"));
        String number = Json.trackingNumber(object);
        JsonNode orders = object.get("orders");
        if (orders == null) {
            return new Registration(carrier, number, 0, new ArrayList<>(List.of(order(object, carrier, number))));
        }
        if (!orders.isArray()) {
            throw new MalformedException("\"orders\" is no list");
        }
        JsonNode revision = object.get("revision");
        if (revision == null || !revision.canConvertToLong() || revision.longValue() < 1) {
            throw new MalformedException("\"revision\" is no number from 1 on");
        }
        // An order that is listed twice in a journey travels in it once.
        Map<String, RegisteredOrder> read = new LinkedHashMap<>();
        for (JsonNode node : orders) {
            RegisteredOrder order = order(node, carrier, number);
            read.put(order.journey() + " " + order.order(), order);
        }
        return new Registration(carrier, number, revision.longValue(), new ArrayList<>(read.values()));
    }

    /** The record that tells a registration. */
    public static ObjectNode write(Registration registration) {
        ObjectNode record = Json.MAPPER.createObjectNode();
        record.put("carrier", registration.carrier());
        record.put("tracking_number", registration.trackingNumber());
        record.put("revision", registration.revision());
        var orders = record.putArray("orders");
        for (RegisteredOrder order : registration.orders()) {
            write(order, orders.addObject());
        }
        return record;
    }

    /** The JSON line of one order's word about a number. */
    public static ObjectNode writeLine(String carrier, String trackingNumber, RegisteredOrder order) {
        ObjectNode line = Json.MAPPER.createObjectNode();
        line.put("carrier", carrier);
        line.put("tracking_number", trackingNumber);
        write(order, line);
        return line;
    }

    private static void write(RegisteredOrder order, ObjectNode to) {
        ObjectNode ref = to.putObject("order");
        ref.put("channel", order.order().channel());
        ref.put("account", order.order().account());
        ref.put("id", order.order().id());
        if (order.journey() > 0) {
            to.put("journey", order.journey());
        }
        Json.put(to, "service", order.service());
        Json.put(to, "origin", order.origin());
        Json.put(to, "destination", order.destination());
        Json.put(to, "placed_at", order.placedAt());
        Json.put(to, "promised_at", order.promisedAt());
        Json.put(to, "promise_precision", order.promisePrecision());
        Json.put(to, "estimated_at", order.estimatedAt());
        Json.put(to, "registered_at", order.registeredAt());
        Json.put(to, "cancelled_at", order.cancelledAt());
    }

    private static RegisteredOrder order(JsonNode object, String carrier, String number) {
        if (!object.isObject()) {
            throw new MalformedException("\"orders\" holds something that is no object");
        }
        JsonNode ref = object.get("order");
        OrderRef order;
        if (ref == null || ref.isNull()) {
            // A parcel without an order is watched all the same; it stands for itself, each use of its number apart.
            String placed = Json.text(object, "placed_at");
            order = new OrderRef("?", "?", carrier + "/" + number + (placed == null ? "" : "/" + placed));
        } else {
            order = new OrderRef(
                    Json.required(ref, "channel"), Json.required(ref, "account"), Json.required(ref, "id"));
        }
        JsonNode journey = object.get("journey");
        if (journey != null && !journey.isNull() && (!journey.canConvertToInt() || journey.intValue() < 0)) {
            throw new MalformedException("\"journey\" is no number from 0 on: " + journey);
        }
        Place destination = withoutCity(Json.place(object, "destination"));
        LocalDate promisedDay = promisedDay(object);
        Instant promisedAt = promisedDay == null
                ? Json.instant(object, "promised_at")
                : Promises.lastInstantOf(promisedDay, destination);
        PromisePrecision precision = promisedDay != null
                ? PromisePrecision.DATE
                : Json.word(object, "promise_precision", PromisePrecision.class);
        return new RegisteredOrder(
                order,
                journey == null ? 0 : journey.intValue(),
                Json.text(object, "service"),
                withoutCity(Json.place(object, "origin")),
                destination,
                Json.instant(object, "placed_at"),
                promisedAt,
                promisedAt != null && precision == null ? PromisePrecision.INSTANT : precision,
                Json.instant(object, "estimated_at"),
                Json.instant(object, "registered_at"),
                Json.instant(object, "cancelled_at"));
    }

    /** The day of a promise that names only a day; null where it names a moment or nothing. */
    private static LocalDate promisedDay(JsonNode object) {
        String text = Json.text(object, "promised_at");
        if (text == null || text.length() != 10) {
            return null;
        }
        try {
            return LocalDate.parse(text);
        } catch (DateTimeParseException e) {
            throw new MalformedException("\"promised_at\" is neither a day nor a time: " + text);
        }
    }

    /** A city next to a postal code tells where somebody lives; nothing downstream needs it. */
    private static Place withoutCity(Place place) {
        return new Place(null, place.region(), place.postalCode(), place.country());
    }
}
