package io.parcelwatch.watchshipments;

import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.postgresql.core.BaseConnection;
import org.postgresql.core.Oid;
import org.postgresql.jdbc.PgArray;

/**
 * A row type of one session, as one array of which rows travel into a statement: {@code unnest} of one array of rows costs PostgreSQL a
 * small part of what it takes to put rows together from an array a column (docs/decisions/0026-rows-travel-as-rows.md). A temporary type follows from
 * what this job writes; the row type of the table itself would change when a later version adds a column.
 *
 * <p>The array is sent in PostgreSQL's binary format, as {@code array_send} and {@code record_send} write it.
 */
final class RowType {

    /** PostgreSQL counts from 2000. */
    private static final long EPOCH_MICROS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond() * 1_000_000;

    private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();

    /** A time that PostgreSQL refuses as out of range; the two numbers beyond it stand for infinity. */
    private static final long NO_TIME = Long.MIN_VALUE + 1;

    /** The same for a day. */
    private static final int NO_DAY = Integer.MIN_VALUE + 1;

    /** About as many as a value takes with its type and length. */
    private static final int BYTES_A_VALUE = 14;

    /** How a value of a type is sent. */
    private enum Format {
        TEXT(Oid.TEXT),
        INTEGER(Oid.INT4),
        SMALLINT(Oid.INT2),
        BIGINT(Oid.INT8),
        DOUBLE_PRECISION(Oid.FLOAT8),
        BOOLEAN(Oid.BOOL),
        TIMESTAMPTZ(Oid.TIMESTAMPTZ),
        DATE(Oid.DATE),
        JSONB(Oid.JSONB);

        private final int oid;

        Format(int oid) {
            this.oid = oid;
        }

        static Format of(String type) {
            return valueOf(type.toUpperCase(Locale.ROOT).replace(' ', '_'));
        }
    }

    private final String name;
    private final List<String> columns;
    private final Format[] formats;

    /**
     * @param name    of the type, the only one of this name in its session
     * @param columns with their types: {@code "carrier text"}
     */
    RowType(String name, List<String> columns) {
        this.name = name;
        this.columns = List.copyOf(columns);
        this.formats = columns.stream()
                .map(column -> Format.of(column.substring(column.indexOf(' ') + 1)))
                .toArray(Format[]::new);
    }

    /** Makes the type known to a session. It lasts as long as the session, where the transaction is committed. */
    void create(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("create type pg_temp." + name + " as (" + String.join(", ", columns) + ")");
        }
    }

    /** The parameter of a statement that takes rows, as rows to select from: {@code unnest(...)}. */
    String rows() {
        return "unnest(?::pg_temp." + name + "[])";
    }

    /**
     * Sets the parameter that takes rows.
     *
     * @param rows values in the order of the columns: texts, or what is sent as its text; numbers; {@link Instant}; a date as ISO 8601. A null is a null
     */
    void set(PreparedStatement statement, int parameter, List<Object[]> rows) throws SQLException {
        BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
        int type = connection.getTypeInfo().getPGType(name);
        Array array = new PgArray(connection, connection.getTypeInfo().getPGArrayType(name), encode(type, rows));
        statement.setArray(parameter, array);
    }

    private byte[] encode(int type, List<Object[]> rows) {
        Buffer out = new Buffer(rows.size() * formats.length * BYTES_A_VALUE);
        // Dimensions, whether there are nulls, type, length, first index.
        out.integer(1);
        out.integer(0);
        out.integer(type);
        out.integer(rows.size());
        out.integer(1);
        for (Object[] row : rows) {
            int start = out.reserveLength();
            out.integer(formats.length);
            for (int column = 0; column < formats.length; column++) {
                out.integer(formats[column].oid);
                value(out, formats[column], row[column]);
            }
            out.fillLength(start);
        }
        return out.bytes();
    }

    private static void value(Buffer out, Format format, Object value) {
        if (value == null) {
            out.integer(-1);
            return;
        }
        switch (format) {
            case INTEGER -> {
                out.integer(4);
                out.integer(((Number) value).intValue());
            }
            case SMALLINT -> {
                out.integer(2);
                out.small(((Number) value).intValue());
            }
            case BIGINT -> {
                out.integer(8);
                out.big(((Number) value).longValue());
            }
            case DOUBLE_PRECISION -> {
                out.integer(8);
                out.big(Double.doubleToLongBits((Double) value));
            }
            case BOOLEAN -> {
                out.integer(1);
                out.tiny((Boolean) value ? 1 : 0);
            }
            case TIMESTAMPTZ -> {
                out.integer(8);
                out.big(sinceEpoch((Instant) value));
            }
            case DATE -> {
                out.integer(4);
                long day = LocalDate.parse((String) value).toEpochDay() - EPOCH_DAY;
                out.integer(day == (int) day ? (int) day : NO_DAY);
            }
            case JSONB -> {
                int start = out.reserveLength();
                // The format's version.
                out.tiny(1);
                out.text(value.toString());
                out.fillLength(start);
            }
            case TEXT -> {
                int start = out.reserveLength();
                out.text(value.toString());
                out.fillLength(start);
            }
        }
    }

    private static long sinceEpoch(Instant instant) {
        long micros = micros(instant);
        boolean tooFar = micros < Long.MIN_VALUE + EPOCH_MICROS || micros == Long.MAX_VALUE;
        return tooFar ? NO_TIME : micros - EPOCH_MICROS;
    }

    /** Microseconds since 1970, rounded half up, as PostgreSQL rounds a text; the least or greatest number where the time is further away. */
    static long micros(Instant instant) {
        try {
            return Math.addExact(
                    Math.multiplyExact(instant.getEpochSecond(), 1_000_000), (instant.getNano() + 500) / 1_000);
        } catch (ArithmeticException e) {
            return instant.isBefore(Instant.EPOCH) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Bytes in network order; grows. */
    private static final class Buffer {
        private byte[] bytes;
        private int size;

        Buffer(int capacity) {
            bytes = new byte[Math.max(capacity, 64)];
        }

        private void need(int more) {
            if (bytes.length - size < more) {
                bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), bytes.length * 2));
            }
        }

        void tiny(int value) {
            need(1);
            bytes[size++] = (byte) value;
        }

        void small(int value) {
            need(2);
            bytes[size++] = (byte) (value >> 8);
            bytes[size++] = (byte) value;
        }

        void integer(int value) {
            need(4);
            size = put(size, value);
        }

        private int put(int at, int value) {
            bytes[at] = (byte) (value >> 24);
            bytes[at + 1] = (byte) (value >> 16);
            bytes[at + 2] = (byte) (value >> 8);
            bytes[at + 3] = (byte) value;
            return at + 4;
        }

        void big(long value) {
            integer((int) (value >> 32));
            integer((int) value);
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            need(utf8.length);
            System.arraycopy(utf8, 0, bytes, size, utf8.length);
            size += utf8.length;
        }

        /** Room for a length that {@link #fillLength} knows. */
        int reserveLength() {
            integer(0);
            return size;
        }

        void fillLength(int start) {
            put(start - 4, size - start);
        }

        byte[] bytes() {
            return Arrays.copyOf(bytes, size);
        }
    }
}
