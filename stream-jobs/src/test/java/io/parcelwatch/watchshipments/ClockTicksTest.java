package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.Topic;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.flink.api.connector.sink2.SinkWriter;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.errors.InvalidTimestampException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class ClockTicksTest {

    @Test
    void aTickThatKafkaRefusesIsLoggedOnceWithItsTopic() throws Exception {
        KafkaConnection kafka = new KafkaConnection(TestServices.kafka(), Map.of(), "ticks-" + UUID.randomUUID() + "-");
        String topic = kafka.name(Topic.CARRIER_PAYLOADS);
        try (Admin admin = Admin.create(kafka.properties())) {
            admin.createTopics(List.of(new NewTopic(topic, Optional.of(1), Optional.empty())
                            .configs(Map.of("max.message.bytes", "1"))))
                    .all()
                    .get();
        }
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        // Kafka's thread adds to it while it is looked at.
        log.list = new CopyOnWriteArrayList<>();
        log.start();
        Logger logger = (Logger) LoggerFactory.getLogger(ClockTicks.class);
        logger.addAppender(log);
        try (SinkWriter<Long> ticks = new ClockTicks(kafka).createWriter(null)) {
            Awaitility.await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> {
                ticks.write(1L, null);
                assertThat(log.list)
                        .extracting(ILoggingEvent::getFormattedMessage)
                        .anySatisfy(line -> assertThat(line).contains("clock", topic, "larger than"));
            });
        } finally {
            logger.detachAppender(log);
        }
    }

    @Test
    void aReasonIsToldOnceAndAgainWhenItChangesOrComesBack() {
        TickFailures failures = new TickFailures("carrier-payloads");
        failures.nextTick();
        assertThat(failures.add(new TopicAuthorizationException("carrier-payloads")))
                .hasValueSatisfying(told -> assertThat(told).contains("WRITE", "carrier-payloads"));
        assertThat(failures.add(new TopicAuthorizationException("carrier-payloads")))
                .isEmpty();
        failures.nextTick();
        assertThat(failures.add(new TopicAuthorizationException("carrier-payloads")))
                .isEmpty();
        failures.nextTick();
        assertThat(failures.add(new InvalidTimestampException("out of range")))
                .hasValueSatisfying(told -> assertThat(told).contains("message.timestamp.after.max.ms"));
        failures.nextTick();
        // All of this tick arrived.
        failures.nextTick();
        assertThat(failures.add(new InvalidTimestampException("out of range"))).isPresent();
        assertThat(failures.add(new TimeoutException("no answer"))).isPresent();
    }
}
