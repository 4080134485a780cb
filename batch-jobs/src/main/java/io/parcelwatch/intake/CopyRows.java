package io.parcelwatch.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/**
 * Rows for one COPY, which joins the transaction of the chunk that writes them. In PostgreSQL's binary format ("COPY", File Formats, Binary
 * Format, in its manual), which neither side has to print or parse.
 */
public final class CopyRows {

    private static final byte[] SIGNATURE = {'P', 'G', 'C', 'O', 'P', 'Y', '\n', (byte) 0xFF, '\r', '\n', 0};
    private static final int HEADER = SIGNATURE.length + 8;
    private static final long EPOCH_SECONDS =
            Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long EPOCH_DAY = LocalDate.of(2000, 1, 1).toEpochDay();
    private static final int BASE_DIGITS = 4;
    private static final int BASE = 10_000;

    /** As many digits and three more fit a long. */
    private static final int LONG_DIGITS = 15;

    private final String table;
    private final List<String> columns;
    private ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    private int left;

    public CopyRows(String table, String... columns) {
        this.table = table;
        this.columns = List.of(columns);
        bytes.put(SIGNATURE).putInt(0).putInt(0);
    }

    /** Adds a row; values in the order of the columns, see {@link #value}. */
    public void add(Object... values) {
        beginRow();
        for (Object value : values) {
            value(value);
        }
    }

    /** Begins a row; its values follow one by one. */
    public void beginRow() {
        refuseHalfRow();
        left = columns.size();
        room(2).putShort((short) left);
    }

    /**
     * Adds the next value of the row, whose Java type must be that of its column: String for text, Integer for integer, Short for smallint, Long
     * for bigint, BigDecimal for numeric, Boolean, UUID, Instant for timestamptz (to the microsecond), LocalDate for date; null for null.
     */
    public void value(Object value) {
        left--;
        if (value == null) {
            room(4).putInt(-1);
        } else if (value instanceof String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            room(4 + utf8.length).putInt(utf8.length).put(utf8);
        } else if (value instanceof Integer number) {
            room(8).putInt(4).putInt(number);
        } else if (value instanceof Short number) {
            room(6).putInt(2).putShort(number);
        } else if (value instanceof Long number) {
            room(12).putInt(8).putLong(number);
        } else if (value instanceof BigDecimal number) {
            number(number);
        } else if (value instanceof Boolean truth) {
            room(5).putInt(1).put((byte) (truth ? 1 : 0));
        } else if (value instanceof UUID id) {
            room(20).putInt(16).putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        } else if (value instanceof Instant moment) {
            room(12).putInt(8)
                    .putLong((moment.getEpochSecond() - EPOCH_SECONDS) * 1_000_000 + moment.getNano() / 1_000);
        } else if (value instanceof LocalDate day) {
            room(8).putInt(4).putInt((int) (day.toEpochDay() - EPOCH_DAY));
        } else {
            throw new IllegalArgumentException("no column takes a " + value.getClass());
        }
    }

    /** A numeric is its digits to the base of 10,000, aligned at the decimal point, without zeros at either end. */
    private void number(BigDecimal written) {
        BigDecimal number = written.scale() < 0 ? written.setScale(0) : written;
        int scale = number.scale();
        if (scale <= BASE_DIGITS && number.precision() <= LONG_DIGITS) {
            number(number.unscaledValue().longValue(), scale);
            return;
        }
        String digits = number.unscaledValue().abs().toString();
        int whole = digits.length() - scale;
        int before = Math.floorMod(-whole, BASE_DIGITS);
        int after = Math.floorMod(-scale, BASE_DIGITS);
        String aligned = "0".repeat(before) + digits + "0".repeat(after);
        int weight = Math.floorDiv(whole + BASE_DIGITS - 1, BASE_DIGITS) - 1;
        int first = 0;
        int end = aligned.length() / BASE_DIGITS;
        while (first < end && digit(aligned, first) == 0) {
            first++;
            weight--;
        }
        while (end > first && digit(aligned, end - 1) == 0) {
            end--;
        }
        int length = 8 + 2 * (end - first);
        room(4 + length)
                .putInt(length)
                .putShort((short) (end - first))
                .putShort((short) (first == end ? 0 : weight))
                .putShort((short) (number.signum() < 0 ? 0x4000 : 0))
                .putShort((short) scale);
        for (int i = first; i < end; i++) {
            bytes.putShort((short) digit(aligned, i));
        }
    }

    /** The same of a number that fits, with at most {@value #BASE_DIGITS} decimals, as nearly all amounts are: without its text. */
    private void number(long unscaled, int scale) {
        long aligned = Math.abs(unscaled);
        for (int i = scale; i % BASE_DIGITS != 0; i++) {
            aligned *= 10;
        }
        int weight = scale == 0 ? 0 : -1;
        int skipped = 0;
        while (aligned != 0 && aligned % BASE == 0) {
            aligned /= BASE;
            skipped++;
        }
        int digits = 0;
        long top = 1;
        for (long rest = aligned; rest != 0; rest /= BASE) {
            top = digits == 0 ? 1 : top * BASE;
            digits++;
        }
        int length = 8 + 2 * digits;
        room(4 + length)
                .putInt(length)
                .putShort((short) digits)
                .putShort((short) (digits == 0 ? 0 : weight + skipped + digits - 1))
                .putShort((short) (unscaled < 0 ? 0x4000 : 0))
                .putShort((short) scale);
        for (; top != 0 && digits > 0; top /= BASE, digits--) {
            bytes.putShort((short) (aligned / top % BASE));
        }
    }

    private static int digit(String aligned, int index) {
        int value = 0;
        for (int i = index * BASE_DIGITS; i < (index + 1) * BASE_DIGITS; i++) {
            value = 10 * value + aligned.charAt(i) - '0';
        }
        return value;
    }

    /** Where the next value will stand; with {@link #digest}, what stands between two values can be told by its digest. */
    public int position() {
        return bytes.position();
    }

    /** Feeds a digest with what was added between two positions. */
    public void digest(MessageDigest digest, int from, int to) {
        digest.update(bytes.array(), from, to - from);
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            byte[] larger = Arrays.copyOf(bytes.array(), Math.max(2 * bytes.capacity(), bytes.position() + more));
            bytes = ByteBuffer.wrap(larger).position(bytes.position());
        }
        return bytes;
    }

    private void refuseHalfRow() {
        if (left != 0) {
            throw new IllegalArgumentException("the row before has " + (columns.size() - left) + " values for "
                    + columns.size() + " columns of " + table);
        }
    }

    /** Sends the rows within the current transaction, and forgets them. */
    public void copyInto(DataSource dataSource) {
        refuseHalfRow();
        if (bytes.position() == HEADER) {
            return;
        }
        room(2).putShort((short) -1);
        String sql = "copy " + table + " (" + String.join(", ", columns) + ") from stdin (format binary)";
        Connection connection = DataSourceUtils.getConnection(dataSource);
        try {
            connection
                    .unwrap(PGConnection.class)
                    .getCopyAPI()
                    .copyIn(sql, new ByteArrayInputStream(bytes.array(), 0, bytes.position()));
            bytes.position(HEADER);
        } catch (SQLException e) {
            DataAccessException translated = new SQLExceptionSubclassTranslator().translate("COPY", sql, e);
            throw translated != null ? translated : new UncategorizedSQLException("COPY", sql, e);
        } catch (IOException e) {
            throw new IllegalStateException("memory cannot fail to be read", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }
}
