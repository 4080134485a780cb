package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.Status;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;

/** The scans of one parcel on its way, told day by day. Carriers rest on Saturday and Sunday. */
final class Journey {

    private final SimParcel parcel;
    private final Dice dice;
    private final List<Spot> hubs;
    private final List<Scan> scans = new ArrayList<>();
    private Status status;
    private int leg = 1;
    private LocalDate day;

    private Journey(SimParcel parcel, Dice dice) {
        this.parcel = parcel;
        this.dice = dice;
        this.hubs = route(parcel.origin, parcel.home);
        this.day = parcel.pickupDay;
    }

    /** Tells the parcel's story. */
    static List<Scan> tell(SimParcel parcel, Dice dice) {
        Journey journey = new Journey(parcel, dice);
        journey.tell();
        return List.copyOf(journey.scans);
    }

    static boolean workingDay(LocalDate day) {
        return day.getDayOfWeek() != DayOfWeek.SATURDAY && day.getDayOfWeek() != DayOfWeek.SUNDAY;
    }

    /** So many working days later; 0 gives the day itself. */
    static LocalDate workingDays(LocalDate day, int count) {
        LocalDate later = day;
        for (int i = 0; i < count; i++) {
            do {
                later = later.plusDays(1);
            } while (!workingDay(later));
        }
        return later;
    }

    private void tell() {
        say(Signal.LABEL, parcel.labelAt, parcel.origin);
        switch (parcel.story) {
            case NEVER_HANDED_OVER -> {
                // The label is all there is.
            }
            case LOST -> {
                collect();
                if (parcel.usualDays > 1) {
                    nextDay();
                    say(Signal.ARRIVED, clock(hub(1), 3, 9), hub(1));
                }
            }
            case LATE -> {
                travel(parcel.usualDays + dice.between(2, 4), Hold.NONE);
                deliver();
            }
            case STALLED_AND_RECOVERED -> {
                travel(parcel.usualDays, Hold.STALL);
                deliver();
            }
            case STALL_DISPROVED -> {
                travel(parcel.usualDays, Hold.UNSEEN_SCAN);
                deliver();
            }
            case WEATHER -> {
                travel(parcel.usualDays, Hold.WEATHER);
                deliver();
            }
            case CUSTOMS -> {
                travel(parcel.usualDays, Hold.CUSTOMS);
                deliver();
            }
            case UNHEARD_OF_CODE -> {
                travel(parcel.usualDays, Hold.UNHEARD_OF);
                deliver();
            }
            case ATTEMPTED_THEN_DELIVERED -> {
                travel(actualDays(), Hold.NONE);
                for (int attempts = dice.chance(0.25) ? 2 : 1; attempts > 0; attempts--) {
                    outForDelivery();
                    say(Signal.ABSENT, clock(parcel.home, 10, 18), parcel.home);
                    nextDay();
                }
                deliver();
            }
            case COLLECTED_AT_COUNTER, WAITING_AT_COUNTER -> {
                travel(actualDays(), Hold.NONE);
                outForDelivery();
                if (dice.chance(0.5)) {
                    say(Signal.ABSENT, clock(parcel.home, 10, 14), parcel.home);
                }
                say(Signal.READY_FOR_PICKUP, clock(parcel.home, 15, 18), parcel.home);
                if (parcel.story == Story.COLLECTED_AT_COUNTER) {
                    day = day.plusDays(dice.between(1, 3));
                    say(Signal.DELIVERED, clock(parcel.home, 9, 19), parcel.home);
                }
            }
            case BAD_ADDRESS -> {
                travel(actualDays(), Hold.NONE);
                outForDelivery();
                say(Signal.BAD_ADDRESS, clock(parcel.home, 10, 17), parcel.home);
                nextDay();
                deliver();
            }
            case REFUSED_AND_RETURNED, STALLED_ON_THE_WAY_BACK -> {
                travel(actualDays(), Hold.NONE);
                outForDelivery();
                say(Signal.REFUSED, clock(parcel.home, 10, 17), parcel.home);
                say(Signal.RETURNING, clock(parcel.home, 18, 21), parcel.home);
                bringBack();
            }
            case UNDELIVERABLE_AND_RETURNED -> {
                travel(parcel.usualDays, Hold.NONE);
                say(Signal.BAD_ADDRESS, clock(parcel.home, 9, 12), parcel.home);
                while (!day.isAfter(parcel.promisedDay)) {
                    nextDay();
                }
                say(Signal.RETURNING, clock(parcel.home, 12, 18), parcel.home);
                bringBack();
            }
            case RETURNED_AFTER_DELIVERY -> {
                travel(actualDays(), Hold.NONE);
                deliver();
                day = workingDays(day, dice.between(1, 2));
                say(Signal.RETURNING, clock(parcel.home, 10, 17), parcel.home);
                bringBack();
            }
            case DELIVERY_CORRECTED -> {
                travel(actualDays(), Hold.NONE);
                outForDelivery();
                Instant false_ = clock(parcel.home, 10, 14);
                say(Signal.DELIVERED, false_, parcel.home);
                // FedEx words a failed attempt as an exception, which does not take back a delivery.
                if (parcel.carrier == Carrier.UPS && dice.chance(0.5)) {
                    correct(Signal.ABSENT, false_.plus(dice.minutes(30, 150)));
                    nextDay();
                    deliver();
                } else {
                    nextDay();
                    correct(Signal.OUT_FOR_DELIVERY, clock(parcel.home, 7, 9));
                    say(Signal.DELIVERED, clock(parcel.home, 10, 19), parcel.home);
                }
            }
            case DEPOT_SCAN_AFTER_DELIVERY -> {
                travel(actualDays(), Hold.NONE);
                deliver();
                note(
                        Signal.ARRIVED,
                        last().at().plus(dice.minutes(40, 400)),
                        parcel.home,
                        Status.DELIVERED,
                        false,
                        null);
            }
            default -> {
                travel(actualDays(), Hold.NONE);
                deliver();
            }
        }
    }

