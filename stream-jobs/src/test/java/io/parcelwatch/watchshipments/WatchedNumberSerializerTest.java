package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.junit.jupiter.api.Test;

class WatchedNumberSerializerTest {

    private static final Place KENTUCKY = new Place("Louisville", "KY", "40213", "US");

    private final WatchedNumberSerializer serializer = new WatchedNumberSerializer();

    @Test
    void whateverIsKnownOfANumberIsReadAsItWasWritten() throws IOException {
        Random dice = new Random(4);
        for (int round = 0; round < 2_000; round++) {
            List<SeenEvent> events = new ArrayList<>();
            for (int i = dice.nextInt(20); i > 0; i--) {
                events.add(event(dice));
            }
            WatchedNumber number = new WatchedNumber(
                    dice.nextInt(4) == 0 ? null : registration(dice),
                    events,
                    pick(dice, Long.MIN_VALUE, 0L, 1_790_000_000_000L),
                    dice.nextLong(),
                    pick(dice, Long.MIN_VALUE, 0L, 1_790_000_000_001L),
                    pick(dice, 0L, Long.MAX_VALUE, 1_790_000_000_000L));

            assertThat(read(write(number))).isEqualTo(number);
        }
    }

    @Test
    void theWordsAndPlacesOfAJourneyAreWrittenOnce() throws IOException {
        List<SeenEvent> events = new ArrayList<>();
        for (int i = 0; i < 15; i++) {
            events.add(new SeenEvent(
                    String.format("%016x", 0xC0FFEEL * (i + 1)),
                    Status.IN_TRANSIT,
                    null,
                    Instant.parse("2026-03-01T10:00:00Z").plusSeconds(i * 20_000L),
                    -18_000,
                    OffsetSource.CARRIER,
                    "AR",
                    "Arrived at a facility with a name of some length",
                    KENTUCKY,
                    true,
                    Instant.parse("2026-03-01T10:01:00.123Z").plusSeconds(i * 20_000L),
                    "webhook"));
        }
        WatchedNumber number = new WatchedNumber(null, events, 0, 0, 0, 0);

        assertThat(write(number).length).isLessThan(15 * 26 + 130);
    }

