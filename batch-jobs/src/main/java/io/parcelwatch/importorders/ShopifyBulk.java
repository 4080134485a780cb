package io.parcelwatch.importorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.JsonRecords;
import io.parcelwatch.intake.JsonRecords.Item;
import io.parcelwatch.intake.RecordSplitter;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The JSON lines of a bulk operation of Shopify's GraphQL Admin API (shopify.dev, "Perform bulk operations with the GraphQL Admin API"): an object a
 * line, orders and what belongs to them alike. What belongs to an order names it in {@code __parentId}; from API version 2026-01 on it stands
 * anywhere unless {@code groupObjects: true} was asked for (shopify.dev, changelog of 2025-10-29), and is then found by a first reading of the file.
 *
 * <p>Read of an order: id, name, createdAt, updatedAt, cancelledAt, currencyCode, totalPriceSet, subtotalPriceSet, totalShippingPriceSet, totalTaxSet (of each
 * the shopMoney), displayFinancialStatus, displayFulfillmentStatus, email, phone, shippingAddress, billingAddress, fulfillments; of a line item: name or
 * title, sku, quantity, currentQuantity, unfulfilledQuantity, originalUnitPriceSet, requiresShipping. The number of an order's global id is its id in the
 * REST API and in the CSV export: one order, whatever it came by.
 */
final class ShopifyBulk extends JsonFormat {

    private static final Pattern GLOBAL_ID = Pattern.compile("gid://shopify/(\\w+)/(\\d{1,18})(\\?.*)?");

    /** The order that a line belongs to, where the line itself cannot be parsed. */
    private static final Pattern PARENT =
            Pattern.compile("\"__parentId\"\\s*:\\s*\"gid:\\\\?/\\\\?/shopify\\\\?/Order\\\\?/(\\d{1,18})[\"?]");

    /** A line that was to be an order, where it cannot be parsed. */
    private static final Pattern BROKEN_ORDER =
            Pattern.compile("\"id\"\\s*:\\s*\"gid:\\\\?/\\\\?/shopify\\\\?/\\w*Order\\\\?/");

    private static final int MAX_ROWS = 2_000;

    /** No order. */
    private static final long NONE = -1;

    ShopifyBulk() {
        super(Set.of());
    }

    @Override
    public String channel() {
        return "shopify";
    }

    @Override
    public String name() {
        return "shopify-bulk";
    }

    @Override
    public int version() {
        return 2;
    }

