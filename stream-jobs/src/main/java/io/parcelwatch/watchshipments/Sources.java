package io.parcelwatch.watchshipments;

import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.KafkaUnreachableException;
import io.parcelwatch.wire.Topic;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import java.util.function.ToIntFunction;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.connector.file.src.FileSource;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * Where the workflow's input comes from: Kafka, or files of JSON lines.
 *
 * @param payloads      what carriers said, raw
 * @param registrations what intake says about numbers, raw
 * @param stallRules    how long parcels may be silent, whenever that changes
 */
record Sources(
        DataStream<RawRecord> payloads, DataStream<RawRecord> registrations, DataStream<StatedStallRules> stallRules) {

    /**
     * How far ahead of the wall clock a time of receipt may move the job's clock, where the times of Kafka's records are wrong too: a wrong clock
     * must not fire every timer. {@link KafkaRecords} has held it against the time of its record before.
     */
    private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

    /** Kafka's connector for Flink looks for added partitions each so many milliseconds. */
    static final String NEW_PARTITIONS_EVERY = "partition.discovery.interval.ms";

    /**
     * Live: the two topics, from the checkpoint's offsets, else from their beginning.
     *
     * @param partitions how many partitions a topic has: a reader without one holds the clock for a while
     * @param stallRules the rules to begin with, and the file that is looked at for others
     */
    static Sources kafka(
            StreamExecutionEnvironment env,
            KafkaConnection kafka,
            String group,
            ToIntFunction<Topic> partitions,
            StallRules stallRules) {
        DataStream<RawRecord> payloads = env.fromSource(
                        topic(kafka, Topic.CARRIER_PAYLOADS, group), followReceipt(), "carrier-payloads")
                .uid("carrier-payloads")
                .setParallelism(Math.min(partitions.applyAsInt(Topic.CARRIER_PAYLOADS), env.getParallelism()));
        DataStream<RawRecord> registrations = env.fromSource(
                        topic(kafka, Topic.SHIPMENTS, group),
                        WatermarkStrategy.forGenerator(new UntilRead(() -> noneIn(kafka))),
                        "shipments")
                .uid("shipments")
                .setParallelism(Math.min(partitions.applyAsInt(Topic.SHIPMENTS), env.getParallelism()));
        DataStream<StatedStallRules> stated = env.fromSource(
                        new DataGeneratorSource<>(
                                look -> look,
                                Long.MAX_VALUE,
                                RateLimiterStrategy.perSecond(1.0 / ReadStallRules.LOOK_EVERY.toSeconds()),
                                Types.LONG),
                        idle(),
                        "looks at the stall rules")
                .uid("stall-rules-looks")
                .setParallelism(1)
                .process(new ReadStallRules(stallRules, System.currentTimeMillis()))
                .name("read stall rules")
                .uid("read-stall-rules")
                .setParallelism(1);
        return new Sources(payloads, registrations, stated);
    }

    /** Bounded: two files of JSON lines, and rules that do not change. Their clock stands still until all have ended. */
    static Sources files(StreamExecutionEnvironment env, Path events, Path shipments, StallRules stallRules) {
        DataStream<RawRecord> payloads = env.fromSource(lines(events), WatermarkStrategy.noWatermarks(), "event lines")
                .uid("event-lines")
                .setParallelism(1);
        DataStream<RawRecord> registrations = env.fromSource(
                        lines(shipments), WatermarkStrategy.noWatermarks(), "shipment lines")
                .uid("shipment-lines")
                .setParallelism(1);
        DataStream<StatedStallRules> stated = env.fromData(
                        TypeInformation.of(StatedStallRules.class),
                        StatedStallRules.of(stallRules, System.currentTimeMillis()))
                .uid("stall-rules");
        return new Sources(payloads, registrations, stated);
    }

    private static FileSource<RawRecord> lines(Path file) {
        return FileSource.forRecordStreamFormat(
                        new JsonLines(file.getFileName().toString()),
                        new org.apache.flink.core.fs.Path(file.toAbsolutePath().toUri()))
                .build();
    }

    private static KafkaSource<RawRecord> topic(KafkaConnection kafka, Topic topic, String group) {
        Properties properties = kafka.properties();
        // How soon a partition that is added is read; a file of client properties may say otherwise.
        properties.putIfAbsent(NEW_PARTITIONS_EVERY, "15000");
        properties.setProperty("commit.offsets.on.checkpoint", "true");
        return KafkaSource.<RawRecord>builder()
                .setProperties(properties)
                .setBootstrapServers(kafka.bootstrapServers())
                .setTopics(kafka.name(topic))
                .setGroupId(group)
                .setClientIdPrefix(group + "-" + topic.topicName())
                .setStartingOffsets(OffsetsInitializer.earliest())
                .setDeserializer(new KafkaRecords())
                .build();
    }

    private static WatermarkStrategy<RawRecord> followReceipt() {
        return WatermarkStrategy.<RawRecord>forGenerator(new FollowReceipt())
                .withTimestampAssigner((record, kafkaTime) -> clock(record.receivedAt(), System.currentTimeMillis()));
    }

    /**
     * What a record tells of the time. Nothing is received later than now.
     *
     * @param receivedAt as {@link KafkaRecords} bounds it, in milliseconds since 1970
     * @param wallClock  now, likewise
     */
    static long clock(long receivedAt, long wallClock) {
        return Math.min(receivedAt, wallClock + CLOCK_SKEW.toMillis());
    }

    /** Rules neither move the clock nor hold it. */
    private static WatermarkStrategy<Long> idle() {
        return WatermarkStrategy.forGenerator(context -> new WatermarkGenerator<Long>() {
            @Override
            public void onEvent(Long look, long timestamp, WatermarkOutput output) {
                // Says nothing of time.
            }

            @Override
            public void onPeriodicEmit(WatermarkOutput output) {
                output.markIdle();
            }
        });
    }

    /** Where no registration is there, there is nothing to wait for. */
    private static boolean noneIn(KafkaConnection kafka) {
        try {
            return kafka.isEmpty(Topic.SHIPMENTS);
        } catch (KafkaUnreachableException e) {
            // Nobody can say: the clock waits.
            return false;
        }
    }
}
