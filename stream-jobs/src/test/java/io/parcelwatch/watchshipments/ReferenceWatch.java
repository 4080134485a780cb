package io.parcelwatch.watchshipments;

import io.parcelwatch.watchshipments.RandomJourneys.Ordered;
import io.parcelwatch.watchshipments.RandomJourneys.Registered;
import io.parcelwatch.watchshipments.RandomJourneys.Said;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What the design says of parcels, plainly: all input at once, in one thread, written from sections 3 and 4 of the design and the decisions, with
 * no call of the code it judges. Slow and simple on purpose.
 */
final class ReferenceWatch {

    /** What both sides are asked: a table's name to the query of its rows, one text a row. */
    static final Map<String, String> QUERIES = new LinkedHashMap<>();

    static {
        query(
                "tracking_event",
                "carrier, tracking_number, us(event_time), event_offset, offset_source, journey, leg, status, reason, verdict, applied,"
                        + " movement, scan, city, country");
        query(
                "shipment",
                "carrier, tracking_number, journey, leg, status, us(status_at), reason, stalled, delayed, expired, service, origin,"
                        + " destination, us(placed_at), us(registered_at), us(promised_at), promise_precision, us(estimated_at),"
                        + " us(first_scan_at), us(shipped_at), us(first_attempt_at), us(delivered_at), us(last_event_at),"
                        + " us(last_movement_at), last_city, last_country, events, refused_events, us(cancelled_at)");
        query("shipment_order", "carrier, tracking_number, journey, external_id, us(placed_at)");
        query(
                "shipment_alert",
                "kind, carrier, tracking_number, journey, leg, status, us(last_movement_at), us(opened_at), us(closed_at)",
                "kind in ('STALLED', 'DELAYED') and withdrawn_at is null");
        query(
                "delivery",
                "carrier, tracking_number, journey, service, origin, destination, day, us(placed_at), us(first_scan_at),"
                        + " us(first_attempt_at), us(delivered_at), us(promised_at), on_time, at_first_attempt, h(transit_hours),"
                        + " h(total_hours), exceptions, stalls");
        query(
                "delivery_performance_daily",
                "day, carrier, service, origin, destination, deliveries, promised, on_time, first_attempt, h(mean_hours), h(p50_hours),"
                        + " h(p90_hours), h(p95_hours), exceptions, stalls");
        query(
                "status_dwell_daily",
                "day, carrier, service, origin, destination, status, parcels, h(hours), h(mean_hours), h(p50_hours), h(p90_hours)");
        query(
                "notification_intent",
                "milestone, carrier, tracking_number, journey, leg, us(occurred_at)",
                "withdrawn_at is null");
        query(
                "unclaimed_number",
                "carrier, tracking_number, events, us(waiting_since), us(reported_at), last_status, us(last_event_at)");
    }

    private static final Duration STALLED_AFTER = Duration.ofHours(72);
    private static final Duration EXPIRED_AFTER = Duration.ofDays(30);
    private static final Duration CLAIM_WITHIN = Duration.ofDays(30);
    private static final Duration UNCLAIMED_AFTER = Duration.ofHours(48);
    private static final Duration ANOTHER_JOURNEY_AFTER = Duration.ofDays(60);
    private static final Duration EARLIER_USE_BEFORE = Duration.ofDays(30);
    /** Nothing is announced of a parcel that was shipped longer than this before it was registered, nor what was older then. */
    private static final Duration OLD_NEWS_AFTER = Duration.ofDays(5);

    private static final List<String> PROGRESS = List.of(
            "PRE_TRANSIT",
            "PICKED_UP",
            "IN_TRANSIT",
            "EXCEPTION",
            "OUT_FOR_DELIVERY",
            "ATTEMPTED",
            "AVAILABLE_FOR_PICKUP",
            "DELIVERED",
            "RETURNING",
            "RETURNED",
            "CANCELLED",
            "UNKNOWN");
    private static final Set<String> ON_ITS_WAY =
            Set.of("PICKED_UP", "IN_TRANSIT", "OUT_FOR_DELIVERY", "ATTEMPTED", "EXCEPTION", "RETURNING");

    private final Instant now;
    private final Map<String, List<String>> rows = new LinkedHashMap<>();
    private final List<Delivery> deliveries = new ArrayList<>();

    private ReferenceWatch(Instant now) {
        this.now = now;
        QUERIES.keySet().forEach(table -> rows.put(table, new ArrayList<>()));
    }

