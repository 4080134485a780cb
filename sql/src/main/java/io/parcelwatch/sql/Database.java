package io.parcelwatch.sql;

import java.io.Serializable;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Properties;

/**
 * How to reach PostgreSQL.
 *
 * @param url      a JDBC URL, {@code jdbc:postgresql://host:port/name}
 * @param user     may be null where the URL or the server's rules say enough
 * @param password may be null likewise; never logged
 */
public record Database(String url, String user, String password) implements Serializable {

    /** The oldest PostgreSQL the migrations and statements are written for. */
    public static final int OLDEST_MAJOR_VERSION = 15;

    /**
     * A new connection in UTC, autocommit on; the caller closes it.
     *
     * @throws DatabaseUnreachableException where none can be had within 10 seconds
     */
    public Connection connect() {
        return connect(Duration.ZERO);
    }

    /**
     * A new connection in UTC whose statements may take only so long, so that a server that vanished is noticed.
     *
     * @param longestAnswer to the second; zero for as long as it takes
     * @throws DatabaseUnreachableException where none can be had within 10 seconds
     */
    public Connection connect(Duration longestAnswer) {
        Properties properties = properties();
        properties.setProperty("socketTimeout", String.valueOf(longestAnswer.toSeconds()));
        try {
            return DriverManager.getConnection(url, properties);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(this, e);
        }
    }

    /** What every connection is opened with. */
    public Properties properties() {
        Properties properties = new Properties();
        if (user != null) {
            properties.setProperty("user", user);
        }
        if (password != null) {
            properties.setProperty("password", password);
        }
        properties.setProperty("ApplicationName", "parcelwatch");
        properties.setProperty("connectTimeout", "10");
        properties.setProperty("tcpKeepAlive", "true");
        // What a failing row contains is personal data, and belongs in no message.
        properties.setProperty("logServerErrorDetail", "false");
        properties.setProperty("options", "-c TimeZone=UTC");
        return properties;
    }

    /** Where the database is, fit for a message: without user and password. */
    public String place() {
        return url.replaceFirst("^jdbc:", "").replaceAll("\\?.*$", "").replaceAll("//[^/@]*@", "//");
    }

    @Override
    public String toString() {
        return place();
    }
}
