package io.parcelwatch.watchshipments;

import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.Journeys;
import io.parcelwatch.model.Lane;
import io.parcelwatch.model.Lifecycle;
import io.parcelwatch.model.Lifecycle.Effect;
import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.Milestone;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/**
 * Computes the rows of one tracking number: a pure function of its registrations, its events, the rules and now. It tells every journey's
 * events anew in the order they happened, so the order of arrival never matters.
 */
final class ShipmentFold {

    private static final Instant EARLIEST_PLAUSIBLE = Instant.parse("2000-01-01T00:00:00Z");
    private static final Duration FURTHEST_AHEAD = Duration.ofDays(2);

    /** Verdicts beside those of {@link Effect}. */
    static final String IMPLAUSIBLE_TIME = "IMPLAUSIBLE_TIME";

    static final String EARLIER_USE = "EARLIER_USE";

    private final WatchRules rules;
    private final Map<Long, Long> shorterLifetimes;

    ShipmentFold(WatchRules rules) {
        this(rules, Map.of());
    }

    /**
     * @param shorterLifetimes for how long journeys were kept before {@link WatchRules#forgetAfter()} was raised, each with the clock until
     *                         which that held; both in milliseconds, the clock since 1970
     */
    ShipmentFold(WatchRules rules, Map<Long, Long> shorterLifetimes) {
        this.rules = rules;
        this.shorterLifetimes = shorterLifetimes;
    }

    WatchRules rules() {
        return rules;
    }

    /** Whether another fold makes the same of the same, as far as stalls and waits go. */
    boolean judgesLike(ShipmentFold other) {
        return rules.stallRules().meansTheSame(other.rules.stallRules())
                && rules.expiredAfter().equals(other.rules.expiredAfter())
                && rules.reportUnclaimedAfter().equals(other.rules.reportUnclaimedAfter())
                && rules.claimWithin().equals(other.rules.claimWithin());
    }

    /**
     * The rows of a number.
     *
     * @param key  the number
     * @param seen what is known of it; registered, if only with no order: then it has no rows but its events
     * @param now  the moment to judge at
     */
    Judgement judge(NumberKey key, WatchedNumber seen, Instant now) {
        List<Journey> journeys = journeys(key, seen, now);
        int closedThrough = journeys.stream()
                .filter(journey -> forgotten(journey, seen))
                .mapToInt(journey -> journey.number)
                .max()
                .orElse(0);
        journeys.removeIf(journey -> journey.number <= closedThrough);
        List<ShipmentDocument.Event> earlier = new ArrayList<>();
        List<SeenEvent> told = new ArrayList<>(seen.events());
        told.sort(SeenEvent.AS_TOLD);
        for (SeenEvent event : told) {
            Journey journey = journeyOf(event, journeys);
            if (journey == null && closedThrough == 0) {
                earlier.add(row(event, 0, 1, EARLIER_USE, false, false));
            } else if (journey != null) {
                journey.tell(event);
            }
        }

        List<ShipmentDocument.Shipment> shipments = new ArrayList<>();
        List<ShipmentDocument.Order> orders = new ArrayList<>();
        List<ShipmentDocument.Event> events = new ArrayList<>(earlier);
        List<ShipmentDocument.Alert> alerts = new ArrayList<>();
        List<ShipmentDocument.Delivery> deliveries = new ArrayList<>();
        List<ShipmentDocument.Intent> intents = new ArrayList<>();
        Instant next = null;
        boolean over = !journeys.isEmpty();
        for (Journey journey : journeys) {
            journey.judge(now);
            shipments.add(journey.shipment(now));
            journey.orders.forEach(
                    order -> orders.add(new ShipmentDocument.Order(journey.number, order.order(), order.placedAt())));
            events.addAll(journey.events);
            alerts.addAll(journey.alerts);
            journey.delivery().ifPresent(deliveries::add);
            intents.addAll(journey.intents());
            next = earliest(next, journey.nextDeadline(now));
            over &= journey.over(now);
        }
        if (journeys.isEmpty()) {
            Instant forgetAt = lastWord(seen, now).plus(rules.forgetAfter());
            over = now.isAfter(forgetAt);
            next = over ? null : forgetAt;
        }
        ShipmentDocument document = new ShipmentDocument(
                key.carrier(),
                key.trackingNumber(),
                seen.revision(),
                now,
                closedThrough,
                true,
                List.of(),
                shipments,
                orders,
                events,
                alerts,
                deliveries,
                intents,
                List.of());
        return new Judgement(document, next, over);
    }

