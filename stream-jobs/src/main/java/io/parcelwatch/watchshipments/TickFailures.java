package io.parcelwatch.watchshipments;

import java.util.Optional;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidTimestampException;

/** Why ticks of the clock do not reach Kafka, told once and again when the reason changes, or comes back after a tick that arrived. */
final class TickFailures {

    private final String topic;
    private Class<?> told;
    private boolean failed;

    /**
     * @param topic the full name of the topic that ticks are sent to
     */
    TickFailures(String topic) {
        this.topic = topic;
    }

    /** A tick is about to be sent. */
    synchronized void nextTick() {
        if (!failed) {
            told = null;
        }
        failed = false;
    }

    /**
     * A record of the tick did not arrive.
     *
     * @return what to tell the operator, where it was not told yet
     */
    synchronized Optional<String> add(Exception failure) {
        failed = true;
        if (failure.getClass() == told) {
            return Optional.empty();
        }
        told = failure.getClass();
        return Optional.of("the clock of the watch stands still, its ticks do not reach topic " + topic + ": "
                + failure.getMessage() + "; " + remedy(failure));
    }

    private String remedy(Exception failure) {
        if (failure instanceof AuthorizationException) {
            return "grant the user of --kafka-properties WRITE on the topic";
        }
        if (failure instanceof InvalidTimestampException) {
            return "set the clocks of this machine and of the broker right, or message.timestamp.after.max.ms of the topic";
        }
        return "see whether Kafka answers, and takes records for this topic";
    }
}
