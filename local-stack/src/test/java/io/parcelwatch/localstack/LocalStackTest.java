package io.parcelwatch.localstack;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Each test has a home of its own, and mostly waits for processes. */
@Execution(ExecutionMode.CONCURRENT)
class LocalStackTest {

    /** Long enough that no keeper ends between two steps of a test on a busy machine. */
    private static final Duration LONG = Duration.ofSeconds(50);

    private static final Duration SHORT = Duration.ofSeconds(1);

    @TempDir(cleanup = CleanupMode.ALWAYS)
    private Path directory;

    private Path home;

    @BeforeEach
    void nameAHomeThatDoesNotExist() {
        home = directory.resolve("a home");
    }

    @AfterEach
    void stopWhatRuns() {
        LocalStack.stop(home);
    }

    @Test
    void twoProcessesShareOneKeeperAndOneDatabase() throws Exception {
        try (ClientProcess first = ClientProcess.start(home, LONG, "postgres");
                ClientProcess second = ClientProcess.start(home, LONG, "postgres")) {
            assertThat(first.says()).isEqualTo("lease");
            assertThat(second.says()).isEqualTo("lease");
            assertThat(first.says()).startsWith("jdbc:postgresql://127.0.0.1:").isEqualTo(second.says());
        }
    }

    @Test
    void aRunThatNeedsPostgresAloneStartsNoKafka() {
        try (LocalStack stack = LocalStack.open(home, LONG)) {
            stack.postgres();
            assertThat(home.resolve("postgres")).isDirectory();
            assertThat(home.resolve("kafka")).doesNotExist();
        }
    }

    @Test
    void dataAndPortsOutliveAStopOfTheServices() throws Exception {
        PostgresAddress before;
        String kafkaBefore;
        try (LocalStack stack = LocalStack.open(home, LONG)) {
            before = stack.postgres();
            kafkaBefore = stack.kafka();
            execute(before, "create table parcel as select 42 as id");
            send(kafkaBefore, "parcels", "42");
        }
        LocalStack.stop(home);
        assertThat(Home.of(home).hasKeeper()).isFalse();

        try (LocalStack stack = LocalStack.open(home, LONG)) {
            assertThat(stack.postgres()).isEqualTo(before);
            assertThat(stack.kafka()).isEqualTo(kafkaBefore);
            assertThat(select(before, "select id from parcel")).isEqualTo(42);
            assertThat(receive(kafkaBefore, "parcels")).containsExactly("42");
        }
    }

    @Test
    void aKilledClientGivesItsLeaseBackAndTheServicesEndAfterTheIdleTime() throws Exception {
        ClientProcess client = ClientProcess.start(home, SHORT, "postgres");
        assertThat(client.says()).isEqualTo("lease");
        assertThat(client.says()).startsWith("jdbc:");
        ProcessHandle keeper = keeper();
        ProcessHandle postgres = postgres();
        await("The lease outlasts the idle time")
                .during(SHORT.plusMillis(500))
                .atMost(Duration.ofSeconds(30))
                .until(keeper::isAlive);

        client.kill();

        await().atMost(Duration.ofSeconds(60)).until(() -> !keeper.isAlive() && !postgres.isAlive());
    }

    @Test
    void aKeeperWaitsForItsFirstClientLongerThanTheIdleTime() throws Exception {
        Home place = Home.of(home).create();
        LocalStack.spawn(place, SHORT);
        await().atMost(Duration.ofSeconds(60)).until(() -> place.address().isPresent());
        ProcessHandle keeper = keeper();
        await("No client yet")
                .during(SHORT.plusMillis(500))
                .atMost(Duration.ofSeconds(30))
                .until(keeper::isAlive);

        LocalStack stack = LocalStack.open(home, LONG);
        assertThat(keeper()).isEqualTo(keeper);
        stack.close();

        await("The idle time after the first client")
                .atMost(Duration.ofSeconds(30))
                .until(() -> !keeper.isAlive());
    }

    @Test
    void aKilledKeeperIsFollowedByOneThatRecoversBothServices() throws Exception {
        try (LocalStack stack = LocalStack.open(home, LONG)) {
            execute(stack.postgres(), "create table parcel as select 42 as id");
            send(stack.kafka(), "parcels", "42");
            ProcessHandle postgres = postgres();
            keeper().destroyForcibly();
            assertThatThrownBy(stack::postgres)
                    .isInstanceOf(LocalStackException.class)
                    .hasMessageContaining("ended meanwhile");
            await("PostgreSQL ends with its keeper")
                    .atMost(Duration.ofSeconds(60))
                    .until(() -> !postgres.isAlive());
        }

        try (LocalStack stack = LocalStack.open(home, LONG)) {
            assertThat(select(stack.postgres(), "select id from parcel")).isEqualTo(42);
            assertThat(receive(stack.kafka(), "parcels")).containsExactly("42");
        }
    }

    @Test
    void aPostgresThatOutlivedItsKeeperIsStoppedBeforeTheNextOneStarts() throws Exception {
        ProcessHandle orphan;
        try (LocalStack stack = LocalStack.open(home, LONG)) {
            execute(stack.postgres(), "create table parcel as select 42 as id");
            orphan = postgres();
            // The guard would end PostgreSQL with its keeper: it dies first.
            keeper().children()
                    .filter(child -> child.info().command().orElse("").endsWith("sh"))
                    .forEach(ProcessHandle::destroyForcibly);
            keeper().destroyForcibly();
        }
        assertThat(orphan.isAlive()).isTrue();

        try (LocalStack stack = LocalStack.open(home, LONG)) {
            assertThat(select(stack.postgres(), "select id from parcel")).isEqualTo(42);
        }
        assertThat(orphan.isAlive()).isFalse();
    }

