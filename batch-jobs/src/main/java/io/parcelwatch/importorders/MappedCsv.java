package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.WrittenTime;
import io.parcelwatch.mapping.MappedFile;
import io.parcelwatch.mapping.MappedRow;
import io.parcelwatch.mapping.Mapping;
import io.parcelwatch.mapping.Target;
import io.parcelwatch.mapping.Target.Kind;
import io.parcelwatch.model.Place;
import io.parcelwatch.settings.Setting;
import io.parcelwatch.settings.SettingsFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Orders in any delimited file, as a mapping says what stands where; {@code docs/mapping.md} is its description for those who write one. Is
 * the format of one request, and of no channel.
 */
final class MappedCsv implements ChannelFormat {

    static final String NAME = "mapping";

    /** Counts up with every change of what is made of a file by the same mapping. */
    private static final int VERSION = 2;

    private static final int DIGEST_SHOWN = 16;
    private static final int SAMPLE = 1_000;

    private final String channel;
    private final boolean retry;
    private final SettingsFile file;
    private final List<Setting> groupBy;
    private final boolean firstRowOnly;
    private final boolean addUp;
    private final boolean versions;
    private final boolean partial;
    private final Mapping mapping;

    /**
     * @param request one with a mapping; its errors are told by {@link #prepare}, together with those that the file shows
     * @throws io.parcelwatch.settings.UnusableSettingsException where the mapping cannot be read at all
     */
    MappedCsv(ImportRequest request) {
        this.channel = request.channel();
        this.retry = request.retryOf().isPresent();
        this.file = SettingsFile.read(request.mapping().orElseThrow());
        Setting root = file.root();
        Setting rows = root.get("rows");
        if (rows != null && rows.entries() == null) {
            file.problem(rows, "takes keys, as in {group_by: Number}");
            rows = null;
        }
        if (rows == null) {
            rows = new Setting("rows", 1, null, null, Map.of());
        }
        file.refuseUnknown(rows, Set.of("group_by", "order_columns", "amounts", "same_id"));
        this.groupBy = file.texts(rows, "group_by");
        this.firstRowOnly = "first_row".equals(file.oneOf(rows, "order_columns", List.of("every_row", "first_row")));
        this.addUp = "add_up".equals(file.oneOf(rows, "amounts", List.of("repeat", "add_up")));
        this.versions = file.oneOf(rows, "same_id", List.of("newer_version")) != null;
        refuseContradictions(rows);
        this.partial = Boolean.TRUE.equals(file.truth(root, "partial"));
        this.mapping = Mapping.of(file, targets(), Set.of("rows", "partial"));
    }

    private void refuseContradictions(Setting rows) {
        if (groupBy.isEmpty()) {
            for (String key : List.of("order_columns", "amounts")) {
                if (rows.get(key) != null) {
                    file.problem(rows.get(key), "goes with rows.group_by: say which column groups rows into orders");
                }
            }
        } else if (versions) {
            file.problem(rows.get("same_id"), "does not go with rows.group_by, by which rows of one id are one order");
        }
        if (firstRowOnly && addUp) {
            file.problem(rows.get("amounts"), "cannot add up what stands in the first row of an order only");
        }
    }

    private List<Target> targets() {
        boolean whole = !partial;
        return List.of(
                new Target("order.id", Kind.ID, groupBy.isEmpty()),
                Target.of("order.name", Kind.NAME),
                Target.required("order.placed_at", Kind.TIME),
                Target.of("order.paid_at", Kind.TIME),
                Target.of("order.fulfilled_at", Kind.TIME),
                Target.of("order.cancelled_at", Kind.TIME),
                Target.of("order.cancelled", Kind.YES_NO),
                Target.of("order.updated_at", Kind.TIME),
                Target.of("order.promised", Kind.DAY_OR_TIME),
                new Target("order.currency", Kind.NAME, whole),
                new Target("order.total", Kind.AMOUNT, whole),
                Target.of("order.subtotal", Kind.AMOUNT),
                Target.of("order.shipping", Kind.AMOUNT),
                Target.of("order.taxes", Kind.AMOUNT),
                Target.of("order.financial_status", Kind.NAME),
                Target.of("order.fulfillment_status", Kind.NAME),
                Target.of("order.destination.country", Kind.TEXT),
                Target.of("order.destination.region", Kind.TEXT),
                Target.of("order.destination.postal_code", Kind.TEXT),
                Target.of("order.destination.city", Kind.TEXT),
                Target.of("order.customer.name", Kind.TEXT),
                Target.of("order.customer.email", Kind.NAME),
                Target.of("order.customer.phones", Kind.TEXTS),
                Target.of("order.customer.street", Kind.TEXT),
                Target.of("line.sku", Kind.NAME),
                new Target("line.name", Kind.TEXT, whole),
                new Target("line.quantity", Kind.QUANTITY, whole),
                Target.of("line.price", Kind.AMOUNT),
                Target.of("line.requires_shipping", Kind.YES_NO),
                Target.of("line.status", Kind.NAME));
    }

