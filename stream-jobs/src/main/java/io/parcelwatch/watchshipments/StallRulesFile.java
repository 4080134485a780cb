package io.parcelwatch.watchshipments;

import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Status;
import io.parcelwatch.settings.Setting;
import io.parcelwatch.settings.SettingsFile;
import io.parcelwatch.settings.Similar;
import io.parcelwatch.settings.UnusableSettingsException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.apache.flink.core.fs.FSDataInputStream;
import org.apache.flink.core.fs.FileSystem;
import org.apache.flink.core.fs.Path;

/** Reads the rules by which parcels are stalled from a YAML file; docs/stall-rules.md describes every key. */
final class StallRulesFile {

    private static final BigDecimal FEWEST_HOURS = new BigDecimal("0.1");

    /** 90 days: silence beyond it is no stall but a lost parcel. */
    private static final BigDecimal MOST_HOURS = new BigDecimal("2160");

    private static final BigDecimal MILLIS_AN_HOUR = new BigDecimal("3600000");
    private static final Set<String> KEYS =
            Set.of("name", "valid_from", "match", "hours", "basis", "calendar", "escalate_after");
    private static final Set<String> MATCHES = Set.of("carrier", "service", "status", "lane");
    private static final List<Status> CAN_STALL =
            Arrays.stream(Status.values()).filter(Status::onItsWay).toList();
    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    private final SettingsFile file;

    private StallRulesFile(SettingsFile file) {
        this.file = file;
    }

    /**
     * Reads a file.
     *
     * @param location its path, or a URI that Flink has a file system for ({@code s3://}, {@code hdfs://})
     * @throws UnusableSettingsException where it cannot be read, or with everything that is wrong in it, each with line and key
     */
    static StallRules read(String location) {
        return read(location, bytes(location));
    }

