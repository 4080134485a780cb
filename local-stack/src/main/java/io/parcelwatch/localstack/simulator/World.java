package io.parcelwatch.localstack.simulator;

import io.parcelwatch.localstack.simulator.SimOrder.Line;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Makes the orders and parcels of a plan, and all that happens to them. Bytes are written later, one by one. */
final class World {

    /** A payload that cannot be read: a spoilt copy of a parcel's snapshot. */
    record Spoilt(SimParcel parcel, Snapshot snapshot, FeedQuirk quirk) {}

    private static final int ATTEMPTS = 300;
    private static final int ATTEMPTS_AT_THE_WHOLE_STORY = 200;
    private static final List<FeedQuirk> SPOILT_WAYS =
            Arrays.stream(FeedQuirk.values()).filter(FeedQuirk::malformed).toList();
    private static final List<String> NOTES = List.of(
            "Please ring twice.\nSecond floor, left.",
            "Leave at the gate\r\nBeware of the dog\r\n",
            "#gift - no invoice please",
            "She said \"before noon\", if possible",
            "Geschenk für Oma 🎁, bitte hübsch einpacken");

    final SimulationPlan plan;
    final Instant end;
    final Feed.Outage outage;
    final List<SimOrder> orders = new ArrayList<>();
    final List<SimParcel> parcels = new ArrayList<>();
    final List<Spoilt> spoilt = new ArrayList<>();
    final Map<Store, List<Instant>> exports = new EnumMap<>(Store.class);
    final Map<Store, List<Instant>> files = new EnumMap<>(Store.class);
    /** By store and export, in the order of the file. */
    final Map<Store, List<List<SimOrder>>> exported = new EnumMap<>(Store.class);
    /** By store and fulfilment file, in the order of the file. */
    final Map<Store, List<List<SimParcel>>> fulfilled = new EnumMap<>(Store.class);

    /** By the first order of a common parcel, the second; and the other way round. */
    private final Map<Integer, Integer> combinedWith = new HashMap<>();

    private final Map<Integer, Integer> combinedInto = new HashMap<>();
    private final Map<Story, Integer> splits = new EnumMap<>(Story.class);
    /** By the order that uses a number again, the one that used it first. */
    private final Map<Integer, Integer> firstUseOf = new HashMap<>();

    World(SimulationPlan plan) {
        this.plan = plan;
        this.end = plan.end();
        this.outage = outage();
        for (Store store : Store.values()) {
            exports.put(store, store.exports(plan.start(), end));
            files.put(store, store.fulfilmentFiles(plan.start(), end));
            exported.put(store, lists(exports.get(store).size()));
            fulfilled.put(store, lists(files.get(store).size()));
        }
        makeOrders();
        for (SimOrder order : orders) {
            ship(order);
        }
        makeParcelsOfNobody();
        orders.forEach(this::putIntoExports);
        exported.values()
                .forEach(list -> list.forEach(file -> file.sort(Comparator.comparing((SimOrder order) -> order.placedAt)
                        .reversed()
                        .thenComparing(order -> order.index))));
        spoilPayloads();
    }

