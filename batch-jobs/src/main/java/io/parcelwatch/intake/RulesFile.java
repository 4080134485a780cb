package io.parcelwatch.intake;

import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.settings.Setting;
import io.parcelwatch.settings.SettingsFile;
import io.parcelwatch.settings.Similar;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Currency;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The rules of all accounts, as a YAML file tells them: {@code defaults}, then the channel's, then those of the account in it; the nearest
 * that says something wins. docs/rules.md describes every key.
 */
public final class RulesFile {

    /** What {@code required} can name. */
    public static final List<String> REQUIRABLE = List.of(
            "name",
            "street",
            "city",
            "postal-code",
            "region",
            "country",
            "email",
            "phone",
            "sku",
            "price",
            "subtotal",
            "shipping",
            "taxes");

    private static final Set<String> KEYS = Set.of(
            "rules",
            "rounding",
            "future-days",
            "max-quantity",
            "required",
            "currencies",
            "countries",
            "reject-share",
            "reject-at-least",
            "zone",
            "date-order",
            "decimal-mark",
            "currency");

    private static final int MAX_FUTURE_DAYS = 3_650;

    private final Layer defaults;
    private final Map<String, Layer> channels;
    private final Map<String, Layer> accounts;

    private RulesFile(Layer defaults, Map<String, Layer> channels, Map<String, Layer> accounts) {
        this.defaults = defaults;
        this.channels = channels;
        this.accounts = accounts;
    }

    /** What one part of the file says; null, or not in the map, where it says nothing. */
    private record Layer(
            Map<Rule, Severity> severities,
            BigDecimal rounding,
            Integer futureDays,
            Integer maxQuantity,
            Set<String> required,
            Set<String> currencies,
            Set<String> countries,
            Double rejectShare,
            Integer rejectAtLeast,
            ZoneId zone,
            DateOrder dateOrder,
            DecimalMark decimal,
            String currency) {}

    /**
     * Reads a rules file.
     *
     * @throws io.parcelwatch.settings.UnusableSettingsException where it cannot be used, with everything that is wrong with it
     */
    public static RulesFile read(Path path) {
        SettingsFile file = SettingsFile.read(path);
        Setting root = file.root();
        file.refuseUnknown(root, Set.of("defaults", "channels"));
        Reader reader = new Reader(file);
        Layer defaults = reader.layer(root.get("defaults"), Set.of());
        Map<String, Layer> channels = new java.util.HashMap<>();
        Map<String, Layer> accounts = new java.util.HashMap<>();
        Setting all = root.get("channels");
        if (all != null && all.entries() == null) {
            file.problem(all, "is " + all.kind() + ", but takes the names of channels as keys");
        } else if (all != null) {
            all.entries().forEach((channel, settings) -> {
                channels.put(channel, reader.layer(settings, Set.of("accounts")));
                Setting stores = settings.get("accounts");
                if (stores != null && stores.entries() == null) {
                    file.problem(stores, "is " + stores.kind() + ", but takes the names of accounts as keys");
                } else if (stores != null) {
                    stores.entries()
                            .forEach((account, own) ->
                                    accounts.put(channel + "/" + account, reader.layer(own, Set.of())));
                }
            });
        }
        file.refuse();
        return new RulesFile(defaults, channels, accounts);
    }

    /** The rules of an account. */
    public AccountRules of(String channel, String account) {
        List<Layer> nearestFirst = new ArrayList<>();
        for (Layer layer : Arrays.asList(accounts.get(channel + "/" + account), channels.get(channel), defaults)) {
            if (layer != null) {
                nearestFirst.add(layer);
            }
        }
        AccountRules usual = AccountRules.USUAL;
        Map<Rule, Severity> severities = new EnumMap<>(Rule.class);
        for (int i = nearestFirst.size() - 1; i >= 0; i--) {
            severities.putAll(nearestFirst.get(i).severities());
        }
        return new AccountRules(
                severities,
                nearest(nearestFirst, Layer::rounding).orElse(usual.rounding()),
                nearest(nearestFirst, Layer::futureDays).map(Duration::ofDays).orElse(usual.future()),
                nearest(nearestFirst, Layer::maxQuantity).orElse(usual.maxQuantity()),
                nearest(nearestFirst, Layer::required).orElse(usual.required()),
                nearest(nearestFirst, Layer::currencies).orElse(usual.currencies()),
                nearest(nearestFirst, Layer::countries).orElse(usual.countries()),
                new RejectThreshold(
                        nearest(nearestFirst, Layer::rejectShare)
                                .orElse(usual.threshold().share()),
                        nearest(nearestFirst, Layer::rejectAtLeast)
                                .map(Integer::longValue)
                                .orElse(usual.threshold().atLeast())),
                new Conventions(
                        nearest(nearestFirst, Layer::zone),
                        nearest(nearestFirst, Layer::dateOrder),
                        nearest(nearestFirst, Layer::decimal),
                        nearest(nearestFirst, Layer::currency)));
    }

    private static <V> Optional<V> nearest(List<Layer> layers, Function<Layer, V> of) {
        return layers.stream().map(of).filter(value -> value != null).findFirst();
    }

    /** Reads the parts of a file; what is wrong with them becomes problems of the file. */
    private record Reader(SettingsFile file) {