    /**
     * What there is to say of a number whose events wait for its registration: nothing until they have waited too long.
     *
     * @param key  the number
     * @param seen what is known of it; not registered
     * @param now  the moment to judge at
     */
    Judgement judgeUnclaimed(NumberKey key, WatchedNumber seen, Instant now) {
        SeenEvent last = seen.events().stream().max(SeenEvent.AS_TOLD).orElse(null);
        List<ShipmentDocument.Unclaimed> unclaimed = List.of();
        Instant next = null;
        if (last != null) {
            Instant since = seen.events().stream()
                    .map(SeenEvent::waitingSince)
                    .min(Comparator.naturalOrder())
                    .orElseThrow();
            Instant reportedAt = since.plus(rules.reportUnclaimedAfter());
            next = since.plus(rules.claimWithin());
            if (now.isAfter(reportedAt)) {
                unclaimed = List.of(new ShipmentDocument.Unclaimed(
                        seen.events().size(), since, reportedAt, last.status(), last.eventTime()));
            } else {
                next = earliest(next, reportedAt);
            }
        }
        return new Judgement(ShipmentDocument.unclaimed(key, seen.revision(), now, unclaimed), next, last == null);
    }

    /**
     * What a judgement found.
     *
     * @param document the rows, whole
     * @param next     the next moment after now at which time alone changes a row; null for none
     * @param over     whether every journey ended so long ago that the number can be forgotten
     */
    record Judgement(ShipmentDocument document, Instant next, boolean over) {}

    /** Whether a journey was registered so long before the number came into the state that it had been there, and was forgotten. */
    private boolean forgotten(Journey journey, WatchedNumber seen) {
        if (journey.registeredAt == null) {
            return false;
        }
        long registeredAt = journey.registeredAt.toEpochMilli();
        return registeredAt + rules.forgetAfter().toMillis() < seen.since()
                || shorterLifetimes.entrySet().stream()
                        .anyMatch(lifetime ->
                                registeredAt + lifetime.getKey() < Math.min(seen.since(), lifetime.getValue()));
    }

    /**
     * When something was last heard of a number that no order travels under: it was withdrawn, and may be registered again. A number that came
     * before the clock started came when it was first judged.
     */
    private static Instant lastWord(WatchedNumber seen, Instant now) {
        Instant last = seen.since() > 0
                ? Instant.ofEpochMilli(seen.since())
                : seen.judgedAt() > 0 ? Instant.ofEpochMilli(seen.judgedAt()) : now;
        for (SeenEvent event : seen.events()) {
            if (event.receivedAt() != null && event.receivedAt().isAfter(last)) {
                last = event.receivedAt();
            }
        }
        return last;
    }

    private List<Journey> journeys(NumberKey key, WatchedNumber seen, Instant now) {
        Map<Integer, List<RegisteredOrder>> byJourney = new TreeMap<>();
        for (RegisteredOrder order : Journeys.decide(seen.registration().orders(), rules.newJourneyAfter())) {
            byJourney
                    .computeIfAbsent(order.journey(), number -> new ArrayList<>())
                    .add(order);
        }
        List<Journey> journeys = new ArrayList<>();
        byJourney.forEach((number, orders) -> journeys.add(new Journey(key, number, orders, now)));
        return journeys;
    }