    private static <T> List<List<T>> lists(int count) {
        List<List<T>> lists = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    /** FedEx's feed is down for ten hours of a working day, where the plan is long enough to recover from it. */
    private Feed.Outage outage() {
        if (plan.length().compareTo(Duration.ofDays(4)) < 0) {
            return null;
        }
        LocalDate day = LocalDate.ofInstant(
                plan.start().plus(Duration.ofDays(Math.min(9, plan.length().toDays() / 2))), ZoneOffset.UTC);
        day = Journey.workingDay(day) ? day : Journey.workingDays(day, 1);
        Instant from = day.atTime(12, 0).toInstant(ZoneOffset.UTC);
        return new Feed.Outage(Carrier.FEDEX, from, from.plus(Duration.ofHours(10)));
    }

    // Orders

    private void makeOrders() {
        int count = plan.orders();
        Instant[] placed = new Instant[count];
        Store[] stores = new Store[count];
        for (int i = 0; i < count; i++) {
            Dice dice = Dice.of(plan.seed(), "placed", i);
            double share = (i + dice.fraction()) / count;
            placed[i] = plan.start()
                    .plusMillis((long) (plan.ordering().toMillis() * share))
                    .truncatedTo(ChronoUnit.SECONDS);
            double store = dice.fraction();
            stores[i] = store < 0.5 ? Store.NORTHSIDE : store < 0.8 ? Store.KONTOR : Store.HARBOUR;
        }
        Story[] stories = castStories(placed, stores);
        Map<Store, Integer> names = new EnumMap<>(Store.class);
        for (int i = 0; i < count; i++) {
            int name = names.merge(stores[i], 1, Integer::sum) + 1000;
            orders.add(order(i, stores[i], name, placed[i], stories[i]));
        }
    }

    private Story[] castStories(Instant[] placed, Store[] stores) {
        int count = placed.length;
        int[] shuffled = new int[count];
        for (int i = 0; i < count; i++) {
            shuffled[i] = i;
        }
        Dice.of(plan.seed(), "stories").shuffle(shuffled);
        Story[] stories = new Story[count];
        if (plan.recycledNumbers()) {
            castRecycled(placed, stores, shuffled, stories);
        }
        // The longest stories choose first: only early orders can tell them.
        List<Story> longestFirst = Arrays.stream(Story.values())
                .filter(story -> story.share() > 0)
                .sorted(Comparator.comparing(Story::days).reversed())
                .toList();
        for (Story story : longestFirst) {
            int wanted = (int) Math.max(story.atLeast(), Math.round(story.share() * count));
            Instant latest = end.minus(Duration.ofDays(story.days()));
            for (int i = 0; i < count && wanted > 0; i++) {
                int candidate = shuffled[i];
                if (stories[candidate] == null
                        && !placed[candidate].isAfter(latest)
                        && (story != Story.CUSTOMS || stores[candidate].crossesCustoms())
                        && (story != Story.COMBINED || combine(candidate, placed, stores, stories))) {
                    stories[candidate] = story;
                    wanted--;
                }
            }
        }
        for (int i = 0; i < count; i++) {
            stories[i] = stories[i] == null ? Story.ON_TIME : stories[i];
        }
        return stories;
    }

    /** Finds the order that travels in the same parcel: the store's next that has no story yet, if it comes within a day. */
    private boolean combine(int first, Instant[] placed, Store[] stores, Story[] stories) {
        for (int second = first + 1; second < placed.length; second++) {
            if (Duration.between(placed[first], placed[second]).compareTo(Duration.ofHours(24)) > 0) {
                return false;
            }
            if (stores[second] == stores[first] && stories[second] == null) {
                stories[second] = Story.COMBINED;
                combinedWith.put(first, second);
                combinedInto.put(second, first);
                return true;
            }
        }
        return false;
    }

    private void castRecycled(Instant[] placed, Store[] stores, int[] shuffled, Story[] stories) {
        int wanted = Math.max(3, placed.length / 200);
        Instant firstUntil = plan.start().plus(Duration.ofDays(10));
        Instant secondUntil = end.minus(Duration.ofDays(Story.SECOND_USE_OF_NUMBER.days()));
        for (int first : shuffled) {
            if (wanted == 0) {
                return;
            }
            if (stories[first] != null || placed[first].isAfter(firstUntil)) {
                continue;
            }
            for (int second : shuffled) {
                if (stories[second] == null
                        && stores[second] == stores[first]
                        && placed[second].isAfter(placed[first].plus(Duration.ofDays(62)))
                        && placed[second].isBefore(secondUntil)) {
                    stories[first] = Story.FIRST_USE_OF_NUMBER;
                    stories[second] = Story.SECOND_USE_OF_NUMBER;
                    firstUseOf.put(second, first);
                    wanted--;
                    break;
                }
            }
        }
    }

    private SimOrder order(int index, Store store, int number, Instant placedAt, Story story) {
        Dice dice = Dice.of(plan.seed(), "order", index);
        SimOrder.Customer customer = customer(index, store, story, dice);
        if (combinedInto.containsKey(index)) {
            customer = orders.get(combinedInto.get(index)).customer;
        }
        List<Line> lines = lines(story, dice);
        int subtotal = lines.stream()
                .mapToInt(line -> line.product().cents() * line.quantity())
                .sum();
        boolean foreign = !customer.home().country().equals("GB");
        SimOrder order = new SimOrder(
                index,
                store,
                String.valueOf(5_894_000_000_000L + index * 32_768L + dice.between(0, 32_767)),
                // Orders typed in by hand are numbered without the sign.
                store == Store.HARBOUR && dice.chance(0.08) ? "D" + number : "#" + number,
                placedAt,
                story,
                customer,
                lines,
                store == Store.HARBOUR && foreign ? "EUR" : store.currency(),
                dice.chance(0.2) ? dice.pick(NOTES) : "",
                subtotal > 8000 ? 0 : 595,
                store == Store.NORTHSIDE ? (subtotal * 7 + 50) / 100 : 0,
                dice.chance(0.1) ? 500 : 0,
                dice.chance(0.05) ? ZoneOffset.UTC : store.zone());
        payOrCancel(order, dice);
        return order;
    }

    private void payOrCancel(SimOrder order, Dice dice) {
        order.paidAt = order.placedAt.plusSeconds(dice.between(0, 90));
        if (order.story == Story.CANCELLED) {
            order.cancelledAt = order.placedAt.plus(dice.hours(1, 20));
            order.paidAt = dice.chance(0.5) ? order.paidAt : null;
        } else if (dice.chance(0.06)) {
            order.paidAt = order.placedAt.plus(dice.hours(4, 30));
        }
        Instant whole = order.placedAt;
        if (order.story == Story.REJECTED_THEN_MENDED) {
            Instant broken = next(exports.get(order.store), order.placedAt);
            order.mendedAt = broken == null ? null : broken.plus(dice.hours(2, 20));
            // Shopify tells no time of change; a later payment makes the mended version the newer one.
            order.paidAt = order.mendedAt;
            whole = order.mendedAt;
        }
        boolean neverWhole = order.story.brokenRow() && order.mendedAt == null;
        order.exportedAt = neverWhole ? null : next(exports.get(order.store), whole);
    }

    private SimOrder.Customer customer(int index, Store store, Story story, Dice dice) {
        List<Spot> homes = new ArrayList<>();
        if (story == Story.CUSTOMS) {
            for (String country : store.countries()) {
                boolean abroad = store == Store.HARBOUR ? !country.equals("GB") : country.equals("GB");
                homes.addAll(abroad ? Catalogue.places("home", country) : List.of());
            }
        } else if (story.onShortLane() || dice.chance(0.7)) {
            homes.addAll(Catalogue.places("home", store.countries().get(0)));
        } else {
            homes.addAll(Catalogue.places("home", dice.pick(store.countries())));
        }
        if (story.onShortLane()) {
            homes.removeIf(home -> home.country().equals("US") && home.band() != 0 && home.band() != 3);
        }
        Spot home = dice.pick(homes);
        Catalogue.Customer name = dice.pick(Catalogue.customers(home.country()));
        String address1 = switch (home.country()) {
            case "US", "GB" -> dice.between(1, 990) + " " + home.street();
            default -> home.street() + " " + dice.between(1, 120);
        };
        if (dice.chance(0.04)) {
            address1 += "\nc/o Miller";
        }
        String address2 = dice.chance(0.12) ? "#" + dice.between(1, 40) + "B" : dice.chance(0.1) ? "2nd floor" : "";
        return new SimOrder.Customer(
                name.first(),
                name.last(),
                dice.chance(0.06) ? "" : "customer" + index + "@example.com",
                dice.chance(0.2) ? "" : phone(home.country(), dice),
                address1,
                address2,
                home);
    }

    /** Numbers from the ranges that each country keeps for fiction, where it has one. */
    private static String phone(String country, Dice dice) {
        int last = dice.between(0, 99);
        return switch (country) {
            case "US" -> "+1 212-555-01%02d".formatted(last);
            case "GB" -> "07700 9000%02d".formatted(last);
            case "FR" -> "+33 6 39 98 00 %02d".formatted(last);
            case "DE" -> "+49 171 39200%02d".formatted(last);
            default -> "+31 6 111111%02d".formatted(last);
        };
    }

    private static List<Line> lines(Story story, Dice dice) {
        boolean split = story == Story.SPLIT || story == Story.SPLIT_AWAITING_REST;
        int count = split ? dice.between(2, 3) : dice.chance(0.6) ? 1 : dice.between(2, 4);
        int[] products = new int[Catalogue.PRODUCTS.size()];
        for (int i = 0; i < products.length; i++) {
            products[i] = i;
        }
        dice.shuffle(products);
        List<Line> lines = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            lines.add(new Line(Catalogue.PRODUCTS.get(products[i]), dice.chance(0.7) ? 1 : dice.between(2, 4)));
        }
        return List.copyOf(lines);
    }

