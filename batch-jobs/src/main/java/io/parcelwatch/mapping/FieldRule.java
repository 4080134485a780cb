package io.parcelwatch.mapping;

import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.settings.Setting;
import io.parcelwatch.settings.SettingsFile;
import io.parcelwatch.settings.Similar;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a field is filled from a row.
 *
 * @param target    the field
 * @param setting   where the mapping says it
 * @param how       what is done with the columns
 * @param columns   the columns, as the mapping names them; none of a constant
 * @param text      the constant, or what stands between joined columns
 * @param words     a table of words, its keys in small letters; null where there is none
 * @param otherwise what words become that the table does not have: null, and the record is rejected; {@value #AS_WRITTEN}, and they stay
 * @param ifBlank   what a blank field is taken for; null: it stays blank
 * @param dates     patterns of dates; none: they are recognised
 * @param zone      of times without offset; null: the mapping's
 * @param decimal   before the decimals of amounts; null: the mapping's
 * @param required  whether a record in which it is blank is rejected
 */
record FieldRule(
        Target target,
        Setting setting,
        How how,
        List<Setting> columns,
        String text,
        Map<String, String> words,
        String otherwise,
        String ifBlank,
        List<DatePattern> dates,
        ZoneId zone,
        DecimalMark decimal,
        boolean required) {

    static final String AS_WRITTEN = "as_written";

    /** What is done with the columns of a field. */
    enum How {
        /** The first that is not blank. */
        FIRST,
        /** All that are not blank, in one text. */
        JOIN,
        /** All that are not blank, each for itself. */
        EACH,
        /** There are none: the same in every row. */
        CONSTANT
    }

    private static final Set<String> SOURCES = Set.of("column", "first_of", "join", "constant");
    private static final Set<String> KEYS = Set.of(
            "column",
            "first_of",
            "join",
            "with",
            "constant",
            "values",
            "otherwise",
            "if_blank",
            "dates",
            "zone",
            "decimal_mark",
            "required");

    /** Reads what a mapping says of a field; null where that has problems, which the file then knows. */
    static FieldRule read(SettingsFile file, Setting setting, Target target, Locale locale) {
        if (setting.text() != null || setting.items() != null) {
            return plain(file, setting, target);
        }
        file.refuseUnknown(setting, KEYS);
        List<String> sources = SOURCES.stream()
                .filter(source -> setting.get(source) != null)
                .sorted()
                .toList();
        if (sources.size() != 1) {
            file.problem(
                    setting,
                    (sources.isEmpty() ? "does not say where it comes from" : "has " + String.join(" and ", sources))
                            + ": give one of column, first_of, join, constant");
            return null;
        }
        String source = sources.get(0);
        List<Setting> columns = source.equals("constant") ? List.of() : file.texts(setting, source);
        if (source.equals("column") && columns.size() > 1) {
            file.problem(setting.get(source), "is a list, but takes one column: use first_of or join for several");
        }
        String constant = source.equals("constant") ? file.text(setting, source) : null;
        if (columns.isEmpty() && constant == null) {
            return null;
        }
        String glue = file.text(setting, "with");
        if (glue != null && !source.equals("join")) {
            file.problem(setting.get("with"), "goes with join only");
        }
        List<DatePattern> dates = dates(file, setting, locale);
        ZoneId zone = zone(file, setting);
        DecimalMark decimal = decimal(file, setting);
        refuse(file, setting, "dates", !target.kind().isTime(), target);
        refuse(file, setting, "zone", !target.kind().isTime(), target);
        refuse(file, setting, "decimal_mark", !target.kind().isNumber(), target);
        refuse(file, setting, "values", !target.kind().hasWords(), target);
        Map<String, String> words = words(file, setting, target);
        String otherwise = file.text(setting, "otherwise");
        if (otherwise != null && words == null) {
            file.problem(setting.get("otherwise"), "goes with values only; what a blank field stands for is if_blank");
        }
        if (otherwise != null && target.kind() == Target.Kind.YES_NO && YesNo.of(otherwise) == null) {
            file.problem(setting.get("otherwise"), "is " + Fields.shortened(otherwise) + ", but takes true or false");
        }
        Boolean required = file.truth(setting, "required");
        return new FieldRule(
                target,
                setting,
                source.equals("join")
                        ? How.JOIN
                        : source.equals("constant")
                                ? How.CONSTANT
                                : target.kind() == Target.Kind.TEXTS ? How.EACH : How.FIRST,
                columns,
                constant != null ? constant : glue == null ? " " : glue,
                words,
                otherwise,
                file.text(setting, "if_blank"),
                dates,
                zone,
                decimal,
                target.required() || Boolean.TRUE.equals(required));
    }

    private static FieldRule plain(SettingsFile file, Setting setting, Target target) {
        boolean several = target.kind() == Target.Kind.TEXTS;
        if (setting.items() != null && !several) {
            file.problem(setting, "is a list: say {first_of: [A, B]} or {join: [A, B]}");
            return null;
        }
        List<Setting> columns = setting.text() != null ? List.of(setting) : setting.items();
        if (columns.stream().anyMatch(column -> column.text() == null)) {
            file.problem(setting, "takes one column, or a list of columns as in [A, B]");
            return null;
        }
        return new FieldRule(
                target,
                setting,
                several ? How.EACH : How.FIRST,
                columns,
                " ",
                null,
                null,
                null,
                List.of(),
                null,
                null,
                target.required());
    }

    private static void refuse(SettingsFile file, Setting setting, String key, boolean misplaced, Target target) {
        if (misplaced && setting.get(key) != null) {
            file.problem(setting.get(key), "does not fit a field that is " + target.kind().words);
        }
    }

    /** The date patterns of a mapping or of one of its fields; those that are none are problems. */
    static List<DatePattern> dates(SettingsFile file, Setting map, Locale locale) {
        List<DatePattern> patterns = new ArrayList<>();
        for (Setting pattern : file.texts(map, "dates")) {
            try {
                patterns.add(new DatePattern(pattern.text(), locale));
            } catch (IllegalArgumentException e) {
                file.problem(
                        pattern,
                        "is no date pattern: " + Fields.shortened(pattern.text()) + " (" + e.getMessage()
                                + "); write it as in dd.MM.yyyy HH:mm");
            }
        }
        return patterns;
    }

    /** The time zone of a mapping or of one of its fields; null where there is none. */
    static ZoneId zone(SettingsFile file, Setting map) {
        String zone = file.text(map, "zone");
        if (zone == null) {
            return null;
        }
        try {
            return ZoneId.of(zone);
        } catch (DateTimeException e) {
            file.problem(
                    map.get("zone"),
                    "is no time zone: " + Fields.shortened(zone)
                            + Similar.to(zone, ZoneId.getAvailableZoneIds())
                                    .map(near -> "; did you mean " + near + "?")
                                    .orElse("; name one as in Europe/Berlin or +02:00"));
            return null;
        }
    }

    /** The decimal mark of a mapping or of one of its fields; null where there is none. */
    static DecimalMark decimal(SettingsFile file, Setting map) {
        String word = file.oneOf(map, "decimal_mark", List.of("point", "comma"));
        return word == null ? null : DecimalMark.valueOf(word.toUpperCase(Locale.ROOT));
    }

    private static Map<String, String> words(SettingsFile file, Setting setting, Target target) {
        Setting values = setting.get("values");
        if (values == null || !target.kind().hasWords()) {
            return null;
        }
        if (values.entries() == null || values.entries().isEmpty()) {
            file.problem(values, "takes a table of words, as in {storniert: cancelled, bezahlt: paid}");
            return null;
        }
        Map<String, String> words = new LinkedHashMap<>();
        values.entries().forEach((word, meaning) -> {
            if (meaning.text() == null) {
                file.problem(meaning, "is " + meaning.kind() + ", but takes one word");
            } else if (target.kind() == Target.Kind.YES_NO && YesNo.of(meaning.text()) == null) {
                file.problem(meaning, "is " + Fields.shortened(meaning.text()) + ", but takes true or false");
            } else if (words.put(folded(word), meaning.text()) != null) {
                file.problem(meaning, "stands twice: capital and small letters are the same here");
            }
        });
        return words;
    }

    static String folded(String word) {
        return word.strip().toLowerCase(Locale.ROOT);
    }

    /** The field as it is written in a row, before any table; null where it is blank. */
    String written(FieldSource row) {
        return switch (how) {
            case CONSTANT -> text;
            case FIRST, EACH -> {
                for (Setting column : columns) {
                    String value = row.get(column.text());
                    if (value != null) {
                        yield value;
                    }
                }
                yield ifBlank;
            }
            case JOIN -> {
                String joined = columns.stream()
                        .map(column -> row.get(column.text()))
                        .filter(Objects::nonNull)
                        .collect(Collectors.joining(text));
                yield joined.isEmpty() ? ifBlank : joined;
            }
        };
    }

    /** What the field is called in messages: its columns, which a person finds in the file. */
    String label() {
        return how == How.CONSTANT
                ? target.key()
                : columns.stream().map(Setting::text).collect(Collectors.joining(how == How.JOIN ? " + " : " or "));
    }
}
