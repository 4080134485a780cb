package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Status;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One row that PostgreSQL refuses, among many that it takes. */
class RefusedRowsITCase {

    private static final Instant MONDAY = Instant.parse("2026-03-02T12:00:00Z");

    @TempDir
    Path home;

    @Test
    void oneParcelAmongHundredsIsADeadLetterAndIsWholeOnceTheCauseIsMended() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.tables().execute("alter table shipment add constraint whim check (tracking_number <> 'N77')");
            for (int i = 0; i < 300; i++) {
                watch.register(registration("N" + i));
                watch.say(event("N" + i, "IN_TRANSIT", MONDAY), MONDAY);
            }
            watch.start();
            clockAt(watch, MONDAY.plusSeconds(60));
            assertThat(watch.tables().count("shipment where status = 'IN_TRANSIT'"))
                    .isEqualTo(299);
            assertThat(watch.tables().count("tracking_event")).isEqualTo(299);

            // Refused again: with more known it is a letter of its own.
            watch.say(event("N77", "OUT_FOR_DELIVERY", MONDAY.plusSeconds(120)), MONDAY.plusSeconds(120));
            clockAt(watch, MONDAY.plusSeconds(180));
            assertThat(watch.tables()
                            .strings("select distinct reason, tracking_number, coordinates, left(detail, 5)"
                                    + " from dead_letter"))
                    .containsExactly("REFUSED_BY_DATABASE | N77 | shipment/ups/N77 | 23514");
            assertThat(watch.tables()
                            .strings("select convert_from(payload, 'UTF8')::jsonb -> 'shipments' -> 0 ->> 'status'"
                                    + " from dead_letter order by recorded_at desc limit 1"))
                    .containsExactly("OUT_FOR_DELIVERY");
            List<String> told = idsInTable(watch);
            await().untilAsserted(() -> assertThat(idsOnTopic(watch)).containsExactlyInAnyOrderElementsOf(told));

            watch.tables().execute("alter table shipment drop constraint whim");
            watch.say(event("N77", "DELIVERED", MONDAY.plusSeconds(240)), MONDAY.plusSeconds(240));
            clockAt(watch, MONDAY.plusSeconds(300));
            assertThat(watch.tables()
                            .strings("select status, events, (select count(*) from tracking_event e"
                                    + " where e.tracking_number = 'N77'), (select count(*) from shipment_order o"
                                    + " where o.tracking_number = 'N77') from shipment where tracking_number = 'N77'"))
                    .containsExactly("DELIVERED | 3 | 3 | 1");
            assertThat(watch.tables().count("delivery")).isEqualTo(1);
            assertThat(watch.tables().count("delivery_performance_daily where deliveries = 1"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aRestartBringsNoSecondLetterAndLosesNoRowOfTheRefused() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            watch.tables().execute("alter table tracking_event add constraint whim check (tracking_number <> 'N7')");
            for (int i = 0; i < 20; i++) {
                watch.register(registration("N" + i));
                watch.say(event("N" + i, "IN_TRANSIT", MONDAY), MONDAY);
            }
            watch.start();
            clockAt(watch, MONDAY.plusSeconds(60));
            await().until(() ->
                    WatchState.latestCheckpoint(home.resolve("checkpoints")).isPresent());
            watch.stop();
            List<String> letters = idsInTable(watch);

            watch.start();
            // Told twice by its carrier: nothing new is known, and the number is written whole all the same.
            watch.say(event("N7", "IN_TRANSIT", MONDAY), MONDAY.plusSeconds(61));
            watch.tick(MONDAY.plus(Duration.ofHours(73)));
            clockAt(watch, MONDAY.plus(Duration.ofHours(74)));
            assertThat(idsInTable(watch)).isEqualTo(letters).hasSizeBetween(1, 2);
            await().untilAsserted(() ->
                    assertThat(idsOnTopic(watch)).containsAll(letters).isSubsetOf(letters));
            assertThat(watch.tables().count("shipment where stalled")).isEqualTo(19);

            watch.tables().execute("alter table tracking_event drop constraint whim");
            Instant later = MONDAY.plus(Duration.ofHours(80));
            watch.say(event("N7", "DELIVERED", later), later);
            clockAt(watch, later.plusSeconds(60));
            assertThat(watch.tables().strings("select status, events from shipment where tracking_number = 'N7'"))
                    .containsExactly("DELIVERED | 2");
            assertThat(watch.tables().count("tracking_event where tracking_number = 'N7'"))
                    .isEqualTo(2);
            assertThat(watch.tables().count("shipment_alert where tracking_number = 'N7' and closed_at is not null"))
                    .isEqualTo(1);
        }
    }

    @Test
    void aNulInATextAndAKeyTooLongForItsIndexAreKeptAside() throws Exception {
        WatchTables tables = new WatchTables();
        tables.execute("insert into watch_state (state_id) values ('test')");
        // No index entry may be longer than a third of a page, compressed.
        String tooLong = new Random(7)
                .ints(9_000, 'a', 'z' + 1)
                .mapToObj(Character::toString)
                .collect(Collectors.joining());
        List<ShipmentDocument> documents = IntStream.range(0, 100)
                .mapToObj(i -> document("N" + i, i == 30 ? tooLong : "e" + i, i == 60 ? "a\0b" : "arrived"))
                .toList();
        StreamExecutionEnvironment env = StreamExecutionEnvironment.createLocalEnvironment(1);
        env.fromData(documents)
                .sinkTo(new PostgresSink<>(
                        tables.database(),
                        PostgresSink.Admission.CHECKED_BEFORE,
                        ShipmentTables.bounded(MONDAY),
                        2_000,
                        new DiscardingSink<>()));
        env.execute();
        assertThat(tables.count("tracking_event")).isEqualTo(98);
        assertThat(tables.strings("select tracking_number, left(detail, 5) from dead_letter order by 1"))
                .containsExactly("N30 | 54000", "N60 | 22021");
    }

    private static ShipmentDocument document(String number, String eventId, String description) {
        ShipmentDocument.Event event = new ShipmentDocument.Event(
                eventId,
                MONDAY,
                0,
                OffsetSource.CARRIER,
                1,
                1,
                Status.IN_TRANSIT,
                null,
                "APPLIED",
                true,
                true,
                true,
                "X",
                description,
                new Place(null, null, null, null),
                "webhook",
                MONDAY);
        return new ShipmentDocument(
                "ups",
                number,
                1,
                MONDAY,
                0,
                true,
                List.of(),
                List.of(),
                List.of(),
                List.of(event),
                List.of(),
                List.of(),
                List.of(),
                List.of());
    }

    private static void clockAt(LiveWatch watch, Instant moment) {
        watch.tick(moment);
        watch.awaitClock(moment);
    }

    private static List<String> idsInTable(LiveWatch watch) {
        return watch.tables().strings("select dead_letter_id from dead_letter order by 1");
    }

    private static List<String> idsOnTopic(LiveWatch watch) {
        return watch.topic(Topic.DEAD_LETTERS).stream()
                .map(json -> Json.text(Json.object(json.getBytes(java.nio.charset.StandardCharsets.UTF_8)), "id"))
                .toList();
    }

    private static String registration(String number) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number
                + "\",\"revision\":1,\"orders\":[{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"o-"
                + number
                + "\"},\"journey\":1,\"placed_at\":\"2026-03-01T00:00:00Z\",\"registered_at\":\"2026-03-01T08:00:00Z\"}]}";
    }

    private static String event(String number, String status, Instant time) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                + "\",\"event_time\":\"" + time + "\"}";
    }
}