    // Parcels

    private void ship(SimOrder order) {
        boolean inAnothersParcel = combinedInto.containsKey(order.index);
        boolean shipped = order.story != Story.CANCELLED && order.story != Story.OUT_OF_STOCK;
        if (order.exportedAt == null || !shipped || inAnothersParcel) {
            return;
        }
        Integer second = combinedWith.get(order.index);
        SimOrder companion = second == null ? null : orders.get(second);
        Instant ready = order.exportedAt;
        if (companion != null) {
            if (companion.exportedAt == null) {
                return;
            }
            ready = companion.exportedAt.isAfter(ready) ? companion.exportedAt : ready;
        }
        Dice dice = Dice.of(plan.seed(), "shipping", order.index);
        boolean split = order.story == Story.SPLIT || order.story == Story.SPLIT_AWAITING_REST;
        int[] firstPart = split ? firstPart(order, dice) : dice.chance(0.3) ? all(order) : null;
        // In turn, not by chance: both endings must occur.
        boolean loses = split && splits.merge(order.story, 1, Integer::sum) % 2 == 0;
        Story story = order.story;
        if (split) {
            story = loses && order.story == Story.SPLIT_AWAITING_REST ? Story.LOST : Story.ON_TIME;
        }
        SimParcel parcel = parcel(order, story, ready, dice);
        if (parcel == null) {
            return;
        }
        parcel.contents.add(new SimParcel.Content(order, firstPart));
        if (companion != null) {
            parcel.contents.add(new SimParcel.Content(companion, firstPart == null ? null : all(companion)));
        }
        add(parcel);
        if (order.story == Story.SPLIT) {
            int[] rest = all(order);
            for (int line = 0; line < rest.length; line++) {
                rest[line] -= firstPart[line];
            }
            Story restStory = loses ? Story.LOST : Story.ON_TIME;
            Instant restReady = dice.chance(0.5) ? ready : ready.plus(Duration.ofHours(22));
            SimParcel other = parcel(order, restStory, restReady, dice);
            if (other != null) {
                other.contents.add(new SimParcel.Content(order, rest));
                add(other);
            }
        }
        if (split) {
            List<Instant> told = exports.get(order.store);
            Instant lastExport = told.get(told.size() - 1);
            if (order.parcels.stream().anyMatch(part -> part.labelAt.isAfter(lastExport))) {
                // Else the channel would still say "partial" of an order whose lines are all known to be shipped.
                throw new IllegalStateException("no export tells the last part of split order " + order.name);
            }
        }
    }

