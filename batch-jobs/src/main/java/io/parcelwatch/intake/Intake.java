package io.parcelwatch.intake;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.DatabaseUnreachableException;
import io.parcelwatch.wire.KafkaConnection;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.batch.core.configuration.support.JdbcDefaultBatchConfiguration;
import org.springframework.batch.core.launch.JobOperator;
import org.springframework.batch.core.repository.JobRepository;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.Isolation;

/**
 * What the intake jobs run in: one Spring context with Spring Batch's repository in PostgreSQL. Any number of imports may run in it one
 * after the other, or at once. The schema has to be up to date.
 */
public final class Intake implements AutoCloseable {

    private final Database database;
    private final Supplier<KafkaConnection> kafka;
    private final AnnotationConfigApplicationContext context;
    private final DataSource dataSource;
    private final JobRepository jobRepository;
    private final JobOperator jobOperator;
    private final PlatformTransactionManager transactions;
    private final ImportFiles files;
    private final boolean dryRun;

    private Intake(
            Database database,
            Supplier<KafkaConnection> kafka,
            Clock clock,
            AnnotationConfigApplicationContext context) {
        this.database = database;
        this.kafka = kafka;
        this.context = context;
        this.dryRun = context.getBean(DataSource.class) instanceof RehearsalDataSource;
        this.dataSource = context.getBean(DataSource.class);
        this.jobRepository = context.getBean(JobRepository.class);
        this.jobOperator = context.getBean(JobOperator.class);
        this.transactions = context.getBean(PlatformTransactionManager.class);
        this.files = new ImportFiles(new JdbcTemplate(dataSource), clock);
    }

    /**
     * Opens the jobs' context; the caller closes it.
     *
     * @param kafka asked for only when there is something to publish
     * @param clock says when runs begin and end and when parcels are registered
     * @throws DatabaseUnreachableException where the database cannot be used
     */
    public static Intake open(Database database, Supplier<KafkaConnection> kafka, Clock clock) {
        // Spring would find out too, and say it in ten nested exceptions.
        try (Connection connection = database.connect()) {
            connection.isValid(10);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.registerBean("dataSource", DataSource.class, () -> BatchConfiguration.pool(database));
        context.register(BatchConfiguration.class);
        context.refresh();
        return new Intake(database, kafka, clock, context);
    }

    /**
     * Opens the jobs' context for a dry run: imports take all their steps but the last, publishing, in one transaction that is rolled back
     * when the caller closes this. Until then it holds the orders that it changed against other imports of the same account. What it stages,
     * it stages beside everybody else.
     *
     * @throws DatabaseUnreachableException where the database cannot be used
     */
    public static Intake rehearse(Database database, Clock clock) {
        try {
            RehearsalDataSource rehearsal = new RehearsalDataSource(database.connect());
            new JdbcTemplate(rehearsal).queryForObject("select rehearse_staging()::text", String.class);
            AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
            context.registerBean("dataSource", DataSource.class, () -> rehearsal);
            context.register(BatchConfiguration.class);
            context.refresh();
            return new Intake(
                    database,
                    () -> {
                        throw new IllegalStateException("a dry run publishes nothing");
                    },
                    clock,
                    context);
        } catch (SQLException e) {
            throw new DatabaseUnreachableException(database, e);
        }
    }

    /** Where Spring Batch keeps its executions: in the same database, so that a chunk and its bookkeeping commit together. */
    public JobRepository jobRepository() {
        return jobRepository;
    }

    /** Transactions of the database; every step needs them named, or it is not transactional. */
    public PlatformTransactionManager transactions() {
        return transactions;
    }

    /** The pool of connections; use it through Spring, so that statements join the chunk's transaction. */
    public DataSource dataSource() {
        return dataSource;
    }

    /** Whether all that is done is rolled back in the end. */
    public boolean dryRun() {
        return dryRun;
    }

    /** How far imports came. */
    public ImportFiles files() {
        return files;
    }

    /** The database, for a session beside the pool. */
    public Database database() {
        return database;
    }

    /** Starts jobs, and restarts what broke off. */
    public JobOperator jobOperator() {
        return jobOperator;
    }

    /** Where registrations are published; may start a broker. */
    KafkaConnection kafka() {
        return kafka.get();
    }

    @Override
    public void close() {
        context.close();
    }

    /** Spring Batch with its repository in PostgreSQL; no web, no auto-configuration, up in a moment. */
    @Configuration(proxyBeanMethods = false)
    static class BatchConfiguration extends JdbcDefaultBatchConfiguration {

        /** Of two files at once, a chunk's connection and the repository's beside it; of the parts of a merge the same; and some to spare. */
        private static final int CONNECTIONS = 12;

        static HikariDataSource pool(Database database) {
            HikariConfig pool = new HikariConfig();
            pool.setPoolName("intake");
            pool.setJdbcUrl(database.url());
            pool.setDataSourceProperties(database.properties());
            pool.setMaximumPoolSize(CONNECTIONS);
            pool.setMinimumIdle(0);
            pool.setInitializationFailTimeout(-1);
            pool.setConnectionTimeout(15_000);
            return new HikariDataSource(pool);
        }

        @Bean
        JdbcTransactionManager transactionManager(DataSource dataSource) {
            return new JdbcTransactionManager(dataSource);
        }

        /** The default, SERIALIZABLE, makes one of two concurrent launches fail. */
        @Override
        protected Isolation getIsolationLevelForCreate() {
            return Isolation.READ_COMMITTED;
        }
    }
}
