package io.parcelwatch.intake;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.BatchRuns;
import io.parcelwatch.localstack.testing.DatabaseTemplate;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.model.Registration;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.RegistrationJson;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** A fresh database, topics of its own and an intake upon them, for one test. */
public final class IntakeSandbox implements AutoCloseable {

    /** What the jobs' clock says in tests. */
    public static final Instant NOW = Instant.parse("2026-03-10T12:00:00Z");

    private static final DatabaseTemplate MIGRATED = new DatabaseTemplate(
            address -> new Schema(new Database(address.url(), address.user(), address.password())).migrate());

    private final AtomicInteger kafkaAsked = new AtomicInteger();
    private final KafkaConnection kafka = new KafkaConnection(
            TestServices.kafka(), Map.of(), "t" + UUID.randomUUID().toString().substring(0, 8) + ".");
    private final Database database;
    private final JdbcTemplate jdbc;
    private final Path folder;
    private Supplier<KafkaConnection> connection = () -> kafka;
    private Intake intake;

    public IntakeSandbox(Path folder) {
        PostgresAddress address = MIGRATED.copy();
        BatchRuns.apart(address);
        this.folder = folder;
        this.database = new Database(address.url(), address.user(), address.password());
        this.jdbc = new JdbcTemplate(new DriverManagerDataSource(database.url(), database.properties()));
    }

    /** The jobs' context, opened when first asked for. */
    public Intake intake() {
        if (intake == null) {
            intake = Intake.open(
                    database,
                    () -> {
                        kafkaAsked.incrementAndGet();
                        return connection.get();
                    },
                    Clock.fixed(NOW, ZoneOffset.UTC));
        }
        return intake;
    }

    /** The process ends; the next use of the intake starts another. */
    public void restartProcess() {
        intake().close();
        intake = null;
    }

    public Database database() {
        return database;
    }

    /** Autocommitting statements beside those of the jobs. */
    public JdbcTemplate jdbc() {
        return jdbc;
    }

    /** From now on Kafka is where this says. */
    public void kafkaIs(Supplier<KafkaConnection> there) {
        connection = there;
    }

    public KafkaConnection kafka() {
        return kafka;
    }

    /** How often a job asked for Kafka. */
    public int kafkaAsked() {
        return kafkaAsked.get();
    }

    /** A file with this text. */
    public Path file(String name, String text) {
        return file(name, text.getBytes(StandardCharsets.UTF_8));
    }

    public Path file(String name, byte[] bytes) {
        try {
            return Files.write(folder.resolve(name), bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public long count(String table) {
        return number("select count(*) from " + table);
    }

    public long number(String sql) {
        return jdbc.queryForObject(sql, Long.class);
    }

    /** The one column of a query's rows. */
    public List<String> texts(String sql) {
        return jdbc.queryForList(sql, String.class);
    }

    /**
     * Everything that intake keeps, in one order: two runs are equal when these are. Without run ids and file names, which tell of the run.
     */
    public List<String> state() {
        List<String> all = new ArrayList<>();
        all.addAll(texts("select (to_jsonb(o) - 'file')::text from sales_order o order by id"));
        all.addAll(texts("select to_jsonb(l)::text from order_line l order by order_id, line_no"));
        all.addAll(texts("select to_jsonb(c)::text from customer c order by id"));
        all.addAll(texts("select to_jsonb(m)::text from order_milestone m order by order_id, milestone"));
        all.addAll(texts("select (to_jsonb(f) - 'file')::text from fulfilment f order by id"));
        all.addAll(texts("select to_jsonb(l)::text from fulfilment_line l order by fulfilment_id, line_ref"));
        all.addAll(texts("select (to_jsonb(r) - 'run_id' - 'file')::text from rejected_record r order by id"));
        all.addAll(texts("select carrier || '/' || tracking_number || '/' || revision from registration order by 1"));
        return all;
    }

    /** Every registration on the topic, in the order of its partitions; none where there is no topic. */
    public List<Registration> published() {
        var properties = kafka.properties();
        properties.put("auto.offset.reset", "earliest");
        List<Registration> read = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(properties, new StringDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            if (!consumer.listTopics().containsKey(kafka.name(Topic.SHIPMENTS))) {
                return read;
            }
            consumer.partitionsFor(kafka.name(Topic.SHIPMENTS))
                    .forEach(p -> partitions.add(new TopicPartition(p.topic(), p.partition())));
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> {
                    JsonNode object = Json.object(record.value());
                    Registration registration = RegistrationJson.read(object);
                    if (!record.key()
                            .equals(RegistrationJson.key(registration.carrier(), registration.trackingNumber()))) {
                        throw new AssertionError("key " + record.key() + " does not name " + object);
                    }
                    read.add(registration);
                });
            }
        }
        return read;
    }

    /** Kills every database session of the jobs, as a crash of the server or of the network would. */
    public void cutConnections() {
        jdbc.queryForList(
                "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()");
    }

    /** A session of its own; the caller closes it. */
    public Connection session() throws SQLException {
        return database.connect();
    }

    /** Fails whoever inserts the row that a condition on {@code new} describes, by an exception or by the death of their session. */
    public void failOnInsert(String table, String condition, Failure failure) {
        jdbc.execute("create or replace function fail() returns trigger language plpgsql as $$ begin if " + condition
                + " then "
                + (failure == Failure.EXCEPTION
                        ? "raise exception 'out of luck';"
                        : "perform pg_terminate_backend(pg_backend_pid());")
                + " end if; return new; end $$");
        jdbc.execute(
                "create trigger fail before insert or update on " + table + " for each row execute function fail()");
    }

    /** No more failures. */
    public void heal(String table) {
        jdbc.execute("drop trigger fail on " + table);
    }

    /** How something breaks. */
    public enum Failure {
        EXCEPTION,
        SESSION_DIES
    }

    /** Leaves the executions that did not complete as a process that was killed leaves them. */
    public void leaveAsKilled() {
        jdbc.update(
                "update batch_step_execution set status = 'STARTED', exit_code = 'EXECUTING', end_time = null where status <> 'COMPLETED'");
        jdbc.update(
                "update batch_job_execution set status = 'STARTED', exit_code = 'UNKNOWN', end_time = null where status <> 'COMPLETED'");
        jdbc.update("update import_file set outcome = 'RUNNING', ended_at = null where outcome <> 'DONE'");
        restartProcess();
    }

    @Override
    public void close() {
        if (intake != null) {
            intake.close();
        }
    }
}
