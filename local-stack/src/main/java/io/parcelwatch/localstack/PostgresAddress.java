package io.parcelwatch.localstack;

/**
 * How to reach one database.
 *
 * @param url JDBC URL, without credentials
 * @param user role that owns the database
 * @param password that role's password
 */
public record PostgresAddress(String url, String user, String password) {

    /** Without the password: addresses end up in logs. */
    @Override
    public String toString() {
        return user + " at " + url;
    }
}