    private static int[] all(SimOrder order) {
        return order.lines.stream().mapToInt(Line::quantity).toArray();
    }

    /** All of the first line, and of the second at times a part; never all of the order. */
    private static int[] firstPart(SimOrder order, Dice dice) {
        int[] part = new int[order.lines.size()];
        part[0] = order.lines.get(0).quantity();
        if (order.lines.get(1).quantity() > 1 && dice.chance(0.5)) {
            part[1] = 1;
        }
        return part;
    }

    private void add(SimParcel parcel) {
        parcels.add(parcel);
        parcel.contents.forEach(content -> content.order().parcels.add(parcel));
        play(parcel);
        List<Instant> moments = files.get(parcel.store);
        int file = moments.indexOf(parcel.registeredAt);
        fulfilled.get(parcel.store).get(file).add(parcel);
        if (parcel.repeatedAt != null) {
            fulfilled.get(parcel.store).get(file + 1).add(parcel);
        }
    }

    /** A parcel that goes out once the order is ready; null where it would be registered too late to be known by the end. */
    private SimParcel parcel(SimOrder order, Story story, Instant ready, Dice dice) {
        Spot home = order.customer.home();
        List<Spot> origins = order.store.origins();
        Spot origin = origins.get(0);
        if (origins.size() > 1) {
            boolean west = home.band() >= 2;
            boolean near = order.story.onShortLane() || dice.chance(0.75);
            origin = origins.get(west == near ? 1 : 0);
        }
        Integer first = firstUseOf.get(order.index);
        SimParcel firstUse = first == null ? null : orders.get(first).parcels.get(0);
        Carrier carrier;
        String service;
        if (firstUse != null) {
            carrier = firstUse.carrier;
            service = firstUse.service;
        } else if (order.store == Store.NORTHSIDE) {
            double drawn = dice.fraction();
            carrier = drawn < 0.5 ? Carrier.UPS : Carrier.FEDEX;
            service = drawn < 0.5 ? "UPS Ground" : drawn < 0.8 ? "FedEx Ground" : "FedEx 2Day";
        } else {
            carrier = Carrier.UPS;
            service = "UPS Standard";
        }
        Instant labelAt = atWork(origin, ready.plus(dice.minutes(30, 600)), dice);
        if (!order.story.onShortLane() && dice.chance(0.15)) {
            labelAt = atWork(origin, labelAt.plus(Duration.ofHours(20)), dice);
        }
        List<Instant> moments = files.get(order.store);
        Instant registeredAt = next(moments, labelAt.plus(Duration.ofMinutes(5)));
        if (registeredAt != null && dice.chance(0.1)) {
            Instant later = next(moments, registeredAt);
            registeredAt = later == null ? registeredAt : later;
        }
        if (registeredAt == null || registeredAt.isAfter(end.minus(Duration.ofHours(12)))) {
            return null;
        }
        int index = parcels.size();
        int usualDays = usualDays(service, origin, home);
        SimParcel parcel = new SimParcel(
                index,
                order.store,
                story,
                carrier,
                firstUse != null ? firstUse.number : number(carrier, index, service),
                service,
                firstUse != null ? 2 : 1,
                origin,
                dice.chance(0.85),
                home,
                labelAt,
                pickupDay(origin, labelAt),
                usualDays,
                registeredAt);
        promise(parcel, dice);
        Instant nextFile = next(moments, registeredAt);
        if (nextFile != null && dice.chance(0.1)) {
            parcel.repeatedAt = nextFile;
            boolean moves = parcel.promisedDay != null && parcel.promisedMoment == null && dice.chance(0.4);
            parcel.laterDay = moves ? Journey.workingDays(parcel.promisedDay, 2) : null;
        }
        return parcel;
    }

