package io.parcelwatch.watchshipments;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/**
 * Rows on their way into a statement as one array a column, to be unnested there. Numbers and times travel as numbers: PostgreSQL needs
 * microseconds to read a time from its text, and a tenth of one for a number, and a shipment has a dozen of them.
 */
final class Columns {

    /** The elements of a column's array by the column's type; every other type goes as its text. */
    private static final Map<String, String> ELEMENTS = Map.of(
            "integer", "int4",
            "smallint", "int4",
            "bigint", "int8",
            "timestamptz", "int8",
            "boolean", "bool",
            "double precision", "float8");

    private Columns() {}

    /** The parameter that takes the values of a column. */
    static String parameter(String type) {
        return "?::" + elements(type) + "[]";
    }

    /** The value of a column of this type, of an element of its array by name. */
    static String value(String element, String type) {
        if (type.equals("timestamptz")) {
            return "(timestamptz 'epoch' + " + element + " * interval '1 microsecond')";
        }
        return element + "::" + type;
    }

    /**
     * Sets the first parameters of a statement.
     *
     * @param types of the columns, {@code "text"}, {@code "timestamptz"}
     * @param rows  values in the order of the types
     */
    static void set(PreparedStatement statement, List<String> types, List<Object[]> rows) throws SQLException {
        Connection connection = statement.getConnection();
        for (int column = 0; column < types.size(); column++) {
            String elements = elements(types.get(column));
            Object[] values = array(elements, rows.size());
            for (int row = 0; row < values.length; row++) {
                values[row] = element(rows.get(row)[column], elements);
            }
            statement.setArray(column + 1, connection.createArrayOf(elements, values));
        }
    }

    private static String elements(String type) {
        return ELEMENTS.getOrDefault(type, "text");
    }

    /** Of a class that the driver sends in PostgreSQL's own format. */
    private static Object[] array(String elements, int size) {
        return switch (elements) {
            case "int4" -> new Integer[size];
            case "int8" -> new Long[size];
            case "bool" -> new Boolean[size];
            case "float8" -> new Double[size];
            default -> new String[size];
        };
    }

    private static Object element(Object value, String elements) {
        if (value instanceof Instant instant) {
            return micros(instant);
        }
        return value == null || !elements.equals("text") ? value : value.toString();
    }

    /** Microseconds since 1970, rounded half up; PostgreSQL rounds a text, too. What is too far away becomes what PostgreSQL refuses. */
    static long micros(Instant instant) {
        try {
            return Math.addExact(
                    Math.multiplyExact(instant.getEpochSecond(), 1_000_000), (instant.getNano() + 500) / 1_000);
        } catch (ArithmeticException e) {
            return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }
}
