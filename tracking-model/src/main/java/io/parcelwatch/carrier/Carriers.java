package io.parcelwatch.carrier;

import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The carriers whose payloads we can read. */
public final class Carriers {

    private static final Map<String, CarrierAdapter> ADAPTERS = Stream.of(new UpsAdapter(), new FedExAdapter())
            .collect(Collectors.toMap(CarrierAdapter::carrier, Function.identity(), (a, b) -> a, TreeMap::new));

    private Carriers() {}

    /** The adapter of a carrier, or empty where its payloads cannot be read yet. */
    public static Optional<CarrierAdapter> adapter(String slug) {
        return Optional.ofNullable(slug == null ? null : ADAPTERS.get(slug));
    }

    /** The slugs of the carriers whose payloads can be read. */
    public static SortedSet<String> readable() {
        return new TreeSet<>(ADAPTERS.keySet());
    }
}
