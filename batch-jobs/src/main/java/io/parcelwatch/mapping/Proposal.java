package io.parcelwatch.mapping;

import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.settings.Similar;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A mapping guessed from a file: from the names of its columns in six languages, and from what stands in them. What is sure is said; what is
 * doubtful has a comment; what cannot be guessed is a comment that begins with "choose", and an import by the mapping then says that it is
 * missing.
 */
public final class Proposal {

    private static final Pattern PLAIN = Pattern.compile("[\\p{L}\\p{N}][\\p{L}\\p{N} ._/()+-]*");
    private static final Predicate<String> DOTTED =
            Pattern.compile("\\d{1,2}\\.\\d{1,2}\\.\\d{2,4}\\b.*").asMatchPredicate();
    private static final Set<String> NO_TEXT = Set.of("null", "~");
    private static final int IDS_COMPARED = 10_000;
    private static final int SHORTEST_PART = 5;

    private final FileProfile profile;
    private final Map<String, List<String>> names = ColumnNames.fields();
    private final Map<String, List<String>> statuses = ColumnNames.statuses();
    private final Set<ColumnProfile> used = new LinkedHashSet<>();
    private final StringBuilder yaml = new StringBuilder();

    private Proposal(FileProfile profile) {
        this.profile = profile;
    }

    /** A mapping of a file to orders, as YAML. */
    public static String ofOrders(FileProfile profile) {
        Proposal proposal = new Proposal(profile);
        proposal.orders();
        return proposal.yaml.toString();
    }

    /** A mapping of a file to fulfilments, as YAML. */
    public static String ofFulfilments(FileProfile profile) {
        Proposal proposal = new Proposal(profile);
        proposal.fulfilments();
        return proposal.yaml.toString();
    }

    /**
     * A column that a field may come from.
     *
     * @param doubt why it may not be; null where it surely is
     */
    private record Guess(ColumnProfile column, String doubt) {
        String name() {
            return column.name();
        }
    }

    private void orders() {
        Guess id = named("order.id", column -> !column.isDate() && column.filled() > 0)
                .or(this::uniqueColumn)
                .orElse(null);
        Guess placed = named("order.placed_at", ColumnProfile::isDate)
                .or(() -> only(ColumnProfile::isDate, "the only column of dates"))
                .orElse(null);
        Guess timeOfDay = placed == null || placed.column().kind() != ColumnProfile.Kind.DAY
                ? null
                : named("time.placed_at", ColumnProfile::isTimeOfDay).orElse(null);
        Map<String, Guess> dates = new LinkedHashMap<>();
        for (String field : List.of("paid_at", "fulfilled_at", "cancelled_at", "updated_at", "promised")) {
            named("order." + field, ColumnProfile::isDate).ifPresent(guess -> dates.put(field, guess));
        }
        Guess quantity = named("line.quantity", column -> column.isNumber()).orElse(null);
        Guess total = named("order.total", ColumnProfile::isNumber).orElse(null);
        Map<String, Guess> amounts = new LinkedHashMap<>();
        for (String field : List.of("subtotal", "shipping", "taxes")) {
            named("order." + field, ColumnProfile::isNumber).ifPresent(guess -> amounts.put(field, guess));
        }
        Guess price = named("line.price", ColumnProfile::isNumber).orElse(null);
        Guess currency = named("order.currency", column -> column.kind() == ColumnProfile.Kind.CURRENCY)
                .or(() -> only(
                        column -> column.kind() == ColumnProfile.Kind.CURRENCY, "the only column of currency codes"))
                .orElse(null);
        Guess sku = named("line.sku", column -> column.filled() > 0 && !column.isDate())
                .orElse(null);
        Guess item = named("line.name", column -> column.filled() > 0 && !column.isDate() && !column.isNumber())
                .orElse(null);
        boolean lines = item != null || sku != null;

        List<ColumnProfile> timeColumns = Stream.concat(Stream.ofNullable(placed), dates.values().stream())
                .map(Guess::column)
                .toList();
        List<ColumnProfile> amountColumns = Stream.of(
                        Stream.ofNullable(total), amounts.values().stream(), Stream.ofNullable(price))
                .flatMap(guesses -> guesses)
                .map(Guess::column)
                .toList();
        file();
        conventions(timeColumns, timeOfDay != null, amountColumns);
        rows(id, total, lines);
        if (!lines) {
            line("partial: true", "guessed: no column tells what was bought");
        }

        yaml.append("\norder:\n");
        field("id", id, "which column identifies an order");
        named("order.name", column -> column.filled() > 0 && !column.isDate()).ifPresent(guess -> field("name", guess));
        if (timeOfDay != null) {
            line(
                    "  placed_at: {join: [" + plain(placed.name()) + ", " + plain(timeOfDay.name()) + "]}",
                    placed.doubt());
        } else {
            field("placed_at", placed, "which column tells when it was ordered");
        }
        dates.forEach(this::field);
        currency(currency, amountColumns);
        if (total != null || lines) {
            field("total", total, "which column tells what the order costs");
        }
        amounts.forEach(this::field);
        statuses();
        address();
        if (lines) {
            yaml.append("\nline:\n");
            if (sku != null) {
                field("sku", sku);
            }
            if (item != null) {
                field("name", item);
            } else {
                line("  name: " + plain(sku.name()), "guessed: no column has names of items");
            }
            if (quantity != null) {
                field("quantity", quantity);
            } else {
                line("  quantity: {constant: 1}", "guessed: no column has numbers of pieces");
            }
            if (price != null) {
                field("price", price);
            }
            named("line.status", column -> !column.words().isEmpty()).ifPresent(guess -> field("status", guess));
        }
        unused();
    }

