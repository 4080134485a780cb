package io.parcelwatch.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The time zone of a place, where its country and region name exactly one ({@code local-zones.csv} beside this class). A region that two
 * zones divide has none: a wrong zone is worse than an unknown one.
 */
public final class LocalZones {

    private static final Map<String, ZoneId> ZONES = load();

    private LocalZones() {}

    /** The one zone of a place, or empty where the place is unknown or lies in more than one. */
    public static Optional<ZoneId> of(Place place) {
        return place == null ? Optional.empty() : of(place.country(), place.region());
    }

    /**
     * The one zone of a country's region.
     *
     * @param country ISO 3166-1 alpha-2; may be null
     * @param region  ISO 3166-2 without the country; may be null
     */
    public static Optional<ZoneId> of(String country, String region) {
        if (country == null) {
            return Optional.empty();
        }
        String upper = country.toUpperCase(Locale.ROOT);
        ZoneId whole = ZONES.get(upper + "-");
        if (whole != null || region == null) {
            return Optional.ofNullable(whole);
        }
        return Optional.ofNullable(ZONES.get(upper + "-" + region.toUpperCase(Locale.ROOT)));
    }

    private static Map<String, ZoneId> load() {
        Map<String, ZoneId> zones = new HashMap<>();
        try (InputStream in = LocalZones.class.getResourceAsStream("local-zones.csv");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#") && !line.startsWith("country,")) {
                    String[] cells = line.split(",", -1);
                    zones.put(cells[0] + "-" + cells[1], ZoneId.of(cells[2]));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("local-zones.csv cannot be read from the jar", e);
        }
        return Map.copyOf(zones);
    }
}