    /** What happens at the first hub. */
    private enum Hold {
        NONE,
        STALL,
        UNSEEN_SCAN,
        WEATHER,
        CUSTOMS,
        UNHEARD_OF
    }

    /** Working days from pickup to delivery, log-normal about what the lane usually takes, never past the promise. */
    private int actualDays() {
        double drawn = parcel.usualDays * StrictMath.exp(0.22 * dice.gaussian());
        return (int) Math.max(1, Math.min(parcel.usualDays + 1, Math.round(drawn)));
    }

    private void collect() {
        say(Signal.PICKED_UP, clock(parcel.origin, 15, 18), parcel.origin);
        say(Signal.DEPARTED, clock(parcel.origin, 19, 22), parcel.origin);
    }

    /** From pickup to the depot at the destination, on the last of so many working days. */
    private void travel(int days, Hold hold) {
        collect();
        int steps = hold == Hold.NONE ? days : Math.max(2, days);
        for (int step = 1; step < steps; step++) {
            nextDay();
            Spot hub = hub(step);
            say(Signal.ARRIVED, clock(hub, 3, 9), hub);
            if (step == 1 && hold != Hold.NONE) {
                holdAt(hub, hold);
            } else {
                say(Signal.DEPARTED, clock(hub, 17, 22), hub);
            }
        }
        nextDay();
        say(Signal.ARRIVED, clock(parcel.home, 3, 6), parcel.home);
    }

    private void holdAt(Spot hub, Hold hold) {
        Instant arrived = last().at();
        switch (hold) {
            case STALL -> {
                note(Signal.MESSAGE, arrived.plus(dice.hours(20, 50)), hub, status, false, null);
                resume(hub, arrived.plus(dice.hours(76, 100)));
            }
            case UNSEEN_SCAN -> {
                Spot next = hub(2);
                Instant seen = arrived.plus(dice.hours(50, 64));
                note(Signal.ARRIVED, seen, next, status, false, arrived.plus(dice.hours(75, 79)));
                Instant resumed = arrived.plus(dice.hours(82, 96));
                say(Signal.DEPARTED, resumed, next);
                day = LocalDate.ofInstant(resumed, next.zone());
            }
            case WEATHER -> {
                say(Signal.WEATHER, arrived.plus(dice.minutes(60, 200)), hub);
                resume(hub, arrived.plus(dice.hours(20, 50)));
            }
            case CUSTOMS -> {
                say(Signal.CUSTOMS_HELD, arrived.plus(dice.minutes(60, 200)), hub);
                Instant released = atWork(hub, arrived.plus(dice.hours(20, 50)));
                say(Signal.CUSTOMS_RELEASED, released, hub);
                resume(hub, released.plus(dice.minutes(90, 400)));
            }
            default -> {
                say(Signal.UNHEARD_OF, arrived.plus(dice.minutes(60, 200)), hub);
                say(Signal.DEPARTED, clock(hub, 17, 22), hub);
            }
        }
    }