    private void fulfilments() {
        Guess order = named("fulfilment.order", column -> !column.isDate() && column.filled() > 0)
                .orElse(null);
        Guess carrier = named("fulfilment.carrier", column -> !column.isDate() && column.filled() > 0)
                .orElse(null);
        Guess number = named("fulfilment.tracking_number", column -> !column.isDate() && column.filled() > 0)
                .orElse(null);
        Map<String, Guess> dates = new LinkedHashMap<>();
        for (String field : List.of("shipped_at", "promised")) {
            named("fulfilment." + field, ColumnProfile::isDate).ifPresent(guess -> dates.put(field, guess));
        }
        file();
        conventions(dates.values().stream().map(Guess::column).toList(), false, List.of());
        yaml.append("\nfulfilment:\n");
        field("order", order, "which column holds the order's id or name");
        if (carrier == null) {
            yaml.append("  # carrier: {constant: dhl}  # choose: no column tells the carrier\n");
        } else {
            field("carrier", carrier);
        }
        field("tracking_number", number, "which column holds the tracking number");
        named("fulfilment.service", column -> column.filled() > 0 && !column.isDate())
                .ifPresent(guess -> field("service", guess));
        dates.forEach(this::field);
        Guess sku = named("line.sku", column -> column.filled() > 0 && !column.isDate())
                .orElse(null);
        if (sku != null) {
            yaml.append("\nline:\n");
            field("sku", sku);
            named("line.quantity", ColumnProfile::isNumber).ifPresent(guess -> field("quantity", guess));
        }
        unused();
    }

    // How the file is written

    private void file() {
        List<String> keys = new ArrayList<>();
        if (profile.headerRow() > 0) {
            keys.add("header_row: " + profile.headerRow());
        }
        if (!profile.head().input().charset().equals(StandardCharsets.UTF_8)
                && profile.head().input().bom() == 0) {
            keys.add("charset: " + profile.head().input().charset().name().toLowerCase(Locale.ROOT));
        }
        if (!keys.isEmpty()) {
            line("file: {" + String.join(", ", keys) + "}", null);
        }
    }

