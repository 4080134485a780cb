package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A campaign: twenty times the usual news, and writers that cannot keep up with it. */
class SpikeITCase {

    private static final Instant START = Instant.parse("2026-03-02T12:00:00Z");
    private static final int PARCELS = 500;
    private static final int SILENT = 5;
    private static final int USUAL_A_SECOND = 250;
    private static final int SCANS_IN_THE_SPIKE = 20;
    private static final Duration BETWEEN_SCANS = Duration.ofHours(6);

    /** Something on the payloads, and when it was received. */
    private record Sending(Instant at, ProducerRecord<byte[], byte[]> record) {}

    @TempDir
    Path home;

    @Test
    @Tag("faults")
    void aSpikeOfTwentyTimesTheUsualRateIsCaughtUpWithoutAFalseAlarm() throws Exception {
        try (LiveWatch watch = new LiveWatch(home)) {
            for (int parcel = 0; parcel < PARCELS; parcel++) {
                watch.register(registration(parcel));
            }
            watch.start();
            List<Sending> usual = new ArrayList<>();
            List<Sending> spike = new ArrayList<>();
            List<Sending> after = new ArrayList<>();
            Instant spikeFrom = START.plus(Duration.ofHours(20));
            Instant spikeUntil = spikeFrom.plus(BETWEEN_SCANS.multipliedBy(SCANS_IN_THE_SPIKE));
            for (int parcel = 0; parcel < PARCELS; parcel++) {
                // Within six hours of each other; never two at one moment.
                Duration shift = Duration.ofSeconds(parcel * 40L);
                usual.add(scan(watch, parcel, START.plus(shift)));
                if (parcel >= SILENT) {
                    for (int scan = 0; scan < SCANS_IN_THE_SPIKE; scan++) {
                        spike.add(scan(
                                watch,
                                parcel,
                                spikeFrom.plus(BETWEEN_SCANS.multipliedBy(scan)).plus(shift)));
                    }
                    after.add(scan(watch, parcel, spikeUntil.plus(shift)));
                }
            }
            Instant end = spikeUntil.plus(BETWEEN_SCANS);
            ticks(watch, usual, START, spikeFrom);
            ticks(watch, spike, spikeFrom, spikeUntil);
            ticks(watch, after, spikeUntil, end);

            sendPaced(watch, usual);
            watch.awaitClock(spikeFrom.minus(Duration.ofHours(1)));
            long usualEvents = watch.tables().count("tracking_event");
            assertThat(usualEvents).isEqualTo(PARCELS);

            try (Connection connection = watch.tables().database().connect();
                    Statement statement = connection.createStatement()) {
                // Nobody writes while this is held: all of the spike waits behind the writers.
                connection.setAutoCommit(false);
                statement.execute("lock table tracking_event in share mode");
                long before = System.nanoTime();
                watch.sendAll(spike.stream().map(Sending::record).toList());
                double seconds = (System.nanoTime() - before) / (double) TimeUnit.SECONDS.toNanos(1);
                assertThat(spike.size() / seconds).isGreaterThan(20 * USUAL_A_SECOND);
                System.out.printf("%d records in %.2f s%n", spike.size(), seconds);
                sendPaced(watch, after);
                // Days have passed on Kafka. The clock has not moved beyond what the tables hold.
                assertThat(watch.tables()
                                .string("select min(clock_at) < '" + spikeFrom.plus(BETWEEN_SCANS)
                                        + "' from watch_progress"))
                        .isEqualTo("t");
                connection.rollback();
            }

            long released = System.nanoTime();
            await().atMost(Duration.ofMinutes(3))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> {
                        assertTheTablesAreCompleteUpToTheClock(watch);
                        return "t"
                                .equals(watch.tables()
                                        .string("select min(clock_at) >= '" + end.minusMillis(1)
                                                + "' from watch_progress"));
                    });
            System.out.printf(
                    "caught up in %.1f s%n", (System.nanoTime() - released) / (double) TimeUnit.SECONDS.toNanos(1));

            assertThat(watch.tables().count("tracking_event"))
                    .isEqualTo(PARCELS + (PARCELS - SILENT) * (SCANS_IN_THE_SPIKE + 1L));
            assertThat(watch.tables()
                            .strings("select kind, tracking_number, withdrawn_at from shipment_alert order by 2"))
                    .containsExactly(
                            "STALLED | N0 | null",
                            "STALLED | N1 | null",
                            "STALLED | N2 | null",
                            "STALLED | N3 | null",
                            "STALLED | N4 | null");
            watch.awaitTopic(Topic.SHIPMENT_ALERTS, alerts -> assertThat(alerts).hasSize(SILENT));
        }
    }

    /** Each scan is received when it happens, so what the tables should hold at a moment can be counted. */
    private static void assertTheTablesAreCompleteUpToTheClock(LiveWatch watch) {
        String[] found = watch.tables()
                .string("select floor(extract(epoch from min(clock_at)))::bigint, (select count(*) from tracking_event"
                        + " where received_at < (select min(clock_at) from watch_progress)) from watch_progress")
                .split(" \\| ");
        Instant clock = Instant.ofEpochSecond(Long.parseLong(found[0]));
        long expected = 0;
        Instant spikeFrom = START.plus(Duration.ofHours(20));
        for (int parcel = 0; parcel < PARCELS; parcel++) {
            Instant first = START.plusSeconds(parcel * 40L);
            expected += first.isBefore(clock) ? 1 : 0;
            for (int scan = 0; parcel >= SILENT && scan <= SCANS_IN_THE_SPIKE; scan++) {
                Instant at = spikeFrom.plus(BETWEEN_SCANS.multipliedBy(scan)).plusSeconds(parcel * 40L);
                expected += at.isBefore(clock) ? 1 : 0;
            }
        }
        assertThat(Long.parseLong(found[1])).as("events up to " + clock).isGreaterThanOrEqualTo(expected);
    }

    private static void ticks(LiveWatch watch, List<Sending> among, Instant from, Instant to) {
        for (Instant tick = from; !tick.isAfter(to); tick = tick.plus(Duration.ofHours(1))) {
            for (int partition = 0; partition < Topic.CARRIER_PAYLOADS.partitions(); partition++) {
                among.add(new Sending(
                        tick, PayloadHeaders.tick(watch.kafka().name(Topic.CARRIER_PAYLOADS), partition, tick)));
            }
        }
        among.sort(Comparator.comparing(Sending::at));
    }

    /** Sends at the usual rate. */
    private static void sendPaced(LiveWatch watch, List<Sending> sendings) {
        int tenth = USUAL_A_SECOND / 10;
        for (int sent = 0; sent < sendings.size(); sent += tenth) {
            watch.sendAll(sendings.subList(sent, Math.min(sendings.size(), sent + tenth)).stream()
                    .map(Sending::record)
                    .toList());
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
        }
    }

    /** Most parcels are those of one partition: the others are read long before it, and must not move the clock. */
    private static Sending scan(LiveWatch watch, int parcel, Instant at) {
        String line = "{\"carrier\":\"ups\",\"tracking_number\":\"N" + parcel
                + "\",\"status\":\"IN_TRANSIT\",\"event_time\":\"" + at + "\"}";
        ProducerRecord<byte[], byte[]> record = PayloadHeaders.record(
                watch.kafka().name(Topic.CARRIER_PAYLOADS),
                "N" + parcel,
                new Payload("ups", "main", "manual", at, null, line.getBytes(StandardCharsets.UTF_8)));
        int partition = parcel % 10 < 7 ? 0 : 1 + parcel % 3;
        return new Sending(
                at, new ProducerRecord<>(record.topic(), partition, record.key(), record.value(), record.headers()));
    }

    private static String registration(int parcel) {
        return "{\"carrier\":\"ups\",\"tracking_number\":\"N" + parcel
                + "\",\"revision\":1,\"orders\":[{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\""
                + parcel
                + "\"},\"journey\":1,\"placed_at\":\"" + START.minus(Duration.ofDays(1)) + "\",\"registered_at\":\""
                + START.minus(Duration.ofHours(2)) + "\"}]}";
    }
}
