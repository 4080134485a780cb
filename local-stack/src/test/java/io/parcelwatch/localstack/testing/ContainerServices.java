package io.parcelwatch.localstack.testing;

import io.parcelwatch.localstack.PostgresAddress;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;
import org.testcontainers.kafka.KafkaContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;

/** The services in containers, which Testcontainers removes when the JVM has ended. */
final class ContainerServices implements TestServices.Backend {

    static final String POSTGRES_IMAGE = "postgres:17-alpine";
    static final String KAFKA_IMAGE = "apache/kafka:4.2.0";

    private static final AtomicInteger DATABASES = new AtomicInteger();

    @Override
    public PostgresAddress freshDatabase(String template) {
        PostgreSQLContainer server = Postgres.SERVER;
        String name = "test_" + DATABASES.incrementAndGet();
        try (Connection connection =
                        DriverManager.getConnection(server.getJdbcUrl(), server.getUsername(), server.getPassword());
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name + " template " + template);
        } catch (SQLException e) {
            throw new IllegalStateException("cannot create database " + name, e);
        }
        String url = "jdbc:postgresql://" + server.getHost() + ":"
                + server.getMappedPort(PostgreSQLContainer.POSTGRESQL_PORT) + "/" + name;
        return new PostgresAddress(url, server.getUsername(), server.getPassword());
    }

    @Override
    public String bootstrapServers() {
        return Kafka.BROKER.getBootstrapServers();
    }

    private static final class Postgres {
        static final PostgreSQLContainer SERVER = start();

        private static PostgreSQLContainer start() {
            PostgreSQLContainer server = new PostgreSQLContainer(POSTGRES_IMAGE)
                    .withUsername("parcelwatch")
                    .withPassword("parcelwatch")
                    .withDatabaseName("parcelwatch")
                    .withCommand("postgres", "-c", "fsync=off", "-c", "timezone=UTC");
            server.start();
            return server;
        }
    }

    private static final class Kafka {
        static final KafkaContainer BROKER = start();

        private static KafkaContainer start() {
            KafkaContainer broker = new KafkaContainer(KAFKA_IMAGE)
                    .withEnv("KAFKA_AUTO_CREATE_TOPICS_ENABLE", "false")
                    .withEnv("KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS", "0");
            broker.start();
            return broker;
        }
    }
}