    /** The rows of every table, sorted, that follow from all that was said and registered. */
    static Map<String, List<String>> judge(List<Registered> registrations, List<Said> events, Instant now) {
        ReferenceWatch watch = new ReferenceWatch(now);
        Map<String, Registered> latest = new TreeMap<>();
        registrations.forEach(registered -> latest.merge(
                registered.carrier() + "/" + registered.number(),
                registered,
                (a, b) -> a.revision() > b.revision() ? a : b));
        Map<String, List<Said>> byNumber = events.stream()
                .collect(Collectors.groupingBy(
                        said -> said.carrier() + "/" + said.number(), TreeMap::new, Collectors.toList()));
        latest.keySet().forEach(number -> byNumber.putIfAbsent(number, List.of()));
        byNumber.forEach((number, said) -> watch.number(latest.get(number), merged(said)));
        watch.days();
        watch.rows.values().forEach(Collections::sort);
        return watch.rows;
    }

    /** What the tables say, in the same words. */
    static Map<String, List<String>> rowsOf(WatchTables tables) {
        Map<String, List<String>> found = new LinkedHashMap<>();
        QUERIES.forEach((table, sql) -> {
            List<String> texts = tables.strings(sql);
            Collections.sort(texts);
            found.put(table, texts);
        });
        return found;
    }

    /** An event, its copies merged: the earliest receipt, the best offset, the fullest place. */
    private record Event(
            String carrier,
            String number,
            String id,
            String status,
            String reason,
            Instant time,
            int offset,
            String zone,
            String city,
            String country,
            boolean scan,
            Instant receivedAt) {

        boolean plausible() {
            return !time.isBefore(Instant.parse("2000-01-01T00:00:00Z"))
                    && !time.isAfter(receivedAt.plus(Duration.ofDays(2)));
        }
    }

    private static List<Event> merged(List<Said> said) {
        Map<String, List<Said>> copies = said.stream()
                .collect(Collectors.groupingBy(
                        copy -> copy.eventId() != null
                                ? copy.eventId()
                                : copy.status() + copy.time().toInstant() + copy.city() + copy.country(),
                        LinkedHashMap::new,
                        Collectors.toList()));
        List<Event> events = new ArrayList<>();
        copies.forEach((id, of) -> {
            Said best = of.stream()
                    .filter(copy -> copy.zone().equals("CARRIER"))
                    .findFirst()
                    .orElse(of.get(0));
            events.add(new Event(
                    best.carrier(),
                    best.number(),
                    id,
                    best.status(),
                    best.reason(),
                    best.time().toInstant(),
                    best.time().getOffset().getTotalSeconds(),
                    best.zone(),
                    best.city(),
                    best.country(),
                    best.scan(),
                    of.stream()
                            .map(Said::receivedAt)
                            .min(Comparator.naturalOrder())
                            .orElseThrow()));
        });
        events.sort(Comparator.comparing(Event::time)
                .thenComparing(event -> PROGRESS.indexOf(event.status()))
                .thenComparing(Event::id));
        return events;
    }

    private void number(Registered registered, List<Event> events) {
        if (registered == null) {
            unclaimed(events);
            return;
        }
        List<List<Ordered>> journeys = journeys(registered.orders());
        Map<Integer, List<Event>> told = new TreeMap<>();
        Map<Integer, Heard> heard = new TreeMap<>();
        for (Event event : events) {
            int journey = 0;
            for (int i = 0; i < journeys.size(); i++) {
                Instant placed = start(journeys.get(i));
                boolean early = event.plausible() && event.time().isBefore(placed);
                if (!early
                        || !event.time().isBefore(placed.minus(EARLIER_USE_BEFORE))
                                && (heard.containsKey(i + 1)
                                        || !heard.containsKey(i)
                                        || !heard.get(i).leads(event))) {
                    journey = i + 1;
                }
            }
            if (journey > 0 && event.plausible()) {
                heard.put(journey, Heard.of(heard.get(journey), event));
            }
            if (journey == 0) {
                event(event, 0, 1, "EARLIER_USE", false, false);
            }
            told.computeIfAbsent(journey, number -> new ArrayList<>()).add(event);
        }
        for (int i = 0; i < journeys.size(); i++) {
            new Journey(registered, i + 1, journeys.get(i)).tell(told.getOrDefault(i + 1, List.of()));
        }
    }

