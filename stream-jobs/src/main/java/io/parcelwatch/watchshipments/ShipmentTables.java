package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.watchshipments.RowType.Part;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.flink.metrics.MetricGroup;

/**
 * Writes shipment documents into the tables of the watch: the lists of a document become rows of its number, and rows that a whole document does
 * not name are withdrawn or removed. Days of delivery performance and dwell that batches touched are recomputed from table {@code delivery} before
 * it is noted how far the tables are: up to that moment they agree.
 */
final class ShipmentTables implements PostgresSink.Tables<ShipmentDocument> {

    private static final long serialVersionUID = 1L;

    private static final String REMOVE_CLAIMED = """
            delete from unclaimed_number t using unnest(?::text[], ?::text[]) as n (carrier, tracking_number)
            where t.carrier = n.carrier and t.tracking_number = n.tracking_number and t.revision <= ?
            """;

    private static final String WITHDRAW_ALERTS = withdraw("shipment_alert", "alert_id");
    private static final String WITHDRAW_INTENTS = withdraw("notification_intent", "intent_id");
    private static final String REMOVE_SHIPMENTS = remove("shipment", "carrier", "tracking_number", "journey");
    private static final String REMOVE_DELIVERIES = remove("delivery", "carrier", "tracking_number", "journey");
    private static final String REMOVE_ORDERS =
            remove("shipment_order", "carrier", "tracking_number", "journey", "channel", "account", "external_id");

    private static String withdraw(String table, String key) {
        return "update " + table + " t set withdrawn_at = gone.clock, revision = gone.revision from "
                + gone(table, "and t.withdrawn_at is null", key);
    }

    private static String remove(String table, String... key) {
        return "delete from " + table + " t using " + gone(table, "", key);
    }

    /**
     * The rows of a table that the numbers of a batch do not name any more. Parameters are the numbers' carriers, numbers, revisions, clocks and last
     * closed journeys, and the keys that stay, their columns joined. Each number is looked up by itself ({@code offset 0} keeps the planner from
     * joining): most have no such row, and read by a join a table would be read whole, batch by batch.
     */
    private static String gone(String table, String condition, String... key) {
        String columns = Arrays.stream(key).map(column -> "t." + column).collect(Collectors.joining(", "));
        return """
                (select n.revision, n.clock, row_of_number.*
                 from unnest(?::text[], ?::text[], ?::bigint[], ?::timestamptz[], ?::integer[])
                     as n (carrier, tracking_number, revision, clock, closed)
                 cross join lateral (
                     select %s
                     from %s t
                     where t.carrier = n.carrier and t.tracking_number = n.tracking_number and t.journey > n.closed
                       and t.revision <= n.revision %s
                       and concat_ws(E'\\x1f', %s) not in (select unnest(?::text[]))
                     offset 0) row_of_number) gone
                where %s and t.revision <= gone.revision
                """.formatted(
                        columns,
                        table,
                        condition,
                        columns,
                        Arrays.stream(key)
                                .map(column -> "t." + column + " = gone." + column)
                                .collect(Collectors.joining(" and ")));
    }

    /** No text of ours contains it: control characters are left out where texts come in. */
    private static final String SEPARATOR = "\u001f";

    /** Number by number, as in {@link #gone}. */
    private static final String ROWS_OF_EVENTS = """
            select row_of_number.*
            from unnest(?::text[], ?::text[]) as n (carrier, tracking_number)
            cross join lateral (
                select concat_ws(E'\\x1f', t.carrier, t.tracking_number, t.event_id), t.event_time
                from tracking_event t
                where t.carrier = n.carrier and t.tracking_number = n.tracking_number and t.revision < ?
                offset 0) row_of_number
            """;

    /** Rows of an event whose time is known better now: the time is part of the key of a partitioned table. */
    private static final String REMOVE_RETIMED =
            "delete from tracking_event t using " + ShipmentRows.RETIMED.parameter() + """
             n
            where t.carrier = n.carrier and t.tracking_number = n.tracking_number and t.event_id = n.event_id
              and t.event_time <> n.event_time and t.revision <= n.revision
            """;

    private static final String NEXT_EPOCH = "update watch_state set epoch = epoch + 1 returning epoch";

    private static final String PROGRESS = """
            insert into watch_progress as t (subtask, parallelism, clock_at, recorded_at) values (?, ?, ?::timestamptz, now())
            on conflict (subtask) do update set parallelism = excluded.parallelism, clock_at = excluded.clock_at,
                recorded_at = excluded.recorded_at
            """;

