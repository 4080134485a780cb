package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.RegistrationJson;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Documents of a live run, straight to the tables. */
class ShipmentTablesITCase {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");
    private static final Instant LATER = Instant.parse("2026-03-05T12:00:00Z");
    private static final NumberKey NUMBER = new NumberKey("ups", "1Z1");

    private WatchTables tables;
    private Connection connection;
    private ShipmentTables writer;

    @BeforeEach
    void open() throws SQLException {
        tables = new WatchTables();
        tables.execute("insert into watch_state (state_id) values ('test')");
        connection = tables.database().connect();
        ShipmentTables.live().prepare(connection);
        connection.setAutoCommit(false);
        writer = attempt();
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void anEventWhoseTimeIsKnownBetterWithinABatchLeavesOneRow() throws Exception {
        WatchedNumber before = WatchedNumber.empty(0)
                .with(RegistrationJson.read(Json.object(utf8("""
                                {"carrier":"ups","tracking_number":"1Z1","revision":1,"orders":[{"order":
                                {"channel":"c","account":"a","id":"1"},"journey":1,"placed_at":"2026-03-01T00:00:00Z"}]}"""))))
                .with(event("2026-03-02T12:00:00+00:00", "ASSUMED"));
        WatchedNumber after = before.with(event("2026-03-02T12:00:00-05:00", "CARRIER"));
        ShipmentFold fold = new ShipmentFold(WatchRules.live());
        ShipmentDocument first = fold.judge(NUMBER, before, LATER).document();
        ShipmentDocument second = fold.judge(NUMBER, after, LATER).document().newsSince(first);
        write(writer, first, second);

        assertThat(tables.strings("select event_time, offset_source from tracking_event"))
                .containsExactly("2026-03-02 17:00:00+00 | CARRIER");
    }

    @Test
    void anEventWhoseTimeIsCorrectedHasOneRowWithinABatchAndAcrossBatches() throws Exception {
        WatchedNumber first = registered().with(scan(MONDAY));
        WatchedNumber second = first.with(scan(MONDAY.minus(Duration.ofDays(5))));
        WatchedNumber third = second.with(scan(MONDAY.minus(Duration.ofDays(20))));
        ShipmentDocument one = document(first);
        ShipmentDocument two = document(second).newsSince(one);
        ShipmentDocument three = document(third).newsSince(document(second));
        write(writer, one, two);
        assertThat(tables.strings("select event_time from tracking_event")).containsExactly("2026-02-25 12:00:00+00");
        write(writer, three);
        assertThat(tables.strings("select event_time from tracking_event")).containsExactly("2026-02-10 12:00:00+00");
    }

    @Test
    void anEventWhoseTimeIsCorrectedAfterARestartHasOneRow() throws Exception {
        write(writer, document(registered().with(scan(MONDAY))));
        // The successor's first document of a number is whole: it does not know what its predecessor told.
        ShipmentTables successor = attempt();
        write(successor, document(registered().with(scan(MONDAY.minus(Duration.ofDays(50))))));
        assertThat(tables.strings("select event_time from tracking_event")).containsExactly("2026-01-11 12:00:00+00");
    }

    @Test
    void anEventWhoseBetterTimeComesFirstAfterARestartHasOneRow() throws Exception {
        WatchedNumber assumed = registered().with(event("2026-03-02T12:00:00+00:00", "ASSUMED"));
        WatchedNumber before = registered().with(scan(MONDAY));
        WatchedNumber after = before.with(event("2026-03-02T12:00:00-05:00", "CARRIER"));
        write(writer, document(assumed));
        // The successor hears of something else first, then of the event by another report; the first report adds
        // nothing.
        ShipmentTables successor = attempt();
        write(successor, document(before));
        write(successor, document(after).newsSince(document(before)));
        assertThat(tables.strings("select event_time from tracking_event where event_id = 'scan-7'"))
                .containsExactly("2026-03-02 17:00:00+00");
    }

    @Test
    void documentsOfOneBatchAreWrittenAsOneAndTakeNothingBackThatTheyDoNotSpeakOf() throws Exception {
        WatchedNumber first = registered().with(scan(MONDAY));
        WatchedNumber second = first.with(scan("s8", MONDAY.plusSeconds(60)));
        ShipmentDocument whole = document(first);
        ShipmentDocument partial = document(second).newsSince(whole);
        assertThat(partial.whole()).isFalse();
        assertThat(partial.orders()).isNull();
        // The number was forgotten, and somebody speaks of it again.
        ShipmentDocument unclaimed = new ShipmentFold(WatchRules.live())
                .judgeUnclaimed(
                        NUMBER, WatchedNumber.empty(0).with(scan("s9", MONDAY)), MONDAY.plus(Duration.ofDays(3)))
                .document();
        ShipmentDocument all = unclaimed.including(partial.including(whole));
        assertThat(all.whole()).isTrue();
        assertThat(all.revision()).isEqualTo(partial.revision());
        assertThat(all.events()).hasSize(2);
        write(writer, whole, partial, unclaimed);
        assertThat(tables.strings("select events from shipment")).containsExactly("2");
        assertThat(tables.count("shipment_order")).isEqualTo(1);
        assertThat(tables.count("tracking_event")).isEqualTo(2);
        assertThat(tables.count("unclaimed_number")).isEqualTo(1);
    }

    @Test
    void aBatchWhoseTransactionWasLostIsWrittenAgain() throws Exception {
        WatchedNumber first = registered().with(scan(MONDAY));
        WatchedNumber second = first.with(scan("s8", Status.DELIVERED, MONDAY.plusSeconds(60)));
        ShipmentTables.Batch batch = writer.batch();
        batch.add(document(first));
        batch.add(document(second).newsSince(document(first)));
        Map<String, Integer> written = batch.write(connection);
        connection.rollback();
        assertThat(batch.write(connection)).isEqualTo(written).containsEntry("tracking_event", 2);
        connection.commit();
        assertThat(tables.strings("select status, events from shipment")).containsExactly("DELIVERED | 2");
        assertThat(tables.count("tracking_event")).isEqualTo(2);
        assertThat(tables.count("delivery")).isEqualTo(1);
    }

    @Test
    void numbersOfABatchAreWrittenOnceEachInWhateverOrderTheyCameAndWhoeverCameAgain() throws Exception {
        List<ShipmentDocument> news = new ArrayList<>();
        for (String number : List.of("1Z3", "1Z1", "1Z2")) {
            WatchedNumber first = registered(number);
            WatchedNumber second = first.with(scan("a-" + number, MONDAY));
            WatchedNumber third = second.with(scan("b-" + number, MONDAY.plusSeconds(60)));
            write(writer, document(number, first));
            news.add(document(number, second).newsSince(document(number, first)));
            if (number.equals("1Z1")) {
                news.add(document(number, third).newsSince(document(number, second)));
            }
        }
        assertThat(news).noneMatch(ShipmentDocument::whole);
        ShipmentTables.Batch batch = writer.batch();
        news.forEach(batch::add);
        Map<String, Integer> written = batch.write(connection);
        connection.rollback();
        assertThat(batch.write(connection))
                .isEqualTo(written)
                .containsEntry("tracking_event", 4)
                .containsEntry("shipment", 3);
        connection.commit();
        assertThat(tables.strings("select tracking_number, event_id from tracking_event order by 1, 2"))
                .containsExactly("1Z1 | a-1Z1", "1Z1 | b-1Z1", "1Z2 | a-1Z2", "1Z3 | a-1Z3");
        assertThat(tables.strings("select tracking_number, events from shipment order by 1"))
                .containsExactly("1Z1 | 2", "1Z2 | 1", "1Z3 | 1");
    }

    @Test
    void aBatchIsFullSoonerWhereItsDocumentsAreLarge() {
        WatchedNumber number = registered();
        for (int i = 0; i < 900; i++) {
            number = number.with(scan("s" + i, MONDAY.plusSeconds(i)));
        }
        ShipmentDocument large = document(number);
        ShipmentTables.Batch batch = ShipmentTables.bounded(LATER).batch();
        for (int documents = 0; documents < 111; documents++) {
            assertThat(batch.isFull()).isFalse();
            batch.add(large);
        }
        batch.add(large);
        assertThat(batch.isFull()).isTrue();
    }

    @Test
    void aBatchMayBeFullOfOneNumber() throws Exception {
        WatchedNumber number = registered();
        ShipmentDocument told = document(number);
        ShipmentTables.Batch batch = writer.batch();
        batch.add(told);
        for (int i = 0; i < 400; i++) {
            number = number.with(scan("s" + i, MONDAY.plusSeconds(i)));
            ShipmentDocument now = document(number);
            batch.add(now.newsSince(told));
            told = now;
        }
        batch.write(connection);
        connection.commit();
        assertThat(tables.strings("select events, last_event_at from shipment"))
                .containsExactly("400 | 2026-03-02 12:06:39+00");
        assertThat(tables.count("tracking_event")).isEqualTo(400);
    }

    /** As after a commit whose answer was lost. */
    @Test
    void newEventsThatAreWrittenAgainHaveOneRowEach() throws Exception {
        WatchedNumber first = registered().with(scan(MONDAY));
        WatchedNumber second = first.with(scan("s8", MONDAY.plusSeconds(60))).with(scan("s9", MONDAY.plusSeconds(120)));
        ShipmentDocument news = document(second).newsSince(document(first));
        assertThat(news.whole()).isFalse();
        assertThat(news.events()).hasSize(2);
        write(writer, document(first));
        write(writer, news);
        write(writer, news);
        assertThat(tables.strings("select event_id from tracking_event order by 1"))
                .containsExactly("s7", "s8", "s9");
    }

    @Test
    void aRowThatGoesMakesItsDocumentWholeAndWithdrawsItAlone() throws Exception {
        ShipmentFold fold = new ShipmentFold(WatchRules.live());
        Instant later = MONDAY.plus(Duration.ofDays(4));
        WatchedNumber silent = registered().with(scan(MONDAY));
        ShipmentDocument stalled = fold.judge(NUMBER, silent, later).document();
        ShipmentDocument moved = fold.judge(NUMBER, silent.with(scan("s8", MONDAY.plus(Duration.ofDays(2)))), later)
                .document()
                .newsSince(stalled);
        assertThat(moved.whole()).isTrue();
        assertThat(moved.events()).hasSize(1);
        write(writer, stalled);
        write(writer, moved);
        assertThat(tables.strings("select withdrawn_at is not null from shipment_alert"))
                .containsExactly("t");
        assertThat(tables.count("tracking_event")).isEqualTo(2);
        assertThat(tables.count("notification_intent where withdrawn_at is null"))
                .isEqualTo(moved.intents().size());
    }

    @Test
    void aDayThatWasPutOffWhenItsWriterDiedIsComputedByTheSuccessor() throws Exception {
        WatchedNumber delivered = registered().with(scan("s9", Status.DELIVERED, MONDAY));
        WatchedNumber onAnotherDay = registered().with(scan("s9", Status.DELIVERED, MONDAY.minus(Duration.ofDays(1))));
        write(writer, document(delivered));
        assertThat(tables.count("delivery")).isEqualTo(1);
        writer.settle(connection);
        connection.commit();
        assertThat(tables.strings("select day, deliveries from delivery_performance_daily"))
                .containsExactly("2026-03-02 | 1");

        ShipmentTables successor = attempt();
        write(successor, document(onAnotherDay));
        // Killed: it computed nothing.
        ShipmentTables last = attempt();
        write(last, document(onAnotherDay));
        last.settle(connection);
        connection.commit();
        assertThat(tables.strings("select day, deliveries from delivery_performance_daily"))
                .containsExactly("2026-03-01 | 1");
        assertThat(tables.strings("select distinct day from status_dwell_daily"))
                .isEmpty();
    }

    @Test
    void aRunThatTouchesMoreDaysAndLanesThanTheServerHasRoomForLocksEnds() throws Exception {
        int days = 20_000;
        tables.execute("""
                insert into delivery (carrier, tracking_number, journey, service, origin, destination, day, first_attempt_at, delivered_at,
                                      at_first_attempt, exceptions, stalls, dwell_seconds, revision)
                select 'ups', '1Z1', i, 'GROUND', 'US-NJ', 'US-' || i, '2026-03-02', '2026-03-02T12:00:00Z', '2026-03-02T12:00:00Z', true, 0, 0,
                       '{"IN_TRANSIT": 60}', 1000000
                from generate_series(1, %d) i
                """.formatted(days));
        tables.execute("""
                insert into performance_due select day, carrier, service, origin, destination from delivery""");
        ShipmentTables bounded = ShipmentTables.bounded(LATER);
        bounded.begin(connection);
        write(bounded, document(registered().with(scan(MONDAY))));
        bounded.settle(connection);
        connection.commit();
        bounded.ended(connection, 0, 1);
        connection.commit();
        assertThat(tables.count("delivery_performance_daily")).isEqualTo(days);
        assertThat(tables.count("status_dwell_daily")).isEqualTo(days);
    }

    @Test
    void whatAPredecessorToldOfAnUnclaimedNumberGoesWithItsRegistration() throws Exception {
        WatchedNumber waiting = WatchedNumber.empty(0).with(scan(MONDAY)).with(scan("s8", MONDAY.plusSeconds(60)));
        ShipmentFold fold = new ShipmentFold(WatchRules.live());
        Instant later = MONDAY.plus(Duration.ofDays(3));
        write(writer, fold.judgeUnclaimed(NUMBER, waiting, later).document());
        assertThat(tables.strings("select events, reported_at from unclaimed_number"))
                .containsExactly("2 | 2026-03-04 12:00:00+00");

        // Its successor was given less, in another order, and the registration first.
        ShipmentTables successor = attempt();
        write(successor, document(registered()));
        assertThat(tables.count("unclaimed_number")).isZero();
        assertThat(tables.strings("select tracking_number from shipment")).containsExactly("1Z1");
    }

    private ShipmentTables attempt() throws SQLException {
        ShipmentTables attempt = ShipmentTables.live();
        attempt.begin(connection);
        connection.commit();
        return attempt;
    }

    private void write(ShipmentTables by, ShipmentDocument... documents) throws SQLException {
        ShipmentTables.Batch batch = by.batch();
        List.of(documents).forEach(batch::add);
        batch.write(connection);
        connection.commit();
    }

    private static ShipmentDocument document(WatchedNumber number) {
        return document(NUMBER.trackingNumber(), number);
    }

    private static ShipmentDocument document(String trackingNumber, WatchedNumber number) {
        return new ShipmentFold(WatchRules.live())
                .judge(new NumberKey("ups", trackingNumber), number, MONDAY.plusSeconds(3600))
                .document();
    }

    private static WatchedNumber registered() {
        return registered(NUMBER.trackingNumber());
    }

    private static WatchedNumber registered(String trackingNumber) {
        RegisteredOrder order = new RegisteredOrder(
                new OrderRef("shopify", "a", "7"),
                1,
                null,
                Place.NOWHERE,
                Place.NOWHERE,
                MONDAY.minus(Duration.ofDays(1)),
                null,
                null,
                null,
                MONDAY,
                null);
        return WatchedNumber.empty(0).with(new Registration("ups", trackingNumber, 1, new ArrayList<>(List.of(order))));
    }

    private static SeenEvent scan(Instant time) {
        return scan("s7", time);
    }

    private static SeenEvent scan(String id, Instant time) {
        return scan(id, Status.IN_TRANSIT, time);
    }

    private static SeenEvent scan(String id, Status status, Instant time) {
        return new SeenEvent(
                id, status, null, time, 0, OffsetSource.CARRIER, "X", null, Place.NOWHERE, true, MONDAY, "webhook");
    }

    private static SeenEvent event(String time, String zone) {
        return SeenEvent.of(EventJson.read(Json.object(utf8(
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"event_id\":\"scan-7\",\"status\":\"IN_TRANSIT\",\"event_time\":\""
                        + time + "\",\"zone\":\"" + zone + "\"}"))));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
