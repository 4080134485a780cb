package io.parcelwatch.watchshipments;

import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import io.parcelwatch.model.Status;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSchemaCompatibility;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.api.java.typeutils.runtime.PojoSerializerSnapshot;
import org.apache.flink.core.memory.DataInputView;
import org.apache.flink.core.memory.DataOutputView;
import org.apache.flink.types.StringValue;

/**
 * Writes what is kept of a number in few bytes: state is read and written whole with each event, and there are millions of them. Texts and
 * places are written once and referred to after that (a parcel hears the same words again and again), moments as the distance to the one
 * before, identities of 16 hexadecimal digits as eight bytes, small numbers in one byte.
 *
 * <p>State that Flink's own serializer of records wrote, before this one was, is migrated when it is restored. So is state of this one where
 * the words of an enum have changed since: they are kept beside the state, and only their position with each event. A change of the format
 * itself takes a new {@link #FORMAT}, and a reader that still knows the old one.
 */
final class WatchedNumberSerializer extends TypeSerializer<WatchedNumber> {

    private static final long serialVersionUID = 1L;

    private static final int FORMAT = 1;

    private static final int SCAN = 1;
    private static final int HEXADECIMAL_ID = 2;
    private static final int QUARTERS = 4;
    private static final int SECONDS_A_QUARTER = 900;

    /** The words of the enums in the order that positions in the state mean. */
    private final Words words;

    /** The serializer of today's words. */
    WatchedNumberSerializer() {
        this(Words.today());
    }

    private WatchedNumberSerializer(Words words) {
        this.words = words;
    }

    @Override
    public void serialize(WatchedNumber number, DataOutputView out) throws IOException {
        Output to = new Output(out);
        to.signed(number.judgedAt());
        out.writeLong(number.judgedBy());
        to.signed(number.since());
        to.signed(number.timer());
        writeRegistration(number.registration(), to);
        to.unsigned(number.events().size());
        long before = 0;
        for (SeenEvent event : number.events()) {
            writeEvent(event, before, to);
            before = event.eventTime().getEpochSecond();
        }
    }

    @Override
    public WatchedNumber deserialize(DataInputView in) throws IOException {
        Input from = new Input(in);
        long judgedAt = from.signed();
        long judgedBy = in.readLong();
        long since = from.signed();
        long timer = from.signed();
        Registration registration = readRegistration(from);
        int size = (int) from.unsigned();
        List<SeenEvent> events = new ArrayList<>(size);
        long before = 0;
        for (int i = 0; i < size; i++) {
            SeenEvent event = readEvent(before, from);
            events.add(event);
            before = event.eventTime().getEpochSecond();
        }
        return new WatchedNumber(registration, events, judgedAt, judgedBy, since, timer);
    }

    private void writeRegistration(Registration registration, Output to) throws IOException {
        to.text(registration == null ? null : registration.carrier());
        if (registration == null) {
            return;
        }
        to.text(registration.trackingNumber());
        to.signed(registration.revision());
        to.unsigned(registration.orders().size());
        for (RegisteredOrder order : registration.orders()) {
            to.text(order.order().channel());
            to.text(order.order().account());
            to.text(order.order().id());
            to.signed(order.journey());
            to.text(order.service());
            to.place(order.origin());
            to.place(order.destination());
            long base = order.placedAt() == null ? 0 : order.placedAt().getEpochSecond();
            to.moment(order.placedAt(), 0);
            to.moment(order.promisedAt(), base);
            to.word(order.promisePrecision());
            to.moment(order.estimatedAt(), base);
            to.moment(order.registeredAt(), base);
            to.moment(order.cancelledAt(), base);
        }
    }