    /** What was heard of a journey until then. */
    private record Heard(Instant at, String status, int leg) {

        static Heard of(Heard before, Event event) {
            String status = before == null ? null : before.status();
            int leg = before == null ? 1 : before.leg();
            String verdict = verdict(status, leg, event.status());
            if (verdict.equals("READS_RETURNED")) {
                status = "RETURNED";
            } else if (Set.of("APPLIES", "CONTRADICTS_DELIVERY").contains(verdict)) {
                status = event.status();
            }
            return new Heard(
                    event.time(), status, Set.of("RETURNING", "RETURNED").contains("" + status) ? 2 : leg);
        }

        /** Whether an event from before the next order may be of this journey: not if it was silent for 30 days, except that no other begins with its end. */
        boolean leads(Event event) {
            boolean end = !Set.of(
                            "PRE_TRANSIT",
                            "PICKED_UP",
                            "IN_TRANSIT",
                            "EXCEPTION",
                            "OUT_FOR_DELIVERY",
                            "ATTEMPTED",
                            "AVAILABLE_FOR_PICKUP")
                    .contains(event.status());
            return (end || !event.time().isAfter(at.plus(Duration.ofDays(30))))
                    && !verdict(status, leg, event.status()).startsWith("REFUSED");
        }
    }

    /** The orders of a number, apart where one was placed more than 60 days after the last; in the order of their dates. */
    private static List<List<Ordered>> journeys(List<Ordered> orders) {
        List<List<Ordered>> journeys = new ArrayList<>();
        Instant last = null;
        for (Ordered order :
                orders.stream().sorted(Comparator.comparing(Ordered::placedAt)).toList()) {
            if (last == null || order.placedAt().isAfter(last.plus(ANOTHER_JOURNEY_AFTER))) {
                journeys.add(new ArrayList<>());
            }
            journeys.get(journeys.size() - 1).add(order);
            last = order.placedAt();
        }
        return journeys;
    }

    private static Instant start(List<Ordered> journey) {
        return journey.get(0).placedAt();
    }

    /** Events wait 30 days for a registration; after 48 hours operations are told of the number. */
    private void unclaimed(List<Event> events) {
        List<Event> waiting = events.stream()
                .filter(event -> !now.isAfter(event.receivedAt().plus(CLAIM_WITHIN)))
                .toList();
        Instant since = waiting.stream()
                .map(Event::receivedAt)
                .min(Comparator.naturalOrder())
                .orElse(now);
        if (now.isAfter(since.plus(UNCLAIMED_AFTER))) {
            Event last = waiting.get(waiting.size() - 1);
            row(
                    "unclaimed_number",
                    last.carrier(),
                    last.number(),
                    waiting.size(),
                    since,
                    since.plus(UNCLAIMED_AFTER),
                    last.status(),
                    last.time());
        }
    }

    private void event(Event event, int journey, int leg, String verdict, boolean applied, boolean movement) {
        row(
                "tracking_event",
                event.carrier(),
                event.number(),
                event.time(),
                event.offset(),
                event.zone(),
                journey,
                leg,
                event.status(),
                event.reason(),
                verdict,
                applied,
                movement,
                event.scan(),
                event.city(),
                event.country());
    }

    /** What a report does to a parcel that is on leg 1 or 2 and has a status, or none yet. */
    private static String verdict(String status, int leg, String reported) {
        if (reported.equals("UNKNOWN")) {
            return status == null ? "CONFIRMS" : "SAYS_NOTHING";
        }
        if (status == null) {
            return "APPLIES";
        }
        if (status.equals("RETURNED")) {
            // The sender has it back, and "delivered" says just that.
            return Set.of("RETURNED", "DELIVERED").contains(reported) ? "CONFIRMS" : "REFUSED_AFTER_RETURN";
        }
        if (status.equals(reported)) {
            return "CONFIRMS";
        }
        if (leg == 2) {
            // On the way back only the end of it matters; it may be called off, and turn up again.
            return switch (reported) {
                case "DELIVERED" -> "READS_RETURNED";
                case "RETURNED", "RETURNING", "CANCELLED" -> "APPLIES";
                default -> "REFUSED_ON_RETURN";
            };
        }
        if (reported.equals("RETURNING") || reported.equals("RETURNED")) {
            return "APPLIES";
        }
        if (status.equals("DELIVERED")) {
            return Set.of("OUT_FOR_DELIVERY", "ATTEMPTED", "AVAILABLE_FOR_PICKUP")
                            .contains(reported)
                    ? "CONTRADICTS_DELIVERY"
                    : "REFUSED_AFTER_DELIVERY";
        }
        if (status.equals("CANCELLED")) {
            // What moves was not called off.
            return reported.equals("PRE_TRANSIT") ? "REFUSED_AFTER_CANCELLATION" : "APPLIES";
        }
        // Parcels go round between depot and vehicle. But no carrier takes over, or expects, what it has had already;
        // taking over ends an exception.
        return switch (reported) {
            case "PRE_TRANSIT" -> "REFUSED_BACKWARD";
            case "PICKED_UP" -> Set.of("PRE_TRANSIT", "EXCEPTION").contains(status) ? "APPLIES" : "REFUSED_BACKWARD";
            default -> "APPLIES";
        };
    }

