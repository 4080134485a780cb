package io.parcelwatch.pullorders;

import io.parcelwatch.pullorders.ApiServer.Answer;
import io.parcelwatch.pullorders.ApiServer.Request;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A store as Shopify's API shows it: oldest change first, two orders a page, the cursor says behind which change the next page begins. */
final class ShopifyStore {

    static final String TOKEN = "shpat_secret";

    private static final int PAGE = 2;

    private final Map<Integer, String> updated = new TreeMap<>();

    /** Order {@code id} changes, or is new. */
    synchronized ShopifyStore order(int id, String updatedAt) {
        updated.put(id, updatedAt);
        return this;
    }

    synchronized Answer answer(Request request) {
        if (!request.path().equals("/admin/api/2026-04/orders.json")
                || !request.header("X-shopify-access-token").equals(TOKEN)) {
            return ApiServer.status(404, "");
        }
        String cursor = request.query().get("page_info");
        if (cursor != null && request.query().size() != 2
                || cursor == null && !"updated_at asc".equals(request.query().get("order"))) {
            return ApiServer.status(400, "{\"errors\":\"page_info goes with limit alone\"}");
        }
        String[] behind = (cursor == null ? request.query().get("updated_at_min") + "|-1" : cursor).split("\\|");
        Instant from = Instant.parse(behind[0]);
        int after = Integer.parseInt(behind[1]);
        List<Map.Entry<Integer, String>> rest = updated.entrySet().stream()
                .filter(order -> time(order).isAfter(from) || time(order).equals(from) && order.getKey() > after)
                .sorted(Comparator.comparing(ShopifyStore::time).thenComparing(Map.Entry::getKey))
                .toList();
        List<Map.Entry<Integer, String>> page = rest.subList(0, Math.min(PAGE, rest.size()));
        String body = page.stream()
                .map(order -> order(order.getKey(), order.getValue(), "24.90"))
                .collect(Collectors.joining(",", "{\"orders\":[", "]}"));
        if (page.size() == rest.size()) {
            return ApiServer.json(body);
        }
        Map.Entry<Integer, String> last = page.get(page.size() - 1);
        return ApiServer.json(body, "Link", link(time(last) + "%7C" + last.getKey()));
    }

    private static Instant time(Map.Entry<Integer, String> order) {
        return OffsetDateTime.parse(order.getValue()).toInstant();
    }

    /** As Shopify writes it; the host is one that nobody should believe. */
    static String link(String cursor) {
        return "<https://elsewhere.example/orders.json?limit=250&page_info=before>; rel=\"previous\", "
                + "<https://elsewhere.example/orders.json?limit=250&page_info=" + cursor + ">; rel=\"next\"";
    }

    static String order(int id, String updatedAt, String total) {
        return """
                {"id":%d,"name":"#%d","created_at":"2026-03-01T08:00:00+01:00","updated_at":"%s","currency":"EUR","total_price":"%s",
                 "subtotal_price":"20.00","total_tax":"3.98","financial_status":"paid","fulfillment_status":null,"email":"a%d@example.org",
                 "shipping_address":{"name":"Ada Example","address1":"Hauptstr. 1","zip":"89073","city":"Ulm","country_code":"DE"},
                 "line_items":[{"id":1,"sku":"TEE","name":"Tee","quantity":1,"price":"20.00","requires_shipping":true}],
                 "shipping_lines":[{"price":"4.90"}]}""".formatted(id, id, updatedAt, total, id);
    }
}
