package io.parcelwatch.pullorders;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.pullorders.ApiSettings.Setting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * WooCommerce's REST API v3 (woocommerce.github.io/woocommerce-rest-api-docs: "List all orders", "Pagination"; its parameters read in
 * {@code class-wc-rest-crud-controller.php}; WooCommerce 5.8 or later, which knows {@code modified_after}).
 *
 * <p>Places are counted there, not remembered: an order that is deleted while we read moves all behind it forward by one. So orders come by
 * id, which never changes and no two have alike, and a page begins with the last order of the one before; where it begins behind that order, it
 * is asked for farther in front. An order that changes meanwhile keeps its place; one that enters the list behind our back changed later than
 * the mark, and comes with the next pull.
 */
final class WooCommerceOrders implements OrderApi {

    private static final int LIMIT = 100;
    private static final String PATH = "/wp-json/wc/v3/orders";

    private final URI base;
    private final String authorization;
    private final ApiClient client;

    WooCommerceOrders(ApiSettings settings, Waits waits) {
        Setting url = settings.required("URL", "https://YOUR-SHOP");
        this.base = ApiSettings.url(url);
        Setting key = settings.required("KEY", "a consumer key with permission to read");
        Setting secret = settings.required("SECRET", "the secret of the consumer key");
        this.authorization = "Basic "
                + Base64.getEncoder()
                        .encodeToString((key.value() + ":" + secret.value()).getBytes(StandardCharsets.UTF_8));
        this.client = new ApiClient("WooCommerce", url, List.of(key, secret), settings, waits);
    }

    @Override
    public String format() {
        return "woocommerce-json";
    }

    /**
     * Up to where the orders are read.
     *
     * @param place  of the last order that was read, among all; 0 before the first
     * @param lastId its id; 0 before the first
     */
    private record Position(int place, long lastId) {

        private static final Position START = new Position(0, 0);

        static Position of(String cursor) {
            if (cursor == null) {
                return START;
            }
            String[] parts = cursor.split(" ");
            return new Position(Integer.parseInt(parts[0]), Long.parseLong(parts[1]));
        }

        String cursor() {
            return place + " " + lastId;
        }
    }

    @Override
    public OrderPage page(Instant since, String cursor) {
        Position position = Position.of(cursor);
        int offset = position.place();
        while (true) {
            ApiClient.Answer answer = ask(since, cursor, offset);
            List<ObjectNode> orders = OrderPage.objects(client, answer, OrderPage.json(client, answer), "orders");
            refuseUnsorted(answer, orders);
            if (offset == 0 || !orders.isEmpty() && id(orders.get(0)) <= position.lastId()) {
                return page(answer, orders, offset, position.lastId());
            }
            // So many were deleted that the last order that we know is not here any more.
            offset = Math.max(0, offset - LIMIT);
        }
    }

    private ApiClient.Answer ask(Instant since, String cursor, int offset) {
        Map<String, String> query = new LinkedHashMap<>();
        // It means later than, and we mean not before.
        query.put(
                "modified_after",
                since.truncatedTo(ChronoUnit.SECONDS).minusSeconds(1).toString().replace("Z", ""));
        query.put("dates_are_gmt", "true");
        query.put("orderby", "id");
        query.put("order", "asc");
        query.put("per_page", String.valueOf(LIMIT));
        query.put("offset", String.valueOf(offset));
        try {
            return client.ask(OrderApi.get(base, PATH, query)
                    .header("Authorization", authorization)
                    .build());
        } catch (ApiClient.RefusedException e) {
            throw OrderApi.whileAt(cursor, e);
        }
    }

    /** What of an answer is new. */
    private OrderPage page(ApiClient.Answer answer, List<ObjectNode> orders, int offset, long lastId) {
        List<ObjectNode> fresh = new ArrayList<>();
        long last = lastId;
        for (ObjectNode order : orders) {
            // Without an id it is the importer's to reject.
            if (id(order) == 0 || id(order) > lastId) {
                fresh.add(order);
            }
            last = Math.max(last, id(order));
        }
        int total = total(answer);
        int read = offset + orders.size();
        Position next = new Position(Math.max(0, read - 1), last);
        return OrderPage.of(
                fresh,
                order -> LocalDateTime.parse(order.path("date_modified_gmt").asText())
                        .toInstant(ZoneOffset.UTC),
                !orders.isEmpty() && read < total ? next.cursor() : null,
                answer.date().orElseGet(Instant::now));
    }

    /** A shop that sorts in its own way would lose orders without a word. */
    private void refuseUnsorted(ApiClient.Answer answer, List<ObjectNode> orders) {
        long before = 0;
        for (ObjectNode order : orders) {
            long id = id(order);
            if (id != 0 && id < before) {
                throw OrderPage.unreadable(client, answer, "orders that are not sorted by id, as was asked");
            }
            before = Math.max(before, id);
        }
    }

    private static long id(ObjectNode order) {
        return order.path("id").asLong();
    }

    private int total(ApiClient.Answer answer) {
        return answer.header("X-WP-Total")
                .filter(total -> total.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElseThrow(() -> OrderPage.unreadable(client, answer, "no number of orders in header X-WP-Total"));
    }
}
