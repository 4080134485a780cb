package io.parcelwatch.watchshipments;

import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.model.Status;
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
import java.util.TreeMap;
import java.util.function.Function;
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

    private static final Upsert EVENTS = new Upsert(
            "tracking_event",
            List.of("carrier text", "tracking_number text", "event_id text", "event_time timestamptz"),
            List.of(
                    "event_offset integer",
                    "offset_source text",
                    "journey integer",
                    "leg smallint",
                    "status text",
                    "reason text",
                    "verdict text",
                    "applied boolean",
                    "movement boolean",
                    "scan boolean",
                    "code text",
                    "description text",
                    "city text",
                    "region text",
                    "postal_code text",
                    "country text",
                    "source text",
                    "received_at timestamptz",
                    "revision bigint"),
            "");

    private static final Upsert SHIPMENTS = new Upsert(
            "shipment",
            List.of("carrier text", "tracking_number text", "journey integer"),
            List.of(
                    "leg smallint",
                    "status text",
                    "status_at timestamptz",
                    "reason text",
                    "stalled boolean",
                    "delayed boolean",
                    "expired boolean",
                    "service text",
                    "origin text",
                    "destination text",
                    "destination_country text",
                    "destination_region text",
                    "destination_postal_code text",
                    "placed_at timestamptz",
                    "registered_at timestamptz",
                    "promised_at timestamptz",
                    "promise_precision text",
                    "estimated_at timestamptz",
                    "first_scan_at timestamptz",
                    "shipped_at timestamptz",
                    "first_attempt_at timestamptz",
                    "delivered_at timestamptz",
                    "last_event_at timestamptz",
                    "last_movement_at timestamptz",
                    "last_city text",
                    "last_region text",
                    "last_country text",
                    "events integer",
                    "refused_events integer",
                    "cancelled_at timestamptz",
                    "revision bigint"),
            "");

    private static final Upsert ORDERS = new Upsert(
            "shipment_order",
            List.of(
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "channel text",
                    "account text",
                    "external_id text"),
            List.of("placed_at timestamptz", "revision bigint"),
            "");

    private static final Upsert ALERTS = new Upsert(
            "shipment_alert",
            List.of("alert_id text"),
            List.of(
                    "kind text",
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "leg smallint",
                    "status text",
                    "last_movement_at timestamptz",
                    "threshold_hours double precision",
                    "rule text",
                    "opened_at timestamptz",
                    "escalated_at timestamptz",
                    "closed_at timestamptz",
                    "revision bigint"),
            "withdrawn_at = null");

    private static final Upsert DELIVERIES = new Upsert(
            "delivery",
            List.of("carrier text", "tracking_number text", "journey integer"),
            List.of(
                    "service text",
                    "origin text",
                    "destination text",
                    "day date",
                    "placed_at timestamptz",
                    "first_scan_at timestamptz",
                    "first_attempt_at timestamptz",
                    "delivered_at timestamptz",
                    "promised_at timestamptz",
                    "on_time boolean",
                    "at_first_attempt boolean",
                    "transit_hours double precision",
                    "total_hours double precision",
                    "exceptions integer",
                    "stalls integer",
                    "dwell_seconds jsonb",
                    "revision bigint"),
            "");

    private static final Upsert INTENTS = new Upsert(
            "notification_intent",
            List.of("intent_id text"),
            List.of(
                    "milestone text",
                    "carrier text",
                    "tracking_number text",
                    "journey integer",
                    "leg smallint",
                    "occurred_at timestamptz",
                    "revision bigint"),
            "withdrawn_at = null");

    private static final Upsert UNCLAIMED = new Upsert(
            "unclaimed_number",
            List.of("carrier text", "tracking_number text"),
            List.of(
                    "events integer",
                    "waiting_since timestamptz",
                    "reported_at timestamptz",
                    "last_status text",
                    "last_event_at timestamptz",
                    "revision bigint"),
            "");

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

    /**
     * The documents of a transaction, one a number.
     *
     * @param whole those of them after which rows may have to go
     */
    private record Batch(Collection<ShipmentDocument> documents, List<ShipmentDocument> whole) {
        static Batch of(Collection<ShipmentDocument> documents) {
            return new Batch(
                    documents,
                    documents.stream().filter(ShipmentDocument::whole).toList());
        }
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

    private static final RowType RETIMED = new RowType(
            "retimed_event",
            List.of(
                    "carrier text",
                    "tracking_number text",
                    "event_id text",
                    "event_time timestamptz",
                    "revision bigint"));

    /** Rows of an event whose time is known better now: the time is part of the key of a partitioned table. */
    private static final String REMOVE_RETIMED = "delete from tracking_event t using " + RETIMED.parameter() + """
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
        for (Upsert table : List.of(EVENTS, SHIPMENTS, ORDERS, ALERTS, DELIVERIES, INTENTS, UNCLAIMED)) {
            table.prepare(connection);
        }
        RETIMED.create(connection);
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

    @Override
    public Map<String, Integer> write(Connection connection, List<ShipmentDocument> documents) throws SQLException {
        // In the order of most tables' keys: neighbours find the same pages of an index.
        Map<String, ShipmentDocument> numbers = new TreeMap<>();
        for (ShipmentDocument document : documents) {
            numbers.merge(subject(document), document, (earlier, later) -> later.including(earlier));
        }
        Batch batch = Batch.of(numbers.values());
        Map<String, Integer> rows = new LinkedHashMap<>();
        rows.put("tracking_event", writeEvents(connection, batch));
        rows.put("shipment", writeShipments(connection, batch));
        rows.put("shipment_order", writeOrders(connection, batch));
        rows.put("shipment_alert", writeAlerts(connection, batch));
        rows.put("notification_intent", writeIntents(connection, batch));
        rows.put("unclaimed_number", writeUnclaimed(connection, batch));
        rows.put("delivery", writeDeliveries(connection, batch));
        return rows;
    }

    private int writeEvents(Connection connection, Batch batch) throws SQLException {
        if (asOf == null) {
            // A bounded run writes each event once.
            findRowsOfOthers(connection, batch);
        }
        RowType.Rows added = EVENTS.noRows();
        RowType.Rows perhapsWritten = EVENTS.noRows();
        RowType.Rows perhapsRetimed = RETIMED.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Event event : document.events()) {
                boolean written = document.corrected().contains(event.eventId())
                        || !rowsOfOthers.isEmpty() && rowsOfOthers.contains(key(document, event.eventId()));
                if (written) {
                    perhapsRetimed
                            .row()
                            .text(document.carrier())
                            .text(document.trackingNumber())
                            .text(event.eventId())
                            .timestamptz(event.eventTime())
                            .bigint(revision(document));
                }
                add(written || document.whole() && asOf == null ? perhapsWritten : added, document, event);
            }
        }
        removeRetimed(connection, perhapsRetimed);
        return EVENTS.write(connection, perhapsWritten) + addEvents(connection, added);
    }

    private void add(RowType.Rows rows, ShipmentDocument document, ShipmentDocument.Event event) {
        rows.row()
                .text(document.carrier())
                .text(document.trackingNumber())
                .text(event.eventId())
                .timestamptz(event.eventTime())
                .integer(event.offset())
                .text(event.offsetSource())
                .integer(event.journey())
                .smallint(event.leg())
                .text(event.status())
                .text(event.reason())
                .text(event.verdict())
                .bool(event.applied())
                .bool(event.movement())
                .bool(event.scan())
                .text(event.code())
                .text(event.description())
                .text(event.location().city())
                .text(event.location().region())
                .text(event.location().postalCode())
                .text(event.location().country())
                .text(event.source())
                .timestamptz(event.receivedAt())
                .bigint(revision(document));
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
            int added = EVENTS.add(connection, rows);
            connection.releaseSavepoint(before);
            return added;
        } catch (SQLException e) {
            if (!UNIQUE_VIOLATION.equals(e.getSQLState())) {
                throw e;
            }
            connection.rollback(before);
            return EVENTS.write(connection, rows);
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
    private void findRowsOfOthers(Connection connection, Batch batch) throws SQLException {
        Map<String, Instant> known = new HashMap<>();
        List<ShipmentDocument> whole = batch.whole();
        if (whole.isEmpty()) {
            return;
        }
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

    private int writeShipments(Connection connection, Batch batch) throws SQLException {
        RowType.Rows rows = SHIPMENTS.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Shipment shipment : rows(document.shipments())) {
                rows.row()
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(shipment.journey())
                        .smallint(shipment.leg())
                        .text(shipment.status())
                        .timestamptz(shipment.statusAt())
                        .text(shipment.reason())
                        .bool(shipment.stalled())
                        .bool(shipment.delayed())
                        .bool(shipment.expired())
                        .text(shipment.lane().service())
                        .text(shipment.lane().origin())
                        .text(shipment.lane().destination())
                        .text(shipment.destination().country())
                        .text(shipment.destination().region())
                        .text(shipment.destination().postalCode())
                        .timestamptz(shipment.placedAt())
                        .timestamptz(shipment.registeredAt())
                        .timestamptz(shipment.promisedAt())
                        .text(shipment.promisePrecision())
                        .timestamptz(shipment.estimatedAt())
                        .timestamptz(shipment.firstScanAt())
                        .timestamptz(shipment.shippedAt())
                        .timestamptz(shipment.firstAttemptAt())
                        .timestamptz(shipment.deliveredAt())
                        .timestamptz(shipment.lastEventAt())
                        .timestamptz(shipment.lastMovementAt())
                        .text(shipment.lastPlace().city())
                        .text(shipment.lastPlace().region())
                        .text(shipment.lastPlace().country())
                        .integer(shipment.events())
                        .integer(shipment.refusedEvents())
                        .timestamptz(shipment.cancelledAt())
                        .bigint(revision(document));
            }
        }
        retract(connection, REMOVE_SHIPMENTS, batch, d -> d.shipments().stream().map(row -> key(d, row.journey())));
        return SHIPMENTS.write(connection, rows);
    }

    private int writeOrders(Connection connection, Batch batch) throws SQLException {
        RowType.Rows rows = ORDERS.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Order order : rows(document.orders())) {
                rows.row()
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(order.journey())
                        .text(order.order().channel())
                        .text(order.order().account())
                        .text(order.order().id())
                        .timestamptz(order.placedAt())
                        .bigint(revision(document));
            }
        }
        retract(
                connection,
                REMOVE_ORDERS,
                batch,
                d -> d.orders().stream()
                        .map(row -> String.join(
                                SEPARATOR,
                                key(d, row.journey()),
                                row.order().channel(),
                                row.order().account(),
                                row.order().id())));
        return ORDERS.write(connection, rows);
    }

    private int writeAlerts(Connection connection, Batch batch) throws SQLException {
        RowType.Rows rows = ALERTS.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Alert alert : rows(document.alerts())) {
                rows.row()
                        .text(alert.alertId())
                        .text(alert.kind())
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(alert.journey())
                        .smallint(alert.leg())
                        .text(alert.status())
                        .timestamptz(alert.lastMovementAt())
                        .doublePrecision(alert.thresholdHours())
                        .text(alert.rule())
                        .timestamptz(alert.openedAt())
                        .timestamptz(alert.escalatedAt())
                        .timestamptz(alert.closedAt())
                        .bigint(revision(document));
            }
        }
        retract(connection, WITHDRAW_ALERTS, batch, d -> d.alerts().stream().map(ShipmentDocument.Alert::alertId));
        return ALERTS.write(connection, rows);
    }

    private int writeDeliveries(Connection connection, Batch batch) throws SQLException {
        List<ShipmentDocument> telling = batch.documents().stream()
                .filter(document -> document.whole() || document.deliveries() != null)
                .toList();
        if (telling.isEmpty()) {
            return 0;
        }
        Object[] carriers = telling.stream().map(ShipmentDocument::carrier).toArray();
        Object[] numbers =
                telling.stream().map(ShipmentDocument::trackingNumber).toArray();
        RowType.Rows rows = DELIVERIES.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Delivery delivery : rows(document.deliveries())) {
                rows.row()
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(delivery.journey())
                        .text(delivery.lane().service())
                        .text(delivery.lane().origin())
                        .text(delivery.lane().destination())
                        .date(delivery.day())
                        .timestamptz(delivery.placedAt())
                        .timestamptz(delivery.firstScanAt())
                        .timestamptz(delivery.firstAttemptAt())
                        .timestamptz(delivery.deliveredAt())
                        .timestamptz(delivery.promisedAt())
                        .bool(delivery.onTime())
                        .bool(delivery.firstAttemptAt().equals(delivery.deliveredAt()))
                        .doublePrecision(hours(delivery.firstScanAt(), delivery.deliveredAt()))
                        .doublePrecision(hours(delivery.placedAt(), delivery.deliveredAt()))
                        .integer(delivery.exceptions())
                        .integer(delivery.stalls())
                        .jsonb(json(delivery.dwellSeconds()))
                        .bigint(revision(document));
            }
        }
        DeliveryPerformance.noteDue(connection, carriers, numbers);
        retract(
                connection,
                REMOVE_DELIVERIES,
                batch,
                d -> d.deliveries().stream().map(row -> key(d, row.journey())));
        int written = DELIVERIES.write(connection, rows);
        DeliveryPerformance.noteDue(connection, carriers, numbers);
        return written;
    }

    private int writeIntents(Connection connection, Batch batch) throws SQLException {
        RowType.Rows rows = INTENTS.noRows();
        for (ShipmentDocument document : batch.documents()) {
            for (ShipmentDocument.Intent intent : rows(document.intents())) {
                rows.row()
                        .text(intent.intentId())
                        .text(intent.milestone())
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(intent.journey())
                        .smallint(intent.leg())
                        .timestamptz(intent.occurredAt())
                        .bigint(revision(document));
            }
        }
        retract(connection, WITHDRAW_INTENTS, batch, d -> d.intents().stream().map(ShipmentDocument.Intent::intentId));
        return INTENTS.write(connection, rows);
    }

    /**
     * The revision of these rows is the attempt alone: what is known of a number that nobody registers shrinks when its events are given up. Its
     * documents come to one writer in their order.
     */
    private int writeUnclaimed(Connection connection, Batch batch) throws SQLException {
        long revision = epoch << 40;
        RowType.Rows rows = UNCLAIMED.noRows();
        List<ShipmentDocument> claimed = new ArrayList<>();
        for (ShipmentDocument document : batch.documents()) {
            if (document.unclaimed() != null && document.unclaimed().isEmpty()) {
                claimed.add(document);
            }
            for (ShipmentDocument.Unclaimed unclaimed : rows(document.unclaimed())) {
                rows.row()
                        .text(document.carrier())
                        .text(document.trackingNumber())
                        .integer(unclaimed.events())
                        .timestamptz(unclaimed.waitingSince())
                        .timestamptz(unclaimed.reportedAt())
                        .text(unclaimed.lastStatus())
                        .timestamptz(unclaimed.lastEventAt())
                        .bigint(revision);
            }
        }
        if (!claimed.isEmpty()) {
            try (PreparedStatement statement = connection.prepareStatement(REMOVE_CLAIMED)) {
                statement.setArray(1, array(connection, claimed, ShipmentDocument::carrier));
                statement.setArray(2, array(connection, claimed, ShipmentDocument::trackingNumber));
                statement.setLong(3, revision);
                statement.executeUpdate();
            }
        }
        return UNCLAIMED.write(connection, rows);
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
            Connection connection, String sql, Batch batch, Function<ShipmentDocument, Stream<String>> keys)
            throws SQLException {
        List<ShipmentDocument> documents = batch.whole();
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

    private static <R> List<R> rows(List<R> told) {
        return told == null ? List.of() : told;
    }

    private static java.sql.Array array(
            Connection connection, Collection<ShipmentDocument> documents, Function<ShipmentDocument, String> value)
            throws SQLException {
        return connection.createArrayOf("text", documents.stream().map(value).toArray());
    }

    private static String key(ShipmentDocument document, Object part) {
        return document.carrier() + SEPARATOR + document.trackingNumber() + SEPARATOR + part;
    }

    private static String json(Map<Status, Long> dwellSeconds) {
        return dwellSeconds.entrySet().stream()
                .map(entry -> "\"" + entry.getKey() + "\":" + entry.getValue())
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static Double hours(Instant from, Instant to) {
        return from == null ? null : Duration.between(from, to).toMillis() / 3_600_000.0;
    }
}
