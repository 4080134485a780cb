package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Why a parcel cannot be settled, in advice that helps. */
class SettlementTest {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant NOW = MONDAY.plusSeconds(86_400);

    @Test
    void whatWasLostOnItsWayBackIsSettledAsReturnedAndNotAsDelivered() {
        List<Settlement.Told> events = List.of(
                new Settlement.Told(MONDAY, Status.RETURNING, null, "a"),
                new Settlement.Told(MONDAY.plusSeconds(60), Status.CANCELLED, Reason.LOST, "b"));
        assertThat(Settlement.DELIVERED.refusal(events, NOW, NOW))
                .isEqualTo("is lost on its way back to the sender, since 2026-03-02T12:01:00Z: settle it as returned");
        assertThat(Settlement.RETURNED.refusal(events, NOW, NOW)).isNull();
    }

    @Test
    void whatItsCarrierDatedAheadIsSettledAfterThatMoment() {
        Instant ahead = NOW.plusSeconds(3_600);
        List<Settlement.Told> events = List.of(new Settlement.Told(ahead, Status.OUT_FOR_DELIVERY, null, "a"));
        assertThat(Settlement.LOST.refusal(events, NOW, NOW)).contains("yet to come", "settle it after that moment");
        assertThat(Settlement.LOST.refusal(events, ahead.plusSeconds(1), ahead.plusSeconds(1)))
                .isNull();
        assertThat(Settlement.LOST.refusal(events, NOW, ahead.plusSeconds(1))).contains("name a later --at");
    }
}