    /**
     * The journey that an event belongs to: the one that had begun last when it happened; null where it is from before the first. A journey may have
     * begun before its order was placed, but not while an earlier one went on. Journeys are numbered as they became known, which need
     * not be the order in which they began.
     */
    private static Journey journeyOf(SeenEvent event, List<Journey> journeys) {
        Journey begun = null;
        Journey ordered = null;
        // An event whose time is nonsense says nothing of which journey it belongs to: it is kept with the newest.
        boolean anyTime = !plausible(event);
        for (Journey journey : journeys) {
            if (anyTime || !journey.startsAfter(event.eventTime().plus(Journeys.EARLIER_USE_BEFORE))) {
                begun = laterOf(begun, journey);
            }
            if (anyTime || !journey.startsAfter(event.eventTime())) {
                ordered = laterOf(ordered, journey);
            }
        }
        boolean early = begun != ordered && ordered != null;
        return early && begun.lastEventAt == null && ordered.goesOnWith(event) ? ordered : begun;
    }

    private static Journey laterOf(Journey found, Journey journey) {
        return found == null || !beganBefore(journey, found) ? journey : found;
    }

    private static boolean beganBefore(Journey a, Journey b) {
        return b.startsAt != null && (a.startsAt == null || a.startsAt.isBefore(b.startsAt));
    }

    private static boolean plausible(SeenEvent event) {
        return !event.eventTime().isBefore(EARLIEST_PLAUSIBLE)
                && (event.receivedAt() == null
                        || !event.eventTime().isAfter(event.receivedAt().plus(FURTHEST_AHEAD)));
    }

    private static ShipmentDocument.Event row(
            SeenEvent event, int journey, int leg, String verdict, boolean applied, boolean movement) {
        return new ShipmentDocument.Event(
                event.eventId(),
                event.eventTime(),
                event.offset(),
                event.offsetSource(),
                journey,
                leg,
                event.status(),
                event.reason(),
                verdict,
                applied,
                movement,
                event.scan(),
                event.code(),
                event.description(),
                event.location(),
                event.source(),
                event.receivedAt());
    }

    private static Instant earliest(Instant a, Instant b) {
        if (a == null || b == null) {
            return a == null ? b : a;
        }
        return a.isBefore(b) ? a : b;
    }

    private static double hours(Duration duration) {
        return duration.toMillis() / 3_600_000.0;
    }

    /** A moment at which the parcel moved, what it was from then on, and since when it was that. */
    private record Movement(Instant at, Status status, int leg, Instant since) {
        boolean inTheStatusOf(Movement other) {
            return status == other.status && leg == other.leg && since.equals(other.since);
        }
    }

    /** A try to hand the parcel over. */
    private record Attempt(Instant at, boolean delivery) {}

    /** One journey while its events are told. */
    private final class Journey {
        private final NumberKey key;
        private final int number;
        private final List<RegisteredOrder> orders;
        private final Instant startsAt;
        private final Instant registeredAt;
        private final Lane lane;
        private final Place destination;
        private final RegisteredOrder promise;
        private final Instant cancelledAt;
        /** When the next of its orders will be cancelled; null where that is past, or not to come. */
        private final Instant cancelsAt;

        private final List<ShipmentDocument.Event> events = new ArrayList<>();
        private final List<Movement> movements = new ArrayList<>();
        private final List<Attempt> attempts = new ArrayList<>();
        private final Map<Milestone, Instant> milestones = new EnumMap<>(Milestone.class);
        private final List<ShipmentDocument.Alert> alerts = new ArrayList<>();
        private Status status;
        private Instant statusAt;
        private Reason reason;
        private int leg = 1;
        private Instant firstScanAt;
        private Instant shippedAt;
        private Instant deliveredAt;
        private SeenEvent delivery;
        private Instant returnedSince;
        private Instant lastEventAt;
        private Place lastPlace = Place.NOWHERE;
        private int exceptions;
        private int refused;
        private boolean stalled;
        private boolean delayed;
        /** When the silence that lasts becomes a stall, or the stall escalates; null where neither is to come. */
        private Instant nextSilenceDeadline;
        /** When the watch let go of it: what was open ends then. Null while it is watched. */
        private Instant letGoAt;

