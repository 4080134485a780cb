package io.parcelwatch.pullorders;

import static io.parcelwatch.pullorders.ApiServer.json;
import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.pullorders.ApiServer.Answer;
import io.parcelwatch.pullorders.ApiServer.Request;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the other channels' APIs say arrives in the tables too. */
class ChannelsTest {

    private static final String MARK =
            "select channel || ' ' || to_char(updated_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from order_pull_mark";

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;
    private ApiServer server;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        server.close();
        sandbox.close();
    }

    private ImportResult pull(String channel, Instant since, Map<String, String> environment) {
        return PullOrders.run(
                sandbox.intake(),
                new PullRequest(Optional.ofNullable(since), environment, folder, PullProgress.SILENT),
                ImportRequest.of(channel, "a", List.of()));
    }

    private void serve(Function<Request, Answer> behaviour) {
        server = new ApiServer(behaviour);
    }

    @Test
    void ordersOfWooCommerceArriveAndTheMarkIsTheNewestOfThem() {
        serve(request -> {
            return json(
                    IntStream.rangeClosed(1, 2)
                            .mapToObj(id -> """
                    {"id":%d,"number":"%d","status":"processing","currency":"EUR","date_created":"2026-03-01T09:00:00",
                     "date_created_gmt":"2026-03-01T08:00:00","date_modified_gmt":"2026-03-0%dT08:00:00","total":"29.35",
                     "billing":{"first_name":"Ada","email":"ada@example.org","country":"DE"},
                     "shipping":{"city":"Ulm","postcode":"89073","country":"DE"},
                     "line_items":[{"id":1,"name":"Tee","quantity":2,"sku":"TEE","price":10,"total":"20.00"}]}
                    """.formatted(id, id, 9 - id))
                            .collect(Collectors.joining(",", "[", "]")),
                    "X-WP-Total",
                    "2");
        });
        Map<String, String> environment = Map.of(
                "PARCELWATCH_WOOCOMMERCE_URL", server.url(),
                "PARCELWATCH_WOOCOMMERCE_KEY", "k",
                "PARCELWATCH_WOOCOMMERCE_SECRET", "s");

        ImportResult result = pull("woocommerce", Instant.parse("2026-03-01T00:00:00Z"), environment);

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(
                        sandbox.texts(
                                "select external_id || ' ' || total || ' ' || placed_at::timestamp from sales_order order by 1"))
                .containsExactly("1 29.35 2026-03-01 08:00:00", "2 29.35 2026-03-01 08:00:00");
        assertThat(sandbox.texts(MARK)).containsExactly("woocommerce 2026-03-08 08:00:00");
        assertThat(pull("woocommerce", null, environment).counts()).isEqualTo(new Counts(2, 0, 0, 2, 0, 0));
    }

    @Test
    void ordersOfAmazonArriveWithTheirItems() {
        serve(request -> {
            if (request.path().equals("/auth/o2/token")) {
                return json("{\"access_token\":\"Atza|1\",\"expires_in\":3600}");
            }
            return json(request.path().endsWith("/orderItems") ? """
                            {"payload":{"AmazonOrderId":"902-1","OrderItems":[{"OrderItemId":"1","SellerSKU":"TEE","Title":"Tee",
                             "QuantityOrdered":2,"ItemPrice":{"CurrencyCode":"EUR","Amount":"20.00"}}]}}""" : """
                            {"payload":{"Orders":[{"AmazonOrderId":"902-1","PurchaseDate":"2026-03-01T08:00:00Z","OrderStatus":"Unshipped",
                             "LastUpdateDate":"2026-03-02T08:00:00Z","OrderTotal":{"CurrencyCode":"EUR","Amount":"20.00"},
                             "ShippingAddress":{"City":"Ulm","PostalCode":"89073","CountryCode":"DE"}}]}}""");
        });

        ImportResult result = pull(
                "amazon",
                Instant.parse("2026-03-01T00:00:00Z"),
                Map.of(
                        "PARCELWATCH_AMAZON_URL", server.url(),
                        "PARCELWATCH_AMAZON_LWA_URL", server.url(),
                        "PARCELWATCH_AMAZON_MARKETPLACES", "A1PA6795UKMFR9",
                        "PARCELWATCH_AMAZON_CLIENT_ID", "c",
                        "PARCELWATCH_AMAZON_CLIENT_SECRET", "s",
                        "PARCELWATCH_AMAZON_REFRESH_TOKEN", "r"));

        assertThat(result.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts("select sku || ' ' || quantity || ' ' || price::numeric(9, 2) from order_line"))
                .containsExactly("TEE 2 10.00");
        assertThat(sandbox.texts(MARK)).containsExactly("amazon 2026-03-02 08:00:00");
    }
}
