package io.parcelwatch.pullorders;

import static io.parcelwatch.pullorders.ApiServer.json;
import static io.parcelwatch.pullorders.ApiServer.status;
import static io.parcelwatch.pullorders.WooCommerceOrdersTest.lines;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.pullorders.ApiServer.Answer;
import io.parcelwatch.pullorders.ApiServer.Request;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Amazon's orders, the items of each, its tokens and its quota. */
class AmazonOrdersTest {

    private static final Instant SINCE = Instant.parse("2026-03-01T00:00:00Z");

    private final ApiServer server = new ApiServer(this::amazon);
    private final List<Duration> slept = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final OrderApi api = new AmazonOrders(
            new ApiSettings(
                    Map.of(
                            "PARCELWATCH_AMAZON_URL", server.url(),
                            "PARCELWATCH_AMAZON_LWA_URL", server.url(),
                            "PARCELWATCH_AMAZON_MARKETPLACES", "A1PA6795UKMFR9, A13V1IB3VIYZZH",
                            "PARCELWATCH_AMAZON_CLIENT_ID", "client",
                            "PARCELWATCH_AMAZON_CLIENT_SECRET", "secret&1",
                            "PARCELWATCH_AMAZON_REFRESH_TOKEN", "Atzr|refresh"),
                    "amazon",
                    "a"),
            new Waits(Duration.ofMillis(1), slept::add, PullProgress.SILENT),
            nanos::get);
    private int tokens;
    private int ordersAPage = 2;

    @AfterEach
    void close() {
        server.close();
    }

    private synchronized Answer amazon(Request request) {
        if (request.path().equals("/auth/o2/token")) {
            Map<String, String> form = ApiServer.form(request.body());
            if (!request.method().equals("POST")
                    || !form.equals(Map.of(
                            "grant_type", "refresh_token",
                            "refresh_token", "Atzr|refresh",
                            "client_id", "client",
                            "client_secret", "secret&1"))) {
                return status(400, "{\"error\":\"invalid_grant\"}");
            }
            tokens++;
            return json("{\"access_token\":\"Atza|" + tokens + "\",\"token_type\":\"bearer\",\"expires_in\":3600}");
        }
        if (!request.header("X-amz-access-token").equals("Atza|" + tokens)) {
            return status(403, "{\"errors\":[{\"code\":\"Unauthorized\"}]}");
        }
        if (request.path().equals("/orders/v0/orders")) {
            if (!"A1PA6795UKMFR9,A13V1IB3VIYZZH".equals(request.query().get("MarketplaceIds"))
                    || !SINCE.toString().equals(request.query().get("LastUpdatedAfter"))) {
                return status(400, "{\"errors\":[{\"code\":\"InvalidInput\"}]}");
            }
            String token = request.query().get("NextToken");
            int from = token == null ? 1 : Integer.parseInt(token.substring(token.indexOf('=') + 1));
            String orders = IntStream.range(from, from + ordersAPage)
                    .mapToObj(i -> "{\"AmazonOrderId\":\"902-1-" + i + "\",\"LastUpdateDate\":\"2026-03-02T00:00:0"
                            + i % 10 + "Z\",\"OrderTotal\":{\"Amount\":\"10.00\"}}")
                    .collect(Collectors.joining(","));
            String next = from > 1 ? "" : ",\"NextToken\":\"a+b/c=" + (from + ordersAPage) + "\"";
            return json("{\"payload\":{\"Orders\":[" + orders + "]" + next + "}}");
        }
        boolean more = request.query().isEmpty() && request.path().endsWith("/902-1-1/orderItems");
        return json("{\"payload\":{\"AmazonOrderId\":\"x\",\"OrderItems\":[{\"OrderItemId\":\""
                + (more ? "first" : "last") + "\"}]" + (more ? ",\"NextToken\":\"items+2\"" : "") + "}}");
    }

    @Test
    void anOrderComesWithAllItsItems() {
        OrderPage first = api.page(SINCE, null);
        OrderPage second = api.page(SINCE, first.next());

        assertThat(lines(first))
                .containsExactly(
                        "{\"AmazonOrderId\":\"902-1-1\",\"LastUpdateDate\":\"2026-03-02T00:00:01Z\",\"OrderTotal\":{\"Amount\":\"10.00\"},"
                                + "\"OrderItems\":[{\"OrderItemId\":\"first\"},{\"OrderItemId\":\"last\"}]}",
                        "{\"AmazonOrderId\":\"902-1-2\",\"LastUpdateDate\":\"2026-03-02T00:00:02Z\",\"OrderTotal\":{\"Amount\":\"10.00\"},"
                                + "\"OrderItems\":[{\"OrderItemId\":\"last\"}]}");
        assertThat(first.newest()).isEqualTo("2026-03-02T00:00:02Z");
        assertThat(second.orders()).isEqualTo(2);
        assertThat(second.next()).isNull();
        assertThat(tokens).as("one token for all of it").isEqualTo(1);
        assertThat(api.format()).isEqualTo("amazon-json");
    }

