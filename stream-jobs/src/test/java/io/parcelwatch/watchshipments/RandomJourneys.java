package io.parcelwatch.watchshipments;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/**
 * Journeys of parcels that meet everything the design speaks of: corrections after delivery, ways back, refused reports, numbers used twice, two
 * orders in a parcel, early and late and repeated news, implausible times, cancelled and withdrawn orders, changed addresses and estimates,
 * numbers that nobody registers. The same seed gives the same journeys.
 */
final class RandomJourneys {

    /** An order as intake knows it of a number. {@code promised}: an instant, a day, or null. */
    record Ordered(
            String id,
            int journey,
            String service,
            String region,
            Instant placedAt,
            String promised,
            Instant estimatedAt,
            Instant registeredAt,
            Instant cancelledAt) {}

    /** A record of the topic: the whole truth about a number at a moment. */
    record Registered(String carrier, String number, int revision, Instant receivedAt, List<Ordered> orders) {}

    /** What a carrier said once; {@code eventId} is null where it has no id of its own. {@code zone} tells where the offset came from. */
    record Said(
            String carrier,
            String number,
            String eventId,
            String status,
            String reason,
            OffsetDateTime time,
            String zone,
            String city,
            String country,
            boolean scan,
            Instant receivedAt) {}

    static final Instant START = Instant.parse("2026-02-01T00:00:00Z");
    /** When everything is judged. Before the first journey leaves the state, so that order of delivery cannot matter. */
    static final Instant END = START.plus(Duration.ofDays(112));

    private static final List<String> USUAL = List.of(
            "PRE_TRANSIT", "PICKED_UP", "IN_TRANSIT", "IN_TRANSIT", "IN_TRANSIT", "OUT_FOR_DELIVERY", "DELIVERED");
    private static final List<String> STATUSES = List.of(
            "PRE_TRANSIT",
            "PICKED_UP",
            "IN_TRANSIT",
            "EXCEPTION",
            "OUT_FOR_DELIVERY",
            "ATTEMPTED",
            "AVAILABLE_FOR_PICKUP",
            "DELIVERED",
            "DELIVERED",
            "RETURNING",
            "RETURNED",
            "CANCELLED",
            "UNKNOWN");
    private static final List<String> REASONS = List.of("WEATHER", "ADDRESS", "CUSTOMS", "RECIPIENT_ABSENT");
    private static final List<String> REGIONS = List.of("CA", "NY", "TX");

    private final Random random;
    private final List<Registered> registrations = new ArrayList<>();
    private final List<Said> events = new ArrayList<>();

    RandomJourneys(long seed, int parcels) {
        random = new Random(seed);
        for (int i = 0; i < parcels; i++) {
            parcel(i);
        }
        events.removeIf(event ->
                event.receivedAt().isAfter(END) || event.time().toInstant().isAfter(END));
        registrations.removeIf(registered -> registered.receivedAt().isAfter(END));
    }

