package io.parcelwatch.pullorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.pullorders.ApiSettings.Setting;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Shopify's REST Admin API (shopify.dev: "Order", "Make paginated requests to the REST Admin API", "REST Admin API rate limits"). Oldest
 * change first: an order that changes while we read moves to the end, and is met there.
 */
final class ShopifyOrders implements OrderApi {

    /** Supported until April 2027 at least; Shopify serves its oldest supported version instead of one that it no longer knows. */
    private static final String VERSION = "2026-04";

    private static final Pattern LINK = Pattern.compile("<([^<>]*)>\\s*;([^,<]*)");
    private static final Pattern NEXT = Pattern.compile("rel\\s*=\\s*\"?next\"?(\\s|;|$)");
    private static final Pattern PAGE_INFO = Pattern.compile("[?&]page_info=([^&#]+)");
    private static final String LIMIT = "250";

    private final URI base;
    private final Setting token;
    private final String path;
    private final ApiClient client;

    ShopifyOrders(ApiSettings settings, Waits waits) {
        Setting url = settings.required("URL", "https://YOUR-STORE.myshopify.com");
        this.base = ApiSettings.url(url);
        this.token = settings.required("TOKEN", "an access token with scope read_orders");
        Setting version = settings.optional("API_VERSION");
        this.path =
                "/admin/api/" + OrderApi.encoded(version.value() == null ? VERSION : version.value()) + "/orders.json";
        this.client = new ApiClient("Shopify", url, List.of(token), settings, waits);
    }

    @Override
    public String format() {
        return "shopify-json";
    }

    @Override
    public OrderPage page(Instant since, String cursor) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("limit", LIMIT);
        if (cursor == null) {
            query.put("status", "any");
            query.put("updated_at_min", since.truncatedTo(ChronoUnit.SECONDS).toString());
            query.put("order", "updated_at asc");
        } else {
            // A cursor stands for all other parameters, and goes with none of them.
            query.put("page_info", cursor);
        }
        ApiClient.Answer answer;
        try {
            answer = client.ask(OrderApi.get(base, path, query)
                    .header("X-Shopify-Access-Token", token.value())
                    .build());
        } catch (ApiClient.RefusedException e) {
            throw OrderApi.whileAt(cursor, e);
        }
        JsonNode orders = OrderPage.json(client, answer).path("orders");
        return OrderPage.of(
                OrderPage.objects(client, answer, orders, "orders"),
                order -> OffsetDateTime.parse(order.path("updated_at").asText()).toInstant(),
                next(answer).orElse(null),
                answer.date().orElseGet(Instant::now));
    }

    /** The cursor of the next page. Of the link only that is taken: it may name whatever host it wants, ours gets the token. */
    private Optional<String> next(ApiClient.Answer answer) {
        for (String header : answer.headers().allValues("Link")) {
            boolean understood = false;
            Matcher link = LINK.matcher(header);
            while (link.find()) {
                understood = true;
                if (NEXT.matcher(link.group(2)).find()) {
                    Matcher cursor = PAGE_INFO.matcher(link.group(1));
                    if (!cursor.find()) {
                        throw OrderPage.unreadable(client, answer, "a header Link to a next page without page_info");
                    }
                    return Optional.of(URLDecoder.decode(cursor.group(1), StandardCharsets.UTF_8));
                }
            }
            if (!understood && !header.isBlank()) {
                throw OrderPage.unreadable(client, answer, "a header Link that holds no link");
            }
        }
        return Optional.empty();
    }
}
