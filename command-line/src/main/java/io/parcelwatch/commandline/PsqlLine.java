package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;

/** How a person reaches a database. */
final class PsqlLine {

    private PsqlLine() {}

    /** A URL as psql takes it. Passwords are not shown, except of the embedded server, which listens on this machine alone. */
    static String of(Database database) {
        String url = database.url().replaceFirst("^jdbc:", "").replaceFirst("\\?.*$", "");
        if (database.user() == null || !url.startsWith("postgresql://") || url.contains("@")) {
            return database.place();
        }
        return url.replaceFirst("postgresql://", "postgresql://" + database.user() + "@");
    }

    /** The same with the password, for a command that a person copies; only for an embedded server. */
    static String withPassword(Database database) {
        return of(database).replaceFirst("@", ":" + database.password() + "@");
    }
}