    @Override
    public String channel() {
        return channel;
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return VERSION;
    }

    /** Holds what the mapping means: a changed one reads an old file anew. */
    @Override
    public String identity() {
        return NAME + " " + VERSION + " " + file.digest().substring(0, DIGEST_SHOWN);
    }

    /** Whether it fits is told by {@link #prepare}, in words of the mapping. */
    @Override
    public Optional<String> refusal(FileHead head) {
        return Optional.empty();
    }

    @Override
    public Gathering gathering() {
        if (groupBy.isEmpty()) {
            return versions ? Gathering.NONE : Gathering.TOGETHER;
        }
        return firstRowOnly ? Gathering.NONE : addUp ? Gathering.LINES_AND_AMOUNTS : Gathering.LINES;
    }

    @Override
    public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
        MappedFile mapped = mapping.on(head.input(), groupBy, conventions, retry);
        if (!retry && groupBy.isEmpty() && !versions) {
            refuseForgottenGroups(mapped);
        }
        return RowsOfOrders.in(mapped.head(), new Rows(mapped), mapped.decided());
    }

    /**
     * Rows of one id would be taken for versions of one order, and all but the newest would be lost. What the beginning of the file does not
     * show, {@link Gathering#TOGETHER} refuses once all of it is staged.
     */
    private void refuseForgottenGroups(MappedFile mapped) {
        Map<String, Long> lines = new HashMap<>();
        try (CsvRows rows = mapped.head().rows()) {
            CsvRows.Row row = rows.next();
            for (int n = 0; row != null && n < SAMPLE; n++) {
                String id = row.broken() == null ? mapped.row(row).asWritten("order.id") : null;
                Long before = id == null ? null : lines.putIfAbsent(id, row.line());
                if (before != null) {
                    String column = String.join(", ", mapping.columns("order.id"));
                    file.problem(
                            1,
                            "rows.group_by",
                            "is missing: `" + column + "` is the same in lines " + before + " and " + row.line()
                                    + " of "
                                    + mapped.head().input().name() + "; say \"rows: {group_by: " + column
                                    + "}\" where a row is a line of an order, or \"rows: {same_id: newer_version}\" where a"
                                    + " later row is the order as it became");
                    file.refuse();
                }
                row = rows.next();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(mapped.head().input().path() + " cannot be read", e);
        }
    }

    /** What the mapping makes of the rows of an order. */
    private final class Rows implements RowsOfOrders.Form {

        private final MappedFile mapped;

        Rows(MappedFile mapped) {
            this.mapped = mapped;
        }

        @Override
        public boolean severalRows() {
            return !groupBy.isEmpty();
        }

        @Override
        public String order(CsvRows.Row row) {
            if (row.torn() && !groupBy.stream().allMatch(column -> row.tells(column.text()))) {
                return null;
            }
            String group = groupBy.stream()
                    .map(column -> row.get(column.text()))
                    .map(value -> value == null ? "" : value)
                    .collect(Collectors.joining("/"));
            return group.replace("/", "").isEmpty() ? null : group;
        }

        @Override
        public String reference(CsvRows.Row row) {
            String id = mapped.row(row).asWritten("order.id");
            return id == null ? order(row) : id;
        }

        @Override
        public Money worth(List<CsvRows.Row> rows) {
            try {
                MappedRow first = mapped.row(rows.get(0));
                BigDecimal total = first.amount("order.total");
                for (int i = 1; addUp && i < rows.size(); i++) {
                    total = Sums.of(total, mapped.row(rows.get(i)).amount("order.total"));
                }
                return total == null ? null : new Money(total, first.text("order.currency"));
            } catch (BrokenRuleException e) {
                return null;
            }
        }

        @Override
        public ChannelOrder read(List<CsvRows.Row> rows) throws BrokenRuleException {
            CsvRows.Row firstRow = rows.get(0);
            MappedRow first = mapped.row(firstRow);
            String id = mapping.has("order.id") ? first.id("order.id") : order(firstRow);
            if (id == null) {
                throw new BrokenRuleException(
                        Rule.REQUIRED_FIELD,
                        groupBy.stream().map(Setting::text).collect(Collectors.joining(" + ")) + " is blank");
            }
            String name = first.name("order.name");
            List<Line> lines = new ArrayList<>(rows.size());
            for (CsvRows.Row row : rows) {
                Line line = RowsOfOrders.ofRow(row, fields -> line(mapped.row(row)));
                if (line != null) {
                    lines.add(line);
                }
            }
            return new ChannelOrder(
                    firstRow.line(),
                    id,
                    name == null ? id : name,
                    partial,
                    times(first),
                    promise(first),
                    amounts(rows, first),
                    first.name("order.financial_status"),
                    first.name("order.fulfillment_status"),
                    new Place(
                            first.text("order.destination.city"),
                            first.text("order.destination.region"),
                            first.text("order.destination.postal_code"),
                            first.text("order.destination.country")),
                    new Customer(
                            first.text("order.customer.name"),
                            first.name("order.customer.email"),
                            first.texts("order.customer.phones"),
                            first.text("order.customer.street")),
                    lines);
        }

        private static Times times(MappedRow row) throws BrokenRuleException {
            Instant placed = row.time("order.placed_at");
            Instant paid = row.time("order.paid_at");
            Instant fulfilled = row.time("order.fulfilled_at");
            Instant updated = row.time("order.updated_at");
            Instant cancelled = row.time("order.cancelled_at");
            if (cancelled == null && Boolean.TRUE.equals(row.yes("order.cancelled"))) {
                // That it was cancelled is known, when is not: no earlier than the last that is known to have happened.
                cancelled = new Times(placed, paid, fulfilled, null, updated).asOf();
            }
            return new Times(placed, paid, fulfilled, cancelled, updated);
        }

        private static Promise promise(MappedRow row) throws BrokenRuleException {
            WrittenTime written = row.written("order.promised");
            if (written == null) {
                return Promise.NONE;
            }
            Instant moment = row.time("order.promised");
            return written.time() == null ? new Promise(written.day(), null) : new Promise(null, moment);
        }

        private Amounts amounts(List<CsvRows.Row> rows, MappedRow first) throws BrokenRuleException {
            String currency = first.name("order.currency");
            return new Amounts(
                    currency,
                    amount(rows, "order.total", currency),
                    amount(rows, "order.subtotal", currency),
                    amount(rows, "order.shipping", currency),
                    amount(rows, "order.taxes", currency));
        }

        private BigDecimal amount(List<CsvRows.Row> rows, String key, String currency) throws BrokenRuleException {
            BigDecimal sum = null;
            for (CsvRows.Row row : addUp ? rows : rows.subList(0, 1)) {
                Money money = mapped.row(row).money(key);
                if (money != null
                        && money.currency() != null
                        && !money.currency().equalsIgnoreCase(currency)) {
                    throw new BrokenRuleException(
                            Rule.BAD_CURRENCY,
                            key + " is in " + money.currency() + ", the order in " + currency + ": map order.currency");
                }
                sum = Sums.of(sum, money == null ? null : money.value());
            }
            return sum;
        }

        /** The line that a row tells; null where it tells none, as rows of orders that are told in part may. */
        private Line line(MappedRow row) throws BrokenRuleException {
            String name = row.text("line.name");
            int quantity = row.quantity("line.quantity");
            if (name == null || quantity == 0) {
                return null;
            }
            Boolean requiresShipping = row.yes("line.requires_shipping");
            return new Line(
                    row.name("line.sku"),
                    name,
                    quantity,
                    row.amount("line.price"),
                    !Boolean.FALSE.equals(requiresShipping),
                    row.name("line.status"));
        }
    }
}
