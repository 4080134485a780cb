package io.parcelwatch.pullorders;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.pullorders.ApiSettings.Setting;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Amazon's Selling Partner API, Orders v0 (selling-partner-api-models: {@code ordersV0.json}, operations getOrders and getOrderItems;
 * developer-docs.amazon.com/sp-api: "Connect to the SP-API", "Usage Plans and Rate Limits"). An order goes into its page with its items
 * under {@code OrderItems}, and without them where Amazon does not give them. Without a restricted data token Amazon leaves out the buyer's name and street.
 */
final class AmazonOrders implements OrderApi {

    /** A token is asked for anew this long before it ends. */
    private static final Duration EARLY = Duration.ofMinutes(1);

    private final URI base;
    private final URI login;
    private final Setting marketplaces;
    private final Setting clientId;
    private final Setting clientSecret;
    private final Setting refreshToken;
    private final ApiClient client;
    private final ApiClient loginClient;
    private final Waits waits;
    private final LongSupplier nanos;
    private final Quota orders;
    private final Quota items;
    private String token;
    private long tokenEnds;

    AmazonOrders(ApiSettings settings, Waits waits, LongSupplier nanos) {
        Setting url =
                settings.required("URL", "your region's endpoint, for example https://sellingpartnerapi-eu.amazon.com");
        this.base = ApiSettings.url(url);
        this.marketplaces =
                settings.required("MARKETPLACES", "marketplace ids with commas, for example A1PA6795UKMFR9");
        this.clientId = settings.required("CLIENT_ID", "the application's LWA client id");
        this.clientSecret = settings.required("CLIENT_SECRET", "the application's LWA client secret");
        this.refreshToken = settings.required("REFRESH_TOKEN", "the LWA refresh token of the seller's authorisation");
        Setting named = settings.optional("LWA_URL");
        Setting loginUrl =
                new Setting(named.variable(), named.value() == null ? "https://api.amazon.com" : named.value());
        this.login = ApiSettings.url(loginUrl);
        List<Setting> secrets = List.of(refreshToken, clientSecret, clientId);
        this.client = new ApiClient("Amazon", url, secrets, settings, waits);
        this.loginClient = new ApiClient("Login with Amazon", loginUrl, secrets, settings, waits);
        this.waits = waits;
        this.nanos = nanos;
        // The default usage plan of both operations.
        this.orders = new Quota(0.0167, 20, nanos);
        this.items = new Quota(0.5, 30, nanos);
    }

    @Override
    public String format() {
        return "amazon-json";
    }

    @Override
    public OrderPage page(Instant since, String cursor) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("MarketplaceIds", marketplaces.value().replaceAll("\\s", ""));
        query.put("LastUpdatedAfter", since.toString());
        if (cursor != null) {
            query.put("NextToken", cursor);
        }
        ApiClient.Answer answer;
        try {
            answer = ask(orders, "/orders/v0/orders", query);
        } catch (ApiClient.RefusedException e) {
            throw OrderApi.whileAt(cursor, e);
        }
        JsonNode payload = OrderPage.json(client, answer).path("payload");
        List<ObjectNode> whole = OrderPage.objects(client, answer, payload.path("Orders"), "Orders");
        for (ObjectNode order : whole) {
            String id = order.path("AmazonOrderId").asText();
            // Without an id there is nothing to ask for: the importer rejects it.
            if (!id.isBlank()) {
                items(id).ifPresent(items -> order.set("OrderItems", items));
            }
        }
        return OrderPage.of(
                whole,
                order -> OffsetDateTime.parse(order.path("LastUpdateDate").asText())
                        .toInstant(),
                next(payload),
                answer.date().orElseGet(Instant::now));
    }

    /**
     * The items of an order; empty where Amazon does not give them, although it gave the order: that one is told in part then, and does not
     * keep all others back.
     */
    private Optional<ArrayNode> items(String order) {
        String path = "/orders/v0/orders/" + OrderApi.encoded(order) + "/orderItems";
        ArrayNode all = null;
        Set<String> asked = new HashSet<>();
        String next = null;
        do {
            ApiClient.Answer answer;
            try {
                answer = ask(items, path, next == null ? Map.of() : Map.of("NextToken", next));
            } catch (ApiClient.RefusedException e) {
                if (next == null && (e.status() == 400 || e.status() == 404)) {
                    return Optional.empty();
                }
                throw e;
            }
            JsonNode payload = OrderPage.json(client, answer).path("payload");
            if (!(payload.path("OrderItems") instanceof ArrayNode page)) {
                throw OrderPage.unreadable(client, answer, "no list \"OrderItems\"");
            }
            all = all == null ? page : all.addAll(page);
            next = next(payload);
            if (next != null && !asked.add(next)) {
                throw OrderPage.unreadable(client, answer, "a NextToken of the items that it gave before");
            }
        } while (next != null);
        return Optional.of(all);
    }

    private static String next(JsonNode payload) {
        String next = payload.path("NextToken").asText("");
        return next.isEmpty() ? null : next;
    }

    private ApiClient.Answer ask(Quota quota, String path, Map<String, String> query) {
        boolean fresh = token == null;
        try {
            return askOnce(quota, path, query);
        } catch (ApiClient.RefusedException e) {
            // Amazon says 403 of a token that has ended, too; a new one tells whether it was that.
            if (fresh || e.status() != 401 && e.status() != 403) {
                throw e;
            }
            token = null;
            return askOnce(quota, path, query);
        }
    }

    private ApiClient.Answer askOnce(Quota quota, String path, Map<String, String> query) {
        waits.waitFor(quota.take(), "Amazon takes so many requests, and no more");
        ApiClient.Answer answer = client.ask(
                OrderApi.get(base, path, query)
                        .header("x-amz-access-token", token())
                        .build(),
                Optional.of(quota.interval()));
        answer.header(Quota.HEADER).ifPresent(quota::learn);
        return answer;
    }

    private String token() {
        if (token != null && nanos.getAsLong() - tokenEnds < 0) {
            return token;
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", refreshToken.value());
        form.put("client_id", clientId.value());
        form.put("client_secret", clientSecret.value());
        ApiClient.Answer answer;
        try {
            answer = loginClient.ask(HttpRequest.newBuilder(URI.create(login + "/auth/o2/token"))
                    .header("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
                    .POST(HttpRequest.BodyPublishers.ofString(OrderApi.form(form)))
                    .build());
        } catch (ApiClient.RefusedException e) {
            if (e.status() == 400 || e.status() == 401) {
                // 400 invalid_grant: the refresh token; 401 invalid_client: the application.
                throw new PullFailedException("Login with Amazon (" + login + ") answers " + e.status()
                        + ": it does not know these credentials; check "
                        + (e.status() == 400 ? refreshToken : clientId + " and " + clientSecret));
            }
            throw e;
        }
        JsonNode json = OrderPage.json(loginClient, answer);
        String given = json.path("access_token").asText("");
        if (given.isEmpty()) {
            throw OrderPage.unreadable(loginClient, answer, "no access_token");
        }
        if (!ApiSettings.isPrintable(given)) {
            throw OrderPage.unreadable(loginClient, answer, "an access_token that no header can hold");
        }
        client.conceal(given);
        token = given;
        tokenEnds = nanos.getAsLong()
                + Duration.ofSeconds(json.path("expires_in").asLong(3600))
                        .minus(EARLY)
                        .toNanos();
        return token;
    }
}