    @Test
    void stateThatFlinksOwnSerializerWroteIsMigrated() throws IOException {
        TypeSerializer<WatchedNumber> before =
                TypeInformation.of(WatchedNumber.class).createSerializer(new SerializerConfigImpl());

        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(before.snapshotConfiguration())
                        .isCompatibleAfterMigration())
                .isTrue();
    }

    @Test
    void stateOfTodayIsReadAsItIs() throws IOException {
        TypeSerializerSnapshot<WatchedNumber> restored = new WatchedNumberSerializer.Snapshot();
        restored.readSnapshot(
                1, new DataInputDeserializer(snapshot()), getClass().getClassLoader());

        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(restored)
                        .isCompatibleAsIs())
                .isTrue();
        assertThat(restored.restoreSerializer()).isEqualTo(serializer);
    }

    @Test
    void wordsThatStoodInAnotherOrderAreFoundAgainByTheirNames() throws IOException {
        byte[] today = write(new WatchedNumber(null, List.of(event(new Random(1))), 0, 0, 0, 0));
        DataOutputSerializer reversed = new DataOutputSerializer(1_000);
        for (Enum<?>[] words :
                List.of(Status.values(), Reason.values(), OffsetSource.values(), PromisePrecision.values())) {
            reversed.writeInt(words.length);
            for (int i = words.length - 1; i >= 0; i--) {
                reversed.writeUTF(words[i].name());
            }
        }
        TypeSerializerSnapshot<WatchedNumber> older = new WatchedNumberSerializer.Snapshot();
        older.readSnapshot(
                1,
                new DataInputDeserializer(reversed.getCopyOfBuffer()),
                getClass().getClassLoader());

        assertThat(serializer
                        .snapshotConfiguration()
                        .resolveSchemaCompatibility(older)
                        .isCompatibleAfterMigration())
                .isTrue();
        SeenEvent written = read(today).events().get(0);
        SeenEvent readByOlder = older.restoreSerializer()
                .deserialize(new DataInputDeserializer(today))
                .events()
                .get(0);
        assertThat(readByOlder.status().ordinal())
                .isEqualTo(Status.values().length - 1 - written.status().ordinal());
    }

    @Test
    void aWordThatThisVersionDoesNotKnowIsNamed() throws IOException {
        DataOutputSerializer unknown = new DataOutputSerializer(100);
        unknown.writeInt(1);
        unknown.writeUTF("TELEPORTED");

        assertThatThrownBy(() -> new WatchedNumberSerializer.Snapshot()
                        .readSnapshot(
                                1,
                                new DataInputDeserializer(unknown.getCopyOfBuffer()),
                                getClass().getClassLoader()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("TELEPORTED");
    }

    private byte[] snapshot() throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1_000);
        serializer.snapshotConfiguration().writeSnapshot(out);
        return out.getCopyOfBuffer();
    }

    private byte[] write(WatchedNumber number) throws IOException {
        DataOutputSerializer out = new DataOutputSerializer(1_000);
        serializer.serialize(number, out);
        return out.getCopyOfBuffer();
    }

    private WatchedNumber read(byte[] written) throws IOException {
        DataInputDeserializer in = new DataInputDeserializer(written);
        WatchedNumber read = serializer.deserialize(in);
        assertThat(in.available()).isZero();
        return read;
    }

    private static SeenEvent event(Random dice) {
        return new SeenEvent(
                pick(
                        dice,
                        String.format("%016x", dice.nextLong()),
                        "00000000000000AB",
                        "0123",
                        "\uD83D\uDCE6-7",
                        "é".repeat(16)),
                pick(dice, Status.values()),
                pick(dice, null, Reason.CUSTOMS, Reason.CLOSED),
                moment(dice),
                pick(dice, 0, -18_000, 20_700, 1, -64_800),
                pick(dice, OffsetSource.values()),
                pick(dice, null, "AR", "X:1"),
                pick(dice, null, "", "Arrived", "送達完了", "broken \uD83D half"),
                pick(dice, Place.NOWHERE, KENTUCKY, new Place(null, null, null, "CN")),
                dice.nextBoolean(),
                dice.nextInt(4) == 0 ? null : moment(dice),
                pick(dice, null, "webhook", "poll"));
    }

    private static Registration registration(Random dice) {
        List<RegisteredOrder> orders = new ArrayList<>();
        for (int i = dice.nextInt(3); i > 0; i--) {
            orders.add(new RegisteredOrder(
                    new OrderRef("shopify", pick(dice, "main", "shopify"), String.valueOf(dice.nextInt(100))),
                    dice.nextInt(3),
                    pick(dice, null, "Ground"),
                    pick(dice, null, Place.NOWHERE, KENTUCKY),
                    pick(dice, null, Place.NOWHERE, KENTUCKY),
                    pick(dice, null, moment(dice)),
                    pick(dice, null, moment(dice)),
                    pick(dice, null, PromisePrecision.DATE),
                    pick(dice, null, moment(dice)),
                    pick(dice, null, moment(dice)),
                    pick(dice, null, moment(dice))));
        }
        return new Registration("ups", "1Z" + dice.nextInt(9), pick(dice, 0L, 1L, 1L << 39), orders);
    }

    private static Instant moment(Random dice) {
        return pick(
                dice,
                Instant.parse("2026-03-01T10:00:00Z").plusSeconds(dice.nextInt(1_000_000)),
                Instant.parse("2026-03-01T10:00:00.123Z"),
                Instant.parse("2026-03-01T10:00:00.123456789Z"),
                Instant.parse("0001-01-02T00:00:00Z"),
                Instant.parse("9999-12-30T00:00:00Z"));
    }

    @SafeVarargs
    private static <T> T pick(Random dice, T... among) {
        return among[dice.nextInt(among.length)];
    }
}
