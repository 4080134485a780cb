package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.wire.KafkaConnection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the flags say, else the environment, else the defaults.
 *
 * @param database empty: the embedded one
 * @param kafka    empty: the embedded one
 * @param home     absolute
 * @param migrate  whether commands bring the schema up to date
 */
record Settings(Optional<Database> database, Optional<KafkaConnection> kafka, Path home, boolean migrate) {

    static Settings of(Parcelwatch flags) {
        String url = setting(flags.dbUrl, "PARCELWATCH_DB_URL");
        String properties = setting(text(flags.kafkaProperties), "PARCELWATCH_KAFKA_PROPERTIES");
        String bootstrap = setting(flags.kafka, "PARCELWATCH_KAFKA");
        if (properties != null && bootstrap == null) {
            throw new UsageException("PARCELWATCH_KAFKA_PROPERTIES (--kafka-properties) is set, and no Kafka is named:"
                    + " set PARCELWATCH_KAFKA (--kafka) too");
        }
        String home = setting(text(flags.home), "PARCELWATCH_HOME");
        String migrate = setting(null, "PARCELWATCH_MIGRATE");
        if (url != null && !url.startsWith("jdbc:postgresql:")) {
            throw new UsageException(
                    "PARCELWATCH_DB_URL (--db-url) is no JDBC URL of PostgreSQL: write jdbc:postgresql://host:port/name");
        }
        if (migrate != null && !migrate.equals("never") && !migrate.equals("auto")) {
            throw new UsageException("PARCELWATCH_MIGRATE is \"" + migrate + "\": set it to never, or leave it out");
        }
        return new Settings(
                Optional.ofNullable(url)
                        .map(there -> new Database(
                                there,
                                setting(flags.dbUser, "PARCELWATCH_DB_USER"),
                                setting(flags.dbPassword, "PARCELWATCH_DB_PASSWORD"))),
                Optional.ofNullable(bootstrap).map(servers -> kafka(servers, properties)),
                Path.of(home == null ? ".parcelwatch" : home).toAbsolutePath().normalize(),
                !"never".equals(migrate));
    }

    /** The same with everything embedded in another home. */
    Settings at(Path other) {
        return new Settings(database, kafka, other, migrate);
    }

    private static KafkaConnection kafka(String servers, String properties) {
        try {
            return properties == null ? KafkaConnection.to(servers) : KafkaConnection.to(servers, Path.of(properties));
        } catch (IOException e) {
            throw new UsageException("PARCELWATCH_KAFKA_PROPERTIES (--kafka-properties) names " + properties
                    + ", which cannot be read: correct the path");
        }
    }

    /** What a flag says, else an environment variable; null where neither does. */
    static String setting(String flag, String variable) {
        String value = flag != null ? flag : System.getenv(variable);
        return value == null || value.isBlank() ? null : value.strip();
    }

    private static String text(Path path) {
        return path == null ? null : path.toString();
    }
}
