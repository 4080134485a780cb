package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.core.memory.DataInputViewStreamWrapper;
import org.apache.flink.core.memory.DataOutputViewStreamWrapper;
import org.apache.flink.runtime.checkpoint.Checkpoints;
import org.apache.flink.runtime.checkpoint.OperatorState;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.runtime.checkpoint.metadata.CheckpointMetadata;
import org.apache.flink.runtime.state.KeyGroupsStateHandle;
import org.apache.flink.runtime.state.KeyedBackendSerializationProxy;
import org.apache.flink.runtime.state.KeyedStateHandle;
import org.apache.flink.runtime.state.OperatorBackendSerializationProxy;
import org.apache.flink.runtime.state.OperatorStateHandle;
import org.apache.flink.runtime.state.StreamStateHandle;
import org.apache.flink.runtime.state.filesystem.AbstractFsCheckpointStorageAccess;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot;
import org.apache.flink.runtime.state.metainfo.StateMetaInfoSnapshot.CommonSerializerKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the watch keeps in its state can grow: an older version's state is read, and what it did not know yet is null, zero or false. */
class StateGrowthTest {

    /** What the states hold a value of. */
    private static final List<Class<? extends Record>> VALUES =
            List.of(WatchedNumber.class, StatedStallRules.class, WatchedFeed.class, FeedSign.class);

    /** Every record in the state. */
    private static final List<Class<? extends Record>> RECORDS = List.of(
            Place.class,
            OrderRef.class,
            RegisteredOrder.class,
            Registration.class,
            SeenEvent.class,
            WatchedNumber.class,
            StatedStallRules.class,
            FeedHistory.class,
            WatchedFeed.class,
            FeedSign.class);

    @TempDir
    Path directory;

    static Stream<Arguments> fields() {
        return RECORDS.stream()
                .flatMap(type -> Arrays.stream(type.getRecordComponents())
                        .map(component -> Arguments.of(type, component.getName())));
    }

    @ParameterizedTest(name = "{0} before it had {1}")
    @MethodSource("fields")
    void aValueIsReadFromTheStateOfAVersionThatDidNotKnowAField(Class<? extends Record> type, String field)
            throws Exception {
        for (Class<? extends Record> value : VALUES) {
            if (recordsIn(value, new ArrayList<>()).contains(type)) {
                byte[] written;
                try (URLClassLoader older = olderVersion(type, field)) {
                    Class<?> olderValue = older.loadClass(value.getName());
                    written = write(olderValue, sample(olderValue, null, null));
                }

                assertThat(read(value, written)).usingRecursiveComparison().isEqualTo(sample(value, type, field));
            }
        }
    }

    @Test
    void everyRecordOfTheStateIsHeldAgainstItsOlderVersions() throws Exception {
        List<Class<?>> found = new ArrayList<>();
        VALUES.forEach(value -> recordsIn(value, found));
        assertThat(found).containsExactlyInAnyOrderElementsOf(RECORDS);
        assertThat(todaysStates())
                .as("each holds one of the values, or types that are Flink's own")
                .containsOnlyKeys("number", "stall-rules", "feed", "ahead", "clock", "lifetimes", "waits");
    }

    @Test
    void noStateFallsToGenericSerialization() throws Exception {
        assertThat(todaysStates())
                .containsKeys("number", "clock", "stall-rules", "feed", "ahead")
                .allSatisfy((state, schema) -> assertThat(new String(bytes(schema), StandardCharsets.ISO_8859_1))
                        .as(state)
                        .doesNotContainIgnoringCase("kryo")
                        .doesNotContain("JavaSerializer"));
    }

    static List<String> savepoints() {
        return StoredSavepoint.names();
    }

    @ParameterizedTest
    @MethodSource("savepoints")
    @SuppressWarnings({"unchecked", "rawtypes"})
    void everyStateOfAStoredSavepointIsOneOfTodaysAndCanBeRead(String name) throws Exception {
        Map<String, TypeSerializerSnapshot<?>> today = todaysStates();
        Map<String, TypeSerializerSnapshot<?>> stored = storedStates(name);
        assertThat(stored).containsKey("number");
        stored.forEach((state, schema) -> {
            assertThat(today).containsKey(state);
            assertThat(((TypeSerializerSnapshot) today.get(state))
                            .resolveSchemaCompatibility((TypeSerializerSnapshot) schema)
                            .isIncompatible())
                    .as(state)
                    .isFalse();
        });
    }