    /** The local day's zone where a destination has one. Texas has two. */
    private static ZoneId zone(String region) {
        return switch (region) {
            case "CA" -> ZoneId.of("America/Los_Angeles");
            case "NY" -> ZoneId.of("America/New_York");
            default -> null;
        };
    }

    private static Instant promisedAt(Ordered order) {
        if (order.promised() == null || order.promised().length() > 10) {
            return order.promised() == null ? null : Instant.parse(order.promised());
        }
        ZoneId zone = zone(order.region());
        return LocalDate.parse(order.promised())
                .plusDays(1)
                .atStartOfDay(zone == null ? ZoneOffset.UTC : zone)
                .toInstant()
                .minus(1, ChronoUnit.MICROS);
    }

    /** A moment at which the parcel moved, and what it was from then on. */
    private record Moved(Instant at, String status, int leg) {}

    private record Changed(Instant at, String status) {}

    private record Delivery(
            String day,
            String lane,
            Instant promisedAt,
            boolean onTime,
            boolean atFirstAttempt,
            Long transitSeconds,
            int exceptions,
            int stalls,
            Map<String, Long> dwell) {}

    private final class Journey {
        private final Registered registered;
        private final int number;
        private final List<Ordered> orders;

        Journey(Registered registered, int number, List<Ordered> orders) {
            this.registered = registered;
            this.number = number;
            this.orders = orders;
        }

        private void put(String table, Object... more) {
            Object[] values = new Object[more.length + 3];
            values[0] = registered.carrier();
            values[1] = registered.number();
            values[2] = number;
            System.arraycopy(more, 0, values, 3, more.length);
            row(table, values);
        }

