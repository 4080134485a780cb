package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the rules of a file make of a parcel to Berlin. */
class StallRulesTest {

    private static final NumberKey NUMBER = new NumberKey("ups", "1Z1");
    private static final Instant THURSDAY = Instant.parse("2026-03-12T11:00:00Z");
    private static final Instant LATER = Instant.parse("2026-04-20T00:00:00Z");

    private final List<SeenEvent> events = new ArrayList<>();

    @Test
    void whereNoRuleGovernsItIsSeventyTwoHoursOfMovement() {
        say(Status.IN_TRANSIT, 0);
        var alert = onlyStall("rules: [{name: dhl, valid_from: 2026-01-01, hours: 1, match: {carrier: dhl}}]", LATER);
        assertThat(alert.openedAt()).isEqualTo(at(72));
        assertThat(alert.thresholdHours()).isEqualTo(72);
        assertThat(alert.rule()).isNull();
        assertThat(alert.escalatedAt()).isNull();
    }

    @Test
    void theFirstRuleThatMatchesWins() {
        say(Status.OUT_FOR_DELIVERY, 0);
        say(Status.IN_TRANSIT, 13);
        say(Status.DELIVERED, 38);
        String rules = """
                rules:
                  - {name: vehicle, valid_from: 2026-01-01, hours: 12, match: {status: OUT_FOR_DELIVERY}}
                  - {name: ups, valid_from: 2026-01-01, hours: 24, match: {carrier: ups, lane: {destination: DE}}}
                """;
        assertThat(stalls(rules, LATER))
                .extracting(
                        ShipmentDocument.Alert::rule,
                        ShipmentDocument.Alert::openedAt,
                        ShipmentDocument.Alert::closedAt)
                .containsExactly(tuple("vehicle", at(12), at(13)), tuple("ups", at(37), at(38)));
    }

    @Test
    void aRuleGovernsTheSilencesThatBeginWhenItIsValid() {
        String rules = """
                rules:
                  - {name: new, valid_from: "2026-03-13T11:00:00Z", hours: 10}
                  - {name: old, valid_from: 2026-01-01, hours: 40}
                """;
        say(Status.IN_TRANSIT, 23);
        // Silent since before the new rule: it stalls by the old one, though by then the new one is valid.
        assertThat(onlyStall(rules, LATER).openedAt()).isEqualTo(at(63));
        say(Status.IN_TRANSIT, 24);
        assertThat(onlyStall(rules, LATER).openedAt()).isEqualTo(at(34));
        assertThat(onlyStall(rules, LATER).rule()).isEqualTo("new");
    }

    @Test
    void scansDoNotEndASilenceOfTheStatus() {
        String rules = "rules: [{name: strict, valid_from: 2026-01-01, hours: 72, basis: STATUS, escalate_after: 100}]";
        say(Status.PICKED_UP, -10);
        for (int hour = 0; hour < 90; hour += 10) {
            say(Status.IN_TRANSIT, hour);
        }
        assertThat(stalls(rules, at(72))).isEmpty();
        assertThat(next(rules, at(60))).isEqualTo(at(72));
        var open = onlyStall(rules, at(72).plusMillis(1));
        assertThat(open.lastMovementAt()).isEqualTo(at(0));
        assertThat(open.openedAt()).isEqualTo(at(72));
        assertThat(open.closedAt()).isNull();
        assertThat(next(rules, at(73))).isEqualTo(at(100));

        say(Status.OUT_FOR_DELIVERY, 95);
        assertThat(onlyStall(rules, at(96)).closedAt()).isEqualTo(at(95));
        assertThat(onlyStall(rules, at(96)).alertId()).isEqualTo(open.alertId());
        assertThat(stalls(rules, LATER).get(0).escalatedAt()).isNull();
    }

