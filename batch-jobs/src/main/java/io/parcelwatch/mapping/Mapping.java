package io.parcelwatch.mapping;

import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.CsvDialect;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.settings.Setting;
import io.parcelwatch.settings.SettingsFile;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.UnsupportedCharsetException;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A mapping as its file says it. Reading it throws nothing: what is wrong is kept in the file's problems until {@link #on} has looked at the
 * data too, so that all of it is told at once.
 */
public final class Mapping {

    private static final Map<String, Character> DELIMITERS =
            Map.of("comma", ',', "semicolon", ';', "tab", '\t', "pipe", '|');
    private static final Set<String> COMMON = Set.of("file", "dates", "date_order", "locale", "zone", "decimal_mark");
    private static final String DELIMITERS_TOLD = "one of comma, semicolon, tab, pipe, or a single character in quotes";

    private final SettingsFile file;
    private final Map<String, FieldRule> fields = new LinkedHashMap<>();
    private final Charset charset;
    private final CsvDialect dialect;
    private final int headerRow;
    private final List<DatePattern> dates;
    private final ZoneId zone;
    private final DecimalMark decimal;
    private final DateOrder order;

    private Mapping(SettingsFile file, List<Target> targets, Set<String> ownKeys) {
        this.file = file;
        Setting root = file.root();
        Set<String> known = new TreeSet<>(COMMON);
        known.addAll(ownKeys);
        targets.forEach(target -> known.add(target.section()));
        file.refuseUnknown(root, known);

        Setting shape = root.get("file");
        if (shape != null && shape.entries() == null) {
            file.problem(shape, "takes keys, as in {delimiter: semicolon}");
            shape = null;
        }
        if (shape == null) {
            this.charset = null;
            this.dialect = null;
            this.headerRow = 0;
        } else {
            file.refuseUnknown(shape, Set.of("delimiter", "charset", "header_row", "quotes"));
            this.charset = charset(shape);
            this.dialect = dialect(shape);
            this.headerRow = headerRow(shape);
        }
        Locale locale = locale(root);
        this.dates = FieldRule.dates(file, root, locale);
        this.zone = FieldRule.zone(file, root);
        this.decimal = FieldRule.decimal(file, root);
        String order = file.oneOf(root, "date_order", List.of("day_first", "month_first", "year_first"));
        this.order = order == null ? null : DateOrder.valueOf(order.toUpperCase(Locale.ROOT));
        readFields("", root, targets, ownKeys, locale);
    }

    /**
     * Reads a mapping.
     *
     * @param file    the file; what is wrong with the mapping becomes its problem
     * @param targets the fields there are
     * @param ownKeys further keys at the top, which the caller reads
     */
    public static Mapping of(SettingsFile file, List<Target> targets, Set<String> ownKeys) {
        return new Mapping(file, targets, ownKeys);
    }

    /** Whether a field is filled at all. */
    public boolean has(String key) {
        return fields.containsKey(key);
    }

    /** The columns that a field is made of, in the order of the mapping; none where it is not filled, or by a constant. */
    public List<String> columns(String key) {
        FieldRule field = fields.get(key);
        return field == null
                ? List.of()
                : field.columns().stream().map(Setting::text).toList();
    }

    /**
     * Holds the mapping against a file, of which it may read all.
     *
     * @param columns     columns that the caller needs beside those of the fields
     * @param conventions what neither mapping nor file say
     * @param retry       whether the file holds rejected records of another, and may well hold nothing that can be read
     * @throws io.parcelwatch.settings.UnusableSettingsException with everything that is wrong with the mapping, and between it and the file
     */
    public MappedFile on(InputFile input, Collection<Setting> columns, Conventions conventions, boolean retry) {
        InputFile told = charset == null ? input : input.in(charset);
        Optional<CsvHead> head = CsvHead.of(told, dialect, headerRow);
        if (head.isEmpty()) {
            Setting shape = file.root().get("file");
            file.problem(
                    shape == null ? 1 : shape.line(),
                    shape == null ? "" : "file",
                    input.name() + " has no header row " + (headerRow > 0 ? "in line " + headerRow : "there")
                            + ": say file.header_row, and file.charset where it is not UTF-8");
            file.refuse();
        }
        Set<Setting> needed = new LinkedHashSet<>(columns);
        fields.values().forEach(field -> needed.addAll(field.columns()));
        List<Setting> missing =
                needed.stream().filter(column -> !head.get().has(column.text())).toList();
        for (Setting column : missing) {
            file.problem(column, Columns.missing(column.text(), head.get()));
        }
        Conventions own =
                new Conventions(Optional.ofNullable(zone), Optional.ofNullable(order), Optional.ofNullable(decimal));
        Conventions known = new Conventions(
                own.zone().or(conventions::zone),
                own.dateOrder().or(conventions::dateOrder),
                own.decimal().or(conventions::decimal));
        MappedFile mapped = MappedFile.of(head.get(), fields, dates, retry ? known : own, known, file);
        if (!retry) {
            mapped.tryOut(file);
        }
        file.refuse();
        return mapped;
    }

