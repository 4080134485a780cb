package io.parcelwatch.pullorders;

import io.parcelwatch.pullorders.ApiSettings.Setting;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * WooCommerce's REST API v3 (woocommerce.github.io/woocommerce-rest-api-docs: "List all orders", "Pagination"; its parameters read in
 * {@code class-wc-rest-crud-controller.php}; WooCommerce 5.8 or later, which knows {@code modified_after}).
 *
 * <p>Newest change first, and that matters: pages are counted, not remembered. An order that changes while we read leaves its place. Oldest
 * first, all behind it would move up, and one of them from the next page to the one that we have: lost. Newest first it moves to the front,
 * all others move back, and some are met twice; what changed meanwhile is later than the mark and comes with the next pull.
 */
final class WooCommerceOrders implements OrderApi {

    private static final String LIMIT = "100";
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

    @Override
    public OrderPage page(Instant since, String cursor) {
        int number = cursor == null ? 1 : Integer.parseInt(cursor);
        Map<String, String> query = new LinkedHashMap<>();
        // It means later than, and we mean not before.
        query.put(
                "modified_after",
                since.truncatedTo(ChronoUnit.SECONDS).minusSeconds(1).toString().replace("Z", ""));
        query.put("dates_are_gmt", "true");
        query.put("orderby", "modified");
        query.put("order", "desc");
        query.put("per_page", LIMIT);
        query.put("page", String.valueOf(number));
        ApiClient.Answer answer;
        try {
            answer = client.ask(OrderApi.get(base, PATH, query)
                    .header("Authorization", authorization)
                    .build());
        } catch (ApiClient.RefusedException e) {
            throw OrderApi.whileAt(cursor, e);
        }
        return OrderPage.of(
                OrderPage.objects(client, answer, OrderPage.json(client, answer), "orders"),
                order -> LocalDateTime.parse(order.path("date_modified_gmt").asText())
                        .toInstant(ZoneOffset.UTC),
                number < pages(answer) ? String.valueOf(number + 1) : null,
                answer.date().orElseGet(Instant::now));
    }

    private int pages(ApiClient.Answer answer) {
        return answer.header("X-WP-TotalPages")
                .filter(pages -> pages.matches("[0-9]{1,9}"))
                .map(Integer::valueOf)
                .orElseThrow(
                        () -> OrderPage.unreadable(client, answer, "no number of pages in header X-WP-TotalPages"));
    }
}
