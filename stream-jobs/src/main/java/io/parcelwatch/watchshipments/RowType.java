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
import java.util.function.Consumer;
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

    private static final int FEW_BYTES = 1_000;

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
    String parameter() {
        return "unnest(?::pg_temp." + name + "[])";
    }

    /** Rows of the type, none yet. */
    Rows noRows() {
        return new Rows(FEW_BYTES);
    }

    /**
     * Rows that were added one after the other.
     *
     * @param from the first byte of theirs
     * @param to   the first byte after them
     */
    record Part(int from, int to, int rows) {}

    /** No rows. */
    static final Part NO_PART = new Part(0, 0, 0);

    /** Rows as they are sent: begun one by one, each with a value for each column, in their order. */
    final class Rows {

        /** Dimensions, whether there are nulls, type, length, first index. */
        private static final int HEADER = 5;

        private final Buffer out;
        private int rows;
        private boolean begun;
        private int column;
        private int start;

        private Rows(int bytes) {
            out = new Buffer(4 * HEADER + bytes);
            for (int i = 0; i < HEADER; i++) {
                out.integer(0);
            }
        }

        boolean isEmpty() {
            return rows == 0;
        }

        /** Begins the next row. */
        Rows row() {
            end();
            rows++;
            begun = true;
            start = out.reserveLength();
            out.integer(formats.length);
            column = 0;
            return this;
        }

        private void end() {
            if (begun) {
                if (column != formats.length) {
                    throw new IllegalStateException(
                            "a row of " + name + " has " + formats.length + " columns, not " + column);
                }
                out.fillLength(start);
                begun = false;
            }
        }

        /** Where rows lie that are added now. */
        Part part(Consumer<Rows> added) {
            end();
            int from = out.size;
            int before = rows;
            added.accept(this);
            end();
            return rows == before ? NO_PART : new Part(from, out.size, rows - before);
        }

        /** Rows of parts of these, in another order or without some. */
        Rows inOrder(List<Part> parts) {
            int bytes = 0;
            for (Part part : parts) {
                bytes = Math.addExact(bytes, part.to - part.from);
            }
            Rows ordered = new Rows(bytes);
            for (Part part : parts) {
                ordered.out.copy(out, part.from, part.to);
                ordered.rows += part.rows;
            }
            return ordered;
        }

        /** Says what the next value is; where there is none, all of it. */
        private boolean begin(Format format, boolean present) {
            if (formats[column] != format) {
                throw new IllegalStateException(name + " has no " + format + " where it has " + columns.get(column));
            }
            column++;
            out.integer(format.oid);
            if (!present) {
                out.integer(-1);
            }
            return present;
        }

        /** A text; null is a null, here and everywhere. */
        Rows text(String value) {
            if (begin(Format.TEXT, value != null)) {
                out.text(value);
            }
            return this;
        }

        /** A constant, as a text. */
        Rows text(Enum<?> value) {
            return text(value == null ? null : value.name());
        }

        Rows integer(int value) {
            begin(Format.INTEGER, true);
            out.integer(4);
            out.integer(value);
            return this;
        }

        Rows smallint(int value) {
            begin(Format.SMALLINT, true);
            out.integer(2);
            out.small(value);
            return this;
        }

        Rows bigint(long value) {
            begin(Format.BIGINT, true);
            out.integer(8);
            out.big(value);
            return this;
        }

        Rows doublePrecision(Double value) {
            if (begin(Format.DOUBLE_PRECISION, value != null)) {
                out.integer(8);
                out.big(Double.doubleToLongBits(value));
            }
            return this;
        }

        Rows bool(Boolean value) {
            if (begin(Format.BOOLEAN, value != null)) {
                out.integer(1);
                out.tiny(value ? 1 : 0);
            }
            return this;
        }

        /** A time, to the microsecond. */
        Rows timestamptz(Instant value) {
            if (begin(Format.TIMESTAMPTZ, value != null)) {
                out.integer(8);
                out.big(sinceEpoch(value));
            }
            return this;
        }

        /** A day in ISO 8601. */
        Rows date(String value) {
            if (begin(Format.DATE, value != null)) {
                long day = LocalDate.parse(value).toEpochDay() - EPOCH_DAY;
                out.integer(4);
                out.integer(day == (int) day ? (int) day : NO_DAY);
            }
            return this;
        }

        /** A JSON value, as a text. */
        Rows jsonb(String value) {
            if (begin(Format.JSONB, value != null)) {
                int length = out.reserveLength();
                // The format's version.
                out.tiny(1);
                out.bytes(value);
                out.fillLength(length);
            }
            return this;
        }

        /** Sets the parameter of a statement that takes the rows. */
        void set(PreparedStatement statement, int parameter) throws SQLException {
            BaseConnection connection = statement.getConnection().unwrap(BaseConnection.class);
            end();
            int[] header = {1, 0, connection.getTypeInfo().getPGType(name), rows, 1};
            for (int i = 0; i < HEADER; i++) {
                out.put(4 * i, header[i]);
            }
            Array array = new PgArray(connection, connection.getTypeInfo().getPGArrayType(name), out.bytes());
            statement.setArray(parameter, array);
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

        Buffer(int bytes) {
            this.bytes = new byte[bytes];
        }

        private void need(int more) {
            if (bytes.length - size < more) {
                int twice = (int) Math.min(bytes.length * 2L, Integer.MAX_VALUE - 8);
                bytes = Arrays.copyOf(bytes, Math.max(Math.addExact(size, more), twice));
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
            put(size, value);
            size += 4;
        }

        void put(int at, int value) {
            bytes[at] = (byte) (value >> 24);
            bytes[at + 1] = (byte) (value >> 16);
            bytes[at + 2] = (byte) (value >> 8);
            bytes[at + 3] = (byte) value;
        }

        void big(long value) {
            integer((int) (value >> 32));
            integer((int) value);
        }

        /** A text after its length. */
        void text(String text) {
            int start = reserveLength();
            bytes(text);
            fillLength(start);
        }

        void bytes(String text) {
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

        void copy(Buffer other, int from, int to) {
            need(to - from);
            System.arraycopy(other.bytes, from, bytes, size, to - from);
            size += to - from;
        }

        byte[] bytes() {
            return size == bytes.length ? bytes : Arrays.copyOf(bytes, size);
        }
    }
}
