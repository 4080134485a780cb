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
import io.parcelwatch.intake.Rule;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;

/**
 * Orders of Amazon's Selling Partner API, of its versions v0 and 2026-01-01 (selling-partner-api-models: {@code ordersV0.json},
 * {@code orders_2026-01-01.json}): answers as they come, arrays, or an order a line. In v0 the items are an answer of their own, getOrderItems;
 * here they stand in their order, under {@code OrderItems}. An order without them is told in part, as is one without a total: Amazon tells
 * none of pending and of cancelled orders.
 *
 * <ul>
 *   <li>There is no time of cancellation: that of the last change stands for it.
 *   <li>{@code ItemPrice} is what all pieces of an item cost together. Cancelled items have no piece, and are left out.
 *   <li>The promise is the end of the window of delivery, a moment. Amazon tells it where the seller ships.
 *   <li>Name, street and phone are there only where they were asked for with a restricted data token, e-mail addresses are Amazon's relay.
 * </ul>
 */
final class AmazonJson extends JsonFormat {

    AmazonJson() {
        super(Set.of("payload", "Orders", "orders", "order"));
    }

    @Override
    public String channel() {
        return "amazon";
    }

    @Override
    public String name() {
        return "amazon-json";
    }

    @Override
    public int version() {
        return 2;
    }

    private static boolean isV0(JsonNode object) {
        return object.has("AmazonOrderId");
    }

    @Override
    boolean tells(JsonNode object) {
        return isV0(object) || object.has("orderId") && object.has("createdTime");
    }

    @Override
    String needed() {
        return "AmazonOrderId, or orderId and createdTime";
    }

    @Override
    Known known(FieldSource object) {
        return new Known(
                firstOf(object.get("AmazonOrderId"), object.get("orderId")),
                firstOf(object.get("OrderTotal.Amount"), object.get("proceeds.grandTotal.amount")),
                firstOf(object.get("OrderTotal.CurrencyCode"), object.get("proceeds.grandTotal.currencyCode")));
    }

    @Override
    ChannelOrder order(long line, JsonNode object, Conventions conventions) throws BrokenRuleException {
        return isV0(object) ? v0(line, object) : v2026(line, object);
    }

    private static ChannelOrder v0(long line, JsonNode object) throws BrokenRuleException {
        Fields fields = fields(object);
        String id = fields.id("AmazonOrderId");
        if (!object.has("PurchaseDate") && object.has("OrderItems")) {
            throw new BrokenRuleException(
                    Rule.ORDER_WITHOUT_FIRST_ROW,
                    "the items of order " + id + " without the order: put them into it, under OrderItems");
        }
        fields.required("PurchaseDate");
        Instant updated = fields.time("LastUpdateDate");
        String status = fields.text("OrderStatus");
        List<Item> items = new ArrayList<>();
        for (JsonNode item : object.path("OrderItems")) {
            try {
                items.add(itemV0(fields(item)));
            } catch (BrokenRuleException e) {
                throw in("OrderItems " + (items.size() + 1), e);
            }
        }
        return order(
                line,
                id,
                new Times(fields.time("PurchaseDate"), null, null, "Canceled".equals(status) ? updated : null, updated),
                promise(fields.time("LatestDeliveryDate")),
                new Amounts(
                        fields.text("OrderTotal.CurrencyCode"),
                        fields.amount("OrderTotal.Amount"),
                        Item.sum(items, Item::price),
                        Item.sum(items, Item::shipping),
                        Item.sum(items, Item::taxes)),
                status,
                new Place(
                        fields.text("ShippingAddress.City"),
                        fields.text("ShippingAddress.StateOrRegion"),
                        fields.text("ShippingAddress.PostalCode"),
                        fields.text("ShippingAddress.CountryCode")),
                new Customer(
                        firstOf(fields.text("ShippingAddress.Name"), fields.text("BuyerInfo.BuyerName")),
                        firstOf(fields.name("BuyerInfo.BuyerEmail"), fields.name("BuyerEmail")),
                        present(fields.text("ShippingAddress.Phone")),
                        Fields.joined(
                                ", ",
                                fields.text("ShippingAddress.AddressLine1"),
                                fields.text("ShippingAddress.AddressLine2"),
                                fields.text("ShippingAddress.AddressLine3"))),
                items);
    }

    private static Item itemV0(Fields fields) throws BrokenRuleException {
        int pieces = pieces(fields, "QuantityOrdered");
        BigDecimal price = fields.amount("ItemPrice.Amount");
        return new Item(
                pieces == 0
                        ? null
                        : new Line(
                                fields.name("SellerSKU"),
                                name(fields, "Title", "ASIN"),
                                pieces,
                                Sums.each(price, pieces),
                                true,
                                shipped(fields, "QuantityShipped", pieces)),
                Sums.of(price, Sums.minus(fields.amount("PromotionDiscount.Amount"))),
                Sums.of(fields.amount("ShippingPrice.Amount"), Sums.minus(fields.amount("ShippingDiscount.Amount"))),
                Sums.of(fields.amount("ItemTax.Amount"), fields.amount("ShippingTax.Amount")));
    }