        Journey(NumberKey key, int number, List<RegisteredOrder> orders, Instant now) {
            this.key = key;
            this.number = number;
            this.orders = orders;
            this.startsAt = first(orders, RegisteredOrder::startsAt);
            this.registeredAt = first(orders, RegisteredOrder::registeredAt);
            RegisteredOrder leading = orders.get(0);
            this.destination = orders.stream()
                    .map(RegisteredOrder::destination)
                    .filter(place -> place != null && place.fullness() > 0)
                    .findFirst()
                    .orElse(Place.NOWHERE);
            this.lane = Lane.of(
                    key.carrier(),
                    orders.stream()
                            .map(RegisteredOrder::service)
                            .filter(Objects::nonNull)
                            .findFirst()
                            .orElse(null),
                    orders.stream()
                            .map(RegisteredOrder::origin)
                            .filter(place -> place != null && place.fullness() > 0)
                            .findFirst()
                            .orElse(leading.origin()),
                    destination);
            List<RegisteredOrder> standing =
                    orders.stream().filter(order -> !cancelledBy(order, now)).toList();
            // Nobody waits for an order that was cancelled before it was due, where another one travels on.
            this.promise = orders.stream()
                    .filter(order -> order.promisedAt() != null)
                    .filter(order -> standing.isEmpty()
                            || standing.contains(order)
                            || !order.cancelledAt().isBefore(order.promisedAt()))
                    .min(Comparator.comparing(RegisteredOrder::promisedAt))
                    .orElse(null);
            this.cancelledAt = standing.isEmpty()
                    ? orders.stream()
                            .map(RegisteredOrder::cancelledAt)
                            .max(Comparator.naturalOrder())
                            .orElseThrow()
                    : null;
            this.cancelsAt = first(standing, RegisteredOrder::cancelledAt);
        }

        private static boolean cancelledBy(RegisteredOrder order, Instant moment) {
            return order.cancelledAt() != null && !order.cancelledAt().isAfter(moment);
        }

        private static Instant first(
                List<RegisteredOrder> orders, java.util.function.Function<RegisteredOrder, Instant> time) {
            return orders.stream()
                    .map(time)
                    .filter(Objects::nonNull)
                    .min(Comparator.naturalOrder())
                    .orElse(null);
        }

        /** Whether its order was placed after a moment; where nobody knows, it was not. */
        boolean startsAfter(Instant moment) {
            return startsAt != null && startsAt.isAfter(moment);
        }

        /**
         * Whether the next event in the order of telling fits to what was heard of the journey, and was not long in coming. What ends a journey may
         * be: none begins with it.
         */
        boolean goesOnWith(SeenEvent event) {
            return lastEventAt != null
                    && (event.status().compareTo(Status.DELIVERED) >= 0
                            || !event.eventTime().isAfter(lastEventAt.plus(Journeys.EARLIER_USE_BEFORE)))
                    && !Lifecycle.effect(status, leg, event.status()).refused();
        }

        /** Takes the next event in the order of telling. */
        void tell(SeenEvent event) {
            if (!plausible(event)) {
                events.add(row(event, number, leg, IMPLAUSIBLE_TIME, false, false));
                return;
            }
            Effect effect = Lifecycle.effect(status, leg, event.status());
            Status before = status;
            boolean changes = effect.changesStatus();
            status = Lifecycle.after(before, leg, event.status());
            if (effect == Effect.CONTRADICTS_DELIVERY) {
                deliveredAt = null;
                delivery = null;
                attempts.removeIf(Attempt::delivery);
                milestones.remove(Milestone.DELIVERED);
            }
            if (changes) {
                statusAt = event.eventTime();
                reason = event.reason();
                if (status == Status.RETURNING || status == Status.RETURNED) {
                    returnedSince = leg == 1 ? event.eventTime() : returnedSince;
                    leg = 2;
                }
                reached(event, before);
            } else {
                statusAt = statusAt == null ? event.eventTime() : statusAt;
                if (effect == Effect.CONFIRMS && event.reason() != null) {
                    reason = event.reason();
                }
            }
            refused += effect.refused() ? 1 : 0;
            lastEventAt = event.eventTime();
            if (event.location().city() != null || event.location().country() != null) {
                lastPlace = event.location();
            }
            if (event.scan() && firstScanAt == null) {
                firstScanAt = event.eventTime();
            }
            boolean movement = event.scan() || changes;
            if (movement) {
                movements.add(new Movement(event.eventTime(), status, leg, statusAt));
            }
            events.add(row(event, number, leg, effect.name(), changes, movement));
        }