    private String number(Carrier carrier, int index, String service) {
        return carrier.number(plan.seed(), index, service.equals("UPS Ground") ? "03" : "68");
    }

    private void promise(SimParcel parcel, Dice dice) {
        boolean needed = parcel.story == Story.LATE
                || parcel.story == Story.UNDELIVERABLE_AND_RETURNED
                || parcel.story == Story.NEVER_HANDED_OVER;
        if (!needed && dice.chance(0.08)) {
            return;
        }
        parcel.promisedDay = Journey.workingDays(parcel.pickupDay, parcel.usualDays + 1);
        if (dice.chance(0.12)) {
            parcel.promisedMoment = parcel.promisedDay
                    .atTime(LocalTime.of(20, 0))
                    .atZone(parcel.home.zone())
                    .toInstant();
        }
        if (Duration.between(parcel.promisedAt(), end).abs().compareTo(Outcome.MARGIN) < 0) {
            // Whether it is past at the end would hang on a moment.
            parcel.promisedDay = null;
            parcel.promisedMoment = null;
        }
    }

    private static int usualDays(String service, Spot origin, Spot home) {
        if (origin.country().equals("US")) {
            return service.equals("FedEx 2Day") ? 2 : 2 + Math.abs(origin.band() - home.band());
        }
        if (origin.country().equals(home.country())) {
            return 1;
        }
        boolean customs = origin.country().equals("GB") || home.country().equals("GB");
        return customs ? 4 : home.country().equals("NL") ? 2 : 3;
    }

