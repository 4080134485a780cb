package io.parcelwatch.model;

import static io.parcelwatch.model.Journeys.NEW_JOURNEY_AFTER;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JourneysTest {

    private static final Instant FIRST = Instant.parse("2026-01-01T00:00:00Z");

    @Test
    void sixtyDaysAreStillTheSameJourneyAndASecondMoreIsTheNext() {
        assertThat(decided(order("a", 0, FIRST), order("b", 0, FIRST.plus(NEW_JOURNEY_AFTER))))
                .isEqualTo(Map.of("a", 1, "b", 1));
        assertThat(decided(
                        order("a", 0, FIRST),
                        order("b", 0, FIRST.plus(NEW_JOURNEY_AFTER).plusSeconds(1))))
                .isEqualTo(Map.of("a", 1, "b", 2));
    }

    @Test
    void theGapCountsFromTheLastOrderNotTheFirst() {
        assertThat(decided(order("a", 0, days(0)), order("b", 0, days(50)), order("c", 0, days(100))))
                .isEqualTo(Map.of("a", 1, "b", 1, "c", 1));
    }

    @Test
    void theOrderOfArrivalDoesNotMatter() {
        List<RegisteredOrder> orders = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
            orders.add(order("o" + i, 0, days(37L * i * (i % 3))));
        }
        List<RegisteredOrder> expected = Journeys.decide(orders, NEW_JOURNEY_AFTER);
        Random random = new Random(1);
        for (int i = 0; i < 200; i++) {
            Collections.shuffle(orders, random);
            assertThat(Journeys.decide(orders, NEW_JOURNEY_AFTER)).isEqualTo(expected);
        }
    }

    @Test
    void aDecidedJourneyIsKeptAndDrawsItsNeighboursIn() {
        assertThat(decided(order("a", 2, days(0)), order("b", 0, days(5)))).isEqualTo(Map.of("a", 2, "b", 2));
        assertThat(decided(order("a", 2, days(0)), order("b", 0, days(90)))).isEqualTo(Map.of("a", 2, "b", 3));
    }

    @Test
    void aNumberThatIsTakenIsNotGivenOutAgain() {
        assertThat(decided(order("earlier", 0, days(-100)), order("a", 1, days(0))))
                .isEqualTo(Map.of("earlier", 2, "a", 1));
        assertThat(decided(order("earlier", 0, days(-100)), order("a", 1, days(0)), order("later", 0, days(100))))
                .isEqualTo(Map.of("earlier", 2, "a", 1, "later", 3));
    }

    @Test
    void anOrderWithoutADateCountsFromItsRegistrationAndWithoutEitherJoinsTheFirstJourney() {
        RegisteredOrder registered = new RegisteredOrder(
                new OrderRef("c", "a", "r"), 0, null, null, null, null, null, null, null, days(90), null);
        assertThat(decided(order("a", 0, days(0)), registered)).isEqualTo(Map.of("a", 1, "r", 2));
        assertThat(decided(order("undated", 0, null), order("a", 0, days(0)), order("b", 0, days(90))))
                .isEqualTo(Map.of("undated", 1, "a", 1, "b", 2));
    }

    @Test
    void theGapIsASetting() {
        assertThat(Journeys.decide(List.of(order("a", 0, days(0)), order("b", 0, days(2))), Duration.ofDays(1)))
                .extracting(RegisteredOrder::journey)
                .containsExactly(1, 2);
    }

    @Test
    void noOrdersAreNoJourneys() {
        assertThat(Journeys.decide(List.of(), NEW_JOURNEY_AFTER)).isEmpty();
    }

    private static Map<String, Integer> decided(RegisteredOrder... orders) {
        return Journeys.decide(List.of(orders), NEW_JOURNEY_AFTER).stream()
                .collect(Collectors.toMap(o -> o.order().id(), RegisteredOrder::journey));
    }

    private static Instant days(long days) {
        return FIRST.plus(Duration.ofDays(days));
    }

    private static RegisteredOrder order(String id, int journey, Instant placedAt) {
        return new RegisteredOrder(
                new OrderRef("c", "a", id), journey, null, null, null, placedAt, null, null, null, null, null);
    }
}