    private void parcel(int i) {
        String carrier = List.of("ups", "fedex", "dhl").get(random.nextInt(3));
        String number = "N" + i;
        boolean recycled = random.nextInt(10) == 0;
        // The seconds are those of the parcel, so that every length is whole minutes and no rounding is in question.
        Instant placed = START.plus(Duration.ofMinutes(random.nextInt((recycled ? 20 : 90) * 1440)))
                .plusSeconds(i % 60);
        List<Ordered> orders = new ArrayList<>();
        boolean decided = random.nextBoolean();
        orders.add(ordered("o" + i, decided ? 1 : 0, placed));
        if (random.nextInt(10) == 0) {
            Ordered first = orders.get(0);
            Instant later = placed.plus(Duration.ofHours(random.nextInt(120)));
            orders.add(new Ordered(
                    "p" + i,
                    first.journey(),
                    first.service(),
                    first.region(),
                    later,
                    promise(later),
                    first.estimatedAt(),
                    later.plus(Duration.ofHours(1)),
                    null));
        }
        boolean registered = random.nextInt(25) > 0;
        int revision = register(registered, carrier, number, 1, orders);
        journey(carrier, number, placed);
        if (recycled) {
            Instant again = placed.plus(Duration.ofMinutes(66 * 1440 + random.nextInt(18 * 1440)));
            orders.add(ordered("q" + i, decided ? 2 : 0, again));
            revision = register(registered, carrier, number, revision, orders);
            journey(carrier, number, again);
        }
        if (random.nextInt(6) == 0) {
            // The address changes, and with it what is expected; what was promised does not.
            String region = any(REGIONS);
            Duration more = Duration.ofDays(1 + random.nextInt(5));
            orders.replaceAll(order -> new Ordered(
                    order.id(),
                    order.journey(),
                    order.service(),
                    order.promised() != null && order.promised().length() == 10 ? order.region() : region,
                    order.placedAt(),
                    order.promised(),
                    order.placedAt().plus(more),
                    order.registeredAt(),
                    order.cancelledAt()));
            revision = register(registered, carrier, number, revision, orders);
        }
        if (random.nextInt(10) == 0) {
            boolean all = random.nextInt(3) > 0;
            Duration after = Duration.ofHours(random.nextInt(240));
            orders.replaceAll(order -> !all && !order.id().startsWith("o")
                    ? order
                    : new Ordered(
                            order.id(),
                            order.journey(),
                            order.service(),
                            order.region(),
                            order.placedAt(),
                            order.promised(),
                            order.estimatedAt(),
                            order.registeredAt(),
                            order.placedAt().plus(after)));
            revision = register(registered, carrier, number, revision, orders);
        }
        if (random.nextInt(40) == 0) {
            register(registered, carrier, number, revision, List.of());
        }
    }

    private Ordered ordered(String id, int journey, Instant placed) {
        return new Ordered(
                id,
                journey,
                random.nextInt(8) == 0 ? null : "S" + random.nextInt(2),
                any(REGIONS),
                placed,
                promise(placed),
                random.nextBoolean() ? null : placed.plus(Duration.ofDays(4)),
                placed.plus(Duration.ofMinutes(random.nextInt(4 * 1440))),
                null);
    }

    private String promise(Instant placed) {
        Instant day = placed.plus(Duration.ofDays(3 + random.nextInt(5)));
        return switch (random.nextInt(4)) {
            case 0 -> null;
            case 1 -> LocalDate.ofInstant(day, ZoneOffset.UTC).toString();
            default -> day.toString();
        };
    }

    /** Intake's word about a number. It comes within four days of the newest order. */
    private int register(boolean registered, String carrier, String number, int revision, List<Ordered> orders) {
        if (registered) {
            Instant at = registrations.stream()
                    .filter(before -> before.number().equals(number))
                    .map(Registered::receivedAt)
                    .max(Comparator.naturalOrder())
                    .orElse(Instant.EPOCH);
            Instant newest = orders.stream()
                    .map(Ordered::registeredAt)
                    .max(Comparator.naturalOrder())
                    .orElse(at);
            registrations.add(new Registered(
                    carrier,
                    number,
                    revision,
                    (newest.isAfter(at) ? newest : at).plusSeconds(random.nextInt(86_400)),
                    List.copyOf(orders)));
        }
        return revision + 1;
    }

    private void journey(String carrier, String number, Instant placed) {
        Set<String> taken = new HashSet<>();
        Instant time = placed.plus(Duration.ofHours(1));
        if (random.nextInt(10) == 0) {
            // Of an earlier use of the number, or from shortly before the order was placed.
            say(
                    carrier,
                    number,
                    taken,
                    placed.minus(Duration.ofDays(random.nextBoolean() ? 45 : 20)),
                    placed.minus(Duration.ofDays(5)),
                    any(STATUSES));
        }
        int steps = 2 + random.nextInt(11);
        for (int step = 0; step < steps; step++) {
            time = time.plus(Duration.ofMinutes(
                    random.nextInt(6) == 0
                            ? 70 * 60 + random.nextInt(60 * 60)
                            : random.nextInt(12) == 0 ? 0 : 10 + random.nextInt(30 * 60)));
            String status = random.nextInt(3) > 0 && step < USUAL.size() ? USUAL.get(step) : any(STATUSES);
            say(carrier, number, taken, time, time, status);
        }
    }