    /**
     * What a file holds, unread; at most a byte more than a file of settings may have.
     *
     * @throws UnusableSettingsException where it cannot be read
     */
    static byte[] bytes(String location) {
        try {
            Path path = new Path(location);
            FileSystem fileSystem = path.getFileSystem();
            if (fileSystem.getFileStatus(path).isDir()) {
                throw new UnusableSettingsException(location + " is a folder: name the YAML file in it");
            }
            try (FSDataInputStream in = fileSystem.open(path)) {
                return in.readNBytes(SettingsFile.MAX_BYTES + 1);
            }
        } catch (FileNotFoundException e) {
            throw new UnusableSettingsException(location + " does not exist: check the path of the stall rules");
        } catch (IOException | IllegalArgumentException e) {
            throw new UnusableSettingsException(location + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /**
     * Reads what a file holds.
     *
     * @param name where it is, and what messages call it
     * @throws UnusableSettingsException with everything that is wrong, each with line and key
     */
    static StallRules read(String name, byte[] yaml) {
        return new StallRules(
                new StallRulesFile(SettingsFile.of(name, yaml)).rules(),
                StallRules.USUAL,
                name,
                new String(yaml, StandardCharsets.UTF_8));
    }

    private List<StallRule> rules() {
        Setting root = file.root();
        file.refuseUnknown(root, Set.of("rules"));
        Setting list = root.get("rules");
        if (list == null) {
            file.problem(1, "rules", "is missing: write a list of rules, as in docs/stall-rules.md");
        } else if (list.items() == null) {
            file.problem(list, "is " + list.kind() + ", but takes a list of rules");
        }
        List<StallRule> rules = new ArrayList<>();
        List<Setting> places = new ArrayList<>();
        for (Setting item : list == null || list.items() == null ? List.<Setting>of() : list.items()) {
            if (item.entries() == null) {
                file.problem(item, "is " + item.kind() + ", but a rule has keys: " + String.join(", ", sorted(KEYS)));
                continue;
            }
            StallRule rule = rule(item);
            if (rule != null) {
                refuseHidden(rule, item, rules, places);
                rules.add(rule);
                places.add(item);
            }
        }
        file.refuse();
        return rules;
    }

    /** The rule; null where too much of it is missing to compare it with others, which is a problem then. */
    private StallRule rule(Setting map) {
        file.refuseUnknown(map, KEYS);
        String name = required(map, "name", "a short name that operations will see beside the alert");
        if (name != null && (name.isBlank() || name.length() > 60)) {
            file.problem(map.get("name"), "takes 1 to 60 characters");
        }
        Instant validFrom = moment(map);
        Setting match = map.get("match");
        if (match != null && match.entries() == null) {
            file.problem(match, "is " + match.kind() + ", but takes some of the keys carrier, service, status, lane");
        } else if (match != null) {
            file.refuseUnknown(match, MATCHES);
        }
        Setting lane = match == null ? null : match.get("lane");
        if (lane != null && lane.entries() == null) {
            file.problem(lane, "is " + lane.kind() + ", but takes the keys origin and destination, or one of them");
        } else if (lane != null) {
            file.refuseUnknown(lane, Set.of("origin", "destination"));
        }
        List<String> carriers = carriers(match);
        List<String> services = texts(match, "service", Place::fold);
        List<Status> statuses = statuses(match);
        List<String> origins = places(lane, "origin");
        List<String> destinations = places(lane, "destination");
        required(map, "hours", "how many hours a parcel may be silent");
        Duration after = hours(map, "hours");
        String basis = file.oneOf(map, "basis", List.of("MOVEMENT", "STATUS"));
        String calendar = file.oneOf(map, "calendar", List.of("all-days", "working-days"));
        Duration escalateAfter = hours(map, "escalate_after");
        if (after != null && escalateAfter != null && escalateAfter.compareTo(after) <= 0) {
            file.problem(
                    map.get("escalate_after"), "is no more than hours: a stall can only escalate after it has opened");
        }
        if (name == null || validFrom == null || after == null) {
            return null;
        }
        return new StallRule(
                name,
                validFrom,
                carriers,
                services,
                statuses,
                origins,
                destinations,
                after,
                basis == null ? StallRule.Basis.MOVEMENT : StallRule.Basis.valueOf(basis),
                "working-days".equals(calendar),
                escalateAfter);
    }

    /** A rule that another takes everything from is a mistake of order. */
    private void refuseHidden(StallRule rule, Setting item, List<StallRule> before, List<Setting> places) {
        for (int i = 0; i < before.size(); i++) {
            StallRule earlier = before.get(i);
            if (earlier.name().equals(rule.name()) && !earlier.covers(rule)) {
                file.problem(
                        item.get("name"),
                        "is the name of the rule at line " + places.get(i).line()
                                + " too: name each rule differently, for example by the year it is valid from");
            }
            if (earlier.covers(rule)) {
                file.problem(
                        item,
                        "is never reached, because " + earlier.name() + " (line "
                                + places.get(i).line()
                                + ") governs all that it matches: the first in the file wins, so put this one above it");
                return;
            }
        }
    }

    private String required(Setting map, String key, String what) {
        if (map.get(key) == null) {
            file.problem(map.line(), map.key() + "." + key, "is missing: write " + what);
            return null;
        }
        return file.text(map, key);
    }

    private Instant moment(Setting map) {
        String text = required(map, "valid_from", "since when the rule holds, as in 2026-01-01");
        if (text == null) {
            return null;
        }
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            file.problem(
                    map.get("valid_from"),
                    "is " + SettingsFile.shortened(text)
                            + ", but takes a day as in 2026-01-01 (its beginning in UTC), or a time with offset as in"
                            + " 2026-01-01T00:00:00+01:00");
            return null;
        }
    }

    private Duration hours(Setting map, String key) {
        String text = file.text(map, key);
        if (text == null) {
            return null;
        }
        if (text.matches("[0-9]{1,6}(\\.[0-9]{1,4})?")) {
            BigDecimal hours = new BigDecimal(text);
            if (hours.compareTo(FEWEST_HOURS) >= 0 && hours.compareTo(MOST_HOURS) <= 0) {
                return Duration.ofMillis(hours.multiply(MILLIS_AN_HOUR)
                        .setScale(0, RoundingMode.HALF_UP)
                        .longValueExact());
            }
        }
        file.problem(
                map.get(key),
                "is " + SettingsFile.shortened(text) + ", but takes hours from " + FEWEST_HOURS + " to " + MOST_HOURS
                        + " (90 days)");
        return null;
    }

    private List<String> texts(Setting map, String key, UnaryOperator<String> form) {
        List<String> texts = new ArrayList<>();
        for (Setting item : map == null ? List.<Setting>of() : file.texts(map, key)) {
            if (item.text().isBlank()) {
                file.problem(item, "is empty: write a value, or leave the key out to match all");
            } else {
                texts.add(form.apply(item.text()));
            }
        }
        Setting list = map == null ? null : map.get(key);
        if (list != null && list.items() != null && list.items().isEmpty()) {
            file.problem(list, "is empty: write a value, or leave the key out to match all");
        }
        return sorted(texts);
    }

    private List<String> carriers(Setting match) {
        for (Setting item : match == null ? List.<Setting>of() : file.texts(match, "carrier")) {
            if (!item.text().isBlank() && !CarrierSlugs.isKnown(item.text())) {
                Similar.to(item.text(), CarrierSlugs.known())
                        .ifPresent(near -> file.problem(
                                item,
                                "is " + SettingsFile.shortened(item.text()) + ", a carrier that we do not know; did you"
                                        + " mean " + near + "?"));
            }
        }
        return texts(match, "carrier", CarrierSlugs::of);
    }

    private List<Status> statuses(Setting match) {
        List<String> known = CAN_STALL.stream().map(Status::name).toList();
        List<Status> statuses = new ArrayList<>();
        for (Setting item : match == null ? List.<Setting>of() : file.texts(match, "status")) {
            if (known.contains(item.text())) {
                statuses.add(Status.valueOf(item.text()));
            } else {
                file.problem(
                        item,
                        "is " + SettingsFile.shortened(item.text()) + ", in which no parcel can stall"
                                + Similar.to(item.text(), known)
                                        .map(near -> "; did you mean " + near + "?")
                                        .orElse(": name some of " + String.join(", ", known)));
            }
        }
        return statuses.stream().distinct().sorted().toList();
    }

    private List<String> places(Setting lane, String key) {
        List<String> places = texts(lane, key, text -> text.strip().toUpperCase(Locale.ROOT));
        for (String place : places) {
            int hyphen = place.indexOf('-');
            String country = hyphen < 0 ? place : place.substring(0, hyphen);
            if (!place.equals("?") && (!COUNTRIES.contains(country) || hyphen == place.length() - 1)) {
                file.problem(
                        lane.get(key),
                        "is " + SettingsFile.shortened(place)
                                + ", but takes a country as in DE, a country and region as in US-CA, or \"?\" for unknown");
            }
        }
        return places;
    }

    private static List<String> sorted(java.util.Collection<String> texts) {
        return new ArrayList<>(texts.stream().distinct().sorted().toList());
    }
}
