package io.parcelwatch.localstack.simulator;

import io.parcelwatch.localstack.simulator.Happening.FulfilmentFile;
import io.parcelwatch.localstack.simulator.Happening.OrderExport;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Promises;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.RegistrationJson;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.RandomAccess;
import java.util.stream.Stream;

/** What a plan came to: what reaches the shop, moment by moment, and what is true at the end. */
public final class Simulation {

    /**
     * A time in which a carrier's feed is silent, for all of its parcels.
     *
     * @param carrier slug
     * @param from    the first moment without payloads
     * @param to      when all that was held comes in a burst
     */
    public record Outage(String carrier, Instant from, Instant to) {}

    private enum Kind {
        EXPORT,
        FULFILMENT_FILE,
        PAYLOAD,
        SPOILT_PAYLOAD
    }

    /** Something that is not written yet: which store's or parcel's, and which of these. */
    private record Entry(Instant at, Kind kind, int of, int which) {

        static final Comparator<Entry> BY_TIME = Comparator.comparing(Entry::at)
                .thenComparing(Entry::kind)
                .thenComparingInt(Entry::of)
                .thenComparingInt(Entry::which);
    }

    private static final DateTimeFormatter FILE_TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HHmm", Locale.ROOT);

    private final World world;
    private final List<Entry> entries = new ArrayList<>();
    private Truth truth;

    Simulation(World world) {
        this.world = world;
        for (Store store : Store.values()) {
            List<Instant> exports = world.exports.get(store);
            for (int i = 0; i < exports.size(); i++) {
                if (!world.exported.get(store).get(i).isEmpty()) {
                    entries.add(new Entry(exports.get(i), Kind.EXPORT, store.ordinal(), i));
                }
            }
            List<Instant> files = world.files.get(store);
            for (int i = 0; i < files.size(); i++) {
                if (!world.fulfilled.get(store).get(i).isEmpty()) {
                    entries.add(new Entry(files.get(i), Kind.FULFILMENT_FILE, store.ordinal(), i));
                }
            }
        }
        for (SimParcel parcel : world.parcels) {
            for (int i = 0; i < parcel.snapshots.size(); i++) {
                entries.add(new Entry(parcel.snapshots.get(i).receivedAt(), Kind.PAYLOAD, parcel.index, i));
            }
        }
        for (int i = 0; i < world.spoilt.size(); i++) {
            entries.add(new Entry(world.spoilt.get(i).snapshot().receivedAt(), Kind.SPOILT_PAYLOAD, 0, i));
        }
        entries.sort(Entry.BY_TIME);
    }

    /** What was played. */
    public SimulationPlan plan() {
        return world.plan;
    }

    /** The as-of of the truth: all that is received comes no later. */
    public Instant end() {
        return world.end;
    }

    /** The one time a carrier's feed is down; null in plans of less than four days. */
    public Outage outage() {
        Feed.Outage outage = world.outage;
        return outage == null ? null : new Outage(outage.carrier().slug(), outage.from(), outage.to());
    }

    /**
     * What reaches the shop, in order of time. Each element is written anew when it is asked for: go through the list once, and keep what
     * you need.
     */
    public List<Happening> timeline() {
        return new Timeline();
    }

    private final class Timeline extends AbstractList<Happening> implements RandomAccess {

        @Override
        public Happening get(int index) {
            return write(entries.get(index));
        }

        @Override
        public int size() {
            return entries.size();
        }
    }

    private Happening write(Entry entry) {
        switch (entry.kind) {
            case EXPORT -> {
                Store store = Store.values()[entry.of];
                String fileName = exportName(store, entry.at);
                byte[] bytes = export(store, entry.which).bytes();
                return new OrderExport(entry.at, Store.CHANNEL, store.account(), fileName, bytes);
            }
            case FULFILMENT_FILE -> {
                Store store = Store.values()[entry.of];
                String fileName = "fulfilments_" + store.account() + "_" + fileTime(store, entry.at) + ".csv";
                List<SimParcel> parcels = world.fulfilled.get(store).get(entry.which);
                byte[] bytes = FulfilmentExport.write(parcels, entry.at);
                return new FulfilmentFile(entry.at, Store.CHANNEL, store.account(), fileName, bytes);
            }
            case PAYLOAD -> {
                SimParcel parcel = world.parcels.get(entry.of);
                return PayloadWriter.write(parcel, parcel.snapshots.get(entry.which));
            }
            default -> {
                return spoilt(entry.which);
            }
        }
    }

    private ShopifyExport.Written export(Store store, int which) {
        Instant at = world.exports.get(store).get(which);
        return ShopifyExport.write(
                exportName(store, at), world.exported.get(store).get(which), at);
    }

    private Happening.CarrierPayload spoilt(int which) {
        World.Spoilt spoilt = world.spoilt.get(which);
        return PayloadWriter.writeMalformed(
                spoilt.parcel(), spoilt.snapshot(), spoilt.quirk(), Dice.of(world.plan.seed(), "spoilt bytes", which));
    }

