package io.parcelwatch.importorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Orders of Shopify's REST Admin API (shopify.dev, "Order"): answers as they come ({@code {"orders":[...]}}, {@code {"order":{...}}}), arrays, or an
 * order a line. Amounts are the shop's currency, not that of the customer's screen ({@code presentment_money}); the total is {@code total_price}, which
 * refunds do not change.
 */
final class ShopifyJson extends JsonFormat {

    ShopifyJson() {
        super(Set.of("orders", "order"));
    }

    @Override
    public String channel() {
        return "shopify";
    }

    @Override
    public String name() {
        return "shopify-json";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    boolean tells(JsonNode object) {
        return object.has("id") && object.has("created_at") && object.has("total_price");
    }

    @Override
    String needed() {
        return "id, created_at, total_price";
    }

    @Override
    Known known(FieldSource object) {
        return new Known(
                firstOf(object.get("id"), object.get("name")), object.get("total_price"), object.get("currency"));
    }

    @Override
    ChannelOrder order(long line, JsonNode object, Conventions conventions) throws BrokenRuleException {
        Fields fields = fields(object);
        String id = fields.id("id");
        Times times = times(object, fields);
        List<Line> lines = lines(object, times.cancelled() != null);
        String name = fields.name("name");
        return new ChannelOrder(
                line,
                id,
                name == null ? id : name,
                lines.isEmpty(),
                times,
                Promise.NONE,
                amounts(object, fields),
                fields.text("financial_status"),
                firstOf(fields.text("fulfillment_status"), "unfulfilled"),
                new Place(
                        fields.text("shipping_address.city"),
                        firstOf(
                                fields.text("shipping_address.province_code"),
                                fields.text("shipping_address.province")),
                        fields.text("shipping_address.zip"),
                        firstOf(fields.text("shipping_address.country_code"), fields.text("shipping_address.country"))),
                customer(fields),
                lines);
    }

    private static Times times(JsonNode object, Fields fields) throws BrokenRuleException {
        fields.required("created_at");
        return new Times(
                fields.time("created_at"),
                // Not told: it stands in the transactions, which are a resource of their own.
                null,
                fulfilled(object, fields),
                fields.time("cancelled_at"),
                fields.time("updated_at"));
    }

    /** When the last parcel was registered, once all are. */
    private static Instant fulfilled(JsonNode object, Fields fields) throws BrokenRuleException {
        if (!"fulfilled".equals(fields.text("fulfillment_status"))) {
            return null;
        }
        Instant last = null;
        for (JsonNode fulfilment : object.path("fulfillments")) {
            Instant created = fields(fulfilment).time("created_at");
            if (created != null
                    && "success".equals(fields(fulfilment).text("status"))
                    && (last == null || created.isAfter(last))) {
                last = created;
            }
        }
        return last;
    }

    private static Amounts amounts(JsonNode object, Fields fields) throws BrokenRuleException {
        fields.required("total_price");
        BigDecimal shipping = fields.amount("total_shipping_price_set.shop_money.amount");
        if (shipping == null) {
            for (JsonNode shippingLine : object.path("shipping_lines")) {
                shipping = Sums.of(shipping, fields(shippingLine).amount("price"));
            }
        }
        return new Amounts(
                fields.required("currency"),
                fields.amount("total_price"),
                fields.amount("subtotal_price"),
                shipping,
                fields.amount("total_tax"));
    }

    private static List<Line> lines(JsonNode object, boolean cancelled) throws BrokenRuleException {
        List<Line> lines = new ArrayList<>();
        int place = 0;
        for (JsonNode item : object.path("line_items")) {
            place++;
            Fields fields = fields(item);
            try {
                if (isGone(fields, cancelled)) {
                    continue;
                }
                fields.required("quantity");
                lines.add(new Line(
                        fields.name("sku"),
                        lineName(fields),
                        fields.quantity("quantity"),
                        fields.amount("price"),
                        !"false".equals(fields.text("requires_shipping")),
                        // As the CSV export says it, so that both forms tell one order alike.
                        firstOf(fields.text("fulfillment_status"), "pending")));
            } catch (BrokenRuleException e) {
                throw in("line_items " + place, e);
            }
        }
        return lines;
    }

    /**
     * Whether a line was taken out of the order by an edit or a refund before anything of it went out: then nobody waits for it. What was
     * sent and came back stays a line of the order. When an order is cancelled, all its lines are refunded, and stay.
     */
    private static boolean isGone(Fields fields, boolean cancelled) throws BrokenRuleException {
        String quantity = fields.text("quantity");
        return "0".equals(quantity)
                || !cancelled
                        && "0".equals(fields.text("current_quantity"))
                        && fields.text("fulfillment_status") == null;
    }

    private static String lineName(Fields fields) throws BrokenRuleException {
        String name = fields.text("name");
        return name == null ? fields.required("title") : name;
    }

    private static Customer customer(Fields fields) throws BrokenRuleException {
        return new Customer(
                firstOf(fields.text("shipping_address.name"), fields.text("billing_address.name")),
                firstOf(fields.name("email"), fields.name("contact_email")),
                present(
                        fields.text("phone"),
                        fields.text("shipping_address.phone"),
                        fields.text("billing_address.phone")),
                Fields.joined(
                        ", ", fields.text("shipping_address.address1"), fields.text("shipping_address.address2")));
    }
}