    @Test
    void theNewestStoredSavepointKnowsAllThatANumberHasToday() throws Exception {
        List<String> names = StoredSavepoint.names();
        assertThat(bytes(storedStates(names.get(names.size() - 1)).get("number")))
                .as("what is kept of a number has changed: make a savepoint of it, as savepoints/README.md says")
                .isEqualTo(bytes(todaysStates().get("number")));
    }

    /** The states of the watch by name, timers aside: they are Flink's own. */
    private Map<String, TypeSerializerSnapshot<?>> todaysStates() throws Exception {
        try (WatchHarness watch = new WatchHarness(WatchRules.live())) {
            watch.open();
            Map<String, TypeSerializerSnapshot<?>> states = states(List.of(watch.snapshot(1, 1)));
            try (var feeds = FeedWatchTest.harness(WatchRules.live())) {
                feeds.open();
                states.putAll(states(List.of(feeds.snapshot(1, 1))));
            }
            return states;
        }
    }

    private Map<String, TypeSerializerSnapshot<?>> storedStates(String name) throws Exception {
        StoredSavepoint.unpack(name, directory);
        var location = AbstractFsCheckpointStorageAccess.resolveCheckpointPointer(
                directory.resolve("savepoint").toUri().toString());
        List<OperatorSubtaskState> states = new ArrayList<>();
        try (var in = new java.io.DataInputStream(location.getMetadataHandle().openInputStream())) {
            CheckpointMetadata metadata =
                    Checkpoints.loadCheckpointMetadata(in, getClass().getClassLoader(), location.getExternalPointer());
            for (OperatorState operator : metadata.getOperatorStates()) {
                for (OperatorSubtaskState subtask : operator.getStates()) {
                    if (!subtask.getManagedKeyedState().isEmpty()) {
                        states.add(subtask);
                    }
                }
            }
        }
        return states(states);
    }

    private static Map<String, TypeSerializerSnapshot<?>> states(List<OperatorSubtaskState> subtasks) throws Exception {
        Map<String, TypeSerializerSnapshot<?>> states = new HashMap<>();
        List<StateMetaInfoSnapshot> found = new ArrayList<>();
        for (OperatorSubtaskState subtask : subtasks) {
            for (KeyedStateHandle keyed : subtask.getManagedKeyedState()) {
                try (InputStream in = ((KeyGroupsStateHandle) keyed).openInputStream()) {
                    KeyedBackendSerializationProxy<?> proxy =
                            new KeyedBackendSerializationProxy<>(StateGrowthTest.class.getClassLoader());
                    proxy.read(new DataInputViewStreamWrapper(in));
                    found.addAll(proxy.getStateMetaInfoSnapshots());
                }
            }
            for (OperatorStateHandle operator : subtask.getManagedOperatorState()) {
                try (InputStream in = ((StreamStateHandle) operator).openInputStream()) {
                    OperatorBackendSerializationProxy proxy =
                            new OperatorBackendSerializationProxy(StateGrowthTest.class.getClassLoader());
                    proxy.read(new DataInputViewStreamWrapper(in));
                    found.addAll(proxy.getOperatorStateMetaInfoSnapshots());
                    found.addAll(proxy.getBroadcastStateMetaInfoSnapshots());
                }
            }
        }
        for (StateMetaInfoSnapshot state : found) {
            if (state.getBackendStateType() != StateMetaInfoSnapshot.BackendStateType.PRIORITY_QUEUE) {
                states.put(state.getName(), state.getTypeSerializerSnapshot(CommonSerializerKeys.VALUE_SERIALIZER));
            }
        }
        return states;
    }

    private static List<Class<?>> recordsIn(Class<?> type, List<Class<?>> found) {
        if (type.isRecord() && !found.contains(type)) {
            found.add(type);
            for (RecordComponent component : type.getRecordComponents()) {
                recordsIn(elementOf(component), found);
            }
        }
        return found;
    }