    @Test
    void deletingTheHomeEndsTheServicesAtOnce() throws Exception {
        try (LocalStack stack = LocalStack.open(home, LONG)) {
            stack.postgres();
            stack.kafka();
            ProcessHandle keeper = keeper();
            ProcessHandle postgres = postgres();

            Files.move(home, directory.resolve("elsewhere"));

            await().atMost(Duration.ofSeconds(60)).until(() -> !keeper.isAlive() && !postgres.isAlive());
        }
        assertThat(home).doesNotExist();
    }

    @Test
    void tenProcessesThatOpenAnEmptyHomeAtOnceEndUpWithOneKeeper() throws Exception {
        List<ClientProcess> clients = new ArrayList<>();
        try {
            for (int i = 0; i < 10; i++) {
                clients.add(ClientProcess.start(home, LONG, "postgres"));
            }
            assertThat(clients).allSatisfy(client -> assertThat(client.says()).isEqualTo("lease"));
            assertThat(clients.stream().map(ClientProcess::says).distinct()).hasSize(1);
            assertThat(Files.readAllLines(home.resolve("log/keeper.log")))
                    .filteredOn(line -> line.contains("Keeping "))
                    .hasSize(1);
        } finally {
            clients.forEach(ClientProcess::close);
        }
    }

    @Test
    @Tag("faults")
    void aKeeperThatDoesNotAnswerIsNamedSoThatItCanBeEnded() throws Exception {
        LocalStack.open(home, LONG).close();
        long pid = keeper().pid();
        EmbeddedPostgresServer.signal(pid, "STOP");
        try {
            assertThatThrownBy(() -> LocalStack.open(home, LONG))
                    .isInstanceOf(LocalStackException.class)
                    .hasMessageContainingAll(home.getFileName().toString(), "do not answer", "kill -9 " + pid);
        } finally {
            EmbeddedPostgresServer.signal(pid, "CONT");
        }
    }

    @Test
    void aHomeThatCannotBeWrittenIsOneLineThatSaysWhatToDo() throws IOException {
        Files.writeString(home, "a file");

        assertThatThrownBy(() -> LocalStack.open(home))
                .isInstanceOf(LocalStackException.class)
                .hasMessageContainingAll(home.toString(), "is a file", "set PARCELWATCH_HOME")
                .hasMessageNotContaining("\n");
        assertThatThrownBy(() -> LocalStack.open(home.resolve("below")))
                .isInstanceOf(LocalStackException.class)
                .hasMessageContainingAll(home.toString(), "is a file", "set PARCELWATCH_HOME");
    }

    @Test
    void aServiceThatCannotStartSaysWhyAndTheOtherStillDoes() throws IOException {
        Files.createDirectories(home);
        Files.writeString(home.resolve("kafka"), "a file");

        try (LocalStack stack = LocalStack.open(home, LONG)) {
            assertThatThrownBy(stack::kafka)
                    .isInstanceOf(LocalStackException.class)
                    .hasMessageContainingAll(
                            "cannot start Kafka", home.resolve("kafka").toString());
            assertThat(stack.postgres().user()).isEqualTo("parcelwatch");
        }
    }

    @Test
    void stoppingWhatNeverRanCreatesNothing() {
        LocalStack.stop(home);
        assertThat(home).doesNotExist();
    }

    private ProcessHandle keeper() throws IOException {
        return ProcessHandle.of(Home.of(home).address().orElseThrow().pid()).orElseThrow();
    }

    private ProcessHandle postgres() throws IOException {
        String pid =
                Files.readAllLines(home.resolve("postgres/data/postmaster.pid")).get(0);
        Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(pid));
        return process.orElseThrow();
    }

    private static void execute(PostgresAddress address, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address.url(), address.user(), address.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int select(PostgresAddress address, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(address.url(), address.user(), address.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static void send(String bootstrapServers, String topic, String value) throws Exception {
        Map<String, Object> settings = Map.of("bootstrap.servers", bootstrapServers);
        try (Admin admin = Admin.create(settings)) {
            admin.createTopics(List.of(new NewTopic(topic, 1, (short) 1))).all().get();
        }
        try (KafkaProducer<String, String> producer =
                new KafkaProducer<>(settings, new StringSerializer(), new StringSerializer())) {
            producer.send(new ProducerRecord<>(topic, value)).get();
        }
    }

    private static List<String> receive(String bootstrapServers, String topic) {
        Properties settings = new Properties();
        settings.setProperty("bootstrap.servers", bootstrapServers);
        settings.setProperty("auto.offset.reset", "earliest");
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            Set<TopicPartition> partition = Set.of(new TopicPartition(topic, 0));
            consumer.assign(partition);
            consumer.seekToBeginning(partition);
            List<String> values = new ArrayList<>();
            await().atMost(Duration.ofSeconds(60)).until(() -> {
                consumer.poll(Duration.ofMillis(200)).forEach(record -> values.add(record.value()));
                return !values.isEmpty();
            });
            return values;
        }
    }
}