    @Test
    void aTokenIsRenewedBeforeItEndsAndWhenAmazonNoLongerTakesIt() {
        api.page(SINCE, null);
        nanos.addAndGet(Duration.ofMinutes(59).plusSeconds(1).toNanos());
        api.page(SINCE, null);
        assertThat(tokens).isEqualTo(2);

        // Somebody else took a new one, and ours is no longer good.
        tokens++;
        api.page(SINCE, null);
        assertThat(tokens).isEqualTo(4);
    }

    @Test
    void theUsagePlanIsKept() {
        ordersAPage = 40;

        api.page(SINCE, null);

        // 30 calls for items at once, one of them for the second page of an order's items; then one each two seconds.
        assertThat(slept).hasSize(41 - 30);
        assertThat(slept.get(0)).isEqualTo(Duration.ofSeconds(2));
        assertThat(slept.get(10)).isEqualTo(Duration.ofSeconds(22));
    }

    @Test
    void aRequestTooManyWaitsForTheUsagePlan() {
        server.misbehaves(
                json("{\"access_token\":\"Atza|1\",\"expires_in\":3600}"),
                status(429, "{\"errors\":[{\"code\":\"QuotaExceeded\"}]}"));
        tokens = 1;

        api.page(SINCE, null);

        assertThat(slept).containsExactly(Duration.ofMillis(59_881));
    }

    @Test
    void aRefreshTokenThatIsNotTakenIsNamed() {
        server.answers(request -> status(400, "{\"error\":\"invalid_grant\",\"error_description\":\"Atzr|refresh\"}"));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("PARCELWATCH_AMAZON_REFRESH_TOKEN")
                .hasMessageNotContaining("Atzr");
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void aSellerWhoIsNotAllowedIsToldOnce() {
        server.answers(request -> request.path().startsWith("/auth")
                ? json("{\"access_token\":\"Atza|x\"}")
                : status(403, "{\"errors\":[{\"code\":\"Unauthorized\",\"message\":\"Access denied\"}]}"));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("PARCELWATCH_AMAZON_REFRESH_TOKEN")
                .hasMessageContaining("Access denied");
    }

    @Test
    void itemsThatGoInCirclesEnd() {
        server.answers(request -> request.path().endsWith("/orderItems")
                ? json("{\"payload\":{\"OrderItems\":[],\"NextToken\":\"again\"}}")
                : amazon(request));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("NextToken of the items");
    }

    @Test
    void anOrderWhoseItemsAreRefusedForGoodComesWithoutThemAndKeepsNoOtherBack() {
        server.answers(request -> request.path().endsWith("/902-1-1/orderItems")
                ? status(404, "{\"errors\":[{\"code\":\"NotFound\"}]}")
                : amazon(request));

        assertThat(lines(api.page(SINCE, null)))
                .containsExactly(
                        "{\"AmazonOrderId\":\"902-1-1\",\"LastUpdateDate\":\"2026-03-02T00:00:01Z\",\"OrderTotal\":{\"Amount\":\"10.00\"}}",
                        "{\"AmazonOrderId\":\"902-1-2\",\"LastUpdateDate\":\"2026-03-02T00:00:02Z\",\"OrderTotal\":{\"Amount\":\"10.00\"},"
                                + "\"OrderItems\":[{\"OrderItemId\":\"last\"}]}");
    }

    @Test
    void anAccessTokenIsNeverRepeated() {
        server.answers(request -> request.path().startsWith("/auth")
                ? json("{\"access_token\":\"Atza|x\"}")
                : status(400, "{\"errors\":[{\"message\":\"bad token Atza|x\"}]}"));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("bad token ***")
                .hasMessageNotContaining("Atza");

        server.answers(request -> json("{\"access_token\":\"Atzb|\\u200b\"}"));
        nanos.addAndGet(Duration.ofHours(1).toNanos());
        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("access_token")
                .hasMessageNotContaining("Atzb");
    }
}
