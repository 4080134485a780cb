package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveRunITCase {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");

    @TempDir
    Path home;

    @Test
    void aStallOpensWhenOnlyTheClockSpeaksAndClosesWithTheNextScan() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, "2026-03-06T12:00:00Z"));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            watch.tick(MONDAY.plus(Duration.ofHours(72)));
            watch.awaitClock(MONDAY.plus(Duration.ofHours(72)));
            assertThat(watch.tables().count("shipment_alert")).isZero();

            watch.tick(MONDAY.plus(Duration.ofHours(73)));
            watch.awaitClock(MONDAY.plus(Duration.ofHours(73)));
            assertThat(watch.tables().strings("select kind, opened_at, closed_at from shipment_alert"))
                    .containsExactly("STALLED | 2026-03-05 12:00:00+00 | null");
            assertThat(watch.tables().string("select stalled from shipment")).isEqualTo("t");

            Instant next = MONDAY.plus(Duration.ofHours(80));
            watch.say(event("1Z1", "DELIVERED", next), next);
            watch.tick(next.plus(Duration.ofDays(2)));
            watch.awaitClock(next.plus(Duration.ofDays(2)));
            assertThat(watch.tables().strings("select kind, opened_at, closed_at from shipment_alert"))
                    .containsExactly("STALLED | 2026-03-05 12:00:00+00 | 2026-03-05 20:00:00+00");
            assertThat(watch.tables().string("select status, stalled, delayed from shipment"))
                    .isEqualTo("DELIVERED | f | f");
            assertThat(watch.tables().count("delivery where on_time")).isEqualTo(1);
            assertThat(watch.tables().strings("select milestone from notification_intent order by 1"))
                    .containsExactly("DELIVERED", "SHIPPED");
            watch.awaitTopic(Topic.SHIPMENT_ALERTS, alerts -> assertThat(alerts).hasSize(2));
            watch.awaitTopic(
                    Topic.SHIPMENT_CHANGES,
                    changes -> assertThat(changes).last().asString().contains("\"status\":\"DELIVERED\""));
        }
    }

    @Test
    void anEventBeforeItsRegistrationWaitsForIt() throws Exception {
        try (LiveWatch watch = new LiveWatch(home).start()) {
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            watch.say(event("1Z2", "IN_TRANSIT", MONDAY), MONDAY);
            watch.tick(MONDAY.plus(Duration.ofDays(29)));
            watch.awaitClock(MONDAY.plus(Duration.ofDays(29)));
            assertThat(watch.tables().count("tracking_event")).isZero();
            assertThat(watch.tables().strings("select tracking_number from unclaimed_number order by 1"))
                    .containsExactly("1Z1", "1Z2");

            watch.register(registration("1Z1", 1, null));
            await().until(() -> watch.tables().count("tracking_event") == 1);
            assertThat(watch.tables().strings("select tracking_number from unclaimed_number"))
                    .containsExactly("1Z2");
            watch.tick(MONDAY.plus(Duration.ofDays(31)));
            await().until(() -> watch.tables().count("dead_letter") == 1);
            assertThat(watch.tables().strings("select reason, tracking_number from dead_letter"))
                    .containsExactly("NEVER_CLAIMED | 1Z2");
            await().until(() -> watch.tables().count("unclaimed_number") == 0);
        }
    }

    @Test
    void lateEventsAndCorrectionsMoveTheDaysNumbers() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            String dwell = "select day, status, parcels, hours from status_dwell_daily order by 1, 2";
            String performance = "select day, deliveries, first_attempt from delivery_performance_daily";
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            watch.say(event("1Z1", "DELIVERED", MONDAY.plus(Duration.ofHours(10))), MONDAY.plus(Duration.ofHours(10)));
            clockAt(watch, MONDAY.plus(Duration.ofHours(11)));
            assertThat(watch.tables().strings(dwell)).containsExactly("2026-03-02 | IN_TRANSIT | 1 | 10");

            // It was on the vehicle for the last two hours of them, and somebody rang in vain first.
            watch.say(
                    event("1Z1", "OUT_FOR_DELIVERY", MONDAY.plus(Duration.ofHours(8))),
                    MONDAY.plus(Duration.ofHours(12)));
            watch.say(event("1Z1", "ATTEMPTED", MONDAY.plus(Duration.ofHours(9))), MONDAY.plus(Duration.ofHours(12)));
            clockAt(watch, MONDAY.plus(Duration.ofHours(13)));
            assertThat(watch.tables().strings(dwell))
                    .containsExactly(
                            "2026-03-02 | ATTEMPTED | 1 | 1",
                            "2026-03-02 | IN_TRANSIT | 1 | 8",
                            "2026-03-02 | OUT_FOR_DELIVERY | 1 | 1");
            assertThat(watch.tables().strings(performance)).containsExactly("2026-03-02 | 1 | 0");

            // It was not delivered after all.
            watch.say(
                    event("1Z1", "AVAILABLE_FOR_PICKUP", MONDAY.plus(Duration.ofHours(14))),
                    MONDAY.plus(Duration.ofHours(14)));
            clockAt(watch, MONDAY.plus(Duration.ofHours(15)));
            assertThat(watch.tables().strings(dwell)).isEmpty();
            assertThat(watch.tables().strings(performance)).isEmpty();

            watch.say(event("1Z1", "DELIVERED", MONDAY.plus(Duration.ofHours(30))), MONDAY.plus(Duration.ofHours(30)));
            clockAt(watch, MONDAY.plus(Duration.ofHours(31)));
            assertThat(watch.tables().strings(dwell))
                    .containsExactly(
                            "2026-03-03 | ATTEMPTED | 1 | 1",
                            "2026-03-03 | AVAILABLE_FOR_PICKUP | 1 | 16",
                            "2026-03-03 | DELIVERED | 1 | 4",
                            "2026-03-03 | IN_TRANSIT | 1 | 8",
                            "2026-03-03 | OUT_FOR_DELIVERY | 1 | 1");
            assertThat(watch.tables().strings(performance)).containsExactly("2026-03-03 | 1 | 0");

            // It went somewhere else: the day counts on another lane.
            watch.register(registration("1Z1", 2, null)
                    .replace("\"journey\":1", "\"journey\":1,\"destination\":{\"country\":\"DE\"}"));
            await().until(() -> "DE".equals(watch.tables().string("select destination from shipment")));
            // Days are computed a little after the rows that they are made of, and no word of the clock tells when
            // here.
            await().until(() -> List.of("DE | 1")
                    .equals(watch.tables().strings("select destination, deliveries from delivery_performance_daily")));
            assertThat(watch.tables().strings("select distinct destination from status_dwell_daily"))
                    .containsExactly("DE");
        }
    }

    @Test
    void aLateEventThatDisprovesAStallWithdrawsItsAlert() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            Instant later = MONDAY.plus(Duration.ofHours(100));
            watch.tick(later);
            watch.awaitClock(later);
            assertThat(watch.tables().count("shipment_alert where withdrawn_at is null"))
                    .isEqualTo(1);

            watch.say(event("1Z1", "IN_TRANSIT", MONDAY.plus(Duration.ofHours(50))), later);
            watch.tick(later.plusSeconds(60));
            watch.awaitClock(later.plusSeconds(60));
            assertThat(watch.tables().count("shipment_alert where withdrawn_at is null"))
                    .isZero();
            assertThat(watch.tables().count("shipment_alert where withdrawn_at is not null"))
                    .isEqualTo(1);
            watch.awaitTopic(
                    Topic.SHIPMENT_ALERTS,
                    alerts -> assertThat(alerts).last().asString().contains("withdrawn_at"));
        }
    }

    @Test
    void aNumberThatWasWithdrawnFromItsOrderHasNoRowsButItsEventsAndNobodyIsToldOfIt() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, "2026-03-03T12:00:00Z"));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            Instant later = MONDAY.plus(Duration.ofHours(100));
            watch.tick(later);
            watch.awaitClock(later);
            assertThat(watch.tables().count("shipment_alert where withdrawn_at is null"))
                    .isEqualTo(2);

            watch.register("{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"revision\":2,\"orders\":[]}");
            await().until(() -> watch.tables().count("shipment") == 0);

            assertThat(watch.tables().count("shipment_order")).isZero();
            assertThat(watch.tables().count("shipment_alert where withdrawn_at is null"))
                    .isZero();
            assertThat(watch.tables().count("notification_intent where withdrawn_at is null"))
                    .isZero();
            assertThat(watch.tables().string("select verdict, applied from tracking_event"))
                    .isEqualTo("EARLIER_USE | f");
        }
    }

    @Test
    void aWatchThatWasStoppedGoesOnFromItsCheckpoint() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "PICKED_UP", MONDAY), MONDAY);
            watch.tick(MONDAY.plusSeconds(60));
            watch.awaitClock(MONDAY.plusSeconds(60));
            await().until(() ->
                    WatchState.latestCheckpoint(home.resolve("checkpoints")).isPresent());
            watch.stop();

            watch.say(event("1Z1", "DELIVERED", MONDAY.plusSeconds(7200)), MONDAY.plusSeconds(7200));
            watch.start();
            watch.tick(MONDAY.plusSeconds(9000));
            watch.awaitClock(MONDAY.plusSeconds(9000));
            assertThat(watch.tables().string("select status, events from shipment"))
                    .isEqualTo("DELIVERED | 2");
        }
    }

    @Test
    void aWatchWithoutTheStateOfItsTablesIsRefusedUntilItMayRebuild(@TempDir Path other) throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "PICKED_UP", MONDAY), MONDAY);
            watch.tick(MONDAY.plusSeconds(60));
            watch.awaitClock(MONDAY.plusSeconds(60));
            watch.stop();
            var before = watch.tables().contents();

            watch.with(options -> new WatchOptions(
                    options.database(),
                    options.kafka(),
                    null,
                    null,
                    options.rules(),
                    other.resolve("checkpoints"),
                    options.checkpointInterval(),
                    options.stateBackend(),
                    options.parallelism(),
                    false,
                    false,
                    null));
            assertThatThrownBy(watch::start)
                    .isInstanceOf(WatchRefusedException.class)
                    .hasMessageContaining("--rebuild");

            watch.with(options -> options.withRebuild(true)).start();
            watch.awaitClock(MONDAY.plusSeconds(60));
            assertThat(watch.tables().contents()).isEqualTo(before);
        }
    }

    @Test
    void aPoisonousPayloadIsADeadLetterAndTheRestGoesOn() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.payload("ups", "webhook", MONDAY, "{\"trackResponse\":".getBytes(StandardCharsets.UTF_8));
            watch.payload("ups", "webhook", MONDAY, new byte[] {0, 1, 2, (byte) 0xff});
            watch.payload("nobody", "webhook", MONDAY, "{}".getBytes(StandardCharsets.UTF_8));
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY).replace("}", ",\"description\":\"a\\u0000b\"}"), MONDAY);
            watch.tick(MONDAY.plusSeconds(60));
            watch.awaitClock(MONDAY.plusSeconds(60));
            await().until(() -> watch.tables().count("dead_letter") == 3);
            assertThat(watch.tables().strings("select reason from dead_letter order by 1"))
                    .containsExactly("MALFORMED", "MALFORMED", "UNKNOWN_CARRIER");
            assertThat(watch.tables().string("select status from shipment")).isEqualTo("IN_TRANSIT");
            watch.awaitTopic(Topic.DEAD_LETTERS, letters -> assertThat(letters).hasSize(3));
        }
    }

    @Test
    void aBetterOffsetMovesTheEventAndLeavesNoSecondRow() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            String assumed =
                    event("1Z1", "IN_TRANSIT", MONDAY).replace("}", ",\"event_id\":\"scan-7\",\"zone\":\"ASSUMED\"}");
            watch.say(assumed, MONDAY);
            watch.tick(MONDAY.plusSeconds(60));
            watch.awaitClock(MONDAY.plusSeconds(60));
            assertThat(watch.tables().count("tracking_event")).isEqualTo(1);
            watch.say(
                    assumed.replace("ASSUMED", "CARRIER").replace("12:00:00Z", "12:00:00-05:00"),
                    MONDAY.plusSeconds(61));
            watch.tick(MONDAY.plusSeconds(120));
            watch.awaitClock(MONDAY.plusSeconds(120));
            assertThat(watch.tables().strings("select event_time, offset_source from tracking_event"))
                    .containsExactly("2026-03-02 17:00:00+00 | CARRIER");
        }
    }

    @Test
    void aTickDatedFarAheadOnEveryPartitionFiresNoTimerEarly() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, "2026-03-06T12:00:00Z"));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            Instant handed = MONDAY.plus(Duration.ofHours(1));
            watch.tick(Instant.parse("2099-01-01T00:00:00Z"), handed);
            watch.awaitClock(handed.plusSeconds(60));
            assertThat(watch.tables()
                            .string("select max(clock_at) <= '" + handed.plusSeconds(60) + "' from watch_progress"))
                    .isEqualTo("t");
            assertThat(watch.tables().count("shipment_alert")).isZero();

            Instant due = MONDAY.plus(Duration.ofHours(73));
            watch.tick(due);
            watch.awaitClock(due);
            assertThat(watch.tables().strings("select kind, opened_at from shipment_alert"))
                    .containsExactly("STALLED | 2026-03-05 12:00:00+00");
        }
    }

    @Test
    void moreWritersThanPartitionsDoNotStopTheClock() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.with(options -> options.withRuntime(Duration.ofMillis(500), "rocksdb", 6));
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            watch.tick(MONDAY.plus(Duration.ofHours(73)));
            await().atMost(Duration.ofSeconds(60)).until(() -> watch.tables().count("shipment_alert") == 1);
        }
    }

    @Test
    void whatNoTableCanHoldIsTurnedAwayAtTheDoor() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "IN_TRANSIT", MONDAY), MONDAY);
            watch.say(
                    event("1Z1", "DELIVERED", MONDAY).replace("2026-03-02T12:00:00Z", "9999-12-31T23:59:59-05:00"),
                    MONDAY);
            watch.say(
                    event("1Z1", "DELIVERED", MONDAY).replace("}", ",\"code\":\"" + "x".repeat(5000) + "\"}"), MONDAY);
            watch.say(event("N".repeat(4000), "DELIVERED", MONDAY), MONDAY);
            watch.tick(MONDAY.plusSeconds(60));
            watch.awaitClock(MONDAY.plusSeconds(60));
            await().until(() -> watch.tables().count("dead_letter where reason = 'MALFORMED'") == 3);
            assertThat(watch.tables().string("select status from shipment")).isEqualTo("IN_TRANSIT");
        }
    }

    private static void clockAt(LiveWatch watch, Instant moment) {
        watch.tick(moment);
        watch.awaitClock(moment);
    }

    @Test
    void changedStallRulesAreTakenUpWithoutARestart() throws Exception {
        Path rules = Files.writeString(
                home.resolve("stall-rules.yaml"), "rules: [{name: patient, valid_from: 2026-01-01, hours: 100}]");
        try (LiveWatch watch = new LiveWatch(home).with(options -> options.withStallRules(rules.toString()))) {
            watch.register(registration("1Z1", 1, null));
            watch.start();
            watch.say(event("1Z1", "PICKED_UP", MONDAY), MONDAY);
            Instant later = MONDAY.plus(Duration.ofHours(80));
            watch.tick(later);
            watch.awaitClock(later);
            assertThat(watch.tables().count("shipment_alert")).isZero();

            Files.writeString(rules, "rules: [{name: strict, valid_from: 2026-01-01, hours: 48, escalate_after: 60}]");
            await().atMost(Duration.ofMinutes(1)).until(() -> watch.tables().count("shipment_alert") == 1);
            assertThat(watch.tables()
                            .string("select rule, opened_at, escalated_at, threshold_hours from shipment_alert"))
                    .isEqualTo("strict | 2026-03-04 12:00:00+00 | 2026-03-05 00:00:00+00 | 48");
            watch.awaitTopic(
                    Topic.SHIPMENT_ALERTS,
                    alerts -> assertThat(alerts)
                            .last()
                            .asString()
                            .contains("\"rule\":\"strict\"", "\"escalated_at\":\"2026-03-05T00:00:00Z\""));

            watch.stop();
            watch.register(registration("1Z2", 1, null));
            watch.start();
            watch.say(event("1Z2", "PICKED_UP", MONDAY), later);
            watch.tick(later.plusSeconds(1));
            watch.awaitClock(later.plusSeconds(1));
            // The clock may be there before the first look at the file.
            await().atMost(Duration.ofMinutes(1))
                    .untilAsserted(() -> assertThat(
                                    watch.tables().strings("select tracking_number || rule from shipment_alert"))
                            .containsExactlyInAnyOrder("1Z1strict", "1Z2strict"));
        }
    }

    private static String registration(String number, long revision, String promisedAt) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"revision\":" + revision
                + ",\"orders\":[{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"o-" + number
                + "\"},\"journey\":1,\"placed_at\":\"2026-03-01T00:00:00Z\",\"registered_at\":\"2026-03-01T08:00:00Z\""
                + (promisedAt == null ? "" : ",\"promised_at\":\"" + promisedAt + "\"") + "}]}";
    }

    private static String event(String number, String status, Instant time) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                + "\",\"event_time\":\"" + time + "\"}";
    }
}