        void tell(List<Event> events) {
            String status = null;
            Instant statusAt = null;
            String reason = null;
            int leg = 1;
            int refused = 0;
            Instant backSince = null;
            Event delivery = null;
            Event lastEvent = null;
            Event lastPlace = null;
            List<Event> scans = new ArrayList<>();
            List<Moved> moves = new ArrayList<>();
            List<Changed> changes = new ArrayList<>();
            List<Instant> attempts = new ArrayList<>();
            int exceptions = 0;
            for (Event event : events) {
                if (!event.plausible()) {
                    event(event, number, leg, "IMPLAUSIBLE_TIME", false, false);
                    continue;
                }
                String verdict = verdict(status, leg, event.status());
                boolean applied = Set.of("APPLIES", "CONTRADICTS_DELIVERY", "READS_RETURNED")
                        .contains(verdict);
                if (verdict.equals("CONTRADICTS_DELIVERY")) {
                    attempts.remove(delivery.time());
                    delivery = null;
                }
                if (applied) {
                    String before = status;
                    status = verdict.equals("READS_RETURNED") ? "RETURNED" : event.status();
                    statusAt = event.time();
                    reason = event.reason();
                    changes.add(new Changed(event.time(), status));
                    if (Set.of("RETURNING", "RETURNED").contains(status)) {
                        leg = 2;
                        backSince = backSince == null ? event.time() : backSince;
                    }
                    if (status.equals("DELIVERED") && delivery == null) {
                        delivery = event;
                        attempts.add(event.time());
                    }
                    if (Set.of("ATTEMPTED", "AVAILABLE_FOR_PICKUP").contains(status)
                            || (status.equals("EXCEPTION") && "OUT_FOR_DELIVERY".equals(before))) {
                        attempts.add(event.time());
                    }
                    exceptions += status.equals("EXCEPTION") ? 1 : 0;
                } else if (verdict.equals("CONFIRMS") && event.reason() != null) {
                    reason = event.reason();
                }
                statusAt = statusAt == null ? event.time() : statusAt;
                refused += verdict.startsWith("REFUSED") ? 1 : 0;
                lastEvent = event;
                lastPlace = event.city() != null || event.country() != null ? event : lastPlace;
                if (event.scan()) {
                    scans.add(event);
                }
                boolean movement = event.scan() || applied;
                if (movement) {
                    moves.add(new Moved(event.time(), status == null ? "UNKNOWN" : status, leg));
                }
                event(event, number, leg, verdict, applied, movement);
            }

            Instant placedAt = least(orders.stream().map(Ordered::placedAt).toList());
            Instant registeredAt =
                    least(orders.stream().map(Ordered::registeredAt).toList());
            boolean allCancelled = orders.stream()
                    .allMatch(order ->
                            order.cancelledAt() != null && !order.cancelledAt().isAfter(now));
            Ordered promising = orders.stream()
                    .filter(order -> order.promised() != null)
                    .filter(order -> allCancelled
                            || order.cancelledAt() == null
                            || order.cancelledAt().isAfter(now)
                            || !order.cancelledAt().isBefore(promisedAt(order)))
                    .min(Comparator.comparing(ReferenceWatch::promisedAt))
                    .orElse(null);
            Instant promisedAt = promising == null ? null : promisedAt(promising);
            Instant shippedAt = changes.stream()
                    .filter(change ->
                            !Set.of("PRE_TRANSIT", "CANCELLED", "UNKNOWN").contains(change.status()))
                    .map(Changed::at)
                    .findFirst()
                    .orElse(null);
            Instant cancelledAt = orders.stream().anyMatch(order -> order.cancelledAt() == null)
                    ? null
                    : orders.stream()
                            .map(Ordered::cancelledAt)
                            .max(Comparator.naturalOrder())
                            .filter(at -> !at.isAfter(now))
                            .orElse(null);
            Instant firstAttempt = least(attempts);

            int stalls = 0;
            boolean stalled = false;
            for (int i = 0; i < moves.size(); i++) {
                Moved moved = moves.get(i);
                Instant next = i + 1 < moves.size() ? moves.get(i + 1).at() : null;
                Instant opens = moved.at().plus(STALLED_AFTER);
                if (ON_ITS_WAY.contains(moved.status()) && (next == null ? now : next).isAfter(opens)) {
                    alert("STALLED", moved.leg(), moved.status(), moved.at(), opens, next);
                    stalled |= next == null;
                    stalls += moved.leg() == 1 && delivery != null && opens.isBefore(delivery.time()) ? 1 : 0;
                }
            }

            Instant calledOff = least(java.util.Arrays.asList(
                    backSince, "CANCELLED".equals(status) ? statusAt : null, shippedAt == null ? cancelledAt : null));
            Instant settled = least(java.util.Arrays.asList(firstAttempt, calledOff));
            boolean delayed = promisedAt != null && (settled == null ? now : settled).isAfter(promisedAt);
            if (delayed) {
                Moved last = moves.stream()
                        .filter(moved -> !moved.at().isAfter(promisedAt))
                        .reduce((a, b) -> b)
                        .orElse(null);
                alert(
                        "DELAYED",
                        1,
                        last == null ? "PRE_TRANSIT" : last.status(),
                        last == null ? null : last.at(),
                        promisedAt,
                        settled);
            }

            boolean ended = Set.of("DELIVERED", "RETURNED", "CANCELLED").contains(String.valueOf(status));
            Instant sign = lastEvent == null ? registeredAt : lastEvent.time();
            String service = orders.stream()
                    .map(Ordered::service)
                    .filter(java.util.Objects::nonNull)
                    .findFirst()
                    .orElse("?");
            String region = orders.get(0).region();
            put(
                    "shipment",
                    leg,
                    status == null ? "UNKNOWN" : status,
                    statusAt,
                    reason,
                    stalled,
                    delayed,
                    !ended && now.isAfter(sign.plus(EXPIRED_AFTER)),
                    service,
                    "US-NJ",
                    "US-" + region,
                    placedAt,
                    registeredAt,
                    promisedAt,
                    promising == null ? null : promising.promised().length() == 10 ? "DATE" : "INSTANT",
                    least(orders.stream().map(Ordered::estimatedAt).toList()),
                    scans.isEmpty() ? null : scans.get(0).time(),
                    shippedAt,
                    firstAttempt,
                    delivery == null ? null : delivery.time(),
                    lastEvent == null ? null : lastEvent.time(),
                    moves.isEmpty() ? null : moves.get(moves.size() - 1).at(),
                    lastPlace == null ? null : lastPlace.city(),
                    lastPlace == null ? null : lastPlace.country(),
                    events.size(),
                    refused,
                    cancelledAt);
            orders.forEach(order -> put("shipment_order", order.id(), order.placedAt()));
            if (delivery != null) {
                deliver(
                        delivery,
                        service,
                        region,
                        placedAt,
                        promisedAt,
                        firstAttempt,
                        scans,
                        exceptions,
                        stalls,
                        changes);
            }
            boolean oldNews = shippedAt != null && shippedAt.isBefore(registeredAt.minus(OLD_NEWS_AFTER));
            if (!oldNews) {
                announce(
                        registeredAt.minus(OLD_NEWS_AFTER),
                        changes,
                        shippedAt,
                        delivery,
                        delayed ? promisedAt : null,
                        status,
                        statusAt,
                        leg);
            }
        }

