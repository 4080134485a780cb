package io.parcelwatch.commandline;

import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.KafkaUnreachableException;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;

/** Where a demo puts its data: a home of its own that is deleted at the end, or the user's home. */
final class DemoHome implements AutoCloseable {

    private static final String THROW_AWAY = "demo-";

    /** Says that a home's embedded data is a demo's, and may be replaced by the next. */
    private static final String MARK = "demo-data";

    private final Settings settings;
    private final boolean throwAway;
    private final WatchLock lock;
    private final Services services;

    private DemoHome(Settings settings, boolean throwAway, WatchLock lock) {
        this.settings = settings;
        this.throwAway = throwAway;
        this.lock = lock;
        this.services = new Services(settings);
    }

    /** A home below the home. */
    static DemoHome throwAway(Settings settings) {
        Path home = settings.home().resolve(THROW_AWAY + ProcessHandle.current().pid());
        sweep(settings.home());
        return new DemoHome(settings.at(home), true, WatchLock.take(WatchHome.in(home)));
    }

    /**
     * The home itself, free of an earlier demo's data.
     *
     * @throws UsageException where it holds other data
     */
    static DemoHome kept(Settings settings) {
        WatchLock lock = WatchLock.take(WatchHome.in(settings.home()));
        try {
            Path mark = settings.home().resolve(MARK);
            if (Files.exists(mark)) {
                if (settings.database().isEmpty()) {
                    refuseOthersOrders(settings);
                }
                EmbeddedServices.forget(settings.home());
                PrivateDirectories.delete(WatchHome.in(settings.home()).state());
                PrivateDirectories.delete(settings.home().resolve("files"));
            } else if (WatchHome.in(settings.home()).checkpoint().isPresent()) {
                throw new UsageException("the home " + settings.home()
                        + " holds the state of a watch that is no demo's: name another home with --home");
            }
            return new DemoHome(settings, false, lock);
        } catch (IOException e) {
            lock.close();
            throw new FailedException(
                    "the data of the last demo in " + settings.home() + " cannot be removed ("
                            + Errors.oneLine(e.getMessage()) + "): remove it by hand, and run again",
                    e);
        } catch (RuntimeException e) {
            lock.close();
            throw e;
        }
    }

    /** Somebody may have gone on with a demo's home and imported orders of their own. */
    private static void refuseOthersOrders(Settings settings) {
        try (Services services = new Services(settings);
                Queries queries = new Queries(services.bareDatabase())) {
            // The schema may be of an older version, or not there at all where the last demo ended early.
            if (!queries.truth("select to_regclass('import_file') is not null")) {
                return;
            }
            Queries.Row other = queries.row(
                    "select channel, account from import_file where not (channel = 'shopify' and account = any(?)) limit 1",
                    (Object) DemoAccounts.ALL);
            if (other != null) {
                throw new UsageException("the home " + settings.home() + " holds orders of " + other.text("channel")
                        + "/" + other.text("account") + ", which are no demo's: name another home with --home");
            }
        }
    }

    Settings settings() {
        return settings;
    }

    WatchLock lock() {
        return lock;
    }

    /** The demo's services; whoever opens them closes them. */
    Services services() {
        return services;
    }

    /** Kafka, on a lease of its own, so that it comes up beside PostgreSQL. */
    KafkaConnection kafka() {
        return settings.kafka().orElseGet(() -> {
            try (EmbeddedServices other = new EmbeddedServices(settings.home(), null)) {
                return KafkaConnection.to(other.kafka());
            }
        });
    }

    /** Marks the home, once it is known that there is nothing else in it. */
    void mark() {
        if (!throwAway) {
            try {
                Files.writeString(
                        settings.home().resolve(MARK),
                        "The data in this home is a demo's: the next demo --keep replaces it.\n");
            } catch (IOException e) {
                throw new FailedException(
                        "the home " + settings.home() + " cannot be written (" + Errors.oneLine(e.getMessage())
                                + "): free some space or name another home with --home",
                        e);
            }
        }
    }

    /** A named Kafka that holds others' records would make them part of the demo. */
    void refuseTopicsWithData(KafkaConnection kafka) {
        if (settings.kafka().isEmpty()) {
            return;
        }
        Set<String> ours = Arrays.stream(Topic.values()).map(kafka::name).collect(Collectors.toSet());
        try (Admin admin = Admin.create(kafka.properties())) {
            List<String> present = admin.listTopics().names().get(20, TimeUnit.SECONDS).stream()
                    .filter(ours::contains)
                    .toList();
            var partitions = admin.describeTopics(present).allTopicNames().get(20, TimeUnit.SECONDS).values().stream()
                    .flatMap(topic -> topic.partitions().stream()
                            .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                    .collect(Collectors.toMap(partition -> partition, partition -> OffsetSpec.latest()));
            boolean empty = admin.listOffsets(partitions).all().get(20, TimeUnit.SECONDS).values().stream()
                    .allMatch(end -> end.offset() == 0);
            if (!empty) {
                throw new UsageException("the topics of Kafka at " + kafka.bootstrapServers()
                        + " hold records, and a demo must not mix with them: set another "
                        + KafkaConnection.TOPIC_PREFIX
                        + " in PARCELWATCH_KAFKA_PROPERTIES");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(kafka, e);
        } catch (ExecutionException | TimeoutException | org.apache.kafka.common.KafkaException e) {
            throw new KafkaUnreachableException(kafka, e);
        }
    }

    /** Removes what demos left that were killed. */
    private static void sweep(Path home) {
        if (!Files.isDirectory(home)) {
            return;
        }
        try (Stream<Path> entries = Files.list(home)) {
            for (Path entry : entries.toList()) {
                String name = entry.getFileName().toString();
                if (name.matches(THROW_AWAY + "[0-9]+")
                        && ProcessHandle.of(Long.parseLong(name.substring(THROW_AWAY.length())))
                                .isEmpty()) {
                    remove(entry);
                }
            }
        } catch (IOException e) {
            // It costs space, no more.
            org.slf4j.LoggerFactory.getLogger(DemoHome.class).warn("what an earlier demo left stays", e);
        }
    }

    private static void remove(Path home) throws IOException {
        EmbeddedServices.stop(home);
        PrivateDirectories.delete(home);
    }

    @Override
    public void close() {
        services.close();
        lock.close();
        if (throwAway) {
            try {
                remove(settings.home());
            } catch (IOException e) {
                throw new FailedException(
                        "the demo's home " + settings.home() + " cannot be removed (" + Errors.oneLine(e.getMessage())
                                + "): remove it by hand",
                        e);
            }
        }
    }
}