    private static ChannelOrder v2026(long line, JsonNode object) throws BrokenRuleException {
        Fields fields = fields(object);
        String id = fields.id("orderId");
        fields.required("createdTime");
        Instant updated = fields.time("lastUpdatedTime");
        String status = fields.text("fulfillment.fulfillmentStatus");
        List<Item> items = new ArrayList<>();
        for (JsonNode item : object.path("orderItems")) {
            try {
                items.add(item2026(item));
            } catch (BrokenRuleException e) {
                throw in("orderItems " + (items.size() + 1), e);
            }
        }
        return order(
                line,
                id,
                new Times(fields.time("createdTime"), null, null, "CANCELLED".equals(status) ? updated : null, updated),
                promise(fields.time("fulfillment.deliverByWindow.latestDateTime")),
                new Amounts(
                        fields.text("proceeds.grandTotal.currencyCode"),
                        fields.amount("proceeds.grandTotal.amount"),
                        Item.sum(items, Item::price),
                        Item.sum(items, Item::shipping),
                        Item.sum(items, Item::taxes)),
                status,
                new Place(
                        fields.text("recipient.deliveryAddress.city"),
                        fields.text("recipient.deliveryAddress.stateOrRegion"),
                        fields.text("recipient.deliveryAddress.postalCode"),
                        fields.text("recipient.deliveryAddress.countryCode")),
                new Customer(
                        firstOf(fields.text("recipient.deliveryAddress.name"), fields.text("buyer.buyerName")),
                        fields.name("buyer.buyerEmail"),
                        present(fields.text("recipient.deliveryAddress.phone")),
                        Fields.joined(
                                ", ",
                                fields.text("recipient.deliveryAddress.addressLine1"),
                                fields.text("recipient.deliveryAddress.addressLine2"),
                                fields.text("recipient.deliveryAddress.addressLine3"))),
                items);
    }

    private static Item item2026(JsonNode item) throws BrokenRuleException {
        Fields fields = fields(item);
        int pieces = pieces(fields, "quantityOrdered");
        BigDecimal price = null;
        BigDecimal shipping = null;
        BigDecimal taxes = null;
        for (JsonNode part : item.path("proceeds").path("breakdowns")) {
            Fields breakdown = fields(part);
            BigDecimal amount = breakdown.amount("subtotal.amount");
            switch (firstOf(breakdown.text("type"), "")) {
                case "ITEM", "DISCOUNT" -> price = Sums.of(price, amount);
                case "SHIPPING" -> shipping = Sums.of(shipping, amount);
                case "TAX" -> taxes = Sums.of(taxes, amount);
                default -> {
                    // Gift wrap, cash on delivery and others have no column of their own.
                }
            }
        }
        return new Item(
                pieces == 0
                        ? null
                        : new Line(
                                fields.name("product.sellerSku"),
                                name(fields, "product.title", "product.asin"),
                                pieces,
                                fields.amount("product.price.unitPrice.amount"),
                                true,
                                shipped(fields, "fulfillment.quantityFulfilled", pieces)),
                price,
                shipping,
                taxes);
    }

    private static ChannelOrder order(
            long line,
            String id,
            Times times,
            Promise promise,
            Amounts amounts,
            String status,
            Place destination,
            Customer customer,
            List<Item> items) {
        List<Line> lines =
                items.stream().map(Item::line).filter(Objects::nonNull).toList();
        boolean whole = !lines.isEmpty() && amounts.total() != null && amounts.currency() != null;
        return new ChannelOrder(
                line, id, id, !whole, times, promise, amounts, null, fulfilment(status), destination, customer, lines);
    }

    /** The status of an order; one of which a part is sent is {@code partial} in every format, whichever of Amazon's spellings says so. */
    static String fulfilment(String status) {
        return status != null && status.replaceAll("[_ ]", "").equalsIgnoreCase("PartiallyShipped")
                ? "partial"
                : status;
    }

    /**
     * An item of an order.
     *
     * @param line  null where no piece of it is ordered any more
     * @param price of all its pieces, less discounts; null where it is not known yet, as the others
     */
    private record Item(Line line, BigDecimal price, BigDecimal shipping, BigDecimal taxes) {

        static BigDecimal sum(List<Item> items, Function<Item, BigDecimal> part) {
            BigDecimal sum = null;
            for (Item item : items) {
                sum = Sums.of(sum, part.apply(item));
            }
            return sum;
        }
    }

    private static int pieces(Fields fields, String name) throws BrokenRuleException {
        return "0".equals(fields.required(name)) ? 0 : fields.quantity(name);
    }

    private static String name(Fields fields, String title, String asin) throws BrokenRuleException {
        String name = fields.text(title);
        return name == null ? fields.required(asin) : name;
    }

    /** How much of an item was sent, in the words of our own table; null where Amazon does not say. */
    private static String shipped(Fields fields, String name, int pieces) throws BrokenRuleException {
        String sent = fields.text(name);
        if (sent == null) {
            return null;
        }
        return "0".equals(sent) ? "pending" : fields.quantity(name) < pieces ? "partial" : "fulfilled";
    }

    private static Promise promise(Instant until) {
        return until == null ? Promise.NONE : new Promise(null, until);
    }
}