    private static Instant atWork(Spot place, Instant earliest, Dice dice) {
        ZonedDateTime local = earliest.atZone(place.zone());
        LocalDate day = local.toLocalDate();
        if (Journey.workingDay(day) && local.getHour() >= 8 && local.getHour() < 17) {
            return earliest.truncatedTo(ChronoUnit.SECONDS);
        }
        if (!Journey.workingDay(day) || local.getHour() >= 17) {
            day = Journey.workingDays(day, 1);
        }
        return day.atTime(8, 0).atZone(place.zone()).toInstant().plus(dice.minutes(0, 240));
    }

    private static LocalDate pickupDay(Spot origin, Instant labelAt) {
        ZonedDateTime local = labelAt.atZone(origin.zone());
        return local.getHour() < 14 ? local.toLocalDate() : Journey.workingDays(local.toLocalDate(), 1);
    }

    private void makeParcelsOfNobody() {
        int count = Math.max(4, plan.orders() / 100);
        for (int i = 0; i < count; i++) {
            Dice dice = Dice.of(plan.seed(), "nobody", i);
            Store store = dice.pick(List.of(Store.values()));
            Spot origin = dice.pick(store.origins());
            Spot home = dice.pick(Catalogue.places("home", store.countries().get(0)));
            boolean fedex = store == Store.NORTHSIDE && dice.chance(0.5);
            String service = fedex ? "FedEx Ground" : store == Store.NORTHSIDE ? "UPS Ground" : "UPS Standard";
            Carrier carrier = fedex ? Carrier.FEDEX : Carrier.UPS;
            Instant drawn = plan.start().plusMillis((long) (plan.ordering().toMillis() * dice.fraction() * 0.8));
            Instant labelAt = atWork(origin, drawn, dice);
            int index = parcels.size();
            SimParcel parcel = new SimParcel(
                    index,
                    store,
                    Story.ON_TIME,
                    carrier,
                    number(carrier, index, service),
                    service,
                    1,
                    origin,
                    false,
                    home,
                    labelAt,
                    pickupDay(origin, labelAt),
                    usualDays(service, origin, home),
                    null);
            parcels.add(parcel);
            play(parcel);
        }
    }

