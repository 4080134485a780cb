package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.OrderRef;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;

/** An order of the simulation: what was bought, and when something about it changed. */
final class SimOrder {

    /** So many of a product. */
    record Line(Catalogue.Product product, int quantity) {}

    /**
     * Who bought and where it goes.
     *
     * @param address2 may be empty, and may begin with {@code #}
     */
    record Customer(
            String first, String last, String email, String phone, String address1, String address2, Spot home) {

        String name() {
            return first + " " + last;
        }
    }

    final int index;
    final Store store;
    final String id;
    final String name;
    final Instant placedAt;
    final Story story;
    final Customer customer;
    final List<Line> lines;
    final String currency;
    final String note;
    final int shippingCents;
    final int taxCents;
    final int discountCents;
    /** In whose clock's offset its times are written. */
    final ZoneId written;

    Instant paidAt;
    Instant cancelledAt;
    /** When a broken row was mended; null if it never was. */
    Instant mendedAt;
    /** In broken or in good order: when an export first brings it whole; null if none does before the end. */
    Instant exportedAt;

    final List<SimParcel> parcels = new ArrayList<>(1);

    SimOrder(
            int index,
            Store store,
            String id,
            String name,
            Instant placedAt,
            Story story,
            Customer customer,
            List<Line> lines,
            String currency,
            String note,
            int shippingCents,
            int taxCents,
            int discountCents,
            ZoneId written) {
        this.index = index;
        this.store = store;
        this.id = id;
        this.name = name;
        this.placedAt = placedAt;
        this.story = story;
        this.customer = customer;
        this.lines = lines;
        this.currency = currency;
        this.note = note;
        this.shippingCents = shippingCents;
        this.taxCents = taxCents;
        this.discountCents = discountCents;
        this.written = written;
    }

    OrderRef ref() {
        return new OrderRef(Store.CHANNEL, store.account(), id);
    }

    int subtotalCents() {
        return lines.stream()
                .mapToInt(line -> line.product().cents() * line.quantity())
                .sum();
    }

    int totalCents() {
        return subtotalCents() + shippingCents + taxCents - discountCents;
    }

    /** Whether an export at that moment writes it broken. */
    boolean brokenAt(Instant moment) {
        return story.brokenRow() && (mendedAt == null || moment.isBefore(mendedAt));
    }

    /** When something about it changed that an export shows. */
    List<Instant> changes() {
        List<Instant> changes = new ArrayList<>();
        changes.add(placedAt);
        for (Instant change : new Instant[] {paidAt, cancelledAt, mendedAt}) {
            if (change != null) {
                changes.add(change);
            }
        }
        parcels.forEach(parcel -> changes.add(parcel.labelAt));
        return changes;
    }

    /** How many of a line have gone out by a moment. */
    int shipped(int line, Instant moment) {
        return parcels.stream()
                .filter(parcel -> !parcel.labelAt.isAfter(moment))
                .mapToInt(parcel -> parcel.quantity(this, line))
                .sum();
    }

    /** How many of all lines have gone out by a moment. */
    int shipped(Instant moment) {
        int shipped = 0;
        for (int line = 0; line < lines.size(); line++) {
            shipped += shipped(line, moment);
        }
        return shipped;
    }

    int ordered() {
        return lines.stream().mapToInt(Line::quantity).sum();
    }
}
