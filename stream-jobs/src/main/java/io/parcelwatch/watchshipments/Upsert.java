package io.parcelwatch.watchshipments;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Rows for one table, written by one statement, into which they travel as rows of a type of the session's own. On conflict a row gives way to one
 * of the same or a higher revision that differs.
 */
final class Upsert {

    private final String insert;
    private final String onConflict;
    private final RowType type;

    /**
     * A statement for a table with a column {@code revision}.
     *
     * @param table   its name
     * @param keys    the columns of its primary key, with their types: {@code "carrier text"}
     * @param columns the other columns, with their types, {@code "revision bigint"} among them
     * @param reset   what is set on conflict beside the columns, {@code "withdrawn_at = null"}; empty for nothing
     */
    Upsert(String table, List<String> keys, List<String> columns, String reset) {
        List<String> all = new ArrayList<>(keys);
        all.addAll(columns);
        this.type = new RowType(table + "_row", all);
        List<String> names = all.stream().map(Upsert::name).toList();
        List<String> values = columns.stream().map(Upsert::name).toList();
        List<String> compared =
                values.stream().filter(name -> !name.equals("revision")).toList();
        String resetName = reset.isEmpty() ? "" : reset.substring(0, reset.indexOf(' '));
        this.insert = "insert into " + table + " as t (" + String.join(", ", names) + ") select "
                + String.join(", ", names) + " from " + type.parameter();
        this.onConflict = " on conflict (" + keys.stream().map(Upsert::name).collect(Collectors.joining(", "))
                + ") do update set "
                + values.stream().map(name -> name + " = excluded." + name).collect(Collectors.joining(", "))
                + (reset.isEmpty() ? "" : ", " + reset)
                + " where excluded.revision > t.revision or excluded.revision = t.revision and ("
                + (compared.isEmpty()
                        ? "false"
                        : "(" + qualified("t", compared) + ") is distinct from (" + qualified("excluded", compared)
                                + ")")
                + (reset.isEmpty() ? "" : " or t." + resetName + " is not null")
                + ")";
    }

    /** Makes the type of the rows known to a session, once for each. */
    void prepare(Connection connection) throws SQLException {
        type.create(connection);
    }

    /** Rows to write, none yet; their columns are the keys, then the others. */
    RowType.Rows noRows() {
        return type.noRows();
    }

    /**
     * Writes the rows. No key may stand in them twice.
     *
     * @return how many were added or changed
     */
    int write(Connection connection, RowType.Rows rows) throws SQLException {
        return execute(connection, insert + onConflict, rows);
    }

    /**
     * Adds rows that the table does not have: cheaper than {@link #write}, which first looks for each.
     *
     * @throws SQLException of class 23 where the table has one of them
     */
    int add(Connection connection, RowType.Rows rows) throws SQLException {
        return execute(connection, insert, rows);
    }

    private int execute(Connection connection, String sql, RowType.Rows rows) throws SQLException {
        if (rows.isEmpty()) {
            return 0;
        }
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            rows.set(statement, 1);
            return statement.executeUpdate();
        }
    }

    private static String qualified(String alias, List<String> names) {
        return names.stream().map(name -> alias + "." + name).collect(Collectors.joining(", "));
    }

    private static String name(String column) {
        return column.substring(0, column.indexOf(' '));
    }
}
