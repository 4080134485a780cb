package io.parcelwatch.commandline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.commandline.Commands.Said;
import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operations settle parcels of a live watch: the command publishes, and the watch takes it up. */
class ResolveCommandITCase {

    private static final Instant NOW = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    @TempDir
    static Path home;

    private static PostgresAddress database;
    private static Commands commands;
    private static KafkaConnection kafka;
    private static KafkaProducer<byte[], byte[]> producer;
    private static LiveWatch watch;
    private static Queries tables;

    @BeforeAll
    static void watchParcels() throws IOException {
        database = Commands.freshDatabase();
        Database reachable = new Database(database.url(), database.user(), database.password());
        Path properties = Files.writeString(
                home.resolve("kafka.properties"),
                "topic.prefix=t" + UUID.randomUUID().toString().substring(0, 8) + "-\n");
        kafka = KafkaConnection.to(TestServices.kafka(), properties);
        kafka.createTopics(Topic.values());
        producer = new KafkaProducer<>(kafka.properties(), new ByteArraySerializer(), new ByteArraySerializer());
        commands = Commands.with(
                "--home", home.toString(),
                "--db-url", database.url(),
                "--db-user", database.user(),
                "--db-password", database.password(),
                "--kafka", kafka.bootstrapServers(),
                "--kafka-properties", properties.toString());
        for (String number : List.of("LOST1", "DONE1", "BACK1", "LATE1", "TWO1")) {
            register("ups", number);
        }
        register("fedex", "TWO1");
        registerTwice("AGAIN1");
        say("ups", "LOST1", "IN_TRANSIT", daysAgo(5));
        say("ups", "DONE1", "OUT_FOR_DELIVERY", daysAgo(2));
        say("ups", "BACK1", "RETURNING", daysAgo(4));
        say("ups", "LATE1", "IN_TRANSIT", daysAgo(3));
        say("ups", "LATE1", "OUT_FOR_DELIVERY", daysAgo(1));
        say("ups", "NOBODYS1", "IN_TRANSIT", daysAgo(3));
        say("ups", "TWO1", "IN_TRANSIT", daysAgo(1));
        say("fedex", "TWO1", "IN_TRANSIT", daysAgo(1));
        say("ups", "AGAIN1", "IN_TRANSIT", daysAgo(60));
        watch = LiveWatch.start(WatchOptions.live(reachable, kafka, home.resolve("checkpoints"))
                .withRuntime(Duration.ofSeconds(10), "hashmap", 1)
                .withoutTicks());
        tables = new Queries(reachable);
        tick();
        await().atMost(Duration.ofSeconds(60)).until(() -> tables.number("select count(*) from shipment") == 8);
        await().until(() -> tables.number("select count(*) from unclaimed_number") == 1);
    }

    @AfterAll
    static void close() {
        watch.close();
        tables.close();
        producer.close();
    }

    @Test
    void aLostParcelIsStuckNoMoreAndItsNoteIsToldByTrack() {
        await().until(() -> commands.run("stalls").out().contains("LOST1"));

        Said said = commands.run("resolve", "lost1", "--as", "lost", "--note", "claim 4711\n accepted");

        assertThat(said.code()).as(said.err()).isZero();
        assertThat(said.out()).contains("ups LOST1, in transit until now, is settled as lost at");
        awaitStatus("LOST1", "CANCELLED");
        assertThat(commands.run("stalls").out()).doesNotContain("LOST1");
        Queries.Row stall = tables.row("select * from shipment_alert where tracking_number = 'LOST1'");
        assertThat(stall.text("kind")).isEqualTo("STALLED");
        assertThat(stall.time("closed_at")).isAfterOrEqualTo(NOW);
        assertThat(commands.run("track", "LOST1").out())
                .contains("Lost: claim 4711 accepted  [by hand]")
                .doesNotContain("Called off");
        Queries.Row event = tables.row("select * from tracking_event where status = 'CANCELLED'");
        assertThat(event.text("source")).isEqualTo("manual");
        assertThat(event.text("reason")).isEqualTo("LOST");
        assertThat(event.truth("scan")).isFalse();

        assertRefused("is lost already, since", "LOST1", "--as", "lost", "--note", "again");
        // It turned up.
        assertThat(commands.run("resolve", "LOST1", "--as", "delivered", "--note", "the customer has it")
                        .code())
                .isZero();
        awaitStatus("LOST1", "DELIVERED");
        assertRefused("is delivered, since", "LOST1", "--as", "lost", "--note", "again");
    }