        Layer layer(Setting map, Set<String> further) {
            if (map == null) {
                return null;
            }
            if (map.entries() == null) {
                file.problem(map, "is " + map.kind() + ", but takes keys such as rules");
                return null;
            }
            Set<String> known = new HashSet<>(KEYS);
            known.addAll(further);
            file.refuseUnknown(map, known);
            return new Layer(
                    severities(map.get("rules")),
                    number(map, "rounding", BigDecimal.ZERO, new BigDecimal(1_000_000)),
                    whole(map, "future-days", 0, MAX_FUTURE_DAYS),
                    whole(map, "max-quantity", 1, Integer.MAX_VALUE),
                    words(map, "required", Set.copyOf(REQUIRABLE), "no field that can be required", false),
                    words(map, "currencies", currencies(), "no ISO 4217 code", true),
                    words(
                            map,
                            "countries",
                            Set.of(Locale.getISOCountries()),
                            "no ISO 3166-1 code of two letters",
                            true),
                    Optional.ofNullable(number(map, "reject-share", BigDecimal.ZERO, BigDecimal.ONE))
                            .map(BigDecimal::doubleValue)
                            .orElse(null),
                    whole(map, "reject-at-least", 0, Integer.MAX_VALUE),
                    zone(map),
                    word(map, "date-order", DateOrder.class),
                    word(map, "decimal-mark", DecimalMark.class),
                    currency(map));
        }

        private Map<Rule, Severity> severities(Setting rules) {
            Map<Rule, Severity> severities = new EnumMap<>(Rule.class);
            if (rules == null) {
                return severities;
            }
            if (rules.entries() == null) {
                file.problem(rules, "is " + rules.kind() + ", but takes rules as keys, as in UNKNOWN_COUNTRY: warn");
                return severities;
            }
            Set<String> names = Arrays.stream(Rule.values()).map(Rule::name).collect(Collectors.toSet());
            file.refuseUnknown(rules, names);
            rules.entries().forEach((name, setting) -> {
                if (!names.contains(name)) {
                    return;
                }
                Rule rule = Rule.valueOf(name);
                if (!rule.changeable()) {
                    file.problem(setting, "cannot be changed: a record that breaks it cannot be read, or has no place");
                    return;
                }
                Severity severity = word(rules, name, Severity.class);
                if (severity != null) {
                    severities.put(rule, severity);
                }
            });
            return severities;
        }

        private BigDecimal number(Setting map, String name, BigDecimal least, BigDecimal most) {
            String text = file.text(map, name);
            if (text == null) {
                return null;
            }
            BigDecimal number = Fields.amountOrNull(text);
            if (number != null && number.compareTo(least) >= 0 && number.compareTo(most) <= 0) {
                return number;
            }
            file.problem(
                    map.get(name),
                    "is " + Fields.shortened(text) + ", but takes a number from " + least + " to "
                            + most.toPlainString());
            return null;
        }

        private Integer whole(Setting map, String name, int least, int most) {
            String text = file.text(map, name);
            if (text == null) {
                return null;
            }
            try {
                int number = Integer.parseInt(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // Said below.
            }
            file.problem(
                    map.get(name),
                    "is " + Fields.shortened(text) + ", but takes a whole number from " + least + " to " + most);
            return null;
        }

        private Set<String> words(Setting map, String name, Set<String> known, String otherwise, boolean capitals) {
            if (map.get(name) == null) {
                return null;
            }
            Set<String> words = new HashSet<>();
            for (Setting item : file.texts(map, name)) {
                String word = capitals ? item.text().toUpperCase(Locale.ROOT) : item.text();
                if (known.contains(word)) {
                    words.add(word);
                } else {
                    file.problem(
                            item,
                            Fields.shortened(item.text()) + " is " + otherwise
                                    + Similar.to(word, known)
                                            .map(near -> "; did you mean " + near + "?")
                                            .orElse(capitals ? "" : ": name some of " + String.join(", ", REQUIRABLE)));
                }
            }
            return words;
        }

        private ZoneId zone(Setting map) {
            String text = file.text(map, "zone");
            if (text == null) {
                return null;
            }
            try {
                return ZoneId.of(text);
            } catch (DateTimeException e) {
                file.problem(
                        map.get("zone"),
                        Fields.shortened(text) + " is no time zone"
                                + Similar.to(text, ZoneId.getAvailableZoneIds())
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(": write it as in Europe/Berlin"));
                return null;
            }
        }

        private String currency(Setting map) {
            String text = file.text(map, "currency");
            if (text == null || currencies().contains(text.toUpperCase(Locale.ROOT))) {
                return text == null ? null : text.toUpperCase(Locale.ROOT);
            }
            file.problem(map.get("currency"), Fields.shortened(text) + " is no ISO 4217 code: write it as in EUR");
            return null;
        }

        private <E extends Enum<E>> E word(Setting map, String name, Class<E> of) {
            List<String> words = Arrays.stream(of.getEnumConstants())
                    .map(word -> word.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .toList();
            String word = file.oneOf(map, name, words);
            return word == null
                    ? null
                    : Enum.valueOf(of, word.toUpperCase(Locale.ROOT).replace('-', '_'));
        }

        private static Set<String> currencies() {
            return Currency.getAvailableCurrencies().stream()
                    .map(Currency::getCurrencyCode)
                    .collect(Collectors.toSet());
        }
    }
}
