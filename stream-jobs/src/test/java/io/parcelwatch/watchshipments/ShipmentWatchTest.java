package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.RegistrationJson;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShipmentWatchTest {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant STALLED = MONDAY.plus(Duration.ofHours(72)).plusMillis(1);

    private WatchHarness watch;

    @AfterEach
    void close() throws Exception {
        watch.close();
    }

    @Test
    void anEventIsWrittenWhenItsNumberIsRegistered() throws Exception {
        open(WatchRules.live());
        say(Status.IN_TRANSIT, MONDAY);
        assertThat(documents()).isEmpty();
        register(1);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.events()).hasSize(1);
            assertThat(document.shipments().get(0).status()).isEqualTo(Status.IN_TRANSIT);
        });
    }

    @Test
    void theSameEventAgainSaysNothing() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        documents();
        say(Status.IN_TRANSIT, MONDAY);
        register(1);
        assertThat(documents()).isEmpty();
    }

    @Test
    void nothingIsJudgedBeforeTheClockHasStarted() throws Exception {
        watch = new WatchHarness(WatchRules.live());
        watch.open();
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        assertThat(documents()).isEmpty();
        clock(MONDAY.plusSeconds(60));
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.clock()).isEqualTo(MONDAY.plusSeconds(60)));
    }

    @Test
    void afterARestoreTheClockDoesNotGoBackBehindWhatWasJudged() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        clock(STALLED);
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        register(2);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.clock()).isEqualTo(STALLED);
            assertThat(document.alerts()).hasSize(1);
        });
    }

    @Test
    void aRecycledNumberLeavesTheRowsOfItsForgottenJourneyAlone() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.DELIVERED, MONDAY);
        Instant muchLater = MONDAY.plus(Duration.ofDays(130));
        clock(muchLater);
        assertThat(watch.numbersHeld()).isZero();
        documents();
        registerAgain(muchLater);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.closedThrough()).isEqualTo(1);
            assertThat(document.shipments())
                    .extracting(ShipmentDocument.Shipment::journey)
                    .containsExactly(2);
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aRecycledNumberThatIsReadBeforeTheClockGoesOnAfterARestartLeavesTheRowsOfItsForgottenJourneyAlone(
            boolean othersHadNews) throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.DELIVERED, MONDAY);
        Instant muchLater = MONDAY.plus(Duration.ofDays(130));
        clock(muchLater);
        assertThat(watch.numbersHeld()).isZero();
        if (othersHadNews) {
            watch.take(EventJson.read(Json.object(
                    ("{\"carrier\":\"ups\",\"tracking_number\":\"1Z2\",\"status\":\"PICKED_UP\",\"event_time\":\""
                                    + muchLater + "\"}")
                            .getBytes(StandardCharsets.UTF_8))));
        }
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        registerAgain(muchLater);
        clock(muchLater.plusSeconds(60));

        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.closedThrough()).isEqualTo(1);
            assertThat(document.shipments())
                    .extracting(ShipmentDocument.Shipment::journey)
                    .containsExactly(2);
        });
    }

    @Test
    void whatWasForgottenUnderAShorterLifetimeStaysForgottenWhenItIsRaised() throws Exception {
        WatchRules shorter =
                WatchRules.live().withLifetimes(Duration.ofDays(30), Duration.ofDays(30), Duration.ofDays(60));
        open(shorter);
        register(1);
        say(Status.DELIVERED, MONDAY);
        clock(MONDAY.plus(Duration.ofDays(33)));
        assertThat(watch.numbersHeld()).isZero();
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        snapshot = watch.snapshot(2, 2);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        clock(MONDAY.plus(Duration.ofDays(60)));
        register(1);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.closedThrough()).isEqualTo(1);
            assertThat(document.shipments()).isEmpty();
        });
        registerAgain(MONDAY.plus(Duration.ofDays(62)));
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.shipments())
                        .extracting(ShipmentDocument.Shipment::journey)
                        .containsExactly(2));
    }

    @Test
    void aNumberThatWasWithdrawnBeforeTheClockStartedIsRememberedAsLongAsOthers() throws Exception {
        watch = new WatchHarness(WatchRules.live());
        watch.open();
        withdraw(3);
        clock(MONDAY);
        documents();
        register(2);
        clock(MONDAY.plus(Duration.ofDays(119)));
        assertThat(documents()).isEmpty();
        assertThat(watch.numbersHeld()).isEqualTo(1);
        clock(MONDAY.plus(Duration.ofDays(121)));
        assertThat(watch.numbersHeld()).isZero();
    }

    @Test
    void moreEventsThanAnyParcelHasAreDeadLetters() throws Exception {
        open(WatchRules.live());
        for (int i = 0; i <= WatchedNumber.MOST_EVENTS; i++) {
            say(Status.IN_TRANSIT, MONDAY.plusSeconds(i));
        }
        assertThat(neverClaimed())
                .singleElement()
                .satisfies(letter -> assertThat(letter.reason()).isEqualTo("TOO_MANY_EVENTS"));
    }

    @Test
    void onlyWhatChangedIsPassedOn() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        documents();
        say(Status.IN_TRANSIT, MONDAY.plusSeconds(3600));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.events()).hasSize(1);
            assertThat(document.shipments()).hasSize(1);
            assertThat(document.orders()).isNull();
            assertThat(document.alerts()).isNull();
            assertThat(document.deliveries()).isNull();
        });
    }

    @Test
    void aTimerOpensTheStallAtItsMomentAndNotBefore() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        documents();
        clock(STALLED.minusMillis(1));
        assertThat(documents()).isEmpty();
        clock(STALLED);
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.alerts())
                        .extracting(ShipmentDocument.Alert::kind)
                        .containsExactly(AlertKind.STALLED));
    }

    @Test
    void aNumberHasOneTimerHoweverOftenItIsScanned() throws Exception {
        open(WatchRules.live());
        register(1);
        for (int hour = 0; hour < 20; hour++) {
            say(Status.IN_TRANSIT, MONDAY.plus(Duration.ofHours(hour)));
        }
        assertThat(watch.numEventTimeTimers()).isEqualTo(1);
    }

    @Test
    void aLateEventTakesTheStallBack() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        clock(STALLED.plus(Duration.ofHours(5)));
        documents();
        say(Status.IN_TRANSIT, MONDAY.plus(Duration.ofHours(60)));
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.alerts()).isEmpty());
        assertThat(news()).last().asString().contains("withdrawn_at");
    }

    @Test
    void afterARestoreTheFirstRowsOfANumberAreWrittenWhole() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.PICKED_UP, MONDAY);
        say(Status.IN_TRANSIT, MONDAY.plusSeconds(3600));
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        say(Status.OUT_FOR_DELIVERY, MONDAY.plusSeconds(7200));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.events()).hasSize(3);
            assertThat(document.orders()).hasSize(1);
            assertThat(document.alerts()).isEmpty();
            assertThat(document.deliveries()).isEmpty();
        });
    }

    @Test
    void timersSurviveARestore() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();

        watch = new WatchHarness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        clock(STALLED);
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.alerts()).hasSize(1));
    }

    @Test
    void aNumberThatNobodyRegistersInTimeIsToldOfUntilSomebodyDoes() throws Exception {
        open(WatchRules.live());
        say(Status.PICKED_UP, MONDAY);
        clock(MONDAY.plus(Duration.ofHours(48)));
        assertThat(documents()).isEmpty();
        clock(MONDAY.plus(Duration.ofHours(48)).plusMillis(1));
        ShipmentDocument.Unclaimed told =
                new ShipmentDocument.Unclaimed(1, MONDAY, MONDAY.plus(Duration.ofHours(48)), Status.PICKED_UP, MONDAY);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.unclaimed()).containsExactly(told);
            assertThat(document.shipments()).isNull();
            assertThat(document.events()).isEmpty();
        });
        say(Status.PICKED_UP, MONDAY);
        assertThat(documents()).as("the same again").isEmpty();
        Instant next = MONDAY.plus(Duration.ofHours(50));
        say(Status.IN_TRANSIT, next);
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.unclaimed())
                        .containsExactly(
                                new ShipmentDocument.Unclaimed(2, MONDAY, told.reportedAt(), Status.IN_TRANSIT, next)));

        register(1);

        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.unclaimed()).isEmpty();
            assertThat(document.events()).hasSize(2);
        });
        assertThat(neverClaimed()).isEmpty();
    }

    @Test
    void whatNobodyClaimsIsReportedAndForgotten() throws Exception {
        open(WatchRules.live());
        say(Status.PICKED_UP, MONDAY);
        clock(MONDAY.plus(Duration.ofDays(30)));
        assertThat(neverClaimed()).isEmpty();
        documents();
        clock(MONDAY.plus(Duration.ofDays(30)).plusMillis(1));
        assertThat(neverClaimed()).singleElement().satisfies(letter -> {
            assertThat(letter.reason()).isEqualTo("NEVER_CLAIMED");
            assertThat(new String(letter.payload(), StandardCharsets.UTF_8)).contains("PICKED_UP");
        });
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.unclaimed()).isEmpty());
        assertThat(watch.numbersHeld()).isZero();
        assertThat(watch.numEventTimeTimers()).isZero();
    }

    @Test
    void aDeliveredJourneyLeavesTheStateWhenNoCorrectionIsExpectedAnyMore() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.DELIVERED, MONDAY);
        clock(MONDAY.plus(Duration.ofDays(120)));
        assertThat(watch.numbersHeld()).isEqualTo(1);
        clock(MONDAY.plus(Duration.ofDays(120)).plusMillis(1));
        assertThat(watch.numbersHeld()).isZero();
        assertThat(watch.numEventTimeTimers()).isZero();
    }

    @Test
    void aStallThatIsOpenWhenItsJourneyLeavesTheStateEndsThen() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        Instant letGo = MONDAY.plus(Duration.ofDays(360));
        clock(letGo);
        assertThat(documents())
                .last()
                .satisfies(document ->
                        assertThat(document.shipments().get(0).expired()).isTrue());
        clock(letGo.plusMillis(1));
        assertThat(watch.numbersHeld()).isZero();
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.whole()).isFalse();
            assertThat(document.alerts())
                    .singleElement()
                    .satisfies(alert -> assertThat(alert.closedAt()).isEqualTo(letGo));
            assertThat(document.shipments().get(0).stalled()).isFalse();
        });
        assertThat(news().get(news().size() - 1)).contains("\"kind\":\"STALLED\"", "\"closed_at\":\"" + letGo + "\"");
    }

    @Test
    void aHigherRevisionOfARegistrationReplacesALowerOneWhicheverComesFirst() throws Exception {
        open(WatchRules.live());
        register(2);
        documents();
        register(1);
        assertThat(documents()).isEmpty();
    }

    @Test
    void aNumberThatIsWithdrawnFromItsOnlyOrderNeitherStallsNorTellsAnybody() throws Exception {
        open(WatchRules.live().withAnnounceFrom(Instant.EPOCH));
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        clock(STALLED);
        assertThat(documents())
                .anySatisfy(document -> assertThat(document.intents()).hasSize(1))
                .last()
                .satisfies(document -> assertThat(document.alerts()).hasSize(1));

        withdraw(2);

        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.shipments()).isEmpty();
            assertThat(document.orders()).isEmpty();
            assertThat(document.alerts()).isEmpty();
            assertThat(document.intents()).isEmpty();
        });
        assertThat(news())
                .anyMatch(told -> told.contains("\"status\":\"IN_TRANSIT\"") && told.contains("\"orders\":[]"));
        say(Status.DELIVERED, MONDAY.plus(Duration.ofDays(5)));
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.deliveries()).isNull();
            assertThat(document.intents()).isNull();
            assertThat(document.events())
                    .singleElement()
                    .satisfies(event -> assertThat(event.applied()).isFalse());
        });
    }

    @Test
    void aNumberThatWasWithdrawnLeavesTheStateOnceNothingIsHeardOfIt() throws Exception {
        open(WatchRules.live());
        register(1);
        withdraw(2);
        clock(MONDAY.plus(Duration.ofDays(119)));
        assertThat(watch.numbersHeld()).isEqualTo(1);
        clock(MONDAY.plus(Duration.ofDays(121)));
        assertThat(watch.numbersHeld()).isZero();
        assertThat(watch.numEventTimeTimers()).isZero();
    }

    @Test
    void aNumberThatWasWithdrawnCanBeRegisteredAgain() throws Exception {
        open(WatchRules.live());
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        withdraw(2);
        documents();
        register(3);
        assertThat(documents())
                .singleElement()
                .satisfies(document -> assertThat(document.shipments())
                        .extracting(ShipmentDocument.Shipment::status)
                        .containsExactly(Status.IN_TRANSIT));
    }

    @Test
    void aBoundedRunWatchesNoNumberThatWasWithdrawn() throws Exception {
        open(WatchRules.bounded(STALLED));
        register(1);
        withdraw(2);
        say(Status.IN_TRANSIT, MONDAY);
        watch.clock(Watermark.MAX_WATERMARK);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.shipments()).isEmpty();
            assertThat(document.alerts()).isEmpty();
        });
    }

    @Test
    void aBoundedRunJudgesOnceAtItsMomentAndIgnoresTheTimersBeyond() throws Exception {
        open(WatchRules.bounded(STALLED));
        register(1);
        say(Status.IN_TRANSIT, MONDAY);
        say(Status.DELIVERED, STALLED.plusSeconds(1));
        assertThat(documents()).isEmpty();
        watch.clock(Watermark.MAX_WATERMARK);
        assertThat(documents()).singleElement().satisfies(document -> {
            assertThat(document.shipments().get(0).status()).isEqualTo(Status.IN_TRANSIT);
            assertThat(document.alerts()).hasSize(1);
            assertThat(document.intents()).isEmpty();
        });
    }

    @Test
    void aBoundedRunKnowsNothingThatWasReceivedRegisteredOrCancelledAfterItsMoment() throws Exception {
        open(WatchRules.bounded(STALLED));
        register(1);
        watch.take(EventJson.read(Json.object(
                ("{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"status\":\"DELIVERED\",\"event_time\":\"" + MONDAY
                                + "\",\"received_at\":\"" + STALLED.plusMillis(1) + "\"}")
                        .getBytes(StandardCharsets.UTF_8))));
        watch.take(RegistrationJson.read(
                Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"1Z2\",\"registered_at\":\""
                                + STALLED.plusMillis(1) + "\",\"placed_at\":\"" + MONDAY + "\"}")
                        .getBytes(StandardCharsets.UTF_8))));
        watch.take(RegistrationJson.read(
                Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"1Z3\",\"registered_at\":\"" + MONDAY
                                + "\",\"placed_at\":\"" + MONDAY + "\",\"cancelled_at\":\"" + STALLED.plusMillis(1)
                                + "\"}")
                        .getBytes(StandardCharsets.UTF_8))));
        watch.clock(Watermark.MAX_WATERMARK);
        assertThat(documents())
                .flatExtracting(ShipmentDocument::shipments)
                .extracting(ShipmentDocument.Shipment::status, ShipmentDocument.Shipment::cancelledAt)
                .containsExactly(tuple(Status.UNKNOWN, null), tuple(Status.UNKNOWN, null));
    }

    private void open(WatchRules rules) throws Exception {
        watch = new WatchHarness(rules);
        watch.open();
        if (rules.asOf() == null) {
            clock(MONDAY.minusSeconds(1));
        }
    }

    private void say(Status status, Instant time) throws Exception {
        watch.take(EventJson.read(Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"status\":\"" + status
                        + "\",\"event_time\":\"" + time + "\",\"received_at\":\"" + time + "\"}")
                .getBytes(StandardCharsets.UTF_8))));
    }

    private void register(int revision) throws Exception {
        watch.take(RegistrationJson.read(Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"revision\":"
                        + revision + ",\"orders\":[{\"order\":{\"channel\":\"c\",\"account\":\"a\",\"id\":\""
                        + revision
                        + "\"},\"journey\":1,\"placed_at\":\"2026-03-01T00:00:00Z\",\"registered_at\":\"2026-03-01T00:00:00Z\"}]}")
                .getBytes(StandardCharsets.UTF_8))));
    }

    private void withdraw(int revision) throws Exception {
        watch.take(new Registration("ups", "1Z1", revision, new ArrayList<>()));
    }

    private void clock(Instant now) throws Exception {
        watch.clock(now);
    }

    /** What was passed on since the last time. */
    private List<ShipmentDocument> documents() {
        return watch.documents();
    }

    private List<DeadLetter> neverClaimed() {
        var letters = watch.getSideOutput(ShipmentWatch.UNUSABLE);
        return letters == null
                ? List.of()
                : letters.stream().map(StreamRecord::getValue).toList();
    }

    private List<String> news() {
        return watch.news();
    }

    /** A second use of the number, placed at a moment; the first was placed on the day before {@link #MONDAY}. */
    private void registerAgain(Instant placedAt) throws Exception {
        watch.take(RegistrationJson.read(
                Json.object(("{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"revision\":2,\"orders\":["
                                + "{\"order\":{\"channel\":\"c\",\"account\":\"a\",\"id\":\"1\"},\"journey\":1,\"placed_at\":\"2026-03-01T00:00:00Z\",\"registered_at\":\"2026-03-01T00:00:00Z\"},"
                                + "{\"order\":{\"channel\":\"c\",\"account\":\"a\",\"id\":\"2\"},\"journey\":2,\"placed_at\":\""
                                + placedAt + "\",\"registered_at\":\"" + placedAt + "\"}]}")
                        .getBytes(StandardCharsets.UTF_8))));
    }
}