    @Test
    void aParcelThatWasDeliveredByAllAccountsCountsAsADelivery() {
        Said said = commands.run(
                "resolve",
                "DONE1",
                "--json",
                "--as",
                "DELIVERED",
                "--note",
                "signed delivery note",
                "--at",
                daysAgo(1).toString());

        assertThat(said.code()).as(said.err()).isZero();
        JsonNode object = Json.object(said.out().getBytes(StandardCharsets.UTF_8));
        assertThat(object.get("was").asText()).isEqualTo("OUT_FOR_DELIVERY");
        assertThat(object.get("at").asText()).isEqualTo(daysAgo(1).toString());
        awaitStatus("DONE1", "DELIVERED");
        assertThat(tables.row("select delivered_at from delivery where tracking_number = 'DONE1'")
                        .time("delivered_at"))
                .isEqualTo(daysAgo(1));
    }

    @Test
    void whatIsOnItsWayBackIsSettledAsReturnedOrLostAndNotAsDelivered() {
        assertRefused(
                "is on its way back to the sender, since " + daysAgo(4) + ": settle it as returned or lost",
                "BACK1",
                "--as",
                "delivered",
                "--note",
                "x");

        assertThat(commands.run("resolve", "BACK1", "--as", "lost", "--note", "never seen again")
                        .code())
                .isZero();
        awaitStatus("BACK1", "CANCELLED");
        assertThat(tables.number("select leg from shipment where tracking_number = 'BACK1'"))
                .isEqualTo(2);
        assertThat(commands.run("stalls").out()).doesNotContain("BACK1");

        assertThat(commands.run("resolve", "BACK1", "--as", "returned", "--note", "it stood in the yard")
                        .code())
                .isZero();
        awaitStatus("BACK1", "RETURNED");
    }

    @Test
    void aNumberThatSeveralCarriersHaveWantsItsCarrier() {
        assertRefused(
                "TWO1 is with fedex and ups: name the one you mean with --carrier",
                "TWO1",
                "--as",
                "lost",
                "--note",
                "x");
        assertThat(commands.run("resolve", "TWO1", "--carrier", "FedEx", "--as", "returned", "--note", "x")
                        .code())
                .isZero();
        awaitStatus("fedex", "TWO1", "RETURNED");
        assertThat(status("ups", "TWO1")).isEqualTo("IN_TRANSIT");
    }

    @Test
    void shortlyBeforeANumberWasOrderedUnderAgainItsFirstParcelIsSettled() {
        assertThat(commands.run(
                                "resolve",
                                "AGAIN1",
                                "--as",
                                "returned",
                                "--note",
                                "x",
                                "--at",
                                daysAgo(20).toString())
                        .out())
                .contains("ups AGAIN1, in transit until now, is settled as returned");
        String uses =
                "select string_agg(status, ' ' order by journey) as uses from shipment where tracking_number = 'AGAIN1'";
        await().atMost(Duration.ofSeconds(60))
                .until(() -> "RETURNED UNKNOWN".equals(tables.row(uses).text("uses")));
        assertThat(commands.run(
                                "resolve",
                                "AGAIN1",
                                "--as",
                                "returned",
                                "--note",
                                "x",
                                "--at",
                                daysAgo(9).toString())
                        .out())
                .contains("ups AGAIN1, unknown until now, is settled as returned");
    }

    @Test
    void whatCannotBeSettledIsRefusedWithAReason() {
        assertRefused("no parcel is known by 1Z404: check the number", "1Z404", "--as", "lost", "--note", "x");
        assertRefused("no parcel of dhl is known by LATE1", "LATE1", "--carrier", "DHL", "--as", "lost", "--note", "x");
        assertRefused(
                "ups speaks of NOBODYS1, and nobody registered it: import its fulfilment first",
                "NOBODYS1",
                "--as",
                "lost",
                "--note",
                "x");
        assertRefused(
                "which is later than " + daysAgo(2) + ": name a later --at",
                "LATE1",
                "--as",
                "lost",
                "--note",
                "x",
                "--at",
                daysAgo(2).toString());
        assertRefused("yet to come", "LATE1", "--as", "lost", "--note", "x", "--at", "2999-01-01T00:00:00Z");
        assertRefused("no ISO 8601 time", "LATE1", "--as", "lost", "--note", "x", "--at", "yesterday");
        assertRefused("long before the order", "LATE1", "--as", "lost", "--note", "x", "--at", "2001-01-01T00:00:00Z");
        assertRefused("--note has 0 characters", "LATE1", "--as", "lost", "--note", " ");
        assertRefused("--note", "LATE1", "--as", "lost");
        assertRefused("stolen", "LATE1", "--as", "stolen", "--note", "x");
        assertThat(status("ups", "LATE1")).isEqualTo("OUT_FOR_DELIVERY");
    }

