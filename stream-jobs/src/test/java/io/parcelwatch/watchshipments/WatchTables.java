package io.parcelwatch.watchshipments;

import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.DatabaseTemplate;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A database of a test's own, and what the watch has written into it. */
final class WatchTables {

    private static final DatabaseTemplate MIGRATED = new DatabaseTemplate(WatchTables::migrated);

    /** What makes two runs equal: these tables, the times of receipt, withdrawn rows and dead letters aside. */
    private static final Map<String, String> COMPARED = new LinkedHashMap<>();

    static {
        COMPARED.put(
                "tracking_event",
                "select carrier, tracking_number, event_id, event_time, event_offset, offset_source, journey, leg, status, reason, verdict,"
                        + " applied, movement, scan, code, description, city, region, postal_code, country from tracking_event");
        COMPARED.put("shipment", "select * from shipment");
        COMPARED.put(
                "shipment_order",
                "select carrier, tracking_number, journey, channel, account, external_id, placed_at from shipment_order");
        COMPARED.put(
                "shipment_alert",
                "select alert_id, kind, carrier, tracking_number, journey, leg, status, last_movement_at, threshold_hours, rule, opened_at,"
                        + " escalated_at, closed_at from shipment_alert where withdrawn_at is null");
        COMPARED.put("delivery", "select * from delivery");
        COMPARED.put("delivery_performance_daily", "select * from delivery_performance_daily");
        COMPARED.put("status_dwell_daily", "select * from status_dwell_daily");
        COMPARED.put("unclaimed_number", "select * from unclaimed_number");
        COMPARED.put(
                "notification_intent",
                "select intent_id, milestone, carrier, tracking_number, journey, leg, occurred_at from notification_intent"
                        + " where withdrawn_at is null");
    }

    private final Database database;

    WatchTables() {
        this(MIGRATED.copy());
    }

    private WatchTables(PostgresAddress address) {
        database = new Database(address.url(), address.user(), address.password());
    }

    /** Those of a database that is brought up to date first. */
    static WatchTables migrated(PostgresAddress address) {
        WatchTables tables = new WatchTables(address);
        new Schema(tables.database).migrate();
        return tables;
    }

    Database database() {
        return database;
    }

    /** The rows of every compared table, each as text, sorted; columns of revision left out. */
    Map<String, List<String>> contents() {
        Map<String, List<String>> contents = new LinkedHashMap<>();
        COMPARED.forEach((table, sql) -> contents.put(
                table, strings("select (to_jsonb(r) - 'revision')::text from (" + sql + ") r order by 1")));
        return contents;
    }

    /** The rows that only one of two has, by table: empty where they are equal. */
    static Map<String, List<String>> difference(Map<String, List<String>> expected, Map<String, List<String>> actual) {
        Map<String, List<String>> difference = new LinkedHashMap<>();
        expected.forEach((table, rows) -> {
            if (rows.equals(actual.get(table))) {
                return;
            }
            List<String> missing = new ArrayList<>(rows);
            List<String> surplus = new ArrayList<>(actual.get(table));
            surplus.removeAll(rows);
            missing.removeAll(actual.get(table));
            missing.replaceAll(row -> "missing " + row);
            surplus.replaceAll(row -> "surplus " + row);
            missing.addAll(surplus);
            if (!missing.isEmpty() || rows.size() != actual.get(table).size()) {
                difference.put(table, missing);
            }
        });
        return difference;
    }

    List<String> strings(String sql) {
        List<String> rows = new ArrayList<>();
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement();
                ResultSet result = statement.executeQuery(sql)) {
            int columns = result.getMetaData().getColumnCount();
            while (result.next()) {
                StringBuilder row = new StringBuilder();
                for (int column = 1; column <= columns; column++) {
                    row.append(column == 1 ? "" : " | ").append(result.getString(column));
                }
                rows.add(row.toString());
            }
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
        return rows;
    }

    String string(String sql) {
        List<String> rows = strings(sql);
        return rows.isEmpty() ? null : rows.get(0);
    }

    long count(String from) {
        return Long.parseLong(string("select count(*) from " + from));
    }

    void execute(String sql) {
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }
}
