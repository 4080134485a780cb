package io.parcelwatch.sql;

/** The schema in the database cannot be brought up to date. The message is one line and says what to look at. */
public class SchemaException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SchemaException(Database database, Throwable cause) {
        super(
                "the schema in PostgreSQL at " + database.place() + " cannot be brought up to date ("
                        + String.valueOf(cause.getMessage()).lines().findFirst().orElse("no message")
                        + "): it may be of another version of Parcelwatch; use that one, or another database",
                cause);
    }
}