    private Registration readRegistration(Input from) throws IOException {
        String carrier = from.text();
        if (carrier == null) {
            return null;
        }
        String trackingNumber = from.text();
        long revision = from.signed();
        int size = (int) from.unsigned();
        List<RegisteredOrder> orders = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            OrderRef ref = new OrderRef(from.text(), from.text(), from.text());
            int journey = (int) from.signed();
            String service = from.text();
            Place origin = from.place();
            Place destination = from.place();
            Instant placedAt = from.moment(0);
            long base = placedAt == null ? 0 : placedAt.getEpochSecond();
            orders.add(new RegisteredOrder(
                    ref,
                    journey,
                    service,
                    origin,
                    destination,
                    placedAt,
                    from.moment(base),
                    from.word(words.precisions),
                    from.moment(base),
                    from.moment(base),
                    from.moment(base)));
        }
        return new Registration(carrier, trackingNumber, revision, orders);
    }

    private void writeEvent(SeenEvent event, long before, Output to) throws IOException {
        boolean hexadecimal = isHexadecimal(event.eventId());
        boolean quarters = event.offset() % SECONDS_A_QUARTER == 0;
        to.unsigned((event.scan() ? SCAN : 0) | (hexadecimal ? HEXADECIMAL_ID : 0) | (quarters ? QUARTERS : 0));
        if (hexadecimal) {
            to.out.writeLong(HexFormat.fromHexDigitsToLong(event.eventId()));
        } else {
            to.text(event.eventId());
        }
        to.word(event.status());
        to.word(event.reason());
        to.moment(event.eventTime(), before);
        to.signed(quarters ? event.offset() / SECONDS_A_QUARTER : event.offset());
        to.word(event.offsetSource());
        to.text(event.code());
        to.text(event.description());
        to.place(event.location());
        to.moment(event.receivedAt(), event.eventTime().getEpochSecond());
        to.text(event.source());
    }

    private SeenEvent readEvent(long before, Input from) throws IOException {
        int flags = (int) from.unsigned();
        String eventId = (flags & HEXADECIMAL_ID) != 0 ? HexFormat.of().toHexDigits(from.in.readLong()) : from.text();
        Status status = from.word(words.statuses);
        Reason reason = from.word(words.reasons);
        Instant eventTime = from.moment(before);
        int offset = (int) from.signed() * ((flags & QUARTERS) != 0 ? SECONDS_A_QUARTER : 1);
        return new SeenEvent(
                eventId,
                status,
                reason,
                eventTime,
                offset,
                from.word(words.offsetSources),
                from.text(),
                from.text(),
                from.place(),
                (flags & SCAN) != 0,
                from.moment(eventTime.getEpochSecond()),
                from.text());
    }

    /** Whether eight bytes tell all of it: 16 digits, small letters. */
    private static boolean isHexadecimal(String id) {
        if (id.length() != 16) {
            return false;
        }
        for (int i = 0; i < 16; i++) {
            char c = id.charAt(i);
            if (!(c >= '0' && c <= '9' || c >= 'a' && c <= 'f')) {
                return false;
            }
        }
        return true;
    }

    @Override
    public boolean isImmutableType() {
        return true;
    }

    @Override
    public TypeSerializer<WatchedNumber> duplicate() {
        return this;
    }

    @Override
    public WatchedNumber createInstance() {
        return WatchedNumber.empty(0);
    }

    @Override
    public WatchedNumber copy(WatchedNumber number) {
        return number;
    }

    @Override
    public WatchedNumber copy(WatchedNumber number, WatchedNumber reuse) {
        return number;
    }

    @Override
    public int getLength() {
        return -1;
    }

    @Override
    public WatchedNumber deserialize(WatchedNumber reuse, DataInputView in) throws IOException {
        return deserialize(in);
    }

    @Override
    public void copy(DataInputView in, DataOutputView out) throws IOException {
        serialize(deserialize(in), out);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof WatchedNumberSerializer serializer && serializer.words.equals(words);
    }

    @Override
    public int hashCode() {
        return words.hashCode();
    }

    @Override
    public TypeSerializerSnapshot<WatchedNumber> snapshotConfiguration() {
        return new Snapshot(words);
    }

    /** Writes one number; knows the texts and places it wrote of it. */
    private static final class Output {
        private final DataOutputView out;
        private final Map<String, Integer> texts = new HashMap<>();
        private final Map<Place, Integer> places = new HashMap<>();

        Output(DataOutputView out) {
            this.out = out;
        }

        void unsigned(long value) throws IOException {
            long rest = value;
            while ((rest & ~0x7FL) != 0) {
                out.writeByte((int) (rest & 0x7F | 0x80));
                rest >>>= 7;
            }
            out.writeByte((int) rest);
        }

        void signed(long value) throws IOException {
            unsigned(value << 1 ^ value >> 63);
        }

        /** 0 for null. */
        void word(Enum<?> word) throws IOException {
            unsigned(word == null ? 0 : word.ordinal() + 1);
        }

        /** 0 for null, 1 and the text where it is new, else which of those before. */
        void text(String text) throws IOException {
            Integer known = text == null ? Integer.valueOf(-2) : texts.putIfAbsent(text, texts.size());
            unsigned(known == null ? 1 : known + 2);
            if (known == null) {
                StringValue.writeString(text, out);
            }
        }

        void place(Place place) throws IOException {
            Integer known = place == null ? Integer.valueOf(-2) : places.putIfAbsent(place, places.size());
            unsigned(known == null ? 1 : known + 2);
            if (known == null) {
                text(place.city());
                text(place.region());
                text(place.postalCode());
                text(place.country());
            }
        }

        /** 0 for null, else the distance in seconds, with how much finer it is in the two lowest bits. */
        void moment(Instant moment, long base) throws IOException {
            if (moment == null) {
                unsigned(0);
                return;
            }
            int nanos = moment.getNano();
            int fineness = nanos == 0 ? 1 : nanos % 1_000_000 == 0 ? 2 : 3;
            long distance = moment.getEpochSecond() - base;
            unsigned((distance << 1 ^ distance >> 63) << 2 | fineness);
            if (fineness > 1) {
                unsigned(fineness == 2 ? nanos / 1_000_000 : nanos);
            }
        }
    }

    /** Reads one number as {@link Output} writes it. */
    private static final class Input {
        private final DataInputView in;
        private final List<String> texts = new ArrayList<>();
        private final List<Place> places = new ArrayList<>();

        Input(DataInputView in) {
            this.in = in;
        }

        long unsigned() throws IOException {
            long value = 0;
            for (int shift = 0; ; shift += 7) {
                byte read = in.readByte();
                value |= (long) (read & 0x7F) << shift;
                if (read >= 0) {
                    return value;
                }
            }
        }

        long signed() throws IOException {
            return zigzag(unsigned());
        }

        <E> E word(List<E> words) throws IOException {
            int position = (int) unsigned();
            return position == 0 ? null : words.get(position - 1);
        }

        String text() throws IOException {
            int known = (int) unsigned();
            if (known == 1) {
                String text = StringValue.readString(in);
                texts.add(text);
                return text;
            }
            return known == 0 ? null : texts.get(known - 2);
        }

        Place place() throws IOException {
            int known = (int) unsigned();
            if (known == 1) {
                Place place = new Place(text(), text(), text(), text());
                places.add(place);
                return place;
            }
            return known == 0 ? null : places.get(known - 2);
        }

        Instant moment(long base) throws IOException {
            long written = unsigned();
            if (written == 0) {
                return null;
            }
            long nanos = switch ((int) (written & 3)) {
                case 1 -> 0;
                case 2 -> unsigned() * 1_000_000;
                default -> unsigned();
            };
            return Instant.ofEpochSecond(base + zigzag(written >>> 2), nanos);
        }

        private static long zigzag(long value) {
            return value >>> 1 ^ -(value & 1);
        }
    }

    /** The words of each enum, by position. */
    private record Words(
            List<Status> statuses,
            List<Reason> reasons,
            List<OffsetSource> offsetSources,
            List<PromisePrecision> precisions)
            implements java.io.Serializable {

        static Words today() {
            return new Words(
                    List.of(Status.values()),
                    List.of(Reason.values()),
                    List.of(OffsetSource.values()),
                    List.of(PromisePrecision.values()));
        }

        void write(DataOutputView out) throws IOException {
            for (List<? extends Enum<?>> words : List.of(statuses, reasons, offsetSources, precisions)) {
                out.writeInt(words.size());
                for (Enum<?> word : words) {
                    out.writeUTF(word.name());
                }
            }
        }

        static Words read(DataInputView in) throws IOException {
            return new Words(
                    read(in, Status.class),
                    read(in, Reason.class),
                    read(in, OffsetSource.class),
                    read(in, PromisePrecision.class));
        }

        private static <E extends Enum<E>> List<E> read(DataInputView in, Class<E> type) throws IOException {
            List<E> words = new ArrayList<>();
            for (int rest = in.readInt(); rest > 0; rest--) {
                String name = in.readUTF();
                words.add(Arrays.stream(type.getEnumConstants())
                        .filter(word -> word.name().equals(name))
                        .findFirst()
                        .orElseThrow(() -> new IOException("the state knows the " + type.getSimpleName() + " " + name
                                + ", this version does not: go on with the version that wrote it")));
            }
            return List.copyOf(words);
        }
    }

    /** What stands beside the state of how it was written. Public, as Flink makes it by its name. */
    public static final class Snapshot implements TypeSerializerSnapshot<WatchedNumber> {

        private Words words;

        /** For Flink, which reads the rest. */
        public Snapshot() {}

        private Snapshot(Words words) {
            this.words = words;
        }

        @Override
        public int getCurrentVersion() {
            return FORMAT;
        }

        @Override
        public void writeSnapshot(DataOutputView out) throws IOException {
            words.write(out);
        }

        @Override
        public void readSnapshot(int version, DataInputView in, ClassLoader loader) throws IOException {
            if (version != FORMAT) {
                throw new IOException("the state was written in format " + version + ", this version reads " + FORMAT
                        + ": go on with the version that wrote it");
            }
            words = Words.read(in);
        }

        @Override
        public TypeSerializer<WatchedNumber> restoreSerializer() {
            return new WatchedNumberSerializer(words);
        }

        @Override
        public TypeSerializerSchemaCompatibility<WatchedNumber> resolveSchemaCompatibility(
                TypeSerializerSnapshot<WatchedNumber> old) {
            if (old instanceof PojoSerializerSnapshot) {
                return TypeSerializerSchemaCompatibility.compatibleAfterMigration();
            }
            if (!(old instanceof Snapshot before)) {
                return TypeSerializerSchemaCompatibility.incompatible();
            }
            return before.words.equals(words)
                    ? TypeSerializerSchemaCompatibility.compatibleAsIs()
                    : TypeSerializerSchemaCompatibility.compatibleAfterMigration();
        }
    }
}