    @Override
    boolean tells(JsonNode object) {
        // Whatever the file begins with: parts may stand before their orders.
        return isOrder(object) && object.has("createdAt")
                || number("Order", object.path("__parentId").asText()) != NONE;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        Optional<String> refusal = super.refusal(head);
        try {
            return refusal.isPresent() || JsonRecords.isLines(head.input(), Set.of()) || isEmpty(head)
                    ? refusal
                    : Optional.of(
                            "not an object a line, as bulk operations write them: import the file that Shopify gave");
        } catch (IOException e) {
            throw new UnusableInputException(head.input().path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    private boolean isEmpty(FileHead head) throws IOException {
        try (JsonRecords records = records(head, 0, 0)) {
            return records.next() == null;
        }
    }

    @Override
    String needed() {
        return "a global id of an order, createdAt";
    }

    @Override
    Known known(FieldSource object) {
        // A part is known by its order.
        String id = firstOf(object.get("__parentId"), object.get("id"));
        long number = number("Order", id);
        return new Known(
                number == NONE ? id : String.valueOf(number),
                object.get("totalPriceSet.shopMoney.amount"),
                firstOf(object.get("currencyCode"), object.get("totalPriceSet.shopMoney.currencyCode")));
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        return (offset, line) -> {
            StrayLines strays = strays(head);
            try {
                return new Orders(strays, records(head, offset, line));
            } catch (IOException | RuntimeException | Error e) {
                strays.close();
                throw e;
            }
        };
    }

    /** A first reading of the file: which lines do not follow the order that they belong to. */
    private StrayLines strays(FileHead head) throws IOException {
        StrayLines.Collector collector = new StrayLines.Collector(head.input());
        StrayLines strays;
        try (JsonRecords records = records(head, 0, 0)) {
            long order = NONE;
            for (Item item = records.next(); item != null; item = records.next()) {
                long parent = parent(item);
                if (parent == NONE && !isPart(item)) {
                    order = orderId(item);
                } else if (parent != NONE && parent != order) {
                    collector.line(parent, item.offset());
                    // What follows it does not follow the order.
                    order = NONE;
                }
            }
            strays = collector.collected();
        } catch (IOException | RuntimeException | Error e) {
            collector.close();
            throw e;
        }
        if (!strays.isEmpty()) {
            // Looked up afterwards: nobody has to remember all orders.
            try (JsonRecords records = records(head, 0, 0)) {
                for (Item item = records.next(); item != null; item = records.next()) {
                    if (parent(item) == NONE && !isPart(item)) {
                        strays.found(orderId(item));
                    }
                }
            } catch (IOException | RuntimeException | Error e) {
                strays.close();
                throw e;
            }
        }
        return strays;
    }

    private static long orderId(Item item) {
        return item.object() == null
                ? NONE
                : number("Order", item.object().path("id").asText());
    }

    private static boolean isOrder(JsonNode object) {
        return number("Order", object.path("id").asText()) != NONE && !object.has("__parentId");
    }

    /** Whether a line belongs to another one; a broken one that does not say so, but is no order either, to the one that it follows. */
    private static boolean isPart(Item item) {
        return item.object() == null
                ? parent(item) != NONE || !BROKEN_ORDER.matcher(item.text()).find()
                : item.object().has("__parentId");
    }

    /** The order that a line belongs to; {@link #NONE} where it is one, or belongs to something else. */
    private static long parent(Item item) {
        if (item.object() != null) {
            return number("Order", item.object().path("__parentId").asText());
        }
        Matcher parent = PARENT.matcher(item.text());
        return parent.find() ? Long.parseLong(parent.group(1)) : NONE;
    }

    /** The number in a global id of a type; {@link #NONE} where it is none. */
    private static long number(String type, String id) {
        Matcher matcher = id == null ? null : GLOBAL_ID.matcher(id);
        return matcher != null && matcher.matches() && matcher.group(1).equals(type)
                ? Long.parseLong(matcher.group(2))
                : NONE;
    }

    private static boolean isLineItem(JsonNode object) {
        String id = object.path("id").asText();
        return number("LineItem", id) != NONE
                || id.isEmpty() && object.has("quantity") && (object.has("name") || object.has("title"));
    }

    /** Gathers the lines of an order, those that follow it and those that do not. */
    private final class Orders implements Records<ChannelOrder> {

        private final StrayLines strays;
        private final StrayLines.Reader reader;
        private final JsonRecords records;
        private Item ahead;

        Orders(StrayLines strays, JsonRecords records) throws IOException {
            this.strays = strays;
            this.records = records;
            this.reader = strays.reader();
            this.ahead = records.next();
        }

        @Override
        public Read<ChannelOrder> next() throws IOException {
            while (ahead != null && isPart(ahead)) {
                Item stray = ahead;
                ahead = records.next();
                long order = parent(stray);
                if (order == NONE && stray.object() == null) {
                    return rejected(stray, stray.broken(), stray.reason(), stray.text());
                }
                if (order != NONE && !strays.hasOrder(order)) {
                    return rejected(
                            stray,
                            Rule.ORDER_WITHOUT_FIRST_ROW,
                            "it belongs to order " + order + ", which is not in the file",
                            stray.text());
                }
            }
            if (ahead == null) {
                return null;
            }
            Item first = ahead;
            ahead = records.next();
            if (first.object() == null) {
                // What follows belongs to an order before it, or to nothing that is in the file.
                return rejected(first, first.broken(), first.reason(), first.text());
            }
            List<Item> parts = new ArrayList<>();
            long bytes = first.bytes();
            long id = number("Order", first.object().path("id").asText());
            while (ahead != null && isPart(ahead) && (parent(ahead) == id || parent(ahead) == NONE)) {
                bytes += add(parts, ahead, id, bytes);
                ahead = records.next();
            }
            for (long offset : id == NONE ? new long[0] : strays.of(id)) {
                Item stray = JsonRecords.read(new RecordSplitter.Raw(offset, first.line(), reader.line(offset), null));
                bytes += add(parts, stray, id, bytes);
            }
            String text = text(first, parts);
            try {
                if (bytes > RecordSplitter.MAX_RECORD || parts.size() > MAX_ROWS) {
                    throw new BrokenRuleException(
                            Rule.RECORD_TOO_LARGE, "the order has more than 1 MiB or " + MAX_ROWS + " lines");
                }
                if (first.broken() != null) {
                    throw new BrokenRuleException(first.broken(), first.reason());
                }
                return Read.accepted(order(first.line(), first.object(), parts), bytes, () -> text);
            } catch (BrokenRuleException e) {
                return rejected(first, e.rule(), e.getMessage(), text);
            }
        }

        /** Adds a line to those of an order where it is an item of it and still fits; returns how long it is. */
        private static long add(List<Item> parts, Item part, long order, long before) {
            boolean counts = part.broken() != null || parent(part) == order && isLineItem(part.object());
            if (!counts) {
                return 0;
            }
            if (before <= RecordSplitter.MAX_RECORD && parts.size() <= MAX_ROWS) {
                parts.add(part);
            }
            return part.bytes();
        }

        private static String text(Item first, List<Item> parts) {
            StringBuilder text = new StringBuilder(first.text());
            for (Item part : parts) {
                if (text.length() >= RejectedRecord.MAX_RAW) {
                    break;
                }
                text.append('\n').append(part.text());
            }
            return text.toString();
        }

        @Override
        public long offset() {
            return ahead == null ? records.offset() : ahead.offset();
        }

        @Override
        public long line() {
            return ahead == null ? records.line() : ahead.line();
        }

        @Override
        public void close() throws IOException {
            try (strays;
                    reader) {
                records.close();
            }
        }
    }

    @Override
    ChannelOrder order(long line, JsonNode object, Conventions conventions) throws BrokenRuleException {
        return order(line, object, List.of());
    }

    private static ChannelOrder order(long at, JsonNode object, List<Item> parts) throws BrokenRuleException {
        Fields fields = fields(object);
        String id = fields.id("id");
        long number = number("Order", id);
        if (number == NONE) {
            throw new BrokenRuleException(
                    Rule.BAD_ID, "id is no global id of an order (gid://shopify/Order/...): " + Fields.shortened(id));
        }
        fields.required("createdAt");
        Instant cancelled = fields.time("cancelledAt");
        List<Line> lines = new ArrayList<>();
        for (Item part : parts) {
            Line line = line(part, cancelled != null);
            if (line != null) {
                lines.add(line);
            }
        }
        String name = fields.name("name");
        return new ChannelOrder(
                at,
                String.valueOf(number),
                name == null ? String.valueOf(number) : name,
                lines.isEmpty(),
                new Times(
                        fields.time("createdAt"), null, fulfilled(object, fields), cancelled, fields.time("updatedAt")),
                Promise.NONE,
                amounts(fields),
                word(fields.text("displayFinancialStatus")),
                word(fields.text("displayFulfillmentStatus")),
                new Place(
                        fields.text("shippingAddress.city"),
                        firstOf(fields.text("shippingAddress.provinceCode"), fields.text("shippingAddress.province")),
                        fields.text("shippingAddress.zip"),
                        firstOf(
                                fields.text("shippingAddress.countryCodeV2"),
                                fields.text("shippingAddress.countryCode"),
                                fields.text("shippingAddress.country"))),
                customer(fields),
                lines);
    }

    private static Amounts amounts(Fields fields) throws BrokenRuleException {
        fields.required("totalPriceSet.shopMoney.amount");
        String currency = firstOf(fields.text("currencyCode"), fields.text("totalPriceSet.shopMoney.currencyCode"));
        return new Amounts(
                currency == null ? fields.required("currencyCode") : currency,
                fields.amount("totalPriceSet.shopMoney.amount"),
                fields.amount("subtotalPriceSet.shopMoney.amount"),
                fields.amount("totalShippingPriceSet.shopMoney.amount"),
                fields.amount("totalTaxSet.shopMoney.amount"));
    }

    /** When the last parcel was registered, once all are. */
    private static Instant fulfilled(JsonNode order, Fields fields) throws BrokenRuleException {
        if (!"FULFILLED".equals(fields.text("displayFulfillmentStatus"))) {
            return null;
        }
        Instant last = null;
        for (JsonNode fulfilment : order.path("fulfillments")) {
            Instant created = fields(fulfilment).time("createdAt");
            if (created != null
                    && "SUCCESS".equals(fields(fulfilment).text("status"))
                    && (last == null || created.isAfter(last))) {
                last = created;
            }
        }
        return last;
    }

    /** A line item; null where it was taken out of the order before it was sent. */
    private static Line line(Item part, boolean cancelled) throws BrokenRuleException {
        try {
            if (part.broken() != null) {
                throw new BrokenRuleException(part.broken(), part.reason());
            }
            Fields fields = fields(part.object());
            String sent = sent(fields);
            boolean taken = !cancelled && "0".equals(fields.text("currentQuantity")) && "pending".equals(sent);
            if (taken || "0".equals(fields.text("quantity"))) {
                return null;
            }
            String name = firstOf(
                    fields.text("name"), Fields.joined(" - ", fields.text("title"), fields.text("variantTitle")));
            fields.required("quantity");
            return new Line(
                    fields.name("sku"),
                    name == null ? fields.required("name") : name,
                    fields.quantity("quantity"),
                    fields.amount("originalUnitPriceSet.shopMoney.amount"),
                    !"false".equals(fields.text("requiresShipping")),
                    sent);
        } catch (BrokenRuleException e) {
            throw in(firstOf(idOf(part), "a line item"), e);
        }
    }

    private static String idOf(Item part) {
        long number = part.object() == null
                ? NONE
                : number("LineItem", part.object().path("id").asText());
        return number == NONE ? null : "line item " + number;
    }

    /** How much of a line item was sent, in the words of the other forms; null where the query did not ask for it. */
    private static String sent(Fields fields) throws BrokenRuleException {
        String told = word(fields.text("fulfillmentStatus"));
        if (told != null) {
            return told.equals("unfulfilled") ? "pending" : told;
        }
        String open = fields.text("unfulfilledQuantity");
        if (open == null) {
            return null;
        }
        return open.equals("0") ? "fulfilled" : open.equals(fields.text("quantity")) ? "pending" : "partial";
    }

    /** A word of GraphQL's as the CSV export and the REST API write it: PARTIALLY_REFUNDED is partially_refunded. */
    private static String word(String written) {
        if (written == null) {
            return null;
        }
        return written.equals("PARTIALLY_FULFILLED") ? "partial" : written.toLowerCase(Locale.ROOT);
    }

    private static Customer customer(Fields fields) throws BrokenRuleException {
        return new Customer(
                firstOf(fields.text("shippingAddress.name"), fields.text("billingAddress.name")),
                firstOf(fields.name("email"), fields.name("customer.email")),
                present(
                        fields.text("phone"),
                        fields.text("shippingAddress.phone"),
                        fields.text("billingAddress.phone")),
                Fields.joined(", ", fields.text("shippingAddress.address1"), fields.text("shippingAddress.address2")));
    }
}
