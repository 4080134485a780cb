package io.parcelwatch.commandline;

import io.parcelwatch.importfulfilments.ImportFulfilments;
import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.FileResult;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.localstack.simulator.Happening;
import io.parcelwatch.localstack.simulator.Simulation;
import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchShipments;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.KafkaUnreachableException;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Plays a simulation through the real jobs, on its own clock: files are imported when they would have come, payloads are sent to the topic,
 * the time travels beside them, and the watch does the rest.
 */
final class DemoPlay {

    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("EEE d MMM", Locale.ROOT);
    private static final Duration TICK_EVERY = Duration.ofHours(1);
    private static final Duration CHECKPOINT_EVERY = Duration.ofSeconds(2);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final Simulation simulation;
    private final Database database;
    private final KafkaConnection kafka;
    private final Path home;
    private final Output output;
    private final Interrupts interrupts;
    private final AtomicReference<Exception> unsent = new AtomicReference<>();

    private long orders;
    private long parcels;
    private long payloads;

    /**
     * @param home       where files and checkpoints go
     * @param interrupts asked between two happenings
     */
    DemoPlay(
            Simulation simulation,
            Database database,
            KafkaConnection kafka,
            Path home,
            Interrupts interrupts,
            Output output) {
        this.simulation = simulation;
        this.database = database;
        this.kafka = kafka;
        this.home = home;
        this.interrupts = interrupts;
        this.output = output;
    }

    /** Payloads that were sent. */
    long payloads() {
        return payloads;
    }

    /**
     * Plays to the end, and returns when all of it is in the tables.
     *
     * @return false where it was interrupted
     */
    boolean play() throws IOException, InterruptedException {
        kafka.createTopics(Topic.values());
        SimulatedClock clock = new SimulatedClock(simulation.plan().start());
        WatchOptions watch = WatchOptions.live(
                        database, kafka, WatchHome.in(home).state())
                .withoutTicks()
                .withRuntime(CHECKPOINT_EVERY, "hashmap", 2);
        // Flink comes up while the first files are imported.
        CompletableFuture<LiveWatch> starting = CompletableFuture.supplyAsync(() -> LiveWatch.start(watch));
        try (Intake intake = Intake.open(database, () -> kafka, clock);
                KafkaProducer<byte[], byte[]> producer = producer()) {
            walk(intake, clock, producer);
            if (interrupts.asked()) {
                return false;
            }
            tick(producer, simulation.end());
            producer.flush();
            checkSent();
            return settled(started(starting));
        } finally {
            close(starting);
        }
    }

    private void walk(Intake intake, SimulatedClock clock, KafkaProducer<byte[], byte[]> producer) throws IOException {
        Instant told = simulation.plan().start();
        LocalDate day = LocalDate.ofInstant(told, ZoneOffset.UTC);
        for (Happening happening : simulation.timeline()) {
            if (interrupts.asked()) {
                return;
            }
            while (!told.plus(TICK_EVERY).isAfter(happening.at())) {
                told = told.plus(TICK_EVERY);
                tick(producer, told);
            }
            LocalDate today = LocalDate.ofInstant(happening.at(), ZoneOffset.UTC);
            if (!today.equals(day)) {
                sayDay(day);
                day = today;
            }
            clock.set(happening.at());
            if (happening instanceof Happening.OrderExport export) {
                ImportResult result = ImportOrders.run(
                        intake, request(export.channel(), export.account(), export.fileName(), export.bytes()));
                orders += imported(result);
            } else if (happening instanceof Happening.FulfilmentFile file) {
                ImportResult result = ImportFulfilments.run(
                        intake, request(file.channel(), file.account(), file.fileName(), file.bytes()));
                parcels += imported(result);
            } else if (happening instanceof Happening.CarrierPayload said) {
                send(producer, PayloadHeaders.record(kafka.name(Topic.CARRIER_PAYLOADS), said.key(), said.payload()));
                payloads++;
            }
            checkSent();
        }
        sayDay(day);
    }

    private void sayDay(LocalDate day) {
        output.note("  %s  %,5d orders  %,5d order lines shipped  %,6d messages from carriers"
                .formatted(DAY.format(day), orders, parcels, payloads));
    }