    private void resume(Spot hub, Instant earliest) {
        Instant resumed = atWork(hub, earliest);
        say(Signal.DEPARTED, resumed, hub);
        day = LocalDate.ofInstant(resumed, hub.zone());
    }

    /** The moment, or where it falls on a weekend, Monday morning. */
    private Instant atWork(Spot hub, Instant earliest) {
        ZonedDateTime local = earliest.atZone(hub.zone());
        if (workingDay(local.toLocalDate())) {
            return earliest;
        }
        LocalDate monday = workingDays(local.toLocalDate(), 1);
        return monday.atTime(5, 0).atZone(hub.zone()).toInstant().plus(dice.minutes(0, 360));
    }

    private void outForDelivery() {
        say(Signal.OUT_FOR_DELIVERY, clock(parcel.home, 8, 9), parcel.home);
    }

    private void deliver() {
        outForDelivery();
        say(Signal.DELIVERED, clock(parcel.home, 10, 19), parcel.home);
    }

    /** The way back: refused scans at depots, then "delivered", which means to the sender. */
    private void bringBack() {
        Spot hub = hub(1);
        nextDay();
        say(Signal.ARRIVED, clock(hub, 3, 9), hub);
        if (parcel.story == Story.STALLED_ON_THE_WAY_BACK) {
            resume(hub, last().at().plus(dice.hours(76, 100)));
        } else {
            say(Signal.DEPARTED, clock(hub, 17, 22), hub);
        }
        nextDay();
        say(Signal.OUT_FOR_DELIVERY, clock(parcel.origin, 7, 8), parcel.origin);
        say(Signal.DELIVERED, clock(parcel.origin, 9, 15), parcel.origin);
    }

    private void nextDay() {
        day = workingDays(day, 1);
    }

    /** A moment of the current day by the clock of a place, from an hour to before the end of another. */
    private Instant clock(Spot place, int fromHour, int toHour) {
        return day.atTime(fromHour, 0)
                .atZone(place.zone())
                .toInstant()
                .plus(dice.minutes(0, (toHour - fromHour) * 60 + 59));
    }

    private Spot hub(int step) {
        return hubs.get((step - 1) % hubs.size());
    }

    private Scan last() {
        return scans.get(scans.size() - 1);
    }

    /** A scan that does what it says. */
    private void say(Signal signal, Instant at, Spot place) {
        Status reported = signal.meaning(parcel.carrier).status();
        Status after;
        if (leg == 2) {
            after = reported == Status.DELIVERED ? Status.RETURNED : status;
        } else if (reported == Status.UNKNOWN && status != null) {
            after = status;
        } else {
            after = reported;
        }
        if (after == Status.RETURNING) {
            leg = 2;
        }
        note(signal, at, place, after, false, null);
    }

    /** A scan after a delivery that says it did not happen. */
    private void correct(Signal signal, Instant at) {
        note(signal, at, parcel.home, signal.meaning(parcel.carrier).status(), true, null);
    }

    private void note(Signal signal, Instant at, Spot place, Status after, boolean corrects, Instant uploadedAt) {
        Instant free = scans.isEmpty() ? at : last().at().plus(dice.minutes(3, 9));
        Instant moment = at.isBefore(free) ? free : at;
        Instant uploaded = uploadedAt != null ? uploadedAt : moment.plus(Duration.ofSeconds(dice.between(20, 400)));
        scans.add(new Scan(signal, moment, place, after, leg, corrects, uploaded));
        status = after;
    }

    /** The hubs between two places, in the order they are passed; what crosses customs does so at the first. */
    private static List<Spot> route(Spot origin, Spot home) {
        if (!origin.country().equals("US")) {
            List<Spot> there = Catalogue.places("hub", home.country());
            if (there.isEmpty() || origin.country().equals(home.country())) {
                return Catalogue.places("hub", origin.country());
            }
            List<Spot> hubs = new ArrayList<>(there);
            hubs.addAll(Catalogue.places("hub", origin.country()));
            return hubs.subList(0, there.size());
        }
        return Catalogue.places("hub", "US").stream()
                .filter(hub -> hub.band() >= Math.min(origin.band(), home.band())
                        && hub.band() <= Math.max(origin.band(), home.band()) + 1)
                .sorted((a, b) -> (home.band() >= origin.band() ? 1 : -1) * Integer.compare(a.band(), b.band()))
                .toList();
    }
}
