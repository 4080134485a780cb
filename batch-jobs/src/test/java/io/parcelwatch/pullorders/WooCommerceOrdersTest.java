package io.parcelwatch.pullorders;

import static io.parcelwatch.pullorders.ApiServer.json;
import static io.parcelwatch.pullorders.ApiServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.pullorders.ApiServer.Answer;
import io.parcelwatch.pullorders.ApiServer.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WooCommerce's counted pages. */
class WooCommerceOrdersTest {

    private static final Instant SINCE = Instant.parse("2026-03-01T00:00:00Z");

    /** Order to the time of its last change, UTC without offset. */
    private final Map<Integer, String> orders = new HashMap<>();

    private final ApiServer server = new ApiServer(this::shop);
    private final OrderApi api = new WooCommerceOrders(
            new ApiSettings(
                    Map.of(
                            "PARCELWATCH_WOOCOMMERCE_URL", server.url() + "/blog/",
                            "PARCELWATCH_WOOCOMMERCE_KEY", "ck_1",
                            "PARCELWATCH_WOOCOMMERCE_SECRET", "cs_2"),
                    "woocommerce",
                    "a"),
            new Waits(Duration.ofMillis(1), pause -> {}, PullProgress.SILENT));

    @AfterEach
    void close() {
        server.close();
    }

    /** As WooCommerce: later than {@code modified_after}, in the order asked for, three a page. */
    private synchronized Answer shop(Request request) {
        String basic = Base64.getEncoder().encodeToString("ck_1:cs_2".getBytes(StandardCharsets.UTF_8));
        Map<String, String> query = request.query();
        if (!request.path().equals("/blog/wp-json/wc/v3/orders")
                || !request.header("Authorization").equals("Basic " + basic)
                || !"true".equals(query.get("dates_are_gmt"))
                || !"modified".equals(query.get("orderby"))) {
            return status(401, "{\"code\":\"woocommerce_rest_cannot_view\"}");
        }
        Comparator<Integer> byTime =
                Comparator.<Integer, String>comparing(orders::get).thenComparing(id -> id);
        List<Integer> found = orders.keySet().stream()
                .filter(id -> orders.get(id).compareTo(query.get("modified_after")) > 0)
                .sorted("desc".equals(query.get("order")) ? byTime.reversed() : byTime)
                .toList();
        int from = 3 * (Integer.parseInt(query.get("page")) - 1);
        return json(
                found.stream()
                        .skip(from)
                        .limit(3)
                        .map(id -> "{\"id\":" + id + ",\"date_modified_gmt\":\"" + orders.get(id) + "\"}")
                        .collect(Collectors.joining(",", "[", "]")),
                "X-WP-Total",
                String.valueOf(found.size()),
                "X-WP-TotalPages",
                String.valueOf((found.size() + 2) / 3));
    }

    static List<String> lines(OrderPage page) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page.lines()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void pagesAreCountedByTheHeader() {
        for (int id = 1; id <= 7; id++) {
            orders.put(id, "2026-03-0" + id + "T00:00:00");
        }

        OrderPage first = api.page(SINCE, null);
        OrderPage second = api.page(SINCE, first.next());
        OrderPage third = api.page(SINCE, second.next());

        assertThat(first.newest()).isEqualTo("2026-03-07T00:00:00Z");
        assertThat(first.next()).isEqualTo("2");
        assertThat(second.next()).isEqualTo("3");
        assertThat(third.next()).isNull();
        assertThat(lines(third))
                .as("a change at the very time counts")
                .containsExactly("{\"id\":1,\"date_modified_gmt\":\"2026-03-01T00:00:00\"}");
        assertThat(api.format()).isEqualTo("woocommerce-json");
    }

    @Test
    void anOrderThatChangesMeanwhileCostsNoOther() {
        for (int id = 1; id <= 8; id++) {
            orders.put(id, "2026-03-0" + id + "T00:00:00");
        }
        List<OrderPage> pages = new ArrayList<>();
        pages.add(api.page(SINCE, null));
        // One that was read already, and one that was not.
        orders.put(7, "2026-03-10T00:00:00");
        orders.put(2, "2026-03-10T00:00:01");
        while (pages.get(pages.size() - 1).next() != null) {
            pages.add(api.page(SINCE, pages.get(pages.size() - 1).next()));
        }

        Set<String> unchanged = new LinkedHashSet<>();
        pages.forEach(page -> unchanged.addAll(lines(page)));
        for (int id : new int[] {1, 3, 4, 5, 6, 8}) {
            assertThat(unchanged)
                    .contains("{\"id\":" + id + ",\"date_modified_gmt\":\"2026-03-0" + id + "T00:00:00\"}");
        }
        assertThat(pages)
                .extracting(OrderPage::newest)
                .allSatisfy(newest ->
                        assertThat(newest).as("2 and 7 come with the next pull").isBefore("2026-03-10T00:00:00Z"));
    }

    @Test
    void aShopWithoutChangesHasOneEmptyPage() {
        OrderPage page = api.page(SINCE, null);
        assertThat(page.orders()).isZero();
        assertThat(page.next()).isNull();
        assertThat(page.newest()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "many", "-1", "99999999999"})
    void withoutTheNumberOfPagesNothingIsTakenForWhole(String pages) {
        server.answers(request -> json("[]", "X-WP-TotalPages", pages));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("X-WP-TotalPages");
    }

    @Test
    void wrongCredentialsNameTheKey() {
        server.answers(
                request -> status(401, "{\"code\":\"woocommerce_rest_authentication_error\",\"message\":\"cs_2\"}"));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("PARCELWATCH_WOOCOMMERCE_KEY")
                .hasMessageNotContaining("cs_2");
    }
}
