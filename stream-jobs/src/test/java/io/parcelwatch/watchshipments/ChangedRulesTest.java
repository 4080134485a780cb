package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Rules that change while parcels are silent; the operator alone, with a clock that the test moves. */
class ChangedRulesTest {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");
    private static final String DAY = "rules: [{name: day, valid_from: 2026-01-01, hours: 24, escalate_after: 30}]";

    private WatchHarness watch;

    @AfterEach
    void close() throws Exception {
        watch.close();
    }

    @Test
    void aParcelThatIsSilentAlreadyStallsWhenShorterRulesCome() throws Exception {
        open();
        travel("1Z1", 0);
        travel("1Z2", 20);
        clock(hour(25));
        documents();

        state(DAY, 1);

        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z1");
            assertThat(document.alerts()).singleElement().satisfies(alert -> {
                assertThat(alert.openedAt()).isEqualTo(hour(24));
                assertThat(alert.rule()).isEqualTo("day");
            });
        });
        assertThat(watch.numEventTimeTimers()).isEqualTo(2);
        clock(hour(44));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z1");
            assertThat(document.alerts().get(0).escalatedAt()).isEqualTo(hour(30));
        });
        clock(hour(44).plusMillis(1));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z2");
            assertThat(document.alerts().get(0).openedAt()).isEqualTo(hour(44));
        });
    }

    @Test
    void aStallThatLongerRulesDoNotKnowIsWithdrawnAndOpensWhenItsTimeComes() throws Exception {
        open();
        travel("1Z1", 0);
        clock(hour(73));
        assertThat(documents())
                .last()
                .satisfies(document -> assertThat(document.alerts()).hasSize(1));

        state("rules: [{name: patient, valid_from: 2026-01-01, hours: 100}]", 1);

        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.alerts()).isEmpty();
            assertThat(document.shipments().get(0).stalled()).isFalse();
        });
        assertThat(watch.news()).last().asString().contains("withdrawn_at");
        clock(hour(100));
        assertThat(documents()).isEmpty();
        clock(hour(100).plusMillis(1));
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.alerts()).hasSize(1));
    }

    @Test
    void aRuleThatIsValidFromTomorrowChangesNothingForASilenceOfToday() throws Exception {
        open();
        travel("1Z1", 0);
        clock(hour(30));
        documents();
        state("rules: [{name: tomorrow, valid_from: \"" + hour(40) + "\", hours: 5}]", 1);
        assertThat(documents()).isEmpty();
        clock(hour(60));
        assertThat(documents()).isEmpty();
        scan("1Z1", 60);
        documents();
        clock(hour(65).plusMillis(1));
        assertThat(documents())
                .singleElement()
                .satisfies(
                        document -> assertThat(document.alerts().get(0).rule()).isEqualTo("tomorrow"));
    }

    @Test
    void rulesThatMeanTheSameTouchNoNumber() throws Exception {
        open();
        travel("1Z1", 0);
        clock(hour(1));
        state(DAY, 1);
        documents();
        state("# with a comment\n" + DAY, 2);
        clock(hour(24));
        assertThat(documents()).isEmpty();
    }

    @Test
    void rulesStatedEarlierDoNotReplaceLaterOnes() throws Exception {
        open();
        travel("1Z1", 0);
        clock(hour(25));
        state(DAY, 2);
        documents();
        state(null, 1);
        assertThat(documents()).isEmpty();
        clock(hour(31));
        assertThat(documents())
                .singleElement()
                .satisfies(document ->
                        assertThat(document.alerts().get(0).escalatedAt()).isNotNull());
    }

    @Test
    void theRulesInForceSurviveARestartAndNewOnesAreHeldAgainstThem() throws Exception {
        open();
        travel("1Z1", 0);
        travel("1Z2", 25);
        clock(hour(26));
        state(DAY, 1);
        documents();
        restart(WatchRules.live());
        clock(hour(31));
        assertThat(documents())
                .singleElement()
                .satisfies(document ->
                        assertThat(document.alerts().get(0).escalatedAt()).isEqualTo(hour(30)));

        // Only the number that they change is told, and whole.
        state("rules: [{name: day, valid_from: 2026-01-01, hours: 24}]", 2);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z1");
            assertThat(document.alerts().get(0).escalatedAt()).isNull();
        });
        clock(hour(49).plusMillis(1));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z2");
            assertThat(document.orders()).hasSize(1);
        });
    }

    @Test
    void aShorterWaitReachesParcelsThatAreSilentSinceBeforeTheRestart() throws Exception {
        open();
        travel("1Z1", 0);
        scan("1Z2", 0);
        clock(hour(24 * 12));
        documents();

        restart(WatchRules.live().withWaits(Duration.ofDays(10), Duration.ofHours(48), Duration.ofDays(11)));
        state(null, 1);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z1");
            assertThat(document.shipments().get(0).expired()).isTrue();
        });
        clock(hour(24 * 12).plusMillis(1));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.trackingNumber()).isEqualTo("1Z2");
            assertThat(document.unclaimed()).isEmpty();
        });
        assertThat(watch.getSideOutput(ShipmentWatch.UNUSABLE)).hasSize(1);
    }

    @Test
    void aLongerWaitTakesBackWhatAShorterOneSaidAndASecondRestartTellsNothing() throws Exception {
        open();
        travel("1Z1", 0);
        clock(hour(24 * 31));
        documents();

        WatchRules patient =
                WatchRules.live().withWaits(Duration.ofDays(60), Duration.ofHours(48), Duration.ofDays(30));
        restart(patient);
        state(null, 1);
        assertThat(documents())
                .singleElement()
                .satisfies(document ->
                        assertThat(document.shipments().get(0).expired()).isFalse());

        restart(patient);
        state(null, 1);
        clock(hour(24 * 32));
        assertThat(documents()).isEmpty();
    }

    private void restart(WatchRules rules) throws Exception {
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();
        watch = new WatchHarness(rules);
        watch.initializeState(snapshot);
        watch.open();
    }

    private void open() throws Exception {
        watch = new WatchHarness(WatchRules.live());
        watch.open();
        clock(MONDAY.minusSeconds(1));
    }

    /** Registers a parcel that was picked up at an hour. */
    private void travel(String number, int hour) throws Exception {
        RegisteredOrder order = new RegisteredOrder(
                new OrderRef("c", "a", number),
                1,
                null,
                null,
                Place.NOWHERE,
                MONDAY.minus(Duration.ofDays(1)),
                null,
                null,
                null,
                MONDAY.minus(Duration.ofDays(1)),
                null);
        watch.take(new Registration("ups", number, 1, new ArrayList<>(List.of(order))));
        scan(number, hour);
    }

    private void scan(String number, int hour) throws Exception {
        watch.take(EventJson.read(Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"" + number
                        + "\",\"status\":\"" + Status.IN_TRANSIT + "\",\"event_time\":\"" + hour(hour) + "\"}")
                .getBytes(StandardCharsets.UTF_8))));
    }

    private void state(String yaml, long at) throws Exception {
        watch.take(new StatedStallRules(yaml, Duration.ofHours(72).toMillis(), at));
    }

    private void clock(Instant now) throws Exception {
        watch.clock(now);
    }

    private static Instant hour(int hours) {
        return MONDAY.plus(Duration.ofHours(hours));
    }

    private List<ShipmentDocument> documents() {
        return watch.documents();
    }
}
