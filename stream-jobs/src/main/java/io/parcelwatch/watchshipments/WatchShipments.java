package io.parcelwatch.watchshipments;

import io.parcelwatch.model.Registration;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.settings.UnusableSettingsException;
import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Topic;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.apache.flink.api.common.JobExecutionResult;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.metrics.prometheus.BoundPrometheusReporterFactory;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.KeyedStream;
import org.apache.flink.streaming.api.datastream.MultipleConnectedStreams;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.transformations.KeyedMultipleInputTransformation;
import org.apache.flink.util.FileUtils;
import org.apache.flink.util.ParameterTool;

/**
 * Watches every parcel as its carrier reports it: raw payloads and registrations in, the tables and topics of the watch out. One workflow for
 * live runs (Kafka) and bounded runs (JSON lines); the README of this package draws it.
 */
public final class WatchShipments {

    /** The consumer group that the job's progress is seen by; the topics' prefix stands before it. */
    public static final String GROUP = "parcelwatch-watch-shipments";

    private static final String NAME = "watch-shipments";

    /** What a local run gives RocksDB beside the heap, for all instances. */
    private static final MemorySize STATE_MEMORY = MemorySize.ofMebiBytes(256);

    /** A clock that starts judges all numbers at one moment, and no checkpoint passes meanwhile; Flink's own limit is ten minutes. */
    private static final Duration LONGEST_CHECKPOINT = Duration.ofHours(1);

    private static final Duration TICK_EVERY = Duration.ofSeconds(10);

    /**
     * Into how many groups the numbers fall: the most instances that can share them. Part of every savepoint, so it never changes; Flink would
     * take more where the first start had more than 85 instances.
     */
    private static final int KEY_GROUPS = 128;

    /** What a cluster may give; anything else is a slip that would go unseen. */
    private static final List<String> ARGUMENTS = List.of(
            "db-url",
            "db-user",
            "db-password",
            "kafka",
            "kafka-properties",
            "stall-rules",
            "stalled-after",
            "report-unclaimed-after",
            "claim-within",
            "expired-after",
            "forget-after",
            "new-journey-after",
            "announce-from",
            "rebuild");

    private WatchShipments() {}

    /**
     * The entry point on a Flink cluster. Settings come from the environment ({@code PARCELWATCH_DB_URL}, {@code PARCELWATCH_DB_USER},
     * {@code PARCELWATCH_DB_PASSWORD}, {@code PARCELWATCH_KAFKA}, {@code PARCELWATCH_KAFKA_PROPERTIES}) or from arguments of the same names in
     * small letters ({@code --db-url}, {@code --kafka}); {@code --stall-rules FILE} (or {@code PARCELWATCH_STALL_RULES}; a path that all
     * machines see, or a URI that Flink has a file system for), {@code --stalled-after HOURS}, {@code --report-unclaimed-after HOURS},
     * {@code --claim-within DAYS}, {@code --expired-after DAYS}, {@code --forget-after DAYS}, {@code --new-journey-after DAYS},
     * {@code --announce-from T} and {@code --rebuild} as on the command line. Checkpoints, state backend and recovery are the cluster's ({@code -D}, {@code -s}).
     */
    public static void main(String[] args) throws Exception {
        ParameterTool arguments = ParameterTool.fromArgs(args);
        WatchRules rules = rules(arguments);
        Database database = new Database(
                required(arguments, "db-url"), optional(arguments, "db-user"), optional(arguments, "db-password"));
        String bootstrap = required(arguments, "kafka");
        String properties = optional(arguments, "kafka-properties");
        KafkaConnection kafka =
                properties == null ? KafkaConnection.to(bootstrap) : KafkaConnection.to(bootstrap, Path.of(properties));
        if (!"never".equals(System.getenv("PARCELWATCH_MIGRATE"))) {
            new Schema(database).migrate();
        }
        kafka.createTopics(Topic.values());
        StreamExecutionEnvironment env = StreamExecutionEnvironment.getExecutionEnvironment(pipeline());
        // Every time this runs; a job that goes on with recovered state is admitted with any.
        String run = "cluster-" + UUID.randomUUID();
        defineLive(
                env,
                Sinks.live(database, new ClusterAdmission(database, run, arguments.has("rebuild")), kafka),
                kafka,
                kafka::partitions,
                rules,
                true);
        env.execute(NAME);
    }

    /**
     * Starts a live run in this process, from its newest checkpoint where it has one.
     *
     * @return the running job; cancelling it keeps the checkpoint that the next start takes up
     * @throws WatchRefusedException where tables and state do not belong together, or metrics cannot be served at their address
     */
    public static JobClient start(WatchOptions options) {
        return start(options, sinks -> sinks);
    }