    /** All records of the state as they would be without one field, compiled from their components. */
    private URLClassLoader olderVersion(Class<? extends Record> type, String field) throws Exception {
        List<String> sources = new ArrayList<>();
        for (Class<? extends Record> each : RECORDS) {
            List<String> components = new ArrayList<>();
            for (RecordComponent component : each.getRecordComponents()) {
                if (each != type || !component.getName().equals(field)) {
                    components.add(component.getGenericType().getTypeName() + " " + component.getName());
                }
            }
            Path source = directory.resolve(each.getSimpleName() + ".java");
            Files.writeString(
                    source,
                    "package " + each.getPackageName() + "; public record " + each.getSimpleName() + "("
                            + String.join(", ", components) + ") {}");
            sources.add(source.toString());
        }
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        List<String> arguments = new ArrayList<>(
                List.of("-proc:none", "-d", directory.toString(), "-cp", System.getProperty("java.class.path")));
        arguments.addAll(sources);
        assertThat(compiler.run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
        return new ItsOwnFirst(directory.toUri());
    }

    /** Takes the classes of a directory from there, all others from the tests. */
    private static final class ItsOwnFirst extends URLClassLoader {
        ItsOwnFirst(URI directory) throws Exception {
            super(new URL[] {directory.toURL()}, StateGrowthTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            Class<?> loaded = findLoadedClass(name);
            if (loaded == null
                    && RECORDS.stream().anyMatch(type -> type.getName().equals(name))) {
                loaded = findClass(name);
            }
            return loaded != null ? loaded : super.loadClass(name, resolve);
        }
    }

    /** A record with something in every field; of one type one field is as if nothing had been known. */
    private static Object sample(Class<?> type, Class<?> forgetful, String forgotten) throws Exception {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        Class<?>[] types = new Class<?>[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            boolean unknown = type == forgetful && components[i].getName().equals(forgotten);
            values[i] = unknown ? nothing(types[i]) : something(components[i], forgetful, forgotten);
        }
        return type.getDeclaredConstructor(types).newInstance(values);
    }

    private static Object nothing(Class<?> type) {
        return type == boolean.class ? Boolean.FALSE : type == int.class ? (Object) 0 : type == long.class ? 0L : null;
    }

    private static Object something(RecordComponent component, Class<?> forgetful, String forgotten) throws Exception {
        Class<?> type = component.getType();
        if (type == String.class) {
            return "some " + component.getName();
        } else if (type == boolean.class) {
            return true;
        } else if (type == int.class) {
            return 7;
        } else if (type == long.class) {
            return 77L;
        } else if (type == byte[].class) {
            return new byte[] {7, 77};
        } else if (type == Instant.class) {
            return Instant.parse("2026-03-02T12:00:00.123456Z");
        } else if (type.isEnum()) {
            return type.getEnumConstants()[1];
        } else if (type == List.class) {
            return new ArrayList<>(List.of(sample(elementOf(component), forgetful, forgotten)));
        }
        return sample(type, forgetful, forgotten);
    }

    private static Class<?> elementOf(RecordComponent component) {
        return component.getGenericType() instanceof ParameterizedType list
                ? (Class<?>) list.getActualTypeArguments()[0]
                : component.getType();
    }

    private static SerializerConfigImpl withoutGenericTypes() {
        Configuration configuration = new Configuration();
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        return new SerializerConfigImpl(configuration);
    }

    private static <T> byte[] write(Class<T> type, Object value) throws Exception {
        TypeSerializer<T> serializer = TypeInformation.of(type).createSerializer(withoutGenericTypes());
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputViewStreamWrapper out = new DataOutputViewStreamWrapper(bytes);
        TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());
        serializer.serialize(type.cast(value), out);
        return bytes.toByteArray();
    }

    /** Reads as a state backend does: with the serializer that the snapshot tells of, where today's can take its word. */
    private static <T> T read(Class<T> type, byte[] written) throws Exception {
        DataInputViewStreamWrapper in = new DataInputViewStreamWrapper(new ByteArrayInputStream(written));
        TypeSerializerSnapshot<T> older =
                TypeSerializerSnapshot.readVersionedSnapshot(in, StateGrowthTest.class.getClassLoader());
        TypeSerializer<T> today = TypeInformation.of(type).createSerializer(withoutGenericTypes());
        assertThat(today.snapshotConfiguration()
                        .resolveSchemaCompatibility(older)
                        .isCompatibleAfterMigration())
                .isTrue();
        T read = older.restoreSerializer().deserialize(in);
        // What was read is written anew, and stays what it is.
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        today.serialize(read, new DataOutputViewStreamWrapper(bytes));
        return today.deserialize(new DataInputViewStreamWrapper(new ByteArrayInputStream(bytes.toByteArray())));
    }

    private static byte[] bytes(TypeSerializerSnapshot<?> schema) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            TypeSerializerSnapshot.writeVersionedSnapshot(new DataOutputViewStreamWrapper(bytes), schema);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