    @Test
    void whatTheWatchHasLetGoOfCannotBeSettledAndCountsAsRegistered() throws SQLException {
        try (Connection connection = new Database(database.url(), database.user(), database.password()).connect();
                Statement statement = connection.createStatement()) {
            statement.execute("""
                    insert into shipment (carrier, tracking_number, journey, leg, status, stalled, delayed, expired, service, origin, destination,
                                          placed_at, registered_at, last_event_at, events, refused_events, revision)
                    values ('ups', 'OLD1', 1, 1, 'CANCELLED', false, false, false, 'GROUND', 'US-NJ', 'US-NY', '%1$s', '%1$s', '%2$s', 1, 0, 0);
                    insert into unclaimed_number (carrier, tracking_number, events, waiting_since, reported_at, last_status, last_event_at, revision)
                    values ('ups', 'OLD1', 1, '%2$s', '%2$s', 'DELIVERED', '%2$s', 0)
                    """.formatted(daysAgo(140), daysAgo(130)));
        }
        assertRefused(
                "ups OLD1 was last heard of at " + daysAgo(130) + ", so long ago that the watch has let go of it",
                "OLD1",
                "--as",
                "delivered",
                "--note",
                "x");
        assertRefused("--forget-after", "OLD1", "--as", "delivered", "--note", "x", "--forget-after", "0");
        assertThat(commands.run("doctor").out()).contains("1 numbers that nobody registered");
        assertThat(commands.run("resolve", "OLD1", "--as", "delivered", "--note", "x", "--forget-after", "200")
                        .code())
                .isZero();
    }