    /**
     * Starts a live run like {@link #start(WatchOptions)}, with other sinks: a benchmark counts what they take, or holds them against others.
     *
     * @param change given the sinks of a live run, returns those to use
     */
    public static JobClient start(WatchOptions options, UnaryOperator<Sinks> change) {
        refuseTakenAddress(options.metrics());
        options.kafka().createTopics(Topic.values());
        Optional<Path> checkpoint =
                new WatchState(options.database()).prepareLive(options.stateDirectory(), options.rebuild());
        Configuration configuration = local(options);
        configuration.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, options.checkpointInterval());
        configuration.set(CheckpointingOptions.CHECKPOINTING_TIMEOUT, LONGEST_CHECKPOINT);
        configuration.set(
                CheckpointingOptions.CHECKPOINTS_DIRECTORY,
                options.stateDirectory().toAbsolutePath().toUri().toString());
        configuration.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
        configuration.set(
                CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
                ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
        configuration.set(CheckpointingOptions.MAX_RETAINED_CHECKPOINTS, 2);
        if (options.metrics() != null) {
            configuration.setString("metrics.reporters", "prometheus");
            configuration.setString(
                    "metrics.reporter.prometheus.factory.class", BoundPrometheusReporterFactory.class.getName());
            configuration.setString(
                    "metrics.reporter.prometheus.host", options.metrics().getHostString());
            configuration.setString(
                    "metrics.reporter.prometheus.port",
                    String.valueOf(options.metrics().getPort()));
        }
        checkpoint.ifPresent(path -> {
            configuration.set(StateRecoveryOptions.SAVEPOINT_PATH, path.toUri().toString());
            // The new job deletes what it does not need any more; otherwise each restart would leave a checkpoint
            // behind.
            configuration.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
        });
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(options.parallelism(), configuration);
        defineLive(
                env,
                change.apply(Sinks.live(options.database(), PostgresSink.Admission.CHECKED_BEFORE, options.kafka())),
                options.kafka(),
                options.kafka()::partitions,
                options.rules(),
                options.ticks());
        return execute(env);
    }

    /**
     * Runs over files of JSON lines to their end.
     *
     * @throws WatchRefusedException where the tables hold data of another run
     */
    public static WatchSummary runBounded(WatchOptions options) {
        new WatchState(options.database()).prepareBounded(options);
        Path temporary = temporaryDirectory();
        Configuration configuration = local(options);
        configuration.set(CoreOptions.TMP_DIRS, temporary.toString());
        StreamExecutionEnvironment env =
                StreamExecutionEnvironment.createLocalEnvironment(options.parallelism(), configuration);
        defineWorkflow(
                Sources.files(
                        env,
                        options.events(),
                        options.shipments(),
                        options.rules().stallRules()),
                Sinks.bounded(options.database(), options.rules().asOf()),
                options.rules());
        try {
            JobExecutionResult result = execute(env).getJobExecutionResult().get();
            return WatchSummary.of(result.getAllAccumulatorResults());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new WatchFailedException(e);
        } catch (ExecutionException e) {
            throw new WatchFailedException(e);
        } finally {
            // Flink leaves its own jars there.
            FileUtils.deleteDirectoryQuietly(temporary.toFile());
        }
    }