    @Test
    void aNewerRuleAboutMovementsTakesOverWithTheNextScan() {
        String rules = """
                rules:
                  - {name: scans, valid_from: "2026-03-13T11:00:00Z", hours: 30}
                  - {name: strict, valid_from: 2026-01-01, hours: 20, basis: STATUS}
                """;
        say(Status.IN_TRANSIT, 0);
        say(Status.IN_TRANSIT, 10);
        say(Status.IN_TRANSIT, 25);
        assertThat(stalls(rules, at(60)))
                .extracting(
                        ShipmentDocument.Alert::rule,
                        ShipmentDocument.Alert::openedAt,
                        ShipmentDocument.Alert::closedAt)
                .containsExactly(tuple("strict", at(20), at(25)), tuple("scans", at(55), null));
    }

    @Test
    void aStallEscalatesAfterItsSecondThresholdAndNotBefore() {
        String rules = "rules: [{name: two, valid_from: 2026-01-01, hours: 24, escalate_after: 48}]";
        say(Status.IN_TRANSIT, 0);
        assertThat(next(rules, at(1))).isEqualTo(at(24));
        assertThat(onlyStall(rules, at(48)).escalatedAt()).isNull();
        assertThat(next(rules, at(47))).isEqualTo(at(48));
        assertThat(onlyStall(rules, at(48).plusMillis(1)).escalatedAt()).isEqualTo(at(48));
        say(Status.IN_TRANSIT, 50);
        assertThat(onlyStall(rules, at(51)).escalatedAt()).isEqualTo(at(48));
        assertThat(onlyStall(rules, at(51)).closedAt()).isEqualTo(at(50));
    }

    @Test
    void workingDaysAreThoseOfTheDestination() {
        String rules =
                "rules: [{name: wd, valid_from: 2026-01-01, hours: 48, escalate_after: 72, calendar: working-days}]";
        say(Status.IN_TRANSIT, 0);
        // Thursday noon in Berlin: half of it, Friday, half of Monday.
        assertThat(next(rules, at(1))).isEqualTo(Instant.parse("2026-03-16T11:00:00Z"));
        var stall = onlyStall(rules, LATER);
        assertThat(stall.openedAt()).isEqualTo(Instant.parse("2026-03-16T11:00:00Z"));
        assertThat(stall.escalatedAt()).isEqualTo(Instant.parse("2026-03-17T11:00:00Z"));
        assertThat(stall.thresholdHours()).isEqualTo(48);
    }

    private ShipmentDocument.Alert onlyStall(String rules, Instant now) {
        List<ShipmentDocument.Alert> stalls = stalls(rules, now);
        assertThat(stalls).hasSize(1);
        return stalls.get(0);
    }

    private List<ShipmentDocument.Alert> stalls(String rules, Instant now) {
        return judgement(rules, now).document().alerts().stream()
                .filter(alert -> alert.kind() == AlertKind.STALLED)
                .toList();
    }

    private Instant next(String rules, Instant now) {
        return judgement(rules, now).next();
    }

    private ShipmentFold.Judgement judgement(String yaml, Instant now) {
        StallRules rules = StallRulesFile.read("r.yaml", yaml.getBytes(StandardCharsets.UTF_8));
        RegisteredOrder order = new RegisteredOrder(
                new OrderRef("c", "a", "1"),
                1,
                "Standard",
                null,
                new Place("Berlin", "BE", null, "DE"),
                THURSDAY.minusSeconds(86_400),
                null,
                null,
                null,
                THURSDAY.minusSeconds(80_000),
                null);
        WatchedNumber number =
                new WatchedNumber(new Registration("ups", "1Z1", 1, List.of(order)), events, Long.MIN_VALUE, 0, 0, 0);
        return new ShipmentFold(WatchRules.live().withStallRules(rules)).judge(NUMBER, number, now);
    }

    private void say(Status status, int hour) {
        events.add(new SeenEvent(
                "e" + events.size(),
                status,
                null,
                at(hour),
                0,
                OffsetSource.CARRIER,
                null,
                null,
                Place.NOWHERE,
                true,
                at(hour),
                "webhook"));
    }

    private static Instant at(int hours) {
        return THURSDAY.plusSeconds(3_600L * hours);
    }
}
