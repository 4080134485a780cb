package io.parcelwatch.importorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Orders of WooCommerce's REST API v3 (woocommerce.github.io/woocommerce-rest-api-docs, "Orders"): an array as {@code GET /orders} answers, one
 * order, or an order a line.
 *
 * <ul>
 *   <li>{@code date_created} is the shop's local time without offset; {@code date_created_gmt} beside it, also without offset, is UTC. Without
 *       the latter the account's zone has to be known.
 *   <li>There is no time of cancellation: that of the last change stands for it. An order in the trash counts as cancelled.
 *   <li>Drafts are no orders yet, and are passed over.
 *   <li>{@code price} of a line is a number that the shop's PHP has divided: it is rounded to six decimals.
 *   <li>Nothing says whether a line needs shipping.
 * </ul>
 */
final class WooCommerceJson extends JsonFormat {

    private static final Set<String> DRAFTS = Set.of("auto-draft", "checkout-draft");
    private static final Set<String> CANCELLED = Set.of("cancelled", "trash");
    private static final TimeStyle GMT = new TimeStyle(DateOrder.YEAR_FIRST, Optional.of(ZoneOffset.UTC));
    private static final Pattern NUMBER = Pattern.compile("-?\\d{1,15}(\\.\\d{1,30})?([eE]-\\d{1,2})?");
    private static final int PRICE_DECIMALS = 6;

    WooCommerceJson() {
        super(Set.of());
    }

    @Override
    public String channel() {
        return "woocommerce";
    }

    @Override
    public String name() {
        return "woocommerce-json";
    }

    @Override
    public int version() {
        return 1;
    }

    @Override
    boolean tells(JsonNode object) {
        return object.has("id") && object.has("date_created") && object.has("total") && object.has("line_items");
    }

    @Override
    String needed() {
        return "id, date_created, total, line_items";
    }

    @Override
    boolean passedOver(JsonNode object) {
        return DRAFTS.contains(object.path("status").asText());
    }

    @Override
    Known known(FieldSource object) {
        return new Known(object.get("id"), object.get("total"), object.get("currency"));
    }

    @Override
    ChannelOrder order(long line, JsonNode object, Conventions conventions) throws BrokenRuleException {
        Fields fields = fields(object);
        String id = fields.id("id");
        String number = fields.name("number");
        String status = fields.text("status");
        List<Line> lines = lines(object);
        fields.required("total");
        return new ChannelOrder(
                line,
                id,
                number == null ? id : number,
                lines.isEmpty(),
                times(fields, status, conventions),
                Promise.NONE,
                new Amounts(
                        fields.required("currency"),
                        fields.amount("total"),
                        null,
                        fields.amount("shipping_total"),
                        fields.amount("total_tax")),
                status,
                null,
                destination(fields),
                customer(fields),
                lines);
    }

    private static Times times(Fields fields, String status, Conventions conventions) throws BrokenRuleException {
        Instant placed = time(fields, "date_created", conventions);
        if (placed == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, "date_created_gmt and date_created are blank");
        }
        Instant modified = time(fields, "date_modified", conventions);
        return new Times(
                placed,
                time(fields, "date_paid", conventions),
                time(fields, "date_completed", conventions),
                status != null && CANCELLED.contains(status) ? (modified == null ? placed : modified) : null,
                modified);
    }

    private static Instant time(Fields fields, String name, Conventions conventions) throws BrokenRuleException {
        Instant gmt = fields.time(name + "_gmt", GMT);
        return gmt != null ? gmt : fields.time(name, new TimeStyle(DateOrder.YEAR_FIRST, conventions.zone()));
    }

    private static List<Line> lines(JsonNode object) throws BrokenRuleException {
        List<Line> lines = new ArrayList<>();
        int place = 0;
        for (JsonNode item : object.path("line_items")) {
            place++;
            Fields fields = fields(item);
            try {
                // What was taken out of the order by an edit may stay in it with no piece.
                if (!"0".equals(fields.text("quantity"))) {
                    fields.required("quantity");
                    lines.add(new Line(
                            fields.name("sku"),
                            fields.required("name"),
                            fields.quantity("quantity"),
                            price(fields),
                            true,
                            null));
                }
            } catch (BrokenRuleException e) {
                throw in("line_items " + place, e);
            }
        }
        return lines;
    }

    private static BigDecimal price(Fields fields) throws BrokenRuleException {
        String written = fields.text("price");
        if (written == null) {
            return null;
        }
        if (!NUMBER.matcher(written).matches()) {
            throw new BrokenRuleException(Rule.BAD_NUMBER, "price is no amount: " + Fields.shortened(written));
        }
        BigDecimal price = new BigDecimal(written);
        return price.scale() <= PRICE_DECIMALS ? price : price.setScale(PRICE_DECIMALS, RoundingMode.HALF_UP);
    }

    /** Whether the order goes to its shipping address: where that is blank, it goes where the bill goes. */
    private static String address(Fields fields) throws BrokenRuleException {
        boolean blank = fields.text("shipping.address_1") == null
                && fields.text("shipping.city") == null
                && fields.text("shipping.postcode") == null;
        return blank ? "billing." : "shipping.";
    }

    private static Place destination(Fields fields) throws BrokenRuleException {
        String address = address(fields);
        return new Place(
                fields.text(address + "city"),
                fields.text(address + "state"),
                fields.text(address + "postcode"),
                fields.text(address + "country"));
    }

    private static Customer customer(Fields fields) throws BrokenRuleException {
        String address = address(fields);
        return new Customer(
                firstOf(name(fields, address), name(fields, "billing.")),
                fields.name("billing.email"),
                present(fields.text("shipping.phone"), fields.text("billing.phone")),
                Fields.joined(", ", fields.text(address + "address_1"), fields.text(address + "address_2")));
    }

    private static String name(Fields fields, String address) throws BrokenRuleException {
        return firstOf(
                Fields.joined(" ", fields.text(address + "first_name"), fields.text(address + "last_name")),
                fields.text(address + "company"));
    }
}
