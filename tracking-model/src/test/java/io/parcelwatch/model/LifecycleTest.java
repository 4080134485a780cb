package io.parcelwatch.model;

import static io.parcelwatch.model.Lifecycle.after;
import static io.parcelwatch.model.Lifecycle.effect;
import static io.parcelwatch.model.Status.ATTEMPTED;
import static io.parcelwatch.model.Status.AVAILABLE_FOR_PICKUP;
import static io.parcelwatch.model.Status.CANCELLED;
import static io.parcelwatch.model.Status.DELIVERED;
import static io.parcelwatch.model.Status.EXCEPTION;
import static io.parcelwatch.model.Status.IN_TRANSIT;
import static io.parcelwatch.model.Status.OUT_FOR_DELIVERY;
import static io.parcelwatch.model.Status.PICKED_UP;
import static io.parcelwatch.model.Status.PRE_TRANSIT;
import static io.parcelwatch.model.Status.RETURNED;
import static io.parcelwatch.model.Status.RETURNING;
import static io.parcelwatch.model.Status.UNKNOWN;
import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.Lifecycle.Effect;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LifecycleTest {

    private static final Set<Status> ALL = EnumSet.allOf(Status.class);

    @Test
    void everyPairIsDecided() {
        for (Status current : ALL) {
            for (Status reported : ALL) {
                assertThat(effect(current, reported))
                        .as("%s then %s", current, reported)
                        .isNotNull();
            }
        }
    }

    @Test
    void whatChangesTheStatusIsNeverRefusedAndWhatIsRefusedNeverChangesIt() {
        for (Status current : ALL) {
            for (Status reported : ALL) {
                Effect effect = effect(current, reported);
                assertThat(effect.changesStatus() && effect.refused()).isFalse();
                assertThat(after(current, reported) != current)
                        .as("%s then %s", current, reported)
                        .isEqualTo(effect.changesStatus());
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void theSameReportAgainOnlyConfirms(Status status) {
        assertThat(effect(status, status)).isEqualTo(Effect.CONFIRMS);
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void anythingIsTheFirstReport(Status status) {
        assertThat(after(null, status)).isEqualTo(status);
    }

    @ParameterizedTest
    @EnumSource(value = Status.class, mode = EnumSource.Mode.EXCLUDE, names = "UNKNOWN")
    void unknownNeverReplacesAKnownStatus(Status status) {
        assertThat(effect(status, UNKNOWN)).isEqualTo(Effect.SAYS_NOTHING);
        assertThat(after(status, UNKNOWN)).isEqualTo(status);
        assertThat(after(UNKNOWN, status)).isEqualTo(status);
    }

    @Test
    void skippingAheadIsAllowed() {
        assertThat(after(PRE_TRANSIT, OUT_FOR_DELIVERY)).isEqualTo(OUT_FOR_DELIVERY);
        assertThat(after(PRE_TRANSIT, DELIVERED)).isEqualTo(DELIVERED);
        assertThat(after(PICKED_UP, AVAILABLE_FOR_PICKUP)).isEqualTo(AVAILABLE_FOR_PICKUP);
    }

    @Test
    void aLabelOrPickupReportedLateDoesNotSendTheParcelBack() {
        assertThat(effect(IN_TRANSIT, PRE_TRANSIT)).isEqualTo(Effect.REFUSED_BACKWARD);
        assertThat(effect(OUT_FOR_DELIVERY, PICKED_UP)).isEqualTo(Effect.REFUSED_BACKWARD);
    }

    @Test
    void aFailedDayOfDeliveryGoesBackToTheNetworkAndOutAgain() {
        assertThat(after(OUT_FOR_DELIVERY, ATTEMPTED)).isEqualTo(ATTEMPTED);
        assertThat(after(ATTEMPTED, IN_TRANSIT)).isEqualTo(IN_TRANSIT);
        assertThat(after(IN_TRANSIT, OUT_FOR_DELIVERY)).isEqualTo(OUT_FOR_DELIVERY);
    }

    @Test
    void anExceptionIsLeftByWhateverMovesNext() {
        for (Status next :
                List.of(PICKED_UP, IN_TRANSIT, OUT_FOR_DELIVERY, ATTEMPTED, AVAILABLE_FOR_PICKUP, DELIVERED)) {
            assertThat(after(EXCEPTION, next)).isEqualTo(next);
        }
    }

    @Test
    void aDepotScanAfterDeliveryIsRefused() {
        assertThat(effect(DELIVERED, IN_TRANSIT)).isEqualTo(Effect.REFUSED_AFTER_DELIVERY);
        assertThat(effect(DELIVERED, EXCEPTION)).isEqualTo(Effect.REFUSED_AFTER_DELIVERY);
        assertThat(effect(DELIVERED, PICKED_UP)).isEqualTo(Effect.REFUSED_AFTER_DELIVERY);
        assertThat(after(DELIVERED, IN_TRANSIT)).isEqualTo(DELIVERED);
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {"OUT_FOR_DELIVERY", "ATTEMPTED", "AVAILABLE_FOR_PICKUP"})
    void whatCannotFollowADeliveryContradictsIt(Status reported) {
        assertThat(effect(DELIVERED, reported)).isEqualTo(Effect.CONTRADICTS_DELIVERY);
        assertThat(after(DELIVERED, reported)).isEqualTo(reported);
    }

    @Test
    void aReturnFollowsADelivery() {
        assertThat(after(DELIVERED, RETURNING)).isEqualTo(RETURNING);
        assertThat(after(DELIVERED, RETURNED)).isEqualTo(RETURNED);
    }

    @Test
    void deliveredOnTheWayBackReadsReturned() {
        assertThat(effect(RETURNING, DELIVERED)).isEqualTo(Effect.READS_RETURNED);
        assertThat(after(RETURNING, DELIVERED)).isEqualTo(RETURNED);
    }

    @Test
    void onTheWayBackOnlyTheEndOfItMatters() {
        for (Status reported : EnumSet.complementOf(EnumSet.of(DELIVERED, RETURNING, RETURNED, CANCELLED, UNKNOWN))) {
            assertThat(effect(RETURNING, reported)).as("%s", reported).isEqualTo(Effect.REFUSED_ON_RETURN);
        }
    }

    @Test
    void whatIsCalledOffOnTheWayBackAndTurnsUpAgainIsStillOnTheWayBack() {
        assertThat(after(RETURNING, 2, CANCELLED)).isEqualTo(CANCELLED);
        assertThat(after(CANCELLED, 2, IN_TRANSIT)).isEqualTo(CANCELLED);
        assertThat(effect(CANCELLED, 2, OUT_FOR_DELIVERY)).isEqualTo(Effect.REFUSED_ON_RETURN);
        assertThat(after(CANCELLED, 2, RETURNING)).isEqualTo(RETURNING);
        assertThat(after(CANCELLED, 2, DELIVERED)).isEqualTo(RETURNED);
        assertThat(after(CANCELLED, 2, RETURNED)).isEqualTo(RETURNED);
    }

    /** Written from the rules once more, and not from the table: no cell of it changes unnoticed. */
    @ParameterizedTest
    @EnumSource(Status.class)
    void everyPairIsAsTheRulesHaveIt(Status current) {
        for (int leg = 1; leg <= 2; leg++) {
            for (Status reported : ALL) {
                assertThat(effect(current, leg, reported))
                        .as("%s on leg %d, then %s", current, leg, reported)
                        .isEqualTo(asTheRulesHaveIt(current, leg, reported));
            }
        }
    }

    private static Effect asTheRulesHaveIt(Status current, int leg, Status reported) {
        boolean outbound = reported.compareTo(DELIVERED) < 0;
        if (reported == current || current == RETURNED && reported == DELIVERED) {
            return Effect.CONFIRMS;
        }
        if (reported == UNKNOWN) {
            return Effect.SAYS_NOTHING;
        }
        if (current == RETURNED) {
            return Effect.REFUSED_AFTER_RETURN;
        }
        if (current == RETURNING || current == CANCELLED && leg == 2) {
            return reported == DELIVERED ? Effect.READS_RETURNED : outbound ? Effect.REFUSED_ON_RETURN : Effect.APPLIES;
        }
        if (current == DELIVERED && (outbound || reported == CANCELLED)) {
            return EnumSet.of(OUT_FOR_DELIVERY, ATTEMPTED, AVAILABLE_FOR_PICKUP).contains(reported)
                    ? Effect.CONTRADICTS_DELIVERY
                    : Effect.REFUSED_AFTER_DELIVERY;
        }
        if (current == CANCELLED && reported == PRE_TRANSIT) {
            return Effect.REFUSED_AFTER_CANCELLATION;
        }
        // A label comes before everything, a pick-up before all but an exception of the carrier's.
        boolean back =
                reported == PRE_TRANSIT || reported == PICKED_UP && current != PRE_TRANSIT && current != EXCEPTION;
        return back && current != UNKNOWN && current != CANCELLED ? Effect.REFUSED_BACKWARD : Effect.APPLIES;
    }

    @Test
    void returnedIsTheEnd() {
        for (Status reported : ALL) {
            assertThat(after(RETURNED, reported)).isEqualTo(RETURNED);
        }
    }

    @Test
    void aParcelThatMovesWasNotCalledOff() {
        assertThat(effect(CANCELLED, PRE_TRANSIT)).isEqualTo(Effect.REFUSED_AFTER_CANCELLATION);
        assertThat(after(CANCELLED, PICKED_UP)).isEqualTo(PICKED_UP);
        assertThat(after(CANCELLED, DELIVERED)).isEqualTo(DELIVERED);
    }

    @Test
    void onItsWayIsWhatCanStall() {
        assertThat(ALL.stream().filter(Status::onItsWay))
                .containsExactly(PICKED_UP, IN_TRANSIT, EXCEPTION, OUT_FOR_DELIVERY, ATTEMPTED, RETURNING);
    }
}
