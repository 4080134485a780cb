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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** WooCommerce's counted places. */
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

    /** As WooCommerce: later than {@code modified_after}, by id, three a page. */
    private synchronized Answer shop(Request request) {
        String basic = Base64.getEncoder().encodeToString("ck_1:cs_2".getBytes(StandardCharsets.UTF_8));
        Map<String, String> query = request.query();
        if (!request.path().equals("/blog/wp-json/wc/v3/orders")
                || !request.header("Authorization").equals("Basic " + basic)
                || !"true".equals(query.get("dates_are_gmt"))
                || !"id".equals(query.get("orderby"))
                || !"asc".equals(query.get("order"))) {
            return status(401, "{\"code\":\"woocommerce_rest_cannot_view\"}");
        }
        List<Integer> found = orders.keySet().stream()
                .filter(id -> orders.get(id).compareTo(query.get("modified_after")) > 0)
                .sorted()
                .toList();
        int from = Integer.parseInt(query.get("offset"));
        return json(
                found.stream()
                        .skip(from)
                        .limit(3)
                        .map(id -> "{\"id\":" + id + ",\"date_modified_gmt\":\"" + orders.get(id) + "\"}")
                        .collect(Collectors.joining(",", "[", "]")),
                "X-WP-Total",
                String.valueOf(found.size()));
    }

    static List<String> lines(OrderPage page) {
        try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(page.lines()))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All pages; what happens in the shop behind each of them. */
    private List<OrderPage> pages(Runnable... meanwhile) {
        List<OrderPage> pages = new ArrayList<>(List.of(api.page(SINCE, null)));
        while (pages.get(pages.size() - 1).next() != null) {
            if (pages.size() <= meanwhile.length) {
                meanwhile[pages.size() - 1].run();
            }
            pages.add(api.page(SINCE, pages.get(pages.size() - 1).next()));
        }
        return pages;
    }

    private static List<String> all(List<OrderPage> pages) {
        return pages.stream().flatMap(page -> lines(page).stream()).toList();
    }

    private static String order(int id, String changed) {
        return "{\"id\":" + id + ",\"date_modified_gmt\":\"" + changed + "\"}";
    }

    @Test
    void aPageBeginsWithTheLastOrderOfTheOneBeforeAndTellsEachOnce() {
        for (int id = 1; id <= 7; id++) {
            orders.put(id, "2026-03-0" + (8 - id) + "T00:00:00");
        }

        List<OrderPage> pages = pages();

        assertThat(pages).extracting(OrderPage::orders).containsExactly(3, 2, 2);
        assertThat(pages.get(0).newest()).isEqualTo("2026-03-07T00:00:00Z");
        assertThat(all(pages).get(6)).as("a change at the very time counts").isEqualTo(order(7, "2026-03-01T00:00:00"));
        assertThat(api.format()).isEqualTo("woocommerce-json");
    }

    @Test
    void ordersThatAreDeletedMeanwhileCostNoOther() {
        for (int id = 1; id <= 12; id++) {
            orders.put(id, "2026-03-02T00:00:00");
        }

        List<String> read =
                all(pages(() -> orders.remove(2), () -> orders.keySet().removeAll(List.of(1, 3, 4, 5))));

        assertThat(read).doesNotHaveDuplicates();
        for (int id = 6; id <= 12; id++) {
            assertThat(read).contains(order(id, "2026-03-02T00:00:00"));
        }
    }

    @Test
    void whereAllThatWasReadIsDeletedTheRestIsReadFromTheBeginning() {
        for (int id = 1; id <= 8; id++) {
            orders.put(id, "2026-03-02T00:00:00");
        }

        List<String> read = all(pages(
                () -> orders.keySet().removeAll(List.of(1, 2, 3)),
                () -> orders.keySet().removeAll(List.of(4, 5, 6))));

        assertThat(read).hasSize(8).doesNotHaveDuplicates();
    }

    @Test
    void anOrderThatChangesMeanwhileCostsNoOther() {
        for (int id = 1; id <= 8; id++) {
            orders.put(id, "2026-03-0" + id + "T00:00:00");
        }
        orders.put(9, "2026-02-01T00:00:00");

        // One that was read already, one that was not, and one that was not among them.
        List<String> read = all(pages(() -> {
            orders.put(2, "2026-03-10T00:00:00");
            orders.put(7, "2026-03-10T00:00:01");
            orders.put(9, "2026-03-10T00:00:02");
        }));

        assertThat(read).doesNotHaveDuplicates();
        for (int id : new int[] {1, 3, 4, 5, 6, 8}) {
            assertThat(read).contains(order(id, "2026-03-0" + id + "T00:00:00"));
        }
    }

    @Test
    void aShopThatSortsInItsOwnWayIsNotTakenForWhole() {
        server.answers(request -> json("[{\"id\":2},{\"id\":1}]", "X-WP-Total", "2"));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("sorted by id");
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
    void withoutTheNumberOfOrdersNothingIsTakenForWhole(String total) {
        server.answers(request -> json("[]", "X-WP-Total", total));

        assertThatThrownBy(() -> api.page(SINCE, null))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining("X-WP-Total");
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
