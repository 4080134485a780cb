package io.parcelwatch.model;

import static io.parcelwatch.model.Registration.merge;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RegistrationTest {

    private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");

    @Test
    void theHighestRevisionWinsWhole() {
        Registration old = registration(1, order("a", NOON, "Ground"), order("b", NOON, "Ground"));
        Registration recent = registration(2, order("a", NOON, "Air"));
        assertThat(merge(old, recent)).isEqualTo(recent);
        assertThat(merge(recent, old)).isEqualTo(recent);
    }

    @Test
    void aRevisionWinsOverLinesWithoutOne() {
        Registration line = registration(0, order("a", NOON, "Ground"));
        Registration record = registration(1, order("b", NOON, "Air"));
        assertThat(merge(line, record)).isEqualTo(record);
        assertThat(merge(record, line)).isEqualTo(record);
    }

    @Test
    void linesOfOneNumberUniteAndOfOneOrderTheLaterRegisteredWins() {
        Registration merged = merge(
                registration(0, order("a", NOON, "Ground"), order("b", NOON, "Ground")),
                registration(0, order("a", NOON.plusSeconds(1), "Air")));
        assertThat(merged)
                .isEqualTo(registration(0, order("a", NOON.plusSeconds(1), "Air"), order("b", NOON, "Ground")));
    }

    @Test
    void nothingMergedWithSomethingIsThatThing() {
        Registration line = registration(0, order("a", NOON, "Ground"));
        assertThat(merge(null, line)).isEqualTo(line);
        assertThat(merge(line, null)).isEqualTo(line);
        assertThat(merge(null, null)).isNull();
    }

    @Test
    void mergingIsCommutativeAssociativeAndIdempotent() {
        Random random = new Random(7);
        for (int round = 0; round < 2_000; round++) {
            List<Registration> three = new ArrayList<>();
            for (int i = 0; i < 3; i++) {
                three.add(randomRegistration(random));
            }
            Registration a = three.get(0);
            Registration b = three.get(1);
            assertThat(merge(a, b)).isEqualTo(merge(b, a));
            Registration expected = merge(merge(three.get(0), three.get(1)), three.get(2));
            Collections.shuffle(three, random);
            assertThat(merge(three.get(0), merge(three.get(1), three.get(2)))).isEqualTo(expected);
            assertThat(merge(expected, expected)).isEqualTo(expected);
        }
    }

    private static Registration randomRegistration(Random random) {
        RegisteredOrder[] orders = new RegisteredOrder[1 + random.nextInt(3)];
        for (int i = 0; i < orders.length; i++) {
            orders[i] = order(
                    String.valueOf((char) ('a' + i)),
                    random.nextInt(4) == 0 ? null : NOON.plusSeconds(random.nextInt(3)),
                    random.nextBoolean() ? "Ground" : "Air");
        }
        return registration(random.nextInt(3), orders);
    }

    private static Registration registration(long revision, RegisteredOrder... orders) {
        return new Registration("ups", "1Z", revision, Arrays.asList(orders));
    }

    private static RegisteredOrder order(String id, Instant registeredAt, String service) {
        return new RegisteredOrder(
                new OrderRef("c", "a", id), 0, service, null, null, null, null, null, null, registeredAt, null);
    }
}