    /** Throws the dice for a parcel until its outcome is clear and its story told. */
    private void play(SimParcel parcel) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Dice dice = Dice.of(plan.seed(), "parcel", parcel.index, attempt);
            parcel.scans = Journey.tell(parcel, dice);
            parcel.snapshots = Feed.of(parcel, dice, outage, end);
            parcel.outcome = Outcome.of(parcel, end);
            boolean known = parcel.registeredAt == null || !parcel.outcome.known.isEmpty();
            if (known
                    && parcel.outcome.isClear(parcel.promisedAt(), end)
                    && (attempt >= ATTEMPTS_AT_THE_WHOLE_STORY || told(parcel))) {
                return;
            }
        }
        throw new IllegalStateException("no clear outcome for a parcel of story " + parcel.story + ", label at "
                + parcel.labelAt + ", with the end at " + end + ": move the end by some hours");
    }

    private static boolean told(SimParcel parcel) {
        Outcome outcome = parcel.outcome;
        if (parcel.story.toldWhole() && outcome.known.size() < parcel.scans.size()) {
            return false;
        }
        return switch (parcel.story) {
            case LATE -> outcome.delayedAt != null && outcome.delivery != null;
            case STALLED_AND_RECOVERED ->
                outcome.delivery != null && outcome.stalls.stream().anyMatch(stall -> stall.closedAt() != null);
            case STALLED_ON_THE_WAY_BACK -> outcome.stalls.stream().anyMatch(stall -> stall.leg() == 2);
            case LOST -> outcome.stalls.stream().anyMatch(stall -> stall.closedAt() == null);
            case STALL_DISPROVED -> outcome.stalls.isEmpty();
            case NEVER_HANDED_OVER, UNDELIVERABLE_AND_RETURNED -> outcome.delayedAt != null;
            default -> true;
        };
    }

    // Files and payloads

    /** An export brings an order if something about it changed since the last export, or shortly before that. */
    private void putIntoExports(SimOrder order) {
        List<Instant> moments = exports.get(order.store);
        int newest = -1;
        List<Instant> changes = order.changes();
        changes.sort(Comparator.naturalOrder());
        for (Instant change : changes) {
            int i = indexOfNext(moments, change);
            for (int export = i; export < moments.size() && export <= i + 1; export++) {
                boolean overlaps =
                        export == i || change.isAfter(moments.get(export - 1).minus(Store.OVERLAP));
                if (overlaps && export > newest) {
                    exported.get(order.store).get(export).add(order);
                    newest = export;
                }
            }
        }
    }

    private void spoilPayloads() {
        int count = Math.max(2 * SPOILT_WAYS.size(), plan.orders() / 50);
        Dice dice = Dice.of(plan.seed(), "spoilt");
        int tries = 0;
        while (spoilt.size() < count && !parcels.isEmpty() && tries++ < count * 50) {
            SimParcel parcel = dice.pick(parcels);
            if (parcel.snapshots.isEmpty()) {
                continue;
            }
            Snapshot model = dice.pick(parcel.snapshots);
            Instant receivedAt = model.receivedAt().plus(dice.minutes(1, 30));
            boolean held = outage != null && outage.holds(parcel.carrier, receivedAt);
            if (model.tells() && !held && !receivedAt.isAfter(end)) {
                FeedQuirk quirk = SPOILT_WAYS.get(spoilt.size() % SPOILT_WAYS.size());
                Snapshot copy = new Snapshot(model.madeAt(), receivedAt, model.poll(), Snapshot.bit(quirk));
                spoilt.add(new Spoilt(parcel, copy, quirk));
            }
        }
    }

    /** The first moment after another, or null. */
    private static Instant next(List<Instant> moments, Instant after) {
        int index = indexOfNext(moments, after);
        return index < moments.size() ? moments.get(index) : null;
    }

    private static int indexOfNext(List<Instant> moments, Instant after) {
        int found = Collections.binarySearch(moments, after);
        return found >= 0 ? found + 1 : -found - 1;
    }
}
