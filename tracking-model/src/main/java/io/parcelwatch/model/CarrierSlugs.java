package io.parcelwatch.model;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The names others call carriers by, and ours ({@code carrier-aliases.csv} beside this class). */
public final class CarrierSlugs {

    private static final Map<String, String> SLUGS = loadAliases();

    private CarrierSlugs() {}

    /**
     * The slug of a carrier as a channel, a shipping software or an aggregator names it; of a name we do not know, the name itself in
     * lower case with hyphens, so that the same name is always the same carrier.
     *
     * @return null for null and blank
     */
    public static String of(String name) {
        if (name == null || name.isBlank()) {
            return null;
        }
        String folded = folded(name);
        return SLUGS.getOrDefault(folded, folded.isEmpty() ? "?" : folded);
    }

    /** Whether a name is one that we know, and not merely one that we keep. */
    public static boolean isKnown(String name) {
        return name != null && SLUGS.containsKey(folded(name));
    }

    /** The slugs of all carriers that we know. */
    public static Set<String> known() {
        return Set.copyOf(SLUGS.values());
    }

    private static String folded(String name) {
        return name.strip()
                .toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N}]+", "-")
                .replaceAll("^-|-$", "");
    }

    private static Map<String, String> loadAliases() {
        Map<String, String> slugs = new HashMap<>();
        try (InputStream in = CarrierSlugs.class.getResourceAsStream("carrier-aliases.csv");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.startsWith("#") && !line.isBlank() && !line.startsWith("alias,")) {
                    String[] cells = line.split(",", -1);
                    slugs.put(folded(cells[0]), cells[1].strip());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("carrier-aliases.csv cannot be read from the jar", e);
        }
        return Map.copyOf(slugs);
    }
}