        /** Notes what a change of status means beside the status itself. */
        private void reached(SeenEvent event, Status before) {
            Instant at = event.eventTime();
            boolean outbound = leg == 1;
            switch (status) {
                case PICKED_UP, IN_TRANSIT -> {}
                case EXCEPTION -> {
                    milestones.putIfAbsent(Milestone.EXCEPTION, at);
                    exceptions += outbound && deliveredAt == null ? 1 : 0;
                    if (outbound && before == Status.OUT_FOR_DELIVERY) {
                        attempts.add(new Attempt(at, false));
                    }
                }
                case OUT_FOR_DELIVERY -> milestones.putIfAbsent(Milestone.OUT_FOR_DELIVERY, at);
                case ATTEMPTED -> {
                    milestones.putIfAbsent(Milestone.ATTEMPTED, at);
                    attempts.add(new Attempt(at, false));
                }
                case AVAILABLE_FOR_PICKUP -> {
                    milestones.putIfAbsent(Milestone.READY_FOR_PICKUP, at);
                    attempts.add(new Attempt(at, false));
                }
                case DELIVERED -> {
                    milestones.putIfAbsent(Milestone.DELIVERED, at);
                    attempts.add(new Attempt(at, true));
                    if (deliveredAt == null) {
                        deliveredAt = at;
                        delivery = event;
                    }
                }
                case RETURNED -> milestones.putIfAbsent(Milestone.RETURNED, at);
                default -> {
                    // PRE_TRANSIT, CANCELLED, UNKNOWN and RETURNING mean nothing beside themselves.
                }
            }
            boolean moves = status != Status.PRE_TRANSIT && status != Status.CANCELLED && status != Status.UNKNOWN;
            if (moves && shippedAt == null) {
                shippedAt = at;
                milestones.put(Milestone.SHIPPED, at);
            }
        }

        /** What time makes of the journey: stalls and delay. All events are told. */
        void judge(Instant now) {
            letGoAt = over(now) ? forgetAt() : null;
            judgeSilences(now);
            Instant promisedAt = promise == null ? null : promise.promisedAt();
            Instant settledAt = earliest(firstAttemptAt(), calledOffAt());
            settledAt = settledAt == null ? letGoAt : settledAt;
            // A settlement proves by itself that its time has come, even to a clock that is still catching up.
            if (promisedAt != null && (settledAt == null ? now : settledAt).isAfter(promisedAt)) {
                Movement last = lastMovementUntil(promisedAt);
                delayed = true;
                alerts.add(new ShipmentDocument.Alert(
                        EventIdentity.digest(
                                12,
                                key.carrier(),
                                key.trackingNumber(),
                                String.valueOf(number),
                                "1",
                                AlertKind.DELAYED.name()),
                        AlertKind.DELAYED,
                        number,
                        1,
                        last == null ? Status.PRE_TRANSIT : last.status(),
                        last == null ? null : last.at(),
                        null,
                        null,
                        promisedAt,
                        null,
                        settledAt));
                milestones.put(Milestone.DELAYED, promisedAt);
            }
            if (status == Status.CANCELLED && leg == 1) {
                milestones.put(Milestone.CANCELLED, statusAt);
            }
        }

        /** Holds every silence of the parcel against the rule that governs it. */
        private void judgeSilences(Instant now) {
            List<StallRule> laneRules = rules.stallRules().of(lane);
            for (int i = 0, next; i < movements.size(); i = next) {
                Movement movement = movements.get(i);
                StallRule rule = governing(laneRules, movement);
                next = i + 1;
                // Scans do not end a silence of the status: it lasts until the status changes, or another rule takes
                // over.
                while (rule.basis() == StallRule.Basis.STATUS
                        && next < movements.size()
                        && movements.get(next).inTheStatusOf(movement)
                        && governing(laneRules, movements.get(next)) == rule) {
                    next++;
                }
                if (movement.status().onItsWay()) {
                    judgeSilence(
                            movement,
                            next < movements.size() ? movements.get(next).at() : letGoAt,
                            rule,
                            now);
                }
            }
        }

