package io.parcelwatch.localstack.simulator;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.ZoneId;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVRecord;

/** What the simulated world is furnished with: places, customers and products, from the CSV files beside this class. */
final class Catalogue {

    /** A customer's name as they write it. */
    record Customer(String country, String first, String last) {}

    /** What is sold, for how many hundredths of the shop's currency. */
    record Product(String sku, String name, int cents) {}

    static final List<Spot> PLACES = rows("places.csv").stream()
            .map(row -> new Spot(
                    row.get("role"),
                    row.get("country"),
                    emptyToNull(row.get("region")),
                    row.get("city"),
                    row.get("postal_code"),
                    ZoneId.of(row.get("zone")),
                    Integer.parseInt(row.get("band")),
                    row.get("facility"),
                    row.get("slic"),
                    row.get("street")))
            .toList();

    static final List<Customer> CUSTOMERS = rows("customers.csv").stream()
            .map(row -> new Customer(row.get("country"), row.get("first"), row.get("last")))
            .toList();

    static final List<Product> PRODUCTS = rows("products.csv").stream()
            .map(row -> new Product(row.get("sku"), row.get("name"), Integer.parseInt(row.get("price"))))
            .toList();

    private static final Map<String, List<Spot>> PLACES_BY_ROLE_AND_COUNTRY = PLACES.stream()
            .collect(Collectors.groupingBy(spot -> spot.role() + spot.country(), Collectors.toUnmodifiableList()));

    private static final Map<String, List<Customer>> CUSTOMERS_BY_COUNTRY =
            CUSTOMERS.stream().collect(Collectors.groupingBy(Customer::country, Collectors.toUnmodifiableList()));

    private Catalogue() {}

    static List<Spot> places(String role, String country) {
        return PLACES_BY_ROLE_AND_COUNTRY.getOrDefault(role + country, List.of());
    }

    static List<Customer> customers(String country) {
        return CUSTOMERS_BY_COUNTRY.get(country);
    }

    private static String emptyToNull(String cell) {
        return cell.isEmpty() ? null : cell;
    }

    private static List<CSVRecord> rows(String resource) {
        CSVFormat format = CSVFormat.DEFAULT
                .builder()
                .setCommentMarker('#')
                .setHeader()
                .setSkipHeaderRecord(true)
                .get();
        try (InputStream in = Catalogue.class.getResourceAsStream(resource);
                InputStreamReader text = new InputStreamReader(in, StandardCharsets.UTF_8)) {
            return format.parse(text).getRecords();
        } catch (IOException e) {
            throw new UncheckedIOException(resource + " cannot be read from the jar", e);
        }
    }
}
