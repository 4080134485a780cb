package io.parcelwatch.sql;

/** PostgreSQL does not answer, or refuses us. The message is one line and says what to look at. */
public class DatabaseUnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DatabaseUnreachableException(Database database, Throwable cause) {
        super(
                "PostgreSQL at " + database.place() + " cannot be used ("
                        + String.valueOf(cause.getMessage()).lines().findFirst().orElse("no message")
                        + "): start it, or correct PARCELWATCH_DB_URL, PARCELWATCH_DB_USER or PARCELWATCH_DB_PASSWORD, and run again",
                cause);
    }
}