    @Test
    void aKafkaThatIsDownIsAFailureInOneLine() throws IOException {
        Path impatient = Files.writeString(
                home.resolve("impatient.properties"), "default.api.timeout.ms=2000\nrequest.timeout.ms=1000\n");

        Said said = Commands.with(
                        "--home", home.toString(),
                        "--db-url", database.url(),
                        "--db-user", database.user(),
                        "--db-password", database.password(),
                        "--kafka", "127.0.0.1:1",
                        "--kafka-properties", impatient.toString())
                .run("resolve", "LATE1", "--as", "lost", "--note", "x");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.error()).contains("Kafka at 127.0.0.1:1 does not answer", "PARCELWATCH_KAFKA");
        assertThat(said.out()).isEmpty();
    }

    /** Without a watch nothing of the first word is known when the second comes. */
    @Test
    void aRepeatBeforeTheWatchHeardOfTheFirstIsTheSameEvent(@TempDir Path elsewhere) throws IOException {
        Path shipments = Files.write(elsewhere.resolve("shipments.jsonl"), List.of("""
                {"carrier":"ups","tracking_number":"AGAIN1","order":{"channel":"shopify","account":"a","id":"7"},"placed_at":"%s"}""".formatted(daysAgo(10))));
        Path events = Files.write(elsewhere.resolve("events.jsonl"), List.of("""
                {"carrier":"ups","tracking_number":"AGAIN1","status":"IN_TRANSIT","event_time":"%s"}""".formatted(daysAgo(9))));
        PostgresAddress address = TestServices.postgres();
        Path properties = Files.writeString(
                elsewhere.resolve("kafka.properties"), "topic.prefix=again-" + UUID.randomUUID() + "-\n");
        KafkaConnection topics = KafkaConnection.to(TestServices.kafka(), properties);
        Commands bounded = Commands.with(
                "--home", elsewhere.toString(),
                "--db-url", address.url(),
                "--db-user", address.user(),
                "--db-password", address.password(),
                "--kafka", topics.bootstrapServers(),
                "--kafka-properties", properties.toString());
        assertThat(bounded.run(boundedRun(shipments, events, daysAgo(1))).code())
                .isZero();

        for (String note : List.of("claim accepted", "claim accepted, money is back")) {
            Said said = bounded.run("resolve", "AGAIN1", "--as", "lost", "--note", note);
            assertThat(said.code()).as(said.err()).isZero();
            assertThat(said.err()).contains("the watch does not run, or is behind");
        }

        List<String> published = payloads(topics, 2);
        List<String> lines = new ArrayList<>(Files.readAllLines(events));
        lines.addAll(published);
        Files.write(events, lines);
        assertThat(bounded.run(boundedRun(shipments, events, NOW.plusSeconds(600)))
                        .code())
                .isZero();
        assertThat(bounded.run("stalls").out()).contains("Nothing is stuck");
        try (Queries queries = new Queries(new Database(address.url(), address.user(), address.password()))) {
            assertThat(queries.row(
                                    "select count(*) as n, max(description) as note from tracking_event where reason = 'LOST'")
                            .values())
                    .containsExactly(1L, "claim accepted, money is back");
        }
    }

    private static String[] boundedRun(Path shipments, Path events, Instant asOf) {
        return new String[] {
            "watch-shipments",
            "--rebuild",
            "--shipments",
            shipments.toString(),
            "--events",
            events.toString(),
            "--as-of",
            asOf.toString()
        };
    }

    private static void assertRefused(String why, String... arguments) {
        List<String> all = new ArrayList<>(List.of("resolve"));
        all.addAll(List.of(arguments));
        Said said = commands.run(all.toArray(String[]::new));
        assertThat(said.code()).as(said.out()).isEqualTo(2);
        assertThat(said.error()).contains(why);
        assertThat(said.out()).isEmpty();
    }

    private static void awaitStatus(String number, String status) {
        awaitStatus("ups", number, status);
    }

    private static void awaitStatus(String carrier, String number, String status) {
        await().atMost(Duration.ofSeconds(60)).until(() -> status.equals(status(carrier, number)));
    }

    private static String status(String carrier, String number) {
        return tables.row("select status from shipment where carrier = ? and tracking_number = ?", carrier, number)
                .text("status");
    }

    private static Instant daysAgo(int days) {
        return NOW.minus(Duration.ofDays(days));
    }

    private static void register(String carrier, String number) {
        register(carrier, number, order(number, 1, daysAgo(10)));
    }

    private static void registerTwice(String number) {
        register("ups", number, order(number, 1, daysAgo(75)) + "," + order(number, 2, daysAgo(10)));
    }

    private static void register(String carrier, String number, String orders) {
        producer.send(new ProducerRecord<>(
                kafka.name(Topic.SHIPMENTS),
                (carrier + "/" + number).getBytes(StandardCharsets.UTF_8),
                """
                {"carrier":"%s","tracking_number":"%s","revision":1,"orders":[%s]}""".formatted(carrier, number, orders).getBytes(StandardCharsets.UTF_8)));
    }

    private static String order(String number, int journey, Instant placed) {
        return """
                {"order":{"channel":"shopify","account":"a","id":"o%2$s-%1$s"},"journey":%2$s,"placed_at":"%3$s","registered_at":"%3$s"}""".formatted(number, journey, placed);
    }

    private static void say(String carrier, String number, String status, Instant at) {
        byte[] body = """
                {"carrier":"%s","tracking_number":"%s","status":"%s","event_time":"%s"}""".formatted(carrier, number, status, at).getBytes(StandardCharsets.UTF_8);
        producer.send(PayloadHeaders.record(
                kafka.name(Topic.CARRIER_PAYLOADS), number, new Payload(carrier, null, "manual", at, null, body)));
    }

    private static void tick() {
        String topic = kafka.name(Topic.CARRIER_PAYLOADS);
        for (int partition = 0; partition < kafka.partitions(Topic.CARRIER_PAYLOADS); partition++) {
            producer.send(PayloadHeaders.tick(topic, partition, NOW));
        }
        producer.flush();
    }

    private static List<String> payloads(KafkaConnection topics, int count) {
        List<String> payloads = new ArrayList<>();
        try (KafkaConsumer<byte[], byte[]> consumer =
                new KafkaConsumer<>(topics.properties(), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = IntStream.range(0, topics.partitions(Topic.CARRIER_PAYLOADS))
                    .mapToObj(i -> new TopicPartition(topics.name(Topic.CARRIER_PAYLOADS), i))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            await().until(() -> {
                consumer.poll(Duration.ofMillis(200))
                        .forEach(record -> payloads.add(new String(record.value(), StandardCharsets.UTF_8)));
                return payloads.size() >= count;
            });
        }
        return payloads;
    }
}