        private void alert(String kind, int leg, String status, Instant lastMove, Instant opened, Instant closed) {
            row(
                    "shipment_alert",
                    kind,
                    registered.carrier(),
                    registered.number(),
                    number,
                    leg,
                    status,
                    lastMove,
                    opened,
                    closed);
        }

        private void deliver(
                Event delivery,
                String service,
                String region,
                Instant placedAt,
                Instant promisedAt,
                Instant firstAttempt,
                List<Event> scans,
                int exceptions,
                int stalls,
                List<Changed> changes) {
            ZoneId zone = zone(region) == null ? ZoneOffset.ofTotalSeconds(delivery.offset()) : zone(region);
            Instant firstScan = scans.stream()
                    .map(Event::time)
                    .filter(at -> !at.isAfter(delivery.time()))
                    .findFirst()
                    .orElse(null);
            Boolean onTime = promisedAt == null ? null : !firstAttempt.isAfter(promisedAt);
            String day = LocalDate.ofInstant(delivery.time(), zone).toString();
            Long transit = firstScan == null
                    ? null
                    : Duration.between(firstScan, delivery.time()).toSeconds();
            boolean atFirst = firstAttempt.equals(delivery.time());
            put(
                    "delivery",
                    service,
                    "US-NJ",
                    "US-" + region,
                    day,
                    placedAt,
                    firstScan,
                    firstAttempt,
                    delivery.time(),
                    promisedAt,
                    onTime,
                    atFirst,
                    transit == null ? null : transit / 3600.0,
                    Duration.between(placedAt, delivery.time()).toSeconds() / 3600.0,
                    exceptions,
                    stalls);
            Map<String, Long> dwell = new TreeMap<>();
            int delivered = changes.indexOf(new Changed(delivery.time(), "DELIVERED"));
            for (int i = 0; i < delivered; i++) {
                dwell.merge(
                        changes.get(i).status(),
                        Duration.between(changes.get(i).at(), changes.get(i + 1).at())
                                .toSeconds(),
                        Long::sum);
            }
            deliveries.add(new Delivery(
                    day,
                    String.join("|", registered.carrier(), service, "US-NJ", "US-" + region),
                    promisedAt,
                    Boolean.TRUE.equals(onTime),
                    atFirst,
                    transit,
                    exceptions,
                    stalls,
                    dwell));
        }

        private void announce(
                Instant from,
                List<Changed> changes,
                Instant shippedAt,
                Event delivery,
                Instant delayedSince,
                String status,
                Instant statusAt,
                int leg) {
            intent(from, "SHIPPED", 1, shippedAt);
            intent(from, "OUT_FOR_DELIVERY", 1, first(changes, "OUT_FOR_DELIVERY"));
            intent(from, "ATTEMPTED", 1, first(changes, "ATTEMPTED"));
            intent(from, "READY_FOR_PICKUP", 1, first(changes, "AVAILABLE_FOR_PICKUP"));
            intent(from, "EXCEPTION", 1, first(changes, "EXCEPTION"));
            intent(from, "DELIVERED", 1, delivery == null ? null : delivery.time());
            intent(from, "DELAYED", 1, delayedSince);
            intent(from, "RETURNED", 2, first(changes, "RETURNED"));
            intent(from, "CANCELLED", 1, "CANCELLED".equals(status) && leg == 1 ? statusAt : null);
        }