        private static StallRule governing(List<StallRule> laneRules, Movement movement) {
            for (StallRule rule : laneRules) {
                if (rule.governs(movement.status(), movement.since(), movement.at())) {
                    return rule;
                }
            }
            throw new IllegalStateException("the last rule governs what no other does");
        }

        /**
         * Holds one silence against its rule.
         *
         * @param ends null: it lasts
         */
        private void judgeSilence(Movement begins, Instant ends, StallRule rule, Instant now) {
            Instant until = ends == null ? now : ends;
            Instant opensAt = rule.deadline(begins.at(), rule.after(), destination);
            Instant escalatesAt =
                    rule.escalateAfter() == null ? null : rule.deadline(begins.at(), rule.escalateAfter(), destination);
            if (until.isAfter(opensAt)) {
                alerts.add(new ShipmentDocument.Alert(
                        EventIdentity.digest(
                                12,
                                key.carrier(),
                                key.trackingNumber(),
                                String.valueOf(number),
                                String.valueOf(begins.leg()),
                                AlertKind.STALLED.name(),
                                begins.at().toString()),
                        AlertKind.STALLED,
                        number,
                        begins.leg(),
                        begins.status(),
                        begins.at(),
                        hours(rule.after()),
                        rule.name(),
                        opensAt,
                        escalatesAt != null && until.isAfter(escalatesAt) ? escalatesAt : null,
                        ends));
                stalled |= ends == null;
            }
            if (ends == null) {
                nextSilenceDeadline = until.isAfter(opensAt) ? escalatesAt : opensAt;
            }
        }

        /** When delivery stopped being expected for another reason than an attempt; null where it is still expected. */
        private Instant calledOffAt() {
            Instant carrierCancelled = status == Status.CANCELLED ? statusAt : null;
            Instant channelCancelled = shippedAt == null ? cancelledAt : null;
            return earliest(returnedSince, earliest(carrierCancelled, channelCancelled));
        }

        private Instant firstAttemptAt() {
            return attempts.isEmpty() ? null : attempts.get(0).at();
        }

        private Movement lastMovementUntil(Instant moment) {
            Movement last = null;
            for (Movement movement : movements) {
                if (!movement.at().isAfter(moment)) {
                    last = movement;
                }
            }
            return last;
        }

        private boolean ended() {
            return status == Status.DELIVERED || status == Status.RETURNED || status == Status.CANCELLED;
        }

        /** The last sign of the journey: its newest event, else its registration; null where neither has a time. */
        private Instant lastSign() {
            return lastEventAt != null ? lastEventAt : registeredAt != null ? registeredAt : startsAt;
        }

        private boolean expired(Instant now) {
            Instant sign = lastSign();
            return !ended() && sign != null && now.isAfter(sign.plus(rules.expiredAfter()));
        }

        /** Whether the journey ended, or went silent, so long ago that nothing is expected of it any more. */
        boolean over(Instant now) {
            Instant at = forgetAt();
            return at != null && now.isAfter(at);
        }

        /**
         * A parcel that never arrived may turn up yet: it is kept three times as long. History that is imported counts from its registration:
         * {@link #forgotten} goes by that, and must not take what was forgotten for what never was here.
         */
        private Instant forgetAt() {
            Instant sign = lastSign();
            if (sign != null && registeredAt != null && registeredAt.isAfter(sign)) {
                sign = registeredAt;
            }
            return sign == null ? null : sign.plus(rules.forgetAfter().multipliedBy(ended() ? 1 : 3));
        }

