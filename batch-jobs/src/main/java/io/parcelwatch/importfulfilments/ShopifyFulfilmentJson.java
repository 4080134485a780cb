package io.parcelwatch.importfulfilments;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Promise;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.importfulfilments.ToldFulfilment.Source;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.JsonFields;
import io.parcelwatch.intake.JsonRecords;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Fulfilments of Shopify's REST Admin API (shopify.dev, "Fulfillment" of the REST Admin API): {@code
 * {"fulfillments":[...]}}, {@code {"fulfillment":{...}}}, a webhook's bare object, orders with their {@code
 * fulfillments}, or JSON lines of any of them. A record is a fulfilment; the orders around them are passed over, since
 * each names its {@code order_id}.
 *
 * <p>The API documents one number a fulfilment, and carries {@code tracking_numbers} all the same: apps and merchants
 * give several, also as one text with commas. Which line is in which of them is not said, so that the lines are kept
 * with the first.
 */
final class ShopifyFulfilmentJson implements FulfilmentFormat {

    private static final Set<String> ENVELOPES = Set.of("fulfillments", "fulfillment", "orders", "order");

    private static final Pattern SIGN =
            Pattern.compile("\"(fulfillments?|orders?|tracking_numbers?|tracking_company)\"\\s*:");

    /** "pending" and "open" are deprecated and mean that it is on its way to "success". */
    private static final Set<String> TAKEN_BACK = Set.of("cancelled", "error", "failure");

    @Override
    public String name() {
        return "shopify-fulfilment-json";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        return head.json() && SIGN.matcher(head.start()).find()
                ? Optional.empty()
                : Optional.of(head.json() ? "no field fulfillments or tracking_number" : "no JSON");
    }

    @Override
    public BlockReader.Opener<ToldFulfilment> prepare(FileHead head, Conventions conventions) {
        return (offset, line) -> new Fulfilments(JsonRecords.open(head.input(), ENVELOPES, offset, line));
    }

    /** The fulfilments of a file. */
    private record Fulfilments(JsonRecords records) implements Records<ToldFulfilment> {

        @Override
        public Read<ToldFulfilment> next() throws IOException {
            JsonRecords.Item item = records.next();
            if (item == null) {
                return null;
            }
            try {
                if (item.broken() != null) {
                    throw new BrokenRuleException(item.broken(), item.reason());
                }
                return Read.accepted(read(item), item.bytes(), item::text);
            } catch (BrokenRuleException e) {
                String order = item.object() == null ? null : new JsonFields(item.object()).get("order_id");
                return Read.rejected(
                        new RejectedRecord(item.line(), e.rule(), e.getMessage(), item.text(), order), item.bytes());
            }
        }

        @Override
        public long offset() {
            return records.offset();
        }

        @Override
        public long line() {
            return records.line();
        }

        @Override
        public void close() throws IOException {
            records.close();
        }
    }

    private static ToldFulfilment read(JsonRecords.Item item) throws BrokenRuleException {
        JsonNode object = item.object();
        Fields fields = new Fields(new JsonFields(object));
        if (!object.has("order_id") && object.has("order_number")) {
            // An order that was asked for without its fulfilments.
            return new ToldFulfilment(
                    item.line(), item.text(), Source.NONE, List.of(new Row(fields.id("id"), null, null, 0)));
        }
        String order = fields.id("order_id");
        Instant createdAt = fields.time("created_at");
        Instant updatedAt = fields.time("updated_at");
        String status = fields.name("status");
        boolean takenBack = status != null && TAKEN_BACK.contains(status.toLowerCase(Locale.ROOT));
        Source source = new Source("shopify/" + fields.id("id"), updatedAt == null ? createdAt : updatedAt, takenBack);
        List<Row> rows = takenBack
                ? List.of(new Row(order, null, null, 0))
                : rows(order, parcels(object, fields, createdAt), object.path("line_items"));
        return new ToldFulfilment(item.line(), item.text(), source, rows);
    }

    private static List<Parcel> parcels(JsonNode object, Fields fields, Instant createdAt) throws BrokenRuleException {
        Set<String> numbers = numbers(object, fields);
        if (numbers.isEmpty()) {
            return List.of();
        }
        String company = fields.requiredName("tracking_company");
        Place origin = new Place(
                null,
                fields.name("origin_address.province_code"),
                fields.name("origin_address.zip"),
                fields.name("origin_address.country_code"));
        List<Parcel> parcels = new ArrayList<>(numbers.size());
        for (String number : numbers) {
            parcels.add(new Parcel(company, number, null, null, createdAt, Promise.NONE, origin));
        }
        return parcels;
    }

    private static Set<String> numbers(JsonNode object, Fields fields) throws BrokenRuleException {
        Set<String> numbers = new LinkedHashSet<>();
        for (JsonNode number : object.path("tracking_numbers")) {
            add(numbers, number.asText());
        }
        if (numbers.isEmpty() && fields.text("tracking_number") != null) {
            add(numbers, fields.id("tracking_number"));
        }
        return numbers;
    }

    private static void add(Set<String> numbers, String written) {
        for (String number : written.split("[,;]")) {
            if (!number.isBlank()) {
                numbers.add(number.strip());
            }
        }
    }

    private static List<Row> rows(String order, List<Parcel> parcels, JsonNode lineItems) throws BrokenRuleException {
        Parcel first = parcels.isEmpty() ? null : parcels.get(0);
        List<Row> rows = new ArrayList<>();
        if (first != null) {
            for (JsonNode item : lineItems) {
                row(order, first, item).ifPresent(rows::add);
            }
        }
        if (rows.isEmpty()) {
            rows.add(new Row(order, first, null, 0));
        }
        for (int i = 1; i < parcels.size(); i++) {
            rows.add(new Row(order, parcels.get(i), null, 0));
        }
        return rows;
    }

    /** A line item; empty where none of it is in the fulfilment any more. */
    private static Optional<Row> row(String order, Parcel parcel, JsonNode item) throws BrokenRuleException {
        JsonFields told = new JsonFields(item);
        if ("0".equals(told.get("quantity"))) {
            return Optional.empty();
        }
        Fields fields = new Fields(told);
        String sku = fields.name("sku");
        String line = sku != null ? sku : fields.text("name");
        if (line == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, "a line item has neither sku nor name");
        }
        return Optional.of(new Row(order, parcel, line, fields.quantity("quantity")));
    }
}