    private ImportRequest request(String channel, String account, String name, byte[] bytes) throws IOException {
        Path folder = home.resolve("files").resolve(account);
        PrivateDirectories.create(folder);
        Path file = Files.write(folder.resolve(name), bytes);
        return ImportRequest.of(channel, account, List.of(file));
    }

    private static long imported(ImportResult result) {
        FileResult file = result.files().get(0);
        if (result.outcome().exitCode() != 0) {
            throw new FailedException("the demo's own file " + file.file() + " was not imported (" + result.outcome()
                    + (file.message().isEmpty() ? "" : ": " + file.message()) + "): run the demo again");
        }
        return file.counts().inserted();
    }

    private KafkaProducer<byte[], byte[]> producer() {
        Properties properties = kafka.properties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        // The first batches into a new topic can otherwise be refused for ever (KAFKA-15591).
        properties.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, "1");
        properties.putIfAbsent(ProducerConfig.LINGER_MS_CONFIG, "5");
        properties.putIfAbsent(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, "2097152");
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void tick(KafkaProducer<byte[], byte[]> producer, Instant now) {
        String topic = kafka.name(Topic.CARRIER_PAYLOADS);
        producer.partitionsFor(topic)
                .forEach(partition -> send(producer, PayloadHeaders.tick(topic, partition.partition(), now)));
    }

    private void send(KafkaProducer<byte[], byte[]> producer, ProducerRecord<byte[], byte[]> record) {
        producer.send(record, (sent, failure) -> {
            if (failure != null) {
                unsent.compareAndSet(null, failure);
            }
        });
    }

    private void checkSent() {
        if (unsent.get() != null) {
            throw new KafkaUnreachableException(kafka, unsent.get());
        }
    }

    private static LiveWatch started(CompletableFuture<LiveWatch> starting) {
        try {
            return starting.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException reason) {
                throw reason;
            }
            throw e;
        }
    }

    private static void close(CompletableFuture<LiveWatch> starting) {
        LiveWatch watch;
        try {
            watch = starting.join();
        } catch (CompletionException e) {
            // It never started.
            return;
        }
        watch.close();
    }

    /**
     * All is in the tables when every writer's clock has reached the end, and a checkpoint holds everything that both topics hold: what goes
     * into a checkpoint was written before. The clock alone does not say that the last registrations were read.
     */
    private boolean settled(LiveWatch watch) throws InterruptedException {
        // A watermark stays a millisecond behind what it has seen.
        Instant complete = simulation.end().minusMillis(1);
        Map<TopicPartition, Long> ends = Map.of();
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try (Queries queries = new Queries(database);
                Admin admin = Admin.create(kafka.properties())) {
            ends = ends(admin);
            while (true) {
                Instant clock = queries.asOf();
                if (clock != null && !clock.isBefore(complete) && caughtUp(admin, ends)) {
                    return true;
                }
                if (interrupts.await(200)) {
                    return false;
                }
                watch.check();
                if (System.nanoTime() > deadline) {
                    throw new FailedException("the watch did not come to the end of the demo within "
                            + PATIENCE.toSeconds() + " seconds (it stands at " + clock
                            + "): close other programs and run the demo again");
                }
            }
        } catch (ExecutionException | TimeoutException | KafkaException e) {
            throw new KafkaUnreachableException(kafka, e);
        }
    }

    private Map<TopicPartition, Long> ends(Admin admin)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetSpec> asked = admin
                .describeTopics(List.of(kafka.name(Topic.CARRIER_PAYLOADS), kafka.name(Topic.SHIPMENTS)))
                .allTopicNames()
                .get(20, TimeUnit.SECONDS)
                .values()
                .stream()
                .flatMap(topic -> topic.partitions().stream()
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
        return admin.listOffsets(asked).all().get(20, TimeUnit.SECONDS).entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    private boolean caughtUp(Admin admin, Map<TopicPartition, Long> ends)
            throws ExecutionException, InterruptedException, TimeoutException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(
                        kafka.topicPrefix() + WatchShipments.GROUP)
                .partitionsToOffsetAndMetadata()
                .get(20, TimeUnit.SECONDS);
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata offset = committed.get(end.getKey());
            return end.getValue() == 0 || offset != null && offset.offset() >= end.getValue();
        });
    }
}
