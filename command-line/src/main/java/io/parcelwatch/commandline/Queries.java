package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.DatabaseUnreachableException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Questions to the tables, on a connection of their own. */
final class Queries implements AutoCloseable {

    /** A row by its columns' names; times are instants. */
    static final class Row {
        private final Map<String, Object> values = new LinkedHashMap<>();

        java.util.Collection<Object> values() {
            return values.values();
        }

        Object get(String column) {
            if (!values.containsKey(column)) {
                throw new IllegalArgumentException("no column " + column + " among " + values.keySet());
            }
            return values.get(column);
        }

        String text(String column) {
            Object value = get(column);
            return value == null ? null : value.toString();
        }

        long number(String column) {
            return get(column) instanceof Number number ? number.longValue() : 0;
        }

        Double real(String column) {
            return get(column) instanceof Number number ? number.doubleValue() : null;
        }

        boolean truth(String column) {
            return Boolean.TRUE.equals(get(column));
        }

        Instant time(String column) {
            return (Instant) get(column);
        }
    }

    private final Database database;
    private final Connection connection;

    Queries(Database database) {
        this.database = database;
        this.connection = database.connect();
    }

    /** Fails where the database cannot be reached. */
    static void probe(Database database) {
        try (Connection connection = database.connect()) {
            connection.isValid(10);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    List<Row> rows(String sql, Object... parameters) {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            for (int i = 0; i < parameters.length; i++) {
                Object value = parameters[i];
                statement.setObject(i + 1, value instanceof Instant instant ? Timestamp.from(instant) : value);
            }
            try (ResultSet result = statement.executeQuery()) {
                List<Row> rows = new ArrayList<>();
                ResultSetMetaData columns = result.getMetaData();
                while (result.next()) {
                    Row row = new Row();
                    for (int i = 1; i <= columns.getColumnCount(); i++) {
                        Object value = result.getObject(i);
                        row.values.put(
                                columns.getColumnLabel(i), value instanceof Timestamp time ? time.toInstant() : value);
                    }
                    rows.add(row);
                }
                return rows;
            }
        } catch (SQLException e) {
            if ("42P01".equals(e.getSQLState()) || "42703".equals(e.getSQLState())) {
                throw new FailedException(
                        "the database at " + database.place()
                                + " has no tables of this version: run ./parcelwatch migrate",
                        e);
            }
            throw new DatabaseUnreachableException(database, e);
        }
    }

    Row row(String sql, Object... parameters) {
        List<Row> rows = rows(sql, parameters);
        return rows.isEmpty() ? null : rows.get(0);
    }

    long number(String sql, Object... parameters) {
        Row row = row(sql, parameters);
        return row == null || !(row.values.values().iterator().next() instanceof Number number)
                ? 0
                : number.longValue();
    }

    boolean truth(String sql, Object... parameters) {
        Row row = row(sql, parameters);
        return row != null && Boolean.TRUE.equals(row.values.values().iterator().next());
    }

    /** Up to where the tables are complete; null where no watch ran. */
    Instant asOf() {
        return row("select min(clock_at) as clock_at from watch_progress").time("clock_at");
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }
}