    private static String exportName(Store store, Instant at) {
        return "orders_export_" + store.account() + "_" + fileTime(store, at) + ".csv";
    }

    private static String fileTime(Store store, Instant at) {
        return FILE_TIME.format(at.atZone(store.zone()));
    }

    /** What the tables must hold at the end. */
    public synchronized Truth truth() {
        if (truth == null) {
            truth = TruthTeller.tell(world, this::rejected, this::deadLetter);
        }
        return truth;
    }

    private List<Truth.RejectedOrder> rejected(Store store, int which) {
        return export(store, which).rejected();
    }

    private String deadLetter(int which) {
        return spoilt(which).payload().payloadId();
    }

    /** To how many orders each story was told. */
    public Map<Story, Integer> stories() {
        Map<Story, Integer> counts = new EnumMap<>(Story.class);
        world.orders.forEach(order -> counts.merge(order.story, 1, Integer::sum));
        return counts;
    }

    /** How many payloads have each quirk. */
    public Map<FeedQuirk, Integer> quirks() {
        Map<FeedQuirk, Integer> counts = new EnumMap<>(FeedQuirk.class);
        for (SimParcel parcel : world.parcels) {
            parcel.snapshots.forEach(snapshot -> snapshot.set().forEach(quirk -> counts.merge(quirk, 1, Integer::sum)));
        }
        world.spoilt.forEach(spoilt -> counts.merge(spoilt.quirk(), 1, Integer::sum));
        return counts;
    }

    /** The story of an order, by its reference's id; null for an id that no order has. */
    public Story storyOf(String orderId) {
        return world.orders.stream()
                .filter(order -> order.id.equals(orderId))
                .map(order -> order.story)
                .findFirst()
                .orElse(null);
    }

    /**
     * What intake must have learned by the end: a registration for each order of each parcel, in order of time, as JSON lines tell them
     * (revision 0, journey undecided). A promise is the first that was given.
     */
    public Stream<Registration> registrations() {
        return world.parcels.stream()
                .filter(parcel -> parcel.registeredAt != null)
                .sorted(Comparator.comparing((SimParcel parcel) -> parcel.registeredAt)
                        .thenComparing(parcel -> parcel.index))
                .flatMap(parcel -> parcel.contents.stream()
                        .map(content -> new Registration(
                                parcel.carrier.slug(),
                                parcel.number,
                                0,
                                List.of(registered(parcel, content.order())))));
    }

    private RegisteredOrder registered(SimParcel parcel, SimOrder order) {
        boolean moved = parcel.laterDay != null && !parcel.repeatedAt.isAfter(world.end);
        PromisePrecision precision = parcel.precision();
        return new RegisteredOrder(
                order.ref(),
                0,
                parcel.service,
                parcel.originAsTold(),
                parcel.destination(),
                order.placedAt,
                parcel.promisedAt(),
                precision,
                moved ? Promises.lastInstantOf(parcel.laterDay, parcel.destination()) : null,
                parcel.registeredAt,
                null);
    }

    /**
     * What carriers meant to say by the end, each event once, in order of first receipt; of registered numbers and others. Their ids are
     * those of JSON lines.
     */
    public Stream<TrackingEvent> events() {
        record Told(SimParcel parcel, Scan scan, Snapshot by) {}
        List<Told> told = new ArrayList<>();
        for (SimParcel parcel : world.parcels) {
            for (Scan scan : parcel.outcome.known) {
                // Snapshots stand in order of receipt: the first that knows the scan brought it.
                parcel.snapshots.stream()
                        .filter(snapshot ->
                                snapshot.tells() && !scan.uploadedAt().isAfter(snapshot.madeAt()))
                        .findFirst()
                        .ifPresent(snapshot -> told.add(new Told(parcel, scan, snapshot)));
            }
        }
        told.sort(Comparator.comparing((Told event) -> event.by.receivedAt())
                .thenComparing(event -> event.parcel.index)
                .thenComparing(event -> event.scan.at()));
        return told.stream().map(event -> event.scan.asEvent(event.parcel, event.by.receivedAt(), event.by.source()));
    }

    /**
     * Writes {@link #registrations} and {@link #events} as JSON lines, for a bounded run without intake.
     *
     * @param shipments where the registrations go
     * @param events    where the events go
     */
    public void writeJsonLines(Path shipments, Path events) throws IOException {
        try (BufferedWriter lines = Files.newBufferedWriter(shipments);
                Stream<Registration> registrations = registrations()) {
            Iterator<Registration> each = registrations.iterator();
            while (each.hasNext()) {
                Registration one = each.next();
                line(
                        lines,
                        RegistrationJson.writeLine(
                                        one.carrier(),
                                        one.trackingNumber(),
                                        one.orders().get(0))
                                .toString());
            }
        }
        try (BufferedWriter lines = Files.newBufferedWriter(events);
                Stream<TrackingEvent> told = events()) {
            told.forEachOrdered(event -> line(lines, EventJson.write(event).toString()));
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    private static void line(BufferedWriter lines, String text) {
        try {
            lines.write(text);
            // Not newLine(): the bytes are the same on every machine.
            lines.write('\n');
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
