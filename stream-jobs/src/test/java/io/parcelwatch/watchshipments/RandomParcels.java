package io.parcelwatch.watchshipments;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/**
 * Parcels that do what no carrier would plan: any status after any other, gaps of days, events received late, out of order, twice, before
 * their registration, or of numbers nobody registers. The same seed gives the same parcels.
 */
final class RandomParcels {

    /** A line, and when it is received. */
    record Line(Instant receivedAt, String json) {}

    static final Instant START = Instant.parse("2026-02-01T00:00:00Z");
    static final Instant END = Instant.parse("2026-03-15T00:00:00Z");

    private static final List<String> USUAL =
            List.of("PRE_TRANSIT", "PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED");
    private static final List<String> ANY = List.of(
            "IN_TRANSIT",
            "EXCEPTION",
            "ATTEMPTED",
            "AVAILABLE_FOR_PICKUP",
            "OUT_FOR_DELIVERY",
            "DELIVERED",
            "RETURNING",
            "RETURNED",
            "CANCELLED",
            "UNKNOWN");

    private final Instant start;
    private final List<Line> registrations = new ArrayList<>();
    private final List<Line> events = new ArrayList<>();

    RandomParcels(long seed, int parcels) {
        this(seed, parcels, START);
    }

    /** The same parcels at another time: those of a run whose clock is not the test's end now. */
    RandomParcels(long seed, int parcels, Instant start) {
        this.start = start;
        Random random = new Random(seed);
        for (int i = 0; i < parcels; i++) {
            parcel(random, i);
        }
        registrations.sort(Comparator.comparing(Line::receivedAt));
        events.sort(Comparator.comparing(Line::receivedAt).thenComparing(Line::json));
    }

    private void parcel(Random random, int i) {
        String carrier = random.nextBoolean() ? "ups" : "fedex";
        String number = "N" + i;
        Instant placed = start.plusSeconds(random.nextInt(20 * 86_400));
        if (i % 50 != 0) {
            Instant registered = placed.plusSeconds(random.nextInt(4 * 86_400));
            registrations.add(new Line(
                    registered,
                    "{\"carrier\":\"" + carrier + "\",\"tracking_number\":\"" + number
                            + "\",\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\""
                            + (i % 7 == 0 ? i - 1 : i)
                            + "\"},\"service\":\"S" + random.nextInt(2)
                            + "\",\"origin\":{\"country\":\"US\",\"region\":\"NJ\"},"
                            + "\"destination\":{\"country\":\"US\",\"region\":\""
                            + List.of("CA", "NY", "TX").get(random.nextInt(3)) + "\"},\"placed_at\":\"" + placed
                            + "\",\"registered_at\":\"" + registered + "\""
                            + (random.nextInt(4) == 0
                                    ? ""
                                    : ",\"promised_at\":\"" + placed.plus(Duration.ofDays(6)) + "\"")
                            + "}"));
        }
        Instant time = placed.plusSeconds(3600);
        int steps = 3 + random.nextInt(8);
        for (int step = 0; step < steps; step++) {
            time = time.plusSeconds(
                    random.nextInt(6) == 0 ? 70 * 3600 + random.nextInt(60 * 3600) : 600 + random.nextInt(30 * 3600));
            String status = random.nextInt(3) > 0 && step < USUAL.size()
                    ? USUAL.get(step)
                    : ANY.get(random.nextInt(ANY.size()));
            // Most news comes within the hour, some days late.
            Instant received =
                    time.plusSeconds(random.nextInt(10) == 0 ? random.nextInt(5 * 86_400) : random.nextInt(3600));
            String line =
                    "{\"carrier\":\"" + carrier + "\",\"tracking_number\":\"" + number + "\",\"status\":\"" + status
                            + "\",\"event_time\":\"" + time.toString().replace("Z", "+00:00") + "\",\"scan\":"
                            + (random.nextInt(5) > 0) + ",\"location\":{\"country\":\"US\"},\"received_at\":\"";
            events.add(new Line(received, line + received + "\"}"));
            if (random.nextInt(3) == 0) {
                Instant again = received.plusSeconds(random.nextInt(86_400));
                events.add(new Line(again, line + again + "\"}"));
            }
        }
    }

    List<Line> registrations() {
        return registrations;
    }

    /** Events in the order of their receipt. */
    List<Line> events() {
        return events;
    }

    /** What a bounded run up to {@link #END} reads, events in an order of the seed's. */
    WatchOptions writtenTo(Path directory, WatchTables tables, long shuffle) throws IOException {
        return writtenTo(directory, tables, shuffle, END);
    }

    /** What a bounded run up to a moment reads. */
    WatchOptions writtenTo(Path directory, WatchTables tables, long shuffle, Instant asOf) throws IOException {
        List<Line> shuffled = new ArrayList<>(events);
        List<Line> registered = new ArrayList<>(registrations);
        if (shuffle != 0) {
            Collections.shuffle(shuffled, new Random(shuffle));
            Collections.shuffle(registered, new Random(shuffle));
        }
        Path shipmentFile = Files.write(
                directory.resolve("shipments-" + shuffle + ".jsonl"),
                registered.stream().map(Line::json).toList());
        Path eventFile = Files.write(
                directory.resolve("events-" + shuffle + ".jsonl"),
                shuffled.stream().map(Line::json).toList());
        WatchOptions options = WatchOptions.bounded(tables.database(), shipmentFile, eventFile, asOf);
        return options.withRules(options.rules().withAnnounceFrom(Instant.EPOCH));
    }
}