    /** An event and its copies, received from a moment on: no event waits longer for its registration than the rules let it. */
    private void say(String carrier, String number, Set<String> taken, Instant time, Instant from, String status) {
        Instant received =
                from.plusSeconds(random.nextInt(10) == 0 ? random.nextInt(9 * 86_400) : random.nextInt(3600));
        switch (random.nextInt(60)) {
            case 0 -> time = time.minus(Duration.ofDays(365 * 40));
            case 1 -> time = received.plus(Duration.ofDays(2)).plusSeconds(60 + random.nextInt(5 * 86_400));
            default -> {
                // The time the carrier meant.
            }
        }
        if (!taken.add(time + status)) {
            return;
        }
        int hours = -random.nextInt(9);
        OffsetDateTime written = time.atOffset(ZoneOffset.ofHours(hours));
        Said said = new Said(
                carrier,
                number,
                random.nextInt(3) == 0 ? "E" + events.size() : null,
                status,
                random.nextInt(4) == 0 ? any(REASONS) : null,
                written,
                "CARRIER",
                random.nextBoolean() ? "Town " + random.nextInt(5) : null,
                random.nextInt(5) == 0 ? null : "US",
                random.nextInt(5) > 0,
                received);
        events.add(said);
        while (random.nextInt(3) == 0) {
            Instant again = received.plusSeconds(random.nextInt(86_400));
            boolean poorer = said.eventId() != null && random.nextBoolean();
            // A poorer copy of an event with an id: its place is unknown, and its offset was assumed.
            events.add(new Said(
                    carrier,
                    number,
                    said.eventId(),
                    status,
                    said.reason(),
                    poorer ? written.withOffsetSameLocal(ZoneOffset.UTC) : written,
                    poorer ? "ASSUMED" : "CARRIER",
                    poorer ? null : said.city(),
                    poorer ? null : said.country(),
                    said.scan(),
                    again));
        }
    }

    private <T> T any(List<T> of) {
        return of.get(random.nextInt(of.size()));
    }

    List<Registered> registrations() {
        return registrations;
    }

    List<Said> events() {
        return events;
    }

    /** The line that says an event, without its time of receipt. */
    static String line(Said said) {
        return "{\"carrier\":\"" + said.carrier() + "\",\"tracking_number\":\"" + said.number() + "\""
                + field("event_id", said.eventId()) + field("status", said.status()) + field("reason", said.reason())
                + field("event_time", said.time()) + field("zone", said.zone()) + ",\"scan\":" + said.scan()
                + ",\"location\":{\"region\":null" + field("city", said.city()) + field("country", said.country())
                + "}}";
    }

    /** The same with its time of receipt, as a file of lines has it. */
    static String lineWithReceipt(Said said) {
        return line(said).replaceFirst("\\{", "{\"received_at\":\"" + said.receivedAt() + "\",");
    }

    static String line(Registered registered) {
        StringBuilder orders = new StringBuilder();
        for (Ordered order : registered.orders()) {
            orders.append(orders.isEmpty() ? "" : ",")
                    .append("{\"order\":{\"channel\":\"shopify\",\"account\":\"a\",\"id\":\"" + order.id() + "\"}")
                    .append(order.journey() == 0 ? "" : ",\"journey\":" + order.journey())
                    .append(field("service", order.service()))
                    .append(",\"origin\":{\"country\":\"US\",\"region\":\"NJ\"}")
                    .append(",\"destination\":{\"country\":\"US\",\"region\":\"" + order.region() + "\"}")
                    .append(field("placed_at", order.placedAt()))
                    .append(field("promised_at", order.promised()))
                    .append(field("estimated_at", order.estimatedAt()))
                    .append(field("registered_at", order.registeredAt()))
                    .append(field("cancelled_at", order.cancelledAt()))
                    .append("}");
        }
        return "{\"carrier\":\"" + registered.carrier() + "\",\"tracking_number\":\"" + registered.number()
                + "\",\"revision\":" + registered.revision() + ",\"orders\":[" + orders + "]}";
    }

    private static String field(String name, Object value) {
        return value == null ? "" : ",\"" + name + "\":\"" + value + "\"";
    }

    static <T> List<T> shuffled(List<T> items, Random by) {
        List<T> shuffled = new ArrayList<>(items);
        Collections.shuffle(shuffled, by);
        return shuffled;
    }
}
