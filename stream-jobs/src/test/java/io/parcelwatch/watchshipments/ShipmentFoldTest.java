package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.Milestone;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ShipmentFoldTest {

    private static final NumberKey NUMBER = new NumberKey("ups", "1Z1");
    private static final Instant PLACED = Instant.parse("2026-03-01T00:00:00Z");
    private static final Instant PROMISED = Instant.parse("2026-03-06T00:00:00Z");
    private static final Place US_CA = new Place(null, "CA", null, "US");
    private static final Instant LATER = Instant.parse("2026-03-20T00:00:00Z");

    private final List<SeenEvent> events = new ArrayList<>();
    private WatchRules rules = WatchRules.live();

    @Test
    void aRegisteredParcelWithoutNewsHasAnUnknownStatus() {
        ShipmentDocument.Shipment shipment = shipmentAt(PLACED.plusSeconds(60));
        assertThat(shipment.status()).isEqualTo(Status.UNKNOWN);
        assertThat(shipment.statusAt()).isNull();
    }

    @Test
    void theStatusSinceIsTheEventThatSetItNotTheNewestScan() {
        say(Status.IN_TRANSIT, 10);
        say(Status.IN_TRANSIT, 30);
        ShipmentDocument.Shipment shipment = shipmentAt(at(40));
        assertThat(shipment.statusAt()).isEqualTo(at(10));
        assertThat(shipment.lastMovementAt()).isEqualTo(at(30));
    }

    @Test
    void aDepotScanAfterDeliveryIsRefusedAndKept() {
        say(Status.OUT_FOR_DELIVERY, 10);
        say(Status.DELIVERED, 20);
        say(Status.IN_TRANSIT, 25);
        ShipmentDocument document = documentAt(LATER);
        assertThat(document.shipments().get(0).status()).isEqualTo(Status.DELIVERED);
        assertThat(document.shipments().get(0).refusedEvents()).isEqualTo(1);
        assertThat(document.events())
                .extracting(ShipmentDocument.Event::verdict)
                .last()
                .isEqualTo("REFUSED_AFTER_DELIVERY");
        assertThat(document.alerts()).isEmpty();
    }

    @Test
    void aRefusedScanStillCountsAsMovement() {
        say(Status.IN_TRANSIT, 0);
        say(Status.PICKED_UP, 70);
        say(Status.IN_TRANSIT, 140);
        say(Status.DELIVERED, 150);
        assertThat(stalls(LATER)).isEmpty();
    }

    @Test
    void aMessageThatTouchesNothingAndChangesNothingIsNoMovement() {
        say(Status.IN_TRANSIT, 0);
        events.add(event(Status.IN_TRANSIT, at(70), false, null));
        say(Status.DELIVERED, 80);
        assertThat(stalls(LATER)).extracting(ShipmentDocument.Alert::openedAt).containsExactly(at(72));
    }

    @Test
    void exactlySeventyTwoHoursAreNoStallAndASecondMoreIs() {
        say(Status.IN_TRANSIT, 0);
        say(Status.IN_TRANSIT, 72);
        events.add(event(Status.DELIVERED, at(144).plusSeconds(1), true, null));
        assertThat(stalls(LATER))
                .extracting(ShipmentDocument.Alert::lastMovementAt)
                .containsExactly(at(72));
        assertThat(stalls(LATER)).extracting(ShipmentDocument.Alert::closedAt).containsExactly(at(144).plusSeconds(1));
    }

    @Test
    void aParcelThatWaitsAtACounterOrHasNotBeenPickedUpDoesNotStall() {
        say(Status.PRE_TRANSIT, 0);
        say(Status.AVAILABLE_FOR_PICKUP, 100);
        assertThat(stalls(LATER)).isEmpty();
    }

    @Test
    void anOutForDeliveryAfterDeliveryContradictsIt() {
        say(Status.DELIVERED, 10);
        say(Status.OUT_FOR_DELIVERY, 30);
        ShipmentDocument open = documentAt(at(40));
        assertThat(open.deliveries()).isEmpty();
        assertThat(open.shipments().get(0).firstAttemptAt()).isNull();
        assertThat(open.intents())
                .extracting(ShipmentDocument.Intent::milestone)
                .containsExactly(Milestone.SHIPPED, Milestone.OUT_FOR_DELIVERY);

        say(Status.DELIVERED, 50);
        ShipmentDocument.Delivery delivery = documentAt(at(60)).deliveries().get(0);
        assertThat(delivery.deliveredAt()).isEqualTo(at(50));
        assertThat(delivery.firstAttemptAt()).isEqualTo(at(50));
    }

    @Test
    void deliveredOnTheWayBackReadsReturnedAndLeavesTheDeliveryStanding() {
        say(Status.DELIVERED, 10);
        say(Status.RETURNING, 100);
        say(Status.IN_TRANSIT, 120);
        say(Status.DELIVERED, 140);
        ShipmentDocument document = documentAt(LATER);
        assertThat(document.shipments().get(0).status()).isEqualTo(Status.RETURNED);
        assertThat(document.shipments().get(0).leg()).isEqualTo(2);
        assertThat(document.deliveries())
                .extracting(ShipmentDocument.Delivery::deliveredAt)
                .containsExactly(at(10));
    }

    @Test
    void theFirstAttemptIsTheEarliestTryAndAnExceptionOnTheVehicleIsOne() {
        say(Status.IN_TRANSIT, 0);
        say(Status.EXCEPTION, 10);
        say(Status.OUT_FOR_DELIVERY, 30);
        say(Status.EXCEPTION, 35);
        say(Status.DELIVERED, 60);
        ShipmentDocument.Delivery delivery = documentAt(LATER).deliveries().get(0);
        assertThat(delivery.firstAttemptAt()).isEqualTo(at(35));
        assertThat(delivery.exceptions()).isEqualTo(2);
        assertThat(delivery.onTime()).isTrue();
    }

    @Test
    void aDelayIsToldOnceFromThePromiseToTheFirstAttempt() {
        say(Status.IN_TRANSIT, 60);
        assertThat(delays(PROMISED)).isEmpty();
        assertThat(delays(PROMISED.plusMillis(1)))
                .singleElement()
                .satisfies(alert -> assertThat(alert.closedAt()).isNull());
        say(Status.ATTEMPTED, 130);
        say(Status.DELIVERED, 140);
        assertThat(delays(LATER)).singleElement().satisfies(alert -> {
            assertThat(alert.openedAt()).isEqualTo(PROMISED);
            assertThat(alert.closedAt()).isEqualTo(at(130));
        });
        assertThat(documentAt(LATER).deliveries().get(0).onTime()).isFalse();
    }

    @Test
    void anAttemptInTimeKeepsTheParcelFromBeingDelayed() {
        say(Status.ATTEMPTED, 100);
        say(Status.DELIVERED, 300);
        assertThat(delays(LATER)).isEmpty();
        assertThat(documentAt(LATER).deliveries().get(0).onTime()).isTrue();
    }

    @Test
    void anUnknownCodeNeverReplacesAKnownStatus() {
        say(Status.UNKNOWN, 0);
        assertThat(shipmentAt(at(1)).status()).isEqualTo(Status.UNKNOWN);
        say(Status.IN_TRANSIT, 10);
        say(Status.UNKNOWN, 20);
        assertThat(shipmentAt(at(30)).status()).isEqualTo(Status.IN_TRANSIT);
        assertThat(documentAt(at(30)).events())
                .extracting(ShipmentDocument.Event::verdict)
                .last()
                .isEqualTo("SAYS_NOTHING");
    }

    @Test
    void implausibleTimesAreKeptAndMoveNothing() {
        say(Status.IN_TRANSIT, 10);
        events.add(event(Status.DELIVERED, Instant.parse("2099-01-01T00:00:00Z"), true, at(11)));
        events.add(event(Status.DELIVERED, Instant.parse("1970-01-01T00:00:00Z"), true, at(11)));
        ShipmentDocument document = documentAt(at(20));
        assertThat(document.shipments().get(0).status()).isEqualTo(Status.IN_TRANSIT);
        assertThat(document.shipments().get(0).lastMovementAt()).isEqualTo(at(10));
        assertThat(document.events()).hasSize(3);
        assertThat(document.events().stream().filter(event -> event.verdict().equals("IMPLAUSIBLE_TIME")))
                .hasSize(2);
    }

    @Test
    void eventsOfAnEarlierUseOfTheNumberAreNeverApplied() {
        events.add(event(Status.DELIVERED, PLACED.minus(Duration.ofDays(31)), true, null));
        ShipmentDocument document = documentAt(at(1));
        assertThat(document.shipments().get(0).status()).isEqualTo(Status.UNKNOWN);
        assertThat(document.deliveries()).isEmpty();
        assertThat(document.events())
                .extracting(ShipmentDocument.Event::verdict)
                .containsExactly("EARLIER_USE");
    }

    @Test
    void aRecycledNumberIsASecondJourneyWithARowOfItsOwn() {
        Instant again = PLACED.plus(Duration.ofDays(61));
        events.add(event(Status.DELIVERED, at(50), true, null));
        events.add(event(Status.IN_TRANSIT, again.plusSeconds(60), true, null));
        ShipmentDocument document = new ShipmentFold(rules)
                .judge(
                        NUMBER,
                        new WatchedNumber(
                                new Registration(
                                        "ups",
                                        "1Z1",
                                        0,
                                        List.of(order("first", PLACED, null), order("second", again, null))),
                                events,
                                0,
                                0,
                                0,
                                0),
                        again.plusSeconds(120))
                .document();
        assertThat(document.shipments())
                .extracting(ShipmentDocument.Shipment::status)
                .containsExactly(Status.DELIVERED, Status.IN_TRANSIT);
        assertThat(document.orders())
                .extracting(ShipmentDocument.Order::journey)
                .containsExactly(1, 2);
    }

    @Test
    void anEventBelongsToTheJourneyThatHadBegunLastWhateverItsNumber() {
        Instant before = PLACED.minus(Duration.ofDays(100));
        events.add(event(Status.DELIVERED, before.plusSeconds(3600), true, null));
        events.add(event(Status.IN_TRANSIT, at(5), true, null));
        ShipmentDocument document = new ShipmentFold(rules)
                .judge(
                        NUMBER,
                        new WatchedNumber(
                                new Registration(
                                        "ups",
                                        "1Z1",
                                        2,
                                        List.of(
                                                order("later", PLACED, null).withJourney(1),
                                                order("earlier", before, null).withJourney(2))),
                                events,
                                0,
                                0,
                                0,
                                0),
                        at(10))
                .document();
        assertThat(document.shipments())
                .extracting(ShipmentDocument.Shipment::status)
                .containsExactly(Status.IN_TRANSIT, Status.DELIVERED);
    }

    @Test
    void whatAnEarlierJourneyGoesOnWithIsItsOwnAlsoShortlyBeforeTheNextOrder() {
        sayOnDay(Status.IN_TRANSIT, 20);
        sayOnDay(Status.DELIVERED, 40);
        sayOnDay(Status.RETURNING, 45);
        sayOnDay(Status.RETURNED, 50);
        sayOnDay(Status.PRE_TRANSIT, 59);
        sayOnDay(Status.IN_TRANSIT, 60);
        assertThat(twoUses(62))
                .extracting(
                        ShipmentDocument.Shipment::status,
                        ShipmentDocument.Shipment::leg,
                        ShipmentDocument.Shipment::events,
                        ShipmentDocument.Shipment::refusedEvents)
                .containsExactly(tuple(Status.RETURNED, 2, 4, 0), tuple(Status.IN_TRANSIT, 1, 2, 0));
    }

    @Test
    void aJourneyThatWasSilentForLongGoesOnWithNothingButItsEnd() {
        sayOnDay(Status.IN_TRANSIT, 5);
        sayOnDay(Status.IN_TRANSIT, 58);
        assertThat(twoUses(62)).extracting(ShipmentDocument.Shipment::events).containsExactly(1, 1);
        events.clear();
        sayOnDay(Status.DELIVERED, 5);
        sayOnDay(Status.RETURNED, 58);
        assertThat(twoUses(62))
                .extracting(ShipmentDocument.Shipment::status)
                .containsExactly(Status.RETURNED, Status.UNKNOWN);
    }

    @Test
    void shortlyBeforeTheNextOrderAJourneyOfWhichNothingWasHeardDoesNotBegin() {
        sayOnDay(Status.IN_TRANSIT, 58);
        assertThat(twoUses(62))
                .extracting(ShipmentDocument.Shipment::status)
                .containsExactly(Status.UNKNOWN, Status.IN_TRANSIT);
    }

    private void sayOnDay(Status status, int day) {
        say(status, day * 24);
    }

    /** The shipments of a number that was ordered under on day 0 and again on day 61. */
    private List<ShipmentDocument.Shipment> twoUses(int day) {
        return new ShipmentFold(rules)
                .judge(NUMBER, number(order("1", PLACED, null), order("2", at(61 * 24), null)), at(day * 24))
                .document()
                .shipments();
    }

    @Test
    void whatIsOpenEndsWhenTheWatchLetsGoOfTheJourney() {
        say(Status.IN_TRANSIT, 10);
        Instant letGo = at(10).plus(rules.forgetAfter().multipliedBy(3));
        assertThat(documentAt(letGo).alerts())
                .extracting(ShipmentDocument.Alert::closedAt)
                .containsExactly(null, null);
        assertThat(shipmentAt(letGo).stalled()).isTrue();
        ShipmentDocument last = documentAt(letGo.plusMillis(1));
        assertThat(last.alerts())
                .extracting(ShipmentDocument.Alert::kind, ShipmentDocument.Alert::closedAt)
                .containsExactlyInAnyOrder(tuple(AlertKind.STALLED, letGo), tuple(AlertKind.DELAYED, letGo));
        assertThat(last.shipments().get(0).stalled()).isFalse();
    }

    @Test
    void aJourneyThatWasForgottenIsNotSpokenOfAgain() {
        Instant again = PLACED.plus(Duration.ofDays(200));
        events.add(event(Status.IN_TRANSIT, again.plusSeconds(60), true, null));
        WatchedNumber later = new WatchedNumber(
                new Registration("ups", "1Z1", 2, List.of(order("first", PLACED, null), order("second", again, null))),
                events,
                0,
                0,
                again.toEpochMilli(),
                0);
        ShipmentDocument document = new ShipmentFold(rules)
                .judge(NUMBER, later, again.plusSeconds(120))
                .document();
        assertThat(document.closedThrough()).isEqualTo(1);
        assertThat(document.shipments())
                .extracting(ShipmentDocument.Shipment::journey)
                .containsExactly(2);
        assertThat(document.orders())
                .extracting(ShipmentDocument.Order::journey)
                .containsExactly(2);
    }

    @Test
    void anOrderCancelledAfterTheMomentIsNotCancelledYet() {
        RegisteredOrder promised = order("7", PLACED, PROMISED);
        RegisteredOrder cancelled = new RegisteredOrder(
                promised.order(),
                0,
                promised.service(),
                promised.origin(),
                promised.destination(),
                PLACED,
                PROMISED,
                PromisePrecision.INSTANT,
                null,
                PLACED,
                PROMISED.plusSeconds(3600));
        WatchedNumber number =
                new WatchedNumber(new Registration("ups", "1Z1", 0, List.of(cancelled)), events, 0, 0, 0, 0);
        ShipmentFold fold = new ShipmentFold(rules);
        assertThat(fold.judge(NUMBER, number, PROMISED.minusSeconds(1))
                        .document()
                        .alerts())
                .isEmpty();
        assertThat(fold.judge(NUMBER, number, PROMISED.plusSeconds(7200))
                        .document()
                        .alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert.closedAt()).isEqualTo(PROMISED.plusSeconds(3600)));
    }

    @Test
    void aCancellationAheadOfTheClockIsTakenUpWhenItsTimeComes() {
        Instant cancelledAt = PLACED.plusSeconds(60);
        WatchedNumber number = number(told(order("7", PLACED, null), US_CA, null, cancelledAt));
        ShipmentFold.Judgement before = new ShipmentFold(rules).judge(NUMBER, number, PLACED);
        assertThat(before.document().shipments().get(0).cancelledAt()).isNull();
        assertThat(before.next()).isEqualTo(cancelledAt);
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number, cancelledAt.plusMillis(1))
                        .document()
                        .shipments()
                        .get(0)
                        .cancelledAt())
                .isEqualTo(cancelledAt);
    }

    @Test
    void aParcelOnItsWayIsNotCalledOffByItsChannel() {
        say(Status.IN_TRANSIT, 10);
        WatchedNumber number = number(told(order("7", PLACED, PROMISED), US_CA, null, at(20)));
        ShipmentDocument document = new ShipmentFold(rules)
                .judge(NUMBER, number, PROMISED.plusSeconds(3600))
                .document();
        assertThat(document.shipments().get(0).status()).isEqualTo(Status.IN_TRANSIT);
        assertThat(document.shipments().get(0).cancelledAt()).isEqualTo(at(20));
        assertThat(document.alerts())
                .filteredOn(alert -> alert.kind() == AlertKind.DELAYED)
                .singleElement()
                .satisfies(alert -> assertThat(alert.closedAt()).isNull());
    }

    @Test
    void twoOrdersInOneParcelShareItsJourneyAndTheEarlierPromiseHolds() {
        RegisteredOrder first = told(order("1", PLACED, PROMISED.plusSeconds(7200)), US_CA, null, at(20));
        RegisteredOrder second = order("2", at(48), PROMISED);
        say(Status.DELIVERED, 130);
        ShipmentDocument document = new ShipmentFold(rules)
                .judge(NUMBER, number(first, second), LATER)
                .document();
        assertThat(document.shipments()).singleElement().satisfies(shipment -> {
            assertThat(shipment.placedAt()).isEqualTo(PLACED);
            assertThat(shipment.promisedAt()).isEqualTo(PROMISED);
            assertThat(shipment.cancelledAt()).as("one of its orders stands").isNull();
        });
        assertThat(document.orders())
                .extracting(order -> order.order().id() + " in " + order.journey())
                .containsExactly("1 in 1", "2 in 1");
        assertThat(document.deliveries()).singleElement().satisfies(delivery -> {
            assertThat(delivery.onTime()).isFalse();
            assertThat(delivery.placedAt()).isEqualTo(PLACED);
        });
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(first, told(second, US_CA, null, at(50))), LATER)
                        .document()
                        .shipments()
                        .get(0)
                        .cancelledAt())
                .isEqualTo(at(50));
    }

    @Test
    void nobodyWaitsForAnOrderOfTheParcelThatWasCancelledBeforeItWasDue() {
        RegisteredOrder cancelled = told(order("1", PLACED, PROMISED), US_CA, null, PROMISED.minusSeconds(1));
        RegisteredOrder standing = order("2", PLACED, PROMISED.plusSeconds(7200));
        Instant between = PROMISED.plusSeconds(3600);
        assertThat(delayed(between, cancelled, standing)).isFalse();
        assertThat(delayed(between, cancelled, order("2", PLACED, null))).isFalse();
        assertThat(delayed(between.plusSeconds(7200), cancelled, standing)).isTrue();
        RegisteredOrder tooLate = told(order("1", PLACED, PROMISED), US_CA, null, PROMISED);
        assertThat(delayed(between, tooLate, standing)).as("it was due already").isTrue();
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(cancelled, standing), PROMISED.minusSeconds(2))
                        .next())
                .as("its cancellation is to come")
                .isEqualTo(cancelled.cancelledAt());
    }

    private boolean delayed(Instant now, RegisteredOrder... orders) {
        return new ShipmentFold(rules)
                .judge(NUMBER, number(orders), now)
                .document()
                .shipments()
                .get(0)
                .delayed();
    }

    @Test
    void aNewAddressAndANewEstimateMoveTheParcelAndNotItsPromise() {
        // Midnight has passed in New York and not in California.
        events.add(event(Status.DELIVERED, Instant.parse("2026-03-06T06:00:00Z"), true, null));
        RegisteredOrder order = order("7", PLACED, PROMISED);
        RegisteredOrder moved = told(order, new Place(null, "NY", "10001", "US"), PROMISED.plusSeconds(86_400), null);
        ShipmentDocument before =
                new ShipmentFold(rules).judge(NUMBER, number(order), LATER).document();
        ShipmentDocument after =
                new ShipmentFold(rules).judge(NUMBER, number(moved), LATER).document();
        assertThat(before.deliveries().get(0).day()).isEqualTo("2026-03-05");
        assertThat(after.deliveries().get(0).day()).isEqualTo("2026-03-06");
        assertThat(after.deliveries().get(0).lane().destination()).isEqualTo("US-NY");
        assertThat(after.shipments()).singleElement().satisfies(shipment -> {
            assertThat(shipment.destination().postalCode()).isEqualTo("10001");
            assertThat(shipment.estimatedAt()).isEqualTo(PROMISED.plusSeconds(86_400));
            assertThat(shipment.promisedAt()).isEqualTo(PROMISED);
        });
    }

    @Test
    void anEventSentAgainWithOtherWordsOrAnotherTimeIsOneEventWhicheverCameFirst() {
        SeenEvent scan = event(Status.IN_TRANSIT, at(10), true, at(11));
        SeenEvent again = new SeenEvent(
                scan.eventId(),
                scan.status(),
                null,
                at(10).minusSeconds(86_400 * 5),
                scan.offset(),
                scan.offsetSource(),
                null,
                "Departed from facility, corrected",
                scan.location(),
                true,
                at(30),
                "poll");
        WatchedNumber one = arrive(List.of(scan, again));
        assertThat(one.events()).singleElement().satisfies(event -> {
            assertThat(event.eventTime()).isEqualTo(again.eventTime());
            assertThat(event.description()).isEqualTo("Departed from facility, corrected");
            assertThat(event.receivedAt()).isEqualTo(at(11));
        });
        assertThat(arrive(List.of(again, scan)).events()).isEqualTo(one.events());
    }

    @Test
    void howLongAJourneyLivesIsSet() {
        rules = rules.withLifetimes(Duration.ofDays(2), Duration.ofDays(5), Duration.ofDays(1));
        say(Status.IN_TRANSIT, 30);
        RegisteredOrder first = order("7", PLACED, null);
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(first, order("8", at(25), null)), at(74))
                        .document()
                        .shipments())
                .extracting(ShipmentDocument.Shipment::journey, ShipmentDocument.Shipment::expired)
                .as("25 hours apart; the first was never heard of, the second 44 hours ago")
                .containsExactly(tuple(1, true), tuple(2, false));
        say(Status.DELIVERED, 40);
        Instant forgotten = at(40).plus(Duration.ofDays(5)).plusMillis(1);
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(first), forgotten.minusMillis(1))
                        .over())
                .isFalse();
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(first), forgotten)
                        .over())
                .isTrue();
    }

    @Test
    void aJourneyDeliveredLongBeforeItWasRegisteredIsForgottenAfterItsRegistrationSoThatItIsKnownToHaveBeenThere() {
        Instant registeredAt = PLACED.plus(Duration.ofDays(40));
        say(Status.DELIVERED, 40);
        RegisteredOrder imported = new RegisteredOrder(
                order("7", PLACED, null).order(),
                1,
                null,
                Place.NOWHERE,
                Place.NOWHERE,
                PLACED,
                null,
                null,
                null,
                registeredAt,
                null);
        ShipmentFold fold = new ShipmentFold(rules);
        Instant forgotten = registeredAt.plus(rules.forgetAfter()).plusMillis(1);
        ShipmentFold.Judgement before = fold.judge(NUMBER, number(imported), forgotten.minusMillis(1));
        assertThat(before.over()).isFalse();
        assertThat(before.next()).isEqualTo(forgotten.minusMillis(1));
        assertThat(fold.judge(NUMBER, number(imported), forgotten).over()).isTrue();

        WatchedNumber again = WatchedNumber.empty(forgotten.toEpochMilli())
                .with(new Registration("ups", "1Z1", 2, List.of(imported)));
        ShipmentDocument document = fold.judge(NUMBER, again, forgotten).document();
        assertThat(document.closedThrough()).isEqualTo(1);
        assertThat(document.shipments()).isEmpty();
    }

    @Test
    void theDayOfDeliveryIsTheLocalDateAtTheDestination() {
        events.add(event(Status.DELIVERED, Instant.parse("2026-03-06T03:00:00Z"), true, null));
        assertThat(documentAt(LATER).deliveries().get(0).day()).isEqualTo("2026-03-05");
    }

    @Test
    void theTimeInEachStatusAddsUpToTheWayToTheDeliveryThatStands() {
        say(Status.UNKNOWN, 1);
        say(Status.PRE_TRANSIT, 2);
        say(Status.IN_TRANSIT, 10);
        say(Status.IN_TRANSIT, 20);
        say(Status.PICKED_UP, 25);
        say(Status.EXCEPTION, 30);
        say(Status.IN_TRANSIT, 36);
        say(Status.DELIVERED, 40);
        say(Status.OUT_FOR_DELIVERY, 55);
        say(Status.DELIVERED, 60);
        say(Status.DELIVERED, 61);
        say(Status.RETURNING, 90);
        assertThat(documentAt(LATER).deliveries().get(0).dwellSeconds())
                .containsExactlyInAnyOrderEntriesOf(Map.of(
                        Status.PRE_TRANSIT, 8 * 3600L,
                        Status.IN_TRANSIT, 24 * 3600L,
                        Status.EXCEPTION, 6 * 3600L,
                        Status.DELIVERED, 15 * 3600L,
                        Status.OUT_FOR_DELIVERY, 5 * 3600L));
    }

    @Test
    void aParcelOfWhichTheDeliveryIsTheFirstWordSpentNoTimeAnywhere() {
        say(Status.DELIVERED, 40);
        assertThat(documentAt(LATER).deliveries().get(0).dwellSeconds()).isEmpty();
    }

    @Test
    void aParcelLostOnTheWayBackIsStuckNoMoreAndTurnsUpOnTheWayBack() {
        say(Status.RETURNING, 10);
        assertThat(stalls(at(100))).hasSize(1);
        events.add(new SeenEvent(
                "lost",
                Status.CANCELLED,
                Reason.LOST,
                at(100),
                0,
                OffsetSource.CARRIER,
                null,
                "the carrier gave it up",
                Place.NOWHERE,
                false,
                at(100),
                "manual"));
        ShipmentDocument lost = documentAt(LATER);
        assertThat(lost.shipments().get(0).status()).isEqualTo(Status.CANCELLED);
        assertThat(lost.shipments().get(0).reason()).isEqualTo(Reason.LOST);
        assertThat(stalls(LATER)).extracting(ShipmentDocument.Alert::closedAt).containsExactly(at(100));
        assertThat(lost.intents())
                .extracting(ShipmentDocument.Intent::milestone)
                .doesNotContain(Milestone.CANCELLED);

        say(Status.OUT_FOR_DELIVERY, 120);
        say(Status.DELIVERED, 121);
        assertThat(shipmentAt(LATER).status()).isEqualTo(Status.RETURNED);
        assertThat(documentAt(LATER).deliveries()).isEmpty();
    }

    @Test
    void milestonesAreIntendedOnceAndOldNewsNotAtAll() {
        say(Status.IN_TRANSIT, 10);
        say(Status.EXCEPTION, 20);
        say(Status.IN_TRANSIT, 30);
        say(Status.EXCEPTION, 40);
        say(Status.DELIVERED, 50);
        assertThat(documentAt(at(60)).intents())
                .extracting(ShipmentDocument.Intent::milestone)
                .containsExactly(Milestone.SHIPPED, Milestone.DELIVERED, Milestone.EXCEPTION);
        rules = rules.withAnnounceFrom(at(45));
        assertThat(documentAt(at(60)).intents())
                .extracting(ShipmentDocument.Intent::milestone)
                .containsExactly(Milestone.DELIVERED);
        rules = rules.withAnnounceFrom(null);
        assertThat(documentAt(at(60)).intents()).isEmpty();
    }

    @Test
    void anOldParcelImportedLateIsNotAnnounced() {
        events.add(event(Status.IN_TRANSIT, PLACED.minus(Duration.ofDays(6)), true, null));
        say(Status.DELIVERED, 10);
        assertThat(documentAt(LATER).intents()).isEmpty();
    }

    @Test
    void aPromiseThatWasBrokenLongBeforeTheParcelWasRegisteredIsADelayAndNoNews() {
        RegisteredOrder imported = order("7", PLACED, PLACED.minus(Duration.ofDays(6)));
        ShipmentDocument document =
                new ShipmentFold(rules).judge(NUMBER, number(imported), LATER).document();
        assertThat(document.alerts()).hasSize(1);
        assertThat(document.intents()).isEmpty();
        RegisteredOrder recent = order("7", PLACED, PLACED.minus(Duration.ofDays(4)));
        assertThat(new ShipmentFold(rules)
                        .judge(NUMBER, number(recent), LATER)
                        .document()
                        .intents())
                .hasSize(1);
    }

    @Test
    void aJourneySilentForThirtyDaysIsExpired() {
        say(Status.IN_TRANSIT, 0);
        assertThat(shipmentAt(at(0).plus(Duration.ofDays(30))).expired()).isFalse();
        assertThat(shipmentAt(at(0).plus(Duration.ofDays(30)).plusMillis(1)).expired())
                .isTrue();
    }

    @Test
    void timeAloneChangesNothingBeforeTheNextDeadline() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            events.clear();
            for (int i = random.nextInt(6); i >= 0; i--) {
                say(Status.values()[random.nextInt(Status.values().length)], random.nextInt(200));
            }
            Instant now = at(200).plusSeconds(random.nextInt(1_000_000));
            var judgement = new ShipmentFold(rules).judge(NUMBER, number(), now);
            for (Instant moment = now.plusSeconds(1800);
                    moment.isBefore(now.plus(Duration.ofDays(40)))
                            && (judgement.next() == null || !moment.isAfter(judgement.next()));
                    moment = moment.plusSeconds(1800)) {
                assertThat(new ShipmentFold(rules)
                                .judge(NUMBER, number(), moment)
                                .document()
                                .newsSince(judgement.document()))
                        .as("%s at %s, next deadline %s", events, moment, judgement.next())
                        .isNull();
            }
        }
    }

    @Test
    void theOrderOfArrivalNeverMatters() {
        Random random = new Random(42);
        for (int round = 0; round < 200; round++) {
            events.clear();
            for (int i = 0; i < 12; i++) {
                events.add(event(
                        Status.values()[random.nextInt(Status.values().length)],
                        at(random.nextInt(150)),
                        random.nextBoolean(),
                        random.nextBoolean() ? null : at(random.nextInt(200))));
            }
            List<SeenEvent> copies = new ArrayList<>(events);
            events.stream().limit(4).forEach(event -> copies.add(copyOf(event, random)));
            WatchedNumber one = arrive(copies);
            Collections.shuffle(copies, random);
            WatchedNumber other = arrive(copies);
            assertThat(other.revision()).isEqualTo(one.revision());
            ShipmentFold fold = new ShipmentFold(rules);
            assertThat(fold.judge(NUMBER, other, LATER).document())
                    .isEqualTo(fold.judge(NUMBER, one, LATER).document());
        }
    }

    @Test
    void newsNeverLowersTheRevision() {
        Random random = new Random(3);
        WatchedNumber number = arrive(List.of());
        for (int i = 0; i < 500; i++) {
            SeenEvent event = copyOf(
                    event(Status.values()[random.nextInt(Status.values().length)], at(random.nextInt(50)), true, null),
                    random);
            WatchedNumber after = number.with(event);
            assertThat(after.revision()).isGreaterThanOrEqualTo(number.revision());
            number = after;
        }
    }

    private WatchedNumber arrive(List<SeenEvent> arriving) {
        WatchedNumber number = new WatchedNumber(
                new Registration("ups", "1Z1", 1, List.of(order("7", PLACED, PROMISED))),
                new ArrayList<>(),
                0,
                0,
                0,
                0);
        for (SeenEvent event : arriving) {
            number = number.with(event);
        }
        // The list's order is arrival's; the rows must not show it.
        return number;
    }

    private static SeenEvent copyOf(SeenEvent event, Random random) {
        return new SeenEvent(
                event.eventId(),
                event.status(),
                random.nextBoolean() ? event.reason() : Reason.values()[random.nextInt(3)],
                event.eventTime(),
                event.offset(),
                OffsetSource.values()[random.nextInt(3)],
                event.code(),
                random.nextBoolean() ? null : "words " + random.nextInt(3),
                new Place(random.nextBoolean() ? "Wayne" : null, random.nextBoolean() ? "NJ" : null, null, "US"),
                event.scan() || random.nextBoolean(),
                random.nextBoolean() ? null : at(random.nextInt(200)),
                "poll");
    }

    private void say(Status status, int hour) {
        events.add(event(status, at(hour), status != Status.PRE_TRANSIT, null));
    }

    private static SeenEvent event(Status status, Instant time, boolean scan, Instant receivedAt) {
        return new SeenEvent(
                status + "@" + time + scan,
                status,
                null,
                time,
                -28800,
                OffsetSource.CARRIER,
                null,
                null,
                Place.NOWHERE,
                scan,
                receivedAt,
                null);
    }

    private static Instant at(int hour) {
        return PLACED.plus(Duration.ofHours(hour));
    }

    private ShipmentDocument documentAt(Instant now) {
        return new ShipmentFold(rules).judge(NUMBER, number(), now).document();
    }

    private WatchedNumber number() {
        return new WatchedNumber(
                new Registration("ups", "1Z1", 0, List.of(order("7", PLACED, PROMISED))), events, 0, 0, 0, 0);
    }

    private WatchedNumber number(RegisteredOrder... orders) {
        return new WatchedNumber(new Registration("ups", "1Z1", 0, List.of(orders)), events, 0, 0, 0, 0);
    }

    /** The order as its channel tells it later. */
    private static RegisteredOrder told(
            RegisteredOrder order, Place destination, Instant estimatedAt, Instant cancelledAt) {
        return new RegisteredOrder(
                order.order(),
                order.journey(),
                order.service(),
                order.origin(),
                destination,
                order.placedAt(),
                order.promisedAt(),
                order.promisePrecision(),
                estimatedAt,
                order.registeredAt(),
                cancelledAt);
    }

    private ShipmentDocument.Shipment shipmentAt(Instant now) {
        return documentAt(now).shipments().get(0);
    }

    private List<ShipmentDocument.Alert> stalls(Instant now) {
        return documentAt(now).alerts().stream()
                .filter(alert -> alert.kind() == AlertKind.STALLED)
                .toList();
    }

    private List<ShipmentDocument.Alert> delays(Instant now) {
        return documentAt(now).alerts().stream()
                .filter(alert -> alert.kind() == AlertKind.DELAYED)
                .toList();
    }

    private static RegisteredOrder order(String id, Instant placedAt, Instant promisedAt) {
        return new RegisteredOrder(
                new OrderRef("shopify", "a", id),
                0,
                "Ground",
                new Place(null, "NJ", null, "US"),
                new Place(null, "CA", null, "US"),
                placedAt,
                promisedAt,
                promisedAt == null ? null : PromisePrecision.INSTANT,
                null,
                placedAt.plusSeconds(3600),
                null);
    }
}
