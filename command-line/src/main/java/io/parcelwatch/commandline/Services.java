package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.KafkaConnection;
import java.nio.file.Path;
import java.time.Duration;

/**
 * PostgreSQL and Kafka, as the settings name them, else embedded ones in the home. Each is looked for when it is first asked for: what does
 * not need Kafka starts none.
 */
final class Services implements AutoCloseable {

    private final Settings settings;
    private final Duration idle;
    private EmbeddedServices embedded;
    private Database database;
    private KafkaConnection kafka;

    /** The services of the settings. */
    Services(Settings settings) {
        this(settings, null);
    }

    /**
     * The same.
     *
     * @param idle how long embedded services outlive us; null: as usual
     */
    Services(Settings settings, Duration idle) {
        this.settings = settings;
        this.idle = idle;
        Logging.into(settings.home());
    }

    /** Where data, checkpoints and logs are. */
    Path home() {
        return settings.home();
    }

    /** The database, reachable and with its schema up to date. */
    synchronized Database database() {
        if (database == null) {
            Database found = bareDatabase();
            if (settings.migrate()) {
                new Schema(found).migrate();
            } else {
                Queries.probe(found);
            }
            database = found;
        }
        return database;
    }

    /** The database as it is, maybe without schema, maybe not reachable. */
    synchronized Database bareDatabase() {
        return settings.database().orElseGet(() -> embedded().database());
    }

    /** Kafka; only the embedded one is known to be reachable. */
    synchronized KafkaConnection kafka() {
        if (kafka == null) {
            kafka = settings.kafka()
                    .orElseGet(() -> KafkaConnection.to(embedded().kafka()));
        }
        return kafka;
    }

    private EmbeddedServices embedded() {
        if (embedded == null) {
            embedded = new EmbeddedServices(settings.home(), idle);
        }
        return embedded;
    }

    @Override
    public synchronized void close() {
        if (embedded != null) {
            embedded.close();
            embedded = null;
        }
    }
}