    private void conventions(List<ColumnProfile> times, boolean timeOfDay, List<ColumnProfile> amounts) {
        CsvSurvey survey = CsvSurvey.of(profile.head(), columnNames(times), columnNames(amounts));
        Set<Conventions.DateOrder> readable = new LinkedHashSet<>();
        boolean ordered = times.stream()
                .flatMap(column -> column.examples().stream())
                .anyMatch(example -> !example.matches("\\d{4}-.*"));
        try {
            readable.add(survey.dates().decide(profile.head().input(), Conventions.UNKNOWN, null));
            if (ordered) {
                line(
                        "date_order: " + readable.iterator().next().name().toLowerCase(Locale.ROOT),
                        "guessed from all dates of the file");
            }
        } catch (UnusableInputException e) {
            if (times.stream().flatMap(column -> column.examples().stream()).allMatch(DOTTED)) {
                line("date_order: day_first", "guessed, as in other dates with dots; the dates do not tell");
            } else {
                yaml.append("# date_order: day_first  # choose: day_first or month_first; the dates do not tell\n");
            }
        }
        boolean local = times.stream()
                .anyMatch(column ->
                        column.kind() == ColumnProfile.Kind.LOCAL_TIME || column.kind() == ColumnProfile.Kind.DAY);
        if (local || timeOfDay) {
            yaml.append("# zone: Europe/Berlin  # choose: the time zone of times without offset, which ")
                    .append(columnNames(times).stream().collect(Collectors.joining(", ")))
                    .append(times.size() == 1 ? " has\n" : " have\n");
        }
        boolean decimals = amounts.stream().anyMatch(column -> column.kind() == ColumnProfile.Kind.DECIMAL);
        try {
            Conventions.DecimalMark mark =
                    survey.amounts().decide(profile.head().input(), Conventions.UNKNOWN, null);
            if (decimals) {
                line("decimal_mark: " + mark.name().toLowerCase(Locale.ROOT), "guessed from all amounts of the file");
            }
        } catch (UnusableInputException e) {
            yaml.append("# decimal_mark: point  # choose: point or comma; the amounts do not tell\n");
        }
    }

    private static List<String> columnNames(List<ColumnProfile> columns) {
        return columns.stream().map(ColumnProfile::name).toList();
    }