    private static final String OPEN_STALLS =
            "select count(*) from shipment_alert where kind = 'STALLED' and closed_at is null and withdrawn_at is null";

    /** SQLSTATE of a row whose key the table has. */
    private static final String UNIQUE_VIOLATION = "23505";

    /** Most documents tell of one event. Of a bounded run, and after a restart, they tell of all that their number had. */
    private static final int EVENTS_A_BATCH = 100_000;

    private static final Duration COUNT_STALLS_EVERY = Duration.ofSeconds(10);

    private static final String REMOVE_OLD_PROGRESS = "delete from watch_progress where subtask >= ?";

    /** The moment a bounded run judges at. Null in a live run. */
    private final Instant asOf;

    /** Stalls that are open, as counted last; of one writer of the attempt only. */
    private transient volatile long openStalls;

    private transient long openStallsCountedAt;

    /** Keys of events whose rows may have another time: those that a predecessor had read, see {@link #findRowsOfOthers}. */
    private transient Set<String> rowsOfOthers;

    /** Which attempt of the job writes; its rows take the place of those of every attempt before. */
    private transient long epoch;

    private ShipmentTables(Instant asOf) {
        this.asOf = asOf;
    }

    /** For a live run. */
    static ShipmentTables live() {
        return new ShipmentTables(null);
    }

    /** For a bounded run, which writes each number once. */
    static ShipmentTables bounded(Instant asOf) {
        return new ShipmentTables(asOf);
    }

    /**
     * The table is asked, because a count of our own would have to survive restarts, and changes of parallelism, and withdrawals by a
     * successor. A partial index holds the open ones.
     */
    @Override
    public void register(MetricGroup metrics, int subtask) {
        if (asOf == null && subtask == 0) {
            metrics.gauge("openStalls", () -> openStalls);
        }
    }

    @Override
    public void prepare(Connection connection) throws SQLException {
        ShipmentRows.prepare(connection);
    }

    @Override
    public void begin(Connection connection) throws SQLException {
        if (asOf == null) {
            epoch = nextEpoch(connection);
        }
        rowsOfOthers = new HashSet<>();
    }