        /** The next moment after now at which time alone changes something; null for none. */
        Instant nextDeadline(Instant now) {
            Instant next = null;
            if (nextSilenceDeadline != null) {
                next = future(now, next, nextSilenceDeadline);
            }
            if (promise != null && firstAttemptAt() == null && calledOffAt() == null) {
                next = future(now, next, promise.promisedAt());
            }
            if (cancelsAt != null) {
                // The clock may be behind the channel's.
                next = future(now, next, cancelsAt);
            }
            Instant sign = lastSign();
            if (sign != null) {
                next = ended() ? next : future(now, next, sign.plus(rules.expiredAfter()));
                next = future(now, next, forgetAt());
            }
            return next;
        }

        private static Instant future(Instant now, Instant next, Instant deadline) {
            return now.isAfter(deadline) ? next : earliest(next, deadline);
        }

        ShipmentDocument.Shipment shipment(Instant now) {
            return new ShipmentDocument.Shipment(
                    number,
                    leg,
                    status == null ? Status.UNKNOWN : status,
                    statusAt,
                    reason,
                    stalled,
                    delayed,
                    expired(now),
                    lane,
                    destination,
                    first(orders, RegisteredOrder::placedAt),
                    registeredAt,
                    promise == null ? null : promise.promisedAt(),
                    promise == null ? null : promise.promisePrecision(),
                    first(orders, RegisteredOrder::estimatedAt),
                    firstScanAt,
                    shippedAt,
                    firstAttemptAt(),
                    deliveredAt,
                    lastEventAt,
                    movements.isEmpty()
                            ? null
                            : movements.get(movements.size() - 1).at(),
                    lastPlace,
                    events.size(),
                    refused,
                    cancelledAt);
        }

        java.util.Optional<ShipmentDocument.Delivery> delivery() {
            if (deliveredAt == null) {
                return java.util.Optional.empty();
            }
            ZoneId zone = LocalZones.of(destination).orElseGet(() -> ZoneOffset.ofTotalSeconds(delivery.offset()));
            int stalls = (int) alerts.stream()
                    .filter(alert -> alert.kind() == AlertKind.STALLED
                            && alert.leg() == 1
                            && alert.openedAt().isBefore(deliveredAt))
                    .count();
            return java.util.Optional.of(new ShipmentDocument.Delivery(
                    number,
                    lane,
                    LocalDate.ofInstant(deliveredAt, zone).toString(),
                    first(orders, RegisteredOrder::placedAt),
                    firstScanAt != null && firstScanAt.isAfter(deliveredAt) ? null : firstScanAt,
                    firstAttemptAt(),
                    deliveredAt,
                    promise == null ? null : promise.promisedAt(),
                    exceptions,
                    stalls,
                    dwell()));
        }

        /** Seconds in each status, from the first known one to the delivery that stands. */
        private Map<Status, Long> dwell() {
            Map<Status, Long> seconds = new EnumMap<>(Status.class);
            ShipmentDocument.Event since = null;
            for (ShipmentDocument.Event event : events) {
                if (event.applied() && since != null) {
                    seconds.merge(
                            since.status(),
                            Duration.between(since.eventTime(), event.eventTime())
                                    .toSeconds(),
                            Long::sum);
                }
                since = event.applied() ? event : since;
                if (event.applied()
                        && event.status() == Status.DELIVERED
                        && event.eventTime().equals(deliveredAt)) {
                    break;
                }
            }
            return seconds;
        }

        List<ShipmentDocument.Intent> intents() {
            List<ShipmentDocument.Intent> intents = new ArrayList<>();
            Instant from = rules.announceFrom();
            if (from == null) {
                return intents;
            }
            if (registeredAt != null) {
                Instant old = registeredAt.minus(rules.oldNewsAfter());
                if (shippedAt != null && shippedAt.isBefore(old)) {
                    return intents;
                }
                from = from.isAfter(old) ? from : old;
            }
            Instant news = from;
            milestones.forEach((milestone, at) -> {
                if (!at.isBefore(news)) {
                    intents.add(new ShipmentDocument.Intent(
                            EventIdentity.digest(
                                    12, key.carrier(), key.trackingNumber(), String.valueOf(number), milestone.name()),
                            milestone,
                            number,
                            milestone == Milestone.RETURNED ? 2 : 1,
                            at));
                }
            });
            return intents;
        }
    }
}