    /** Flink would only log that it has no metrics. */
    private static void refuseTakenAddress(InetSocketAddress metrics) {
        if (metrics == null) {
            return;
        }
        if (metrics.isUnresolved()) {
            throw new WatchRefusedException(
                    "host " + metrics.getHostString()
                            + " for metrics is not known: set PARCELWATCH_METRICS_HOST (--metrics-host) to an address of this machine");
        }
        try (ServerSocket free = new ServerSocket()) {
            free.bind(metrics);
        } catch (IOException e) {
            throw new WatchRefusedException("port " + metrics.getPort() + " for metrics is taken, or "
                    + metrics.getHostString()
                    + " is no address of this machine: set PARCELWATCH_METRICS_PORT (--metrics-port) to a free one,"
                    + " or PARCELWATCH_METRICS_HOST (--metrics-host)");
        }
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("parcelwatch-");
        } catch (IOException e) {
            throw new WatchFailedException(e);
        }
    }

    static void defineLive(
            StreamExecutionEnvironment env,
            Sinks sinks,
            KafkaConnection kafka,
            ToIntFunction<Topic> partitions,
            WatchRules rules,
            boolean ticks) {
        if (ticks) {
            defineClock(env, kafka);
        }
        defineWorkflow(
                Sources.kafka(env, kafka, kafka.topicPrefix() + GROUP, partitions, rules.stallRules()), sinks, rules);
    }

    /** Sends the wall clock through Kafka, for the watermark to follow. */
    private static void defineClock(StreamExecutionEnvironment env, KafkaConnection kafka) {
        env.fromSource(
                        new DataGeneratorSource<>(
                                tick -> tick,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(1.0 / TICK_EVERY.toSeconds()),
                                Types.LONG),
                        WatermarkStrategy.noWatermarks(),
                        "clock")
                .uid("clock")
                .setParallelism(1)
                .sinkTo(new ClockTicks(kafka))
                .name("ticks")
                .uid("ticks")
                .setParallelism(1);
    }

    /** The workflow, top to bottom in the order the data meets it. */
    static void defineWorkflow(Sources sources, Sinks sinks, WatchRules rules) {
        SingleOutputStreamOperator<TrackingEvent> events =
                sources.payloads().process(new ReadEvents()).name("read events").uid("read-events");

        SingleOutputStreamOperator<Registration> registrations = sources.registrations()
                .process(new ReadRegistrations())
                .name("read registrations")
                .uid("read-registrations");

        SingleOutputStreamOperator<ShipmentDocument> shipments = watch(
                        events, registrations, sources.stallRules().broadcast(), rules)
                .name("watch shipments")
                .uid("watch-shipments");

        shipments.sinkTo(sinks.tables()).name("tables").uid("tables");

        SingleOutputStreamOperator<FeedAlert> feeds = events.transform(
                        "feed signs", TypeInformation.of(FeedSign.class), new FeedSigns(rules))
                .uid("feed-signs")
                .keyBy(FeedSign::carrier)
                .process(new FeedWatch(rules))
                .name("watch feeds")
                .uid("watch-feeds");

        feeds.sinkTo(sinks.feedAlerts()).name("feed alerts").uid("feed-alerts").setParallelism(1);

        shipments
                .getSideOutput(ShipmentWatch.NEWS)
                .union(feeds.getSideOutput(ShipmentWatch.NEWS))
                .sinkTo(sinks.news())
                .name("changes and alerts")
                .uid("changes-and-alerts");

        var deadLetters = events.getSideOutput(ReadEvents.DEAD_LETTERS)
                .union(
                        registrations.getSideOutput(ReadRegistrations.DEAD_LETTERS),
                        shipments.getSideOutput(ShipmentWatch.UNUSABLE));

        deadLetters
                .sinkTo(sinks.deadLetterTable())
                .name("dead letter table")
                .uid("dead-letter-table")
                .setParallelism(1);

        deadLetters
                .sinkTo(sinks.deadLetterTopic())
                .name("dead letter topic")
                .uid("dead-letter-topic")
                .setParallelism(1);
    }

    /** Events and registrations by carrier and number, rules to every instance. */
    private static SingleOutputStreamOperator<ShipmentDocument> watch(
            DataStream<TrackingEvent> events,
            DataStream<Registration> registrations,
            DataStream<StatedStallRules> stallRules,
            WatchRules rules) {
        StreamExecutionEnvironment env = events.getExecutionEnvironment();
        KeyedStream<TrackingEvent, String> eventsByNumber =
                events.keyBy(event -> NumberKey.text(event.carrier(), event.trackingNumber()));
        KeyedStream<Registration, String> registrationsByNumber = registrations.keyBy(
                registration -> NumberKey.text(registration.carrier(), registration.trackingNumber()));
        var watch = new KeyedMultipleInputTransformation<>(
                "watch-shipments",
                ShipmentWatch.by(rules),
                TypeInformation.of(ShipmentDocument.class),
                env.getParallelism(),
                Types.STRING);
        watch.addInput(eventsByNumber.getTransformation(), eventsByNumber.getKeySelector());
        watch.addInput(registrationsByNumber.getTransformation(), registrationsByNumber.getKeySelector());
        watch.addInput(stallRules.getTransformation(), null);
        env.addOperator(watch);
        return new MultipleConnectedStreams(env).transform(watch);
    }

    /** What the workflow needs wherever it runs. */
    private static Configuration pipeline() {
        Configuration configuration = new Configuration();
        // All records are immutable, and all have serializers of their own: a type that would fall back to Kryo is a
        // mistake.
        configuration.set(PipelineOptions.OBJECT_REUSE, true);
        configuration.set(PipelineOptions.GENERIC_TYPES, false);
        configuration.set(PipelineOptions.MAX_PARALLELISM, KEY_GROUPS);
        configuration.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(10));
        return configuration;
    }

    private static Configuration local(WatchOptions options) {
        Configuration configuration = pipeline();
        configuration.set(StateBackendOptions.STATE_BACKEND, options.stateBackend());
        configuration.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
        // The words of a parcel are those of its neighbours: larger blocks and a better coder make checkpoints smaller.
        configuration.setString("state.backend.rocksdb.compression.per.level", "ZSTD_COMPRESSION");
        configuration.setString("state.backend.rocksdb.block.blocksize", "16kb");
        // A number is read with each of its events, and events of millions of numbers come in no order. Indexes that do
        // not fit into memory are read again with each: in parts they need little, and filters spare files without the
        // number (docs/decisions/0025).
        configuration.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, STATE_MEMORY);
        configuration.setString("state.backend.rocksdb.memory.partitioned-index-filters", "true");
        configuration.setString("state.backend.rocksdb.use-bloom-filter", "true");
        if (options.bounded()) {
            // Nothing to restart from: a bounded run that fails is run again, and ends in the same tables.
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "none");
        } else {
            configuration.set(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
            configuration.set(
                    RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF, Duration.ofSeconds(1));
            configuration.set(
                    RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_MAX_BACKOFF, Duration.ofSeconds(20));
        }
        if (options.stateDirectory() != null) {
            configuration.set(
                    CoreOptions.TMP_DIRS,
                    options.stateDirectory()
                            .resolveSibling("tmp")
                            .toAbsolutePath()
                            .toString());
        }
        return configuration;
    }

    private static JobClient execute(StreamExecutionEnvironment env) {
        try {
            return env.executeAsync(NAME);
        } catch (Exception e) {
            throw new WatchFailedException(e);
        }
    }

    /**
     * The rules that arguments of a cluster name.
     *
     * @throws UnusableSettingsException where one of them is unknown, or cannot be
     */
    static WatchRules rules(ParameterTool arguments) {
        for (String name : arguments.toMap().keySet()) {
            if (!ARGUMENTS.contains(name)) {
                throw new UnusableSettingsException(
                        "--" + name + " is no argument of this job: use --" + String.join(", --", ARGUMENTS));
            }
        }
        WatchRules rules = WatchRules.live();
        String stallRules = optional(arguments, "stall-rules");
        if (stallRules != null) {
            rules = rules.withStallRules(StallRulesFile.read(stallRules));
        }
        if (arguments.has("stalled-after")) {
            rules = rules.withStalledAfter(Duration.ofHours(duration(arguments, "stalled-after")));
        }
        if (arguments.has("claim-within")) {
            rules = rules.withClaimWithin(Duration.ofDays(duration(arguments, "claim-within")));
        }
        if (arguments.has("report-unclaimed-after")) {
            rules = rules.withReportUnclaimedAfter(Duration.ofHours(duration(arguments, "report-unclaimed-after")));
        }
        rules = rules.withLifetimes(
                days(arguments, "expired-after", rules.expiredAfter()),
                days(arguments, "forget-after", rules.forgetAfter()),
                days(arguments, "new-journey-after", rules.newJourneyAfter()));
        String tooShort = rules.refusedNewJourneyAfter();
        if (tooShort != null) {
            throw new UnusableSettingsException("--new-journey-after " + tooShort);
        }
        if (arguments.has("announce-from")) {
            String from = arguments.get("announce-from");
            try {
                rules = rules.withAnnounceFrom(Instant.parse(from));
            } catch (DateTimeParseException e) {
                throw new UnusableSettingsException(
                        "--announce-from is " + from + ", which is no moment: write 2026-03-20T14:30:00Z");
            }
        }
        return rules;
    }

    /** A number of hours or days. */
    private static int duration(ParameterTool arguments, String name) {
        String value = arguments.get(name);
        if (!value.matches("[1-9][0-9]{0,8}")) {
            throw new UnusableSettingsException("--" + name + " is a whole number from 1 on, not " + value);
        }
        return Integer.parseInt(value);
    }

    private static Duration days(ParameterTool arguments, String name, Duration otherwise) {
        return arguments.has(name) ? Duration.ofDays(duration(arguments, name)) : otherwise;
    }

    private static String required(ParameterTool arguments, String name) {
        String value = optional(arguments, name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "set PARCELWATCH_" + name.toUpperCase(Locale.ROOT).replace('-', '_') + " or --" + name);
        }
        return value;
    }

    private static String optional(ParameterTool arguments, String name) {
        String fallback =
                System.getenv("PARCELWATCH_" + name.toUpperCase(Locale.ROOT).replace('-', '_'));
        return arguments.get(name, fallback);
    }
}
