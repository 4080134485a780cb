package io.parcelwatch.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.postgresql.PGConnection;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.UncategorizedSQLException;
import org.springframework.jdbc.datasource.DataSourceUtils;
import org.springframework.jdbc.support.SQLExceptionSubclassTranslator;

/** Rows for one COPY, which joins the transaction of the chunk that writes them. */
public final class CopyRows {

    private final String table;
    private final List<String> columns;
    private final StringBuilder text = new StringBuilder(1 << 16);
    private int rows;

    public CopyRows(String table, String... columns) {
        this.table = table;
        this.columns = List.of(columns);
    }

    /** Adds a row; values in the order of the columns, null for null, by their {@code toString}. */
    public void add(Object... values) {
        if (values.length != columns.size()) {
            throw new IllegalArgumentException(
                    values.length + " values for " + columns.size() + " columns of " + table);
        }
        for (int i = 0; i < values.length; i++) {
            if (i > 0) {
                text.append('\t');
            }
            append(values[i]);
        }
        text.append('\n');
        rows++;
    }

    private void append(Object value) {
        if (value == null) {
            text.append("\\N");
            return;
        }
        String written = value.toString();
        for (int i = 0; i < written.length(); i++) {
            char c = written.charAt(i);
            switch (c) {
                case '\\' -> text.append("\\\\");
                case '\t' -> text.append("\\t");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                default -> text.append(c);
            }
        }
    }

    /** Sends the rows within the current transaction. */
    public void copyInto(DataSource dataSource) {
        if (rows == 0) {
            return;
        }
        String sql = "copy " + table + " (" + String.join(", ", columns) + ") from stdin";
        Connection connection = DataSourceUtils.getConnection(dataSource);
        // Encoded as one: the driver would encode it in pieces, and a character of two halves that lies on a seam be
        // lost.
        byte[] utf8 = text.toString().getBytes(StandardCharsets.UTF_8);
        try {
            connection.unwrap(PGConnection.class).getCopyAPI().copyIn(sql, new ByteArrayInputStream(utf8));
        } catch (SQLException e) {
            DataAccessException translated = new SQLExceptionSubclassTranslator().translate("COPY", sql, e);
            throw translated != null ? translated : new UncategorizedSQLException("COPY", sql, e);
        } catch (IOException e) {
            throw new IllegalStateException("a string cannot fail to be read", e);
        } finally {
            DataSourceUtils.releaseConnection(connection, dataSource);
        }
    }
}
