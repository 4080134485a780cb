package io.parcelwatch.carrier;

import io.parcelwatch.model.Place;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** Places as carriers write them, brought to ISO 3166: {@code USA}, {@code United States} and {@code us} are {@code US}. */
final class CarrierPlaces {

    private static final Map<String, String> COUNTRIES = countries();

    /** Region codes that carriers still write and ISO 3166-2 no longer knows, by country. FedEx writes PQ for Quebec. */
    private static final Map<String, String> OLD_REGIONS = Map.of("CA-PQ", "QC", "CA-NF", "NL");

    private CarrierPlaces() {}

    /**
     * A place.
     *
     * @param countries the carrier's words for the country, best first; the first that names one is taken
     */
    static Place of(String city, String region, String postalCode, String... countries) {
        String country = Arrays.stream(countries)
                .map(CarrierPlaces::country)
                .filter(c -> c != null)
                .findFirst()
                .orElse(null);
        return new Place(city, region(region, country), postalCode, country);
    }

    /**
     * What an identity may rest on of a place: city and country, which every feed gives. Postal code, region and facility come in some
     * feeds only.
     */
    static String identifying(Place place) {
        return Place.fold(place.city()) + '|' + Place.fold(place.country());
    }

    /** ISO 3166-1 alpha-2 of what a carrier calls a country; null where it names none. */
    static String country(String written) {
        if (written == null || written.isBlank()) {
            return null;
        }
        String folded = Place.fold(written);
        String known = COUNTRIES.get(folded);
        if (known != null) {
            return known;
        }
        // Two letters that ISO does not list (XK for Kosovo) are still the best there is; other words are no country
        // code.
        return folded.matches("[a-z]{2}") ? folded.toUpperCase(Locale.ROOT) : null;
    }

    private static String region(String written, String country) {
        if (written == null || written.isBlank()) {
            return null;
        }
        String region = written.strip();
        if (country != null && region.regionMatches(true, 0, country + "-", 0, country.length() + 1)) {
            region = region.substring(country.length() + 1);
        }
        if (region.length() <= 3) {
            region = region.toUpperCase(Locale.ROOT);
        }
        return OLD_REGIONS.getOrDefault(country + "-" + region, region);
    }

    private static Map<String, String> countries() {
        Map<String, String> names = new HashMap<>();
        Set<String> codes = Arrays.stream(Locale.getISOCountries()).collect(Collectors.toSet());
        for (String code : codes) {
            Locale locale = new Locale.Builder().setRegion(code).build();
            names.put(Place.fold(locale.getDisplayCountry(Locale.ENGLISH)), code);
            names.put(Place.fold(locale.getISO3Country()), code);
            names.put(Place.fold(code), code);
        }
        names.put("uk", "GB");
        names.put("great britain", "GB");
        names.put("england", "GB");
        names.put("united states of america", "US");
        names.put("korea, republic of", "KR");
        names.put("russian federation", "RU");
        return Map.copyOf(names);
    }
}