    /** Counts an attempt of a writer: what it writes takes the place of what every attempt before wrote. */
    static long nextEpoch(Connection connection) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NEXT_EPOCH);
                ResultSet next = statement.executeQuery()) {
            if (!next.next()) {
                throw new SQLException("table watch_state has no row: the watch was not prepared");
            }
            return next.getLong(1);
        }
    }

    /**
     * The revision of a document's rows: first the attempt, then how much was known. A successor replays what its predecessor had read already,
     * perhaps in another order, and knows less at first: its rows must win all the same, or rows that the predecessor alone came to would
     * stay. Late writes of a predecessor must not.
     */
    private long revision(ShipmentDocument document) {
        return (epoch << 40) + document.revision();
    }

    /**
     * The revision of an unclaimed number's row, the attempt alone: what is known of a number that nobody registers shrinks when its events are
     * given up. Its documents come to one writer in their order.
     */
    private long revisionOfUnclaimed() {
        return epoch << 40;
    }

    @Override
    public Batch batch() {
        return new Batch();
    }

    /**
     * A number in a batch: where its rows stand among those of all, and what of its document must be known to write them, so that most documents
     * are not looked at again.
     *
     * @param events null where some may have rows already: that is known when they are written
     */
    private record Known(
            ShipmentDocument document,
            boolean whole,
            Part events,
            Part shipments,
            Part orders,
            Part alerts,
            Part intents,
            Part unclaimed,
            boolean claimed,
            Part deliveries,
            boolean tellsDeliveries) {}

    /**
     * The documents of a transaction, one a number. Their rows are encoded as they come: a document that was just made is in the processor's caches,
     * and half a second later, among thousands, it is not.
     */
    final class Batch implements PostgresSink.Batch<ShipmentDocument> {

        private final Map<String, Known> numbers = new HashMap<>();

        /**
         * Numbers of which a second document came, with all that was said. They are encoded again when they are written, and not with each document:
         * a batch may be full of one number's.
         */
        private final Map<String, ShipmentDocument> severalTimes = new HashMap<>();

        private final RowType.Rows events = ShipmentRows.EVENTS.noRows();
        private final RowType.Rows shipments = ShipmentRows.SHIPMENTS.noRows();
        private final RowType.Rows orders = ShipmentRows.ORDERS.noRows();
        private final RowType.Rows alerts = ShipmentRows.ALERTS.noRows();
        private final RowType.Rows intents = ShipmentRows.INTENTS.noRows();
        private final RowType.Rows unclaimed = ShipmentRows.UNCLAIMED.noRows();
        private final RowType.Rows deliveries = ShipmentRows.DELIVERIES.noRows();

        private int eventsTold;

        private Batch() {}

        @Override
        public void add(ShipmentDocument document) {
            eventsTold += document.events().size();
            String number = subject(document);
            Known known = numbers.computeIfAbsent(number, first -> encoded(document));
            if (known.document != document) {
                ShipmentDocument earlier = severalTimes.getOrDefault(number, known.document);
                severalTimes.put(number, document.including(earlier));
            }
        }

        @Override
        public boolean isFull() {
            return eventsTold >= EVENTS_A_BATCH;
        }

        private Known encoded(ShipmentDocument document) {
            return new Known(
                    document,
                    document.whole(),
                    mayHaveRows(document)
                            ? null
                            : events.part(rows -> ShipmentRows.events(rows, document, revision(document))),
                    shipments.part(rows -> ShipmentRows.shipments(rows, document, revision(document))),
                    orders.part(rows -> ShipmentRows.orders(rows, document, revision(document))),
                    alerts.part(rows -> ShipmentRows.alerts(rows, document, revision(document))),
                    intents.part(rows -> ShipmentRows.intents(rows, document, revision(document))),
                    unclaimed.part(rows -> ShipmentRows.unclaimed(rows, document, revisionOfUnclaimed())),
                    document.unclaimed() != null && document.unclaimed().isEmpty(),
                    deliveries.part(rows -> ShipmentRows.deliveries(rows, document, revision(document))),
                    document.whole() || document.deliveries() != null);
        }

        @Override
        public Map<String, Integer> write(Connection connection) throws SQLException {
            severalTimes.forEach((number, document) -> numbers.put(number, encoded(document)));
            severalTimes.clear();
            // The order of most tables' keys: neighbours find the same pages of an index.
            List<Known> sorted = numbers.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .map(Map.Entry::getValue)
                    .toList();
            List<ShipmentDocument> whole = documents(sorted, Known::whole);
            Map<String, Integer> rows = new LinkedHashMap<>();
            rows.put("tracking_event", writeEvents(connection, sorted, whole));
            retract(
                    connection,
                    REMOVE_SHIPMENTS,
                    whole,
                    d -> d.shipments().stream().map(row -> key(d, row.journey())));
            rows.put(
                    "shipment", ShipmentRows.SHIPMENTS.write(connection, inOrder(shipments, sorted, Known::shipments)));
            retract(connection, REMOVE_ORDERS, whole, d -> d.orders().stream().map(row -> key(d, row)));
            rows.put("shipment_order", ShipmentRows.ORDERS.write(connection, inOrder(orders, sorted, Known::orders)));
            retract(connection, WITHDRAW_ALERTS, whole, d -> d.alerts().stream().map(ShipmentDocument.Alert::alertId));
            rows.put("shipment_alert", ShipmentRows.ALERTS.write(connection, inOrder(alerts, sorted, Known::alerts)));
            retract(
                    connection,
                    WITHDRAW_INTENTS,
                    whole,
                    d -> d.intents().stream().map(ShipmentDocument.Intent::intentId));
            rows.put(
                    "notification_intent",
                    ShipmentRows.INTENTS.write(connection, inOrder(intents, sorted, Known::intents)));
            removeClaimed(connection, documents(sorted, Known::claimed));
            rows.put(
                    "unclaimed_number",
                    ShipmentRows.UNCLAIMED.write(connection, inOrder(unclaimed, sorted, Known::unclaimed)));
            rows.put("delivery", writeDeliveries(connection, sorted, whole));
            return rows;
        }

        private int writeEvents(Connection connection, List<Known> sorted, List<ShipmentDocument> whole)
                throws SQLException {
            if (asOf == null) {
                // A bounded run writes each event once.
                findRowsOfOthers(connection, whole);
            }
            List<Part> added = new ArrayList<>(sorted.size());
            RowType.Rows perhapsWritten = ShipmentRows.EVENTS.noRows();
            RowType.Rows perhapsRetimed = ShipmentRows.RETIMED.noRows();
            for (Known number : sorted) {
                ShipmentDocument document = number.document;
                if (number.events != null && !anyIsOfOthers(document)) {
                    added.add(number.events);
                    continue;
                }
                for (ShipmentDocument.Event event : document.events()) {
                    boolean written = document.corrected().contains(event.eventId()) || isOfOthers(document, event);
                    if (written) {
                        ShipmentRows.retimed(perhapsRetimed, document, event, revision(document));
                    }
                    if (written || document.whole() && asOf == null) {
                        ShipmentRows.event(perhapsWritten, document, event, revision(document));
                    } else {
                        added.add(events.part(rows -> ShipmentRows.event(rows, document, event, revision(document))));
                    }
                }
            }
            removeRetimed(connection, perhapsRetimed);
            return ShipmentRows.EVENTS.write(connection, perhapsWritten) + addEvents(connection, events.inOrder(added));
        }

        private int writeDeliveries(Connection connection, List<Known> sorted, List<ShipmentDocument> whole)
                throws SQLException {
            List<ShipmentDocument> telling = documents(sorted, Known::tellsDeliveries);
            if (telling.isEmpty()) {
                return 0;
            }
            Object[] carriers = telling.stream().map(ShipmentDocument::carrier).toArray();
            Object[] trackingNumbers =
                    telling.stream().map(ShipmentDocument::trackingNumber).toArray();
            DeliveryPerformance.noteDue(connection, carriers, trackingNumbers);
            retract(
                    connection,
                    REMOVE_DELIVERIES,
                    whole,
                    d -> d.deliveries().stream().map(row -> key(d, row.journey())));
            int written = ShipmentRows.DELIVERIES.write(connection, inOrder(deliveries, sorted, Known::deliveries));
            DeliveryPerformance.noteDue(connection, carriers, trackingNumbers);
            return written;
        }
    }

    private static List<ShipmentDocument> documents(List<Known> numbers, Predicate<Known> which) {
        return numbers.stream().filter(which).map(Known::document).toList();
    }

    private static RowType.Rows inOrder(RowType.Rows rows, List<Known> numbers, Function<Known, Part> part) {
        return rows.inOrder(numbers.stream().map(part).toList());
    }

    private void removeClaimed(Connection connection, List<ShipmentDocument> claimed) throws SQLException {
        if (claimed.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(REMOVE_CLAIMED)) {
            statement.setArray(1, array(connection, claimed, ShipmentDocument::carrier));
            statement.setArray(2, array(connection, claimed, ShipmentDocument::trackingNumber));
            statement.setLong(3, revisionOfUnclaimed());
            statement.executeUpdate();
        }
    }

    /** Whether rows of its events may stand already. */
    private boolean mayHaveRows(ShipmentDocument document) {
        return document.whole() && asOf == null || !document.corrected().isEmpty();
    }

    private boolean anyIsOfOthers(ShipmentDocument document) {
        return !rowsOfOthers.isEmpty() && document.events().stream().anyMatch(event -> isOfOthers(document, event));
    }

    private boolean isOfOthers(ShipmentDocument document, ShipmentDocument.Event event) {
        return !rowsOfOthers.isEmpty() && rowsOfOthers.contains(key(document, event.eventId()));
    }

    /**
     * Most events are new, and cost PostgreSQL a quarter less where it need not look for them first. Where one has a row all the same, a commit's
     * answer was lost, a bounded run was repeated, or a predecessor still writes: then all are written like those that may have rows.
     */
    private static int addEvents(Connection connection, RowType.Rows rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        Savepoint before = connection.setSavepoint();
        try {
            int added = ShipmentRows.EVENTS.add(connection, rows);
            connection.releaseSavepoint(before);
            return added;
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            return ShipmentRows.EVENTS.write(connection, rows);
        }
    }

    private static void removeRetimed(Connection connection, RowType.Rows events) throws SQLException {
        if (events.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(REMOVE_RETIMED)) {
            events.set(statement, 1);
            statement.executeUpdate();
        }
    }

    /**
     * Remembers the events whose rows say another time than a whole document, or that it does not know yet: a predecessor has read further, and
     * perhaps another report of the same event.
     */
    private void findRowsOfOthers(Connection connection, List<ShipmentDocument> whole) throws SQLException {
        if (whole.isEmpty()) {
            return;
        }
        Map<String, Instant> known = new HashMap<>();
        for (ShipmentDocument document : whole) {
            for (ShipmentDocument.Event event : document.events()) {
                known.put(key(document, event.eventId()), event.eventTime());
            }
        }
        try (PreparedStatement statement = connection.prepareStatement(ROWS_OF_EVENTS)) {
            statement.setArray(1, array(connection, whole, ShipmentDocument::carrier));
            statement.setArray(2, array(connection, whole, ShipmentDocument::trackingNumber));
            statement.setLong(3, epoch << 40);
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    String event = row.getString(1);
                    Instant time = known.get(event);
                    if (time == null
                            || RowType.micros(time)
                                    != RowType.micros(row.getObject(2, OffsetDateTime.class)
                                            .toInstant())) {
                        rowsOfOthers.add(event);
                    }
                }
            }
        }
    }

    /** One letter a document and how much was known: news about a number that is refused again is a letter of its own. */
    @Override
    public DeadLetter refused(ShipmentDocument document, SQLException why) {
        String coordinates = "shipment/" + document.carrier() + "/" + document.trackingNumber();
        return new DeadLetter(
                EventIdentity.digest(
                        16, coordinates, DeadLetter.REFUSED_BY_DATABASE, String.valueOf(document.revision())),
                DeadLetter.REFUSED_BY_DATABASE,
                why.getSQLState() + " " + why.getMessage(),
                document.carrier(),
                document.trackingNumber(),
                null,
                coordinates,
                null,
                document.json());
    }

    /** The latest receipt among the events of a document: what it waited for. */
    @Override
    public Instant receivedAt(ShipmentDocument document) {
        Instant latest = null;
        for (ShipmentDocument.Event event : document.events()) {
            if (event.receivedAt() != null
                    && (latest == null || event.receivedAt().isAfter(latest))) {
                latest = event.receivedAt();
            }
        }
        return latest;
    }

    @Override
    public String subject(ShipmentDocument document) {
        return NumberKey.text(document.carrier(), document.trackingNumber());
    }

    @Override
    public ShipmentDocument including(ShipmentDocument refused, ShipmentDocument next) {
        return next.including(refused);
    }

    @Override
    public void settle(Connection connection) throws SQLException {
        DeliveryPerformance.computeDue(connection);
    }

    @Override
    public void progressed(Connection connection, int subtask, int parallelism, Instant clock) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(PROGRESS)) {
            statement.setInt(1, subtask);
            statement.setInt(2, parallelism);
            statement.setString(3, clock.toString());
            statement.executeUpdate();
        }
        if (subtask == 0) {
            // What a run with more writers left behind would hold the clock back for ever.
            try (PreparedStatement statement = connection.prepareStatement(REMOVE_OLD_PROGRESS)) {
                statement.setInt(1, parallelism);
                statement.executeUpdate();
            }
            countOpenStalls(connection);
        }
    }

    private void countOpenStalls(Connection connection) throws SQLException {
        if (openStallsCountedAt != 0 && System.nanoTime() - openStallsCountedAt < COUNT_STALLS_EVERY.toNanos()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(OPEN_STALLS);
                ResultSet count = statement.executeQuery()) {
            count.next();
            openStalls = count.getLong(1);
        }
        openStallsCountedAt = System.nanoTime();
    }

    @Override
    public void ended(Connection connection, int subtask, int parallelism) throws SQLException {
        progressed(connection, subtask, parallelism, asOf);
    }

    /** Withdraws or removes the rows of the numbers of whole documents that these do not name. */
    private void retract(
            Connection connection,
            String sql,
            List<ShipmentDocument> documents,
            Function<ShipmentDocument, Stream<String>> keys)
            throws SQLException {
        if (documents.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, array(connection, documents, ShipmentDocument::carrier));
            statement.setArray(2, array(connection, documents, ShipmentDocument::trackingNumber));
            statement.setArray(3, array(connection, documents, document -> String.valueOf(revision(document))));
            statement.setArray(
                    4, array(connection, documents, document -> document.clock().toString()));
            statement.setArray(5, array(connection, documents, document -> String.valueOf(document.closedThrough())));
            statement.setArray(
                    6,
                    connection.createArrayOf(
                            "text", documents.stream().flatMap(keys).toArray()));
            statement.executeUpdate();
        }
    }

    private static java.sql.Array array(
            Connection connection, Collection<ShipmentDocument> documents, Function<ShipmentDocument, String> value)
            throws SQLException {
        return connection.createArrayOf("text", documents.stream().map(value).toArray());
    }

    private static String key(ShipmentDocument document, Object part) {
        return document.carrier() + SEPARATOR + document.trackingNumber() + SEPARATOR + part;
    }

    private static String key(ShipmentDocument document, ShipmentDocument.Order row) {
        OrderRef order = row.order();
        return String.join(SEPARATOR, key(document, row.journey()), order.channel(), order.account(), order.id());
    }
}