        private static Instant first(List<Changed> changes, String status) {
            return changes.stream()
                    .filter(change -> change.status().equals(status))
                    .map(Changed::at)
                    .findFirst()
                    .orElse(null);
        }

        private void intent(Instant from, String milestone, int leg, Instant at) {
            if (at != null && !at.isBefore(from)) {
                row("notification_intent", milestone, registered.carrier(), registered.number(), number, leg, at);
            }
        }
    }

    /** Delivery performance and dwell of each day and lane. */
    private void days() {
        Map<String, List<Delivery>> cells = deliveries.stream()
                .collect(Collectors.groupingBy(
                        delivery -> delivery.day() + "|" + delivery.lane(), TreeMap::new, Collectors.toList()));
        cells.forEach((cell, of) -> {
            List<Long> transits = of.stream()
                    .map(Delivery::transitSeconds)
                    .filter(java.util.Objects::nonNull)
                    .sorted()
                    .toList();
            row(
                    "delivery_performance_daily",
                    cell,
                    of.size(),
                    of.stream()
                            .filter(delivery -> delivery.promisedAt() != null)
                            .count(),
                    of.stream().filter(Delivery::onTime).count(),
                    of.stream().filter(Delivery::atFirstAttempt).count(),
                    meanHours(transits),
                    rank(transits, 0.5),
                    rank(transits, 0.9),
                    rank(transits, 0.95),
                    of.stream().filter(delivery -> delivery.exceptions() > 0).count(),
                    of.stream().filter(delivery -> delivery.stalls() > 0).count());
            Map<String, List<Long>> byStatus = new TreeMap<>();
            of.forEach(delivery -> delivery.dwell()
                    .forEach((status, seconds) -> byStatus.computeIfAbsent(status, s -> new ArrayList<>())
                            .add(seconds)));
            byStatus.forEach((status, seconds) -> {
                Collections.sort(seconds);
                row(
                        "status_dwell_daily",
                        cell,
                        status,
                        seconds.size(),
                        seconds.stream().mapToLong(s -> s).sum() / 3600.0,
                        meanHours(seconds),
                        rank(seconds, 0.5),
                        rank(seconds, 0.9));
            });
        });
    }

    private static Double meanHours(List<Long> seconds) {
        return seconds.isEmpty() ? null : seconds.stream().mapToLong(s -> s).sum() / (double) seconds.size() / 3600;
    }

    /** Nearest rank; lengths are whole minutes here. */
    private static Double rank(List<Long> sorted, double quantile) {
        return sorted.isEmpty() ? null : sorted.get((int) Math.ceil(quantile * sorted.size()) - 1) / 3600.0;
    }

    private static Instant least(List<Instant> times) {
        return times.stream()
                .filter(java.util.Objects::nonNull)
                .min(Comparator.naturalOrder())
                .orElse(null);
    }

    private void row(String table, Object... values) {
        StringBuilder row = new StringBuilder();
        for (Object value : values) {
            row.append(row.isEmpty() ? "" : "|").append(text(value));
        }
        rows.get(table).add(row.toString());
    }

    private static String text(Object value) {
        if (value instanceof Instant instant) {
            return String.valueOf(ChronoUnit.MICROS.between(Instant.EPOCH, instant));
        }
        if (value instanceof Boolean truth) {
            return truth ? "t" : "f";
        }
        if (value instanceof Double number) {
            return BigDecimal.valueOf(number).setScale(4, RoundingMode.HALF_UP).toPlainString();
        }
        return value == null ? "" : value.toString();
    }

    private static void query(String table, String columns) {
        query(table, columns, "true");
    }

    /** {@code us(t)}: microseconds since 1970; {@code h(x)}: to four places. */
    private static void query(String table, String columns, String where) {
        String[] each = columns.split(",\\s*");
        String values = String.join(", ", each)
                .replaceAll("us\\((\\w+)\\)", "(extract(epoch from $1) * 1000000)::bigint")
                .replaceAll("\\bh\\((\\w+)\\)", "round($1::numeric, 4)");
        QUERIES.put(
                table,
                "select format('" + String.join("|", Collections.nCopies(each.length, "%s")) + "', " + values
                        + ") from " + table + " where " + where);
    }
}