    private void readFields(String prefix, Setting map, List<Target> targets, Set<String> ownKeys, Locale locale) {
        Set<String> names = new LinkedHashSet<>();
        targets.stream()
                .map(Target::key)
                .filter(key -> key.startsWith(prefix))
                .forEach(key -> names.add(key.substring(prefix.length()).split("\\.")[0]));
        if (!prefix.isEmpty()) {
            file.refuseUnknown(map, names);
        }
        for (String name : names) {
            Setting setting = map.get(name);
            String key = prefix + name;
            Optional<Target> leaf =
                    targets.stream().filter(target -> target.key().equals(key)).findFirst();
            if (setting == null) {
                targets.stream()
                        .filter(target -> target.required() && (target.key() + ".").startsWith(key + "."))
                        .forEach(target -> file.problem(
                                map.line(),
                                target.key(),
                                "is missing: name its column, as in \"" + target.example() + "\""));
            } else if (leaf.isPresent()) {
                FieldRule field = FieldRule.read(file, setting, leaf.get(), locale);
                if (field != null) {
                    fields.put(key, field);
                }
            } else if (setting.entries() == null) {
                file.problem(setting, "is " + setting.kind() + ", but takes keys, each with its column");
            } else {
                readFields(key + ".", setting, targets, ownKeys, locale);
            }
        }
    }

    private Charset charset(Setting shape) {
        String name = file.text(shape, "charset");
        if (name == null) {
            return null;
        }
        try {
            return Charset.forName(name);
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            file.problem(
                    shape.get("charset"),
                    "is no character set: " + Fields.shortened(name) + "; name one as in windows-1252 or ISO-8859-15");
            return null;
        }
    }

    private CsvDialect dialect(Setting shape) {
        String word = file.text(shape, "delimiter");
        Boolean quotes = file.truth(shape, "quotes");
        if (word == null) {
            if (Boolean.FALSE.equals(quotes)) {
                file.problem(shape.get("quotes"), "goes with delimiter: say that too");
            }
            return null;
        }
        Character delimiter = DELIMITERS.get(word);
        if (delimiter == null && word.length() == 1 && word.charAt(0) < 128 && word.charAt(0) != '"') {
            delimiter = word.charAt(0);
        }
        if (delimiter == null || Character.isLetterOrDigit(delimiter)) {
            file.problem(shape.get("delimiter"), "is " + Fields.shortened(word) + ", but takes " + DELIMITERS_TOLD);
            return null;
        }
        return new CsvDialect(delimiter, !Boolean.FALSE.equals(quotes));
    }

    private int headerRow(Setting shape) {
        String number = file.text(shape, "header_row");
        if (number == null) {
            return 0;
        }
        if (number.matches("[1-9]\\d{0,4}")) {
            return Integer.parseInt(number);
        }
        file.problem(
                shape.get("header_row"),
                "is " + Fields.shortened(number) + ", but takes the line in which the column names stand, from 1");
        return 0;
    }

    private Locale locale(Setting root) {
        String tag = file.text(root, "locale");
        if (tag == null) {
            return Locale.ROOT;
        }
        Locale locale = Locale.forLanguageTag(tag.replace('_', '-'));
        if (Arrays.asList(Locale.getAvailableLocales()).contains(locale)
                && !locale.getLanguage().isEmpty()) {
            return locale;
        }
        file.problem(root.get("locale"), "is no language: " + Fields.shortened(tag) + "; name one as in de or de-AT");
        return Locale.ROOT;
    }
}
