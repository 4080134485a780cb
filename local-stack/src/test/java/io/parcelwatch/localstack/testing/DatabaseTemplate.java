package io.parcelwatch.localstack.testing;

import io.parcelwatch.localstack.PostgresAddress;
import java.util.function.Consumer;

/** What databases of tests begin as. It is prepared once a JVM, when the first is asked for: to migrate takes four times as long as to copy. */
public final class DatabaseTemplate {

    private final Consumer<PostgresAddress> preparation;
    private PostgresAddress prepared;

    /** @param preparation fills an empty database, and leaves no connection to it */
    public DatabaseTemplate(Consumer<PostgresAddress> preparation) {
        this.preparation = preparation;
    }

    /** A new database with all that the preparation made. */
    public PostgresAddress copy() {
        return TestServices.freshDatabase(prepared());
    }

    private synchronized PostgresAddress prepared() {
        if (prepared == null) {
            PostgresAddress database = TestServices.postgres();
            preparation.accept(database);
            prepared = database;
        }
        return prepared;
    }
}