    /** How rows of one id differ from each other, as far as rows that stand near each other show. */
    private void rows(Guess id, Guess total, boolean lines) {
        if (id == null || id.column().unique()) {
            return;
        }
        if (!lines) {
            line("\nrows: {same_id: newer_version}", "guessed: several rows have the same " + id.name());
            return;
        }
        int same = 0;
        int blank = 0;
        int different = 0;
        Map<String, String> totals = new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1L;

            @Override
            protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
                return size() > IDS_COMPARED;
            }
        };
        try (CsvRows rows = profile.head().rows()) {
            for (CsvRows.Row row = rows.next(); row != null && total != null; row = rows.next()) {
                String key = row.broken() == null ? row.get(id.name()) : null;
                if (key != null) {
                    String now = row.get(total.name());
                    String before = totals.putIfAbsent(key, now == null ? "" : now);
                    same += before != null && before.equals(now) ? 1 : 0;
                    blank += before != null && now == null ? 1 : 0;
                    different += before != null && now != null && !before.equals(now) ? 1 : 0;
                }
            }
        } catch (IOException e) {
            throw new UnusableInputException(
                    profile.head().input().path() + " cannot be read (" + e.getMessage() + ")");
        }
        yaml.append("\nrows:\n");
        line("  group_by: " + plain(id.name()), null);
        if (blank > same + different) {
            line("  order_columns: first_row", "guessed: " + total.name() + " is blank in the others");
        } else if (different > 0) {
            line("  amounts: add_up", "guessed: " + total.name() + " differs between rows of one " + id.name());
        }
    }

    // What stands where

    private void currency(Guess currency, List<ColumnProfile> amounts) {
        if (currency != null) {
            field("currency", currency);
            return;
        }
        Set<String> beside = amounts.stream()
                .map(ColumnProfile::currencyOfAmounts)
                .filter(code -> code != null)
                .collect(Collectors.toSet());
        if (beside.size() == 1) {
            line(
                    "  currency: {constant: " + beside.iterator().next() + "}",
                    "guessed from what stands beside the amounts");
        } else {
            yaml.append("  # currency: {constant: EUR}  # choose: no column names the currency\n");
        }
    }

    private void statuses() {
        named("order.financial_status", column -> !column.words().isEmpty() && !column.isDate() && !column.isNumber())
                .ifPresent(guess -> status("financial_status", guess, List.of("paid", "pending", "refunded")));
        named("order.fulfillment_status", column -> !column.words().isEmpty() && !column.isDate() && !column.isNumber())
                .ifPresent(guess -> {
                    status("fulfillment_status", guess, List.of("fulfilled", "partial", "unfulfilled"));
                    List<String> cancelled = guess.column().words().stream()
                            .filter(word -> statuses.get("cancelled").contains(Similar.folded(word)))
                            .toList();
                    if (!cancelled.isEmpty()) {
                        line(
                                "  cancelled: {column: " + plain(guess.name()) + ", values: {"
                                        + cancelled.stream()
                                                .map(word -> plain(word) + ": true")
                                                .collect(Collectors.joining(", "))
                                        + "}, otherwise: false}",
                                null);
                    }
                });
    }

    private void status(String field, Guess guess, List<String> meanings) {
        Map<String, String> table = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        for (String word : guess.column().words()) {
            Optional<String> meaning = Stream.concat(meanings.stream(), Stream.of("cancelled"))
                    .filter(one -> statuses.get(one).contains(Similar.folded(word)))
                    .findFirst();
            if (meaning.isEmpty()) {
                unknown.add(word);
            } else if (table.keySet().stream().noneMatch(word::equalsIgnoreCase)) {
                // What is cancelled was not sent, and says nothing of its payment.
                table.put(
                        word,
                        !meaning.get().equals("cancelled")
                                ? meaning.get()
                                : meanings.contains("unfulfilled") ? "unfulfilled" : word);
            }
        }
        if (table.isEmpty()) {
            line("  " + field + ": " + plain(guess.name()), "guessed; its words are left as they are");
            return;
        }
        String doubt = unknown.isEmpty() ? guess.doubt() : "choose what these mean: " + String.join(", ", unknown);
        line("  " + field + ":", doubt);
        line("    column: " + plain(guess.name()), null);
        line(
                "    values: {"
                        + table.entrySet().stream()
                                .map(entry -> plain(entry.getKey()) + ": " + plain(entry.getValue()))
                                .collect(Collectors.joining(", "))
                        + "}",
                null);
        line("    otherwise: as_written", null);
    }

    private void address() {
        int start = yaml.length();
        yaml.append("  destination:\n");
        int inner = yaml.length();
        for (String field : List.of("country", "region", "postal_code", "city")) {
            addressed("order.destination." + field).ifPresent(guess -> field("  " + field, guess));
        }
        if (yaml.length() == inner) {
            yaml.setLength(start);
        }
        start = yaml.length();
        yaml.append("  customer:\n");
        inner = yaml.length();
        Guess first = addressed("part.first_name").orElse(null);
        Guess last = first == null ? null : addressed("part.last_name").orElse(null);
        if (last != null) {
            line("    name: {join: [" + plain(first.name()) + ", " + plain(last.name()) + "]}", null);
        } else {
            used.remove(first == null ? null : first.column());
            addressed("order.customer.name").ifPresent(guess -> field("  name", guess));
        }
        named("order.customer.email", column -> column.kind() == ColumnProfile.Kind.EMAIL)
                .or(() -> only(
                        column -> column.kind() == ColumnProfile.Kind.EMAIL, "the only column of e-mail addresses"))
                .ifPresent(guess -> field("  email", guess));
        List<Guess> phones = new ArrayList<>();
        for (Optional<Guess> phone = phone(); phone.isPresent(); phone = phone()) {
            phones.add(phone.get());
        }
        if (!phones.isEmpty()) {
            line(
                    "    phones: ["
                            + phones.stream().map(phone -> plain(phone.name())).collect(Collectors.joining(", ")) + "]",
                    null);
        }
        addressed("order.customer.street").ifPresent(street -> {
            Guess number = addressed("part.house_number").orElse(null);
            Guess second = addressed("part.address_2").orElse(null);
            if (number != null) {
                line(
                        "    street: {join: [" + plain(street.name()) + ", " + plain(number.name()) + "]}",
                        street.doubt());
            } else if (second != null) {
                line(
                        "    street: {join: [" + plain(street.name()) + ", " + plain(second.name())
                                + "], with: \", \"}",
                        street.doubt());
            } else {
                field("  street", street);
            }
        });
        if (yaml.length() == inner) {
            yaml.setLength(start);
        }
    }

    private Optional<Guess> phone() {
        return addressed("order.customer.phones");
    }

    /** A part of an address: the parcel's rather than the payer's. */
    private Optional<Guess> addressed(String field) {
        Predicate<ColumnProfile> fits = column -> column.filled() > 0 && !column.isDate();
        return prefixed(field, "prefix.shipping", fits)
                .or(() -> exact(field, fits))
                .or(() -> prefixed(field, "prefix.billing", fits)
                        .map(guess -> new Guess(guess.column(), "guessed: no column tells where the parcel goes")));
    }

    private Optional<Guess> prefixed(String field, String prefixes, Predicate<ColumnProfile> fits) {
        for (String name : names.get(field)) {
            for (String prefix : names.get(prefixes)) {
                Optional<ColumnProfile> found = free(fits)
                        .filter(column -> {
                            String folded = Similar.folded(column.name());
                            return folded.equals(prefix + name) || folded.equals(name + prefix);
                        })
                        .findFirst();
                if (found.isPresent()) {
                    return taken(found.get(), null);
                }
            }
        }
        return Optional.empty();
    }

    private Optional<Guess> exact(String field, Predicate<ColumnProfile> fits) {
        for (String name : names.get(field)) {
            Optional<ColumnProfile> found = free(fits)
                    .filter(column -> Similar.folded(column.name()).equals(name))
                    .findFirst();
            if (found.isPresent()) {
                return taken(found.get(), null);
            }
        }
        return Optional.empty();
    }

    /** The column that by its name is a field, or seems to be. */
    private Optional<Guess> named(String field, Predicate<ColumnProfile> fits) {
        return exact(field, fits)
                .or(() -> names.get(field).stream()
                        .filter(name -> name.length() >= SHORTEST_PART)
                        .flatMap(name -> free(fits)
                                .filter(column -> Similar.folded(column.name()).contains(name)))
                        .findFirst()
                        .flatMap(column -> taken(column, "guessed from its name")));
    }

    private Optional<Guess> only(Predicate<ColumnProfile> fits, String why) {
        List<ColumnProfile> all = free(fits).toList();
        return all.size() == 1 ? taken(all.get(0), "guessed: " + why) : Optional.empty();
    }

    private Optional<Guess> uniqueColumn() {
        return free(column -> column.unique()
                        && column.blank() == 0
                        && !column.isDate()
                        && column.kind() != ColumnProfile.Kind.EMAIL
                        && column.kind() != ColumnProfile.Kind.DECIMAL)
                .min(Comparator.comparingInt(column -> profile.columns().indexOf(column)))
                .flatMap(column -> taken(column, "guessed: no value stands in it twice"));
    }

    private Stream<ColumnProfile> free(Predicate<ColumnProfile> fits) {
        return profile.columns().stream()
                .filter(column -> !column.name().isEmpty() && !used.contains(column))
                .filter(fits);
    }

    private Optional<Guess> taken(ColumnProfile column, String doubt) {
        used.add(column);
        return Optional.of(new Guess(column, doubt));
    }

    // YAML

    private void field(String field, Guess guess) {
        line("  " + field + ": " + plain(guess.name()), guess.doubt());
    }

    private void field(String field, Guess guess, String question) {
        if (guess == null) {
            yaml.append("  # ")
                    .append(field)
                    .append(": ...  # choose: ")
                    .append(question)
                    .append('\n');
        } else {
            field(field, guess);
        }
    }

    private void line(String text, String comment) {
        yaml.append(text)
                .append(comment == null ? "" : "  # " + oneLine(comment))
                .append('\n');
    }

    private void unused() {
        String left = free(column -> column.kind() != ColumnProfile.Kind.BLANK)
                .map(ColumnProfile::name)
                .map(Proposal::oneLine)
                .collect(Collectors.joining(", "));
        if (!left.isEmpty()) {
            yaml.append("\n# Columns that are not used: ").append(left).append('\n');
        }
    }

    /** A text as a value, also within brackets. */
    private static String plain(String text) {
        return PLAIN.matcher(text).matches() && !NO_TEXT.contains(text.toLowerCase(Locale.ROOT)) ? text : quoted(text);
    }

    /** A text as a comment, whatever characters stand in it. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\s\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ");
    }

    private static String quoted(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (char c : text.toCharArray()) {
            if (c == '"' || c == '\\') {
                quoted.append('\\').append(c);
            } else if (Character.isISOControl(c) || c == 0x2028 || c == 0x2029) {
                quoted.append("\\u%04X".formatted((int) c));
            } else {
                quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }
}
