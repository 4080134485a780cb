package io.parcelwatch.wire;

import java.util.Map;

/** The topics the jobs share, with what a broker needs to create them. A prefix may stand before the name, see {@link KafkaConnection}. */
public enum Topic {
    /** Registrations, keyed by carrier and number; each record is the whole truth about its number. */
    SHIPMENTS("shipments", 4, Map.of("cleanup.policy", "compact")),
    /** What carriers said, raw; keyed by account and number where known. At most 1 MiB a record, key and headers beside it. The clock's ticks travel here too. */
    CARRIER_PAYLOADS("carrier-payloads", 4, Map.of("retention.ms", "-1", "max.message.bytes", "1179648")),
    /** What changed about a shipment, keyed by carrier and number. */
    SHIPMENT_CHANGES("shipment-changes", 4, Map.of("retention.ms", "604800000")),
    /** Alerts opened, closed and withdrawn, keyed by alert id. */
    SHIPMENT_ALERTS("shipment-alerts", 1, Map.of("retention.ms", "2592000000")),
    /** What could not be read or stored, with reason and coordinates. */
    DEAD_LETTERS("dead-letters", 1, Map.of("retention.ms", "2592000000", "max.message.bytes", "1179648"));

    private final String topicName;
    private final int partitions;
    private final Map<String, String> configuration;

    Topic(String topicName, int partitions, Map<String, String> configuration) {
        this.topicName = topicName;
        this.partitions = partitions;
        this.configuration = configuration;
    }

    /** The name without any prefix. */
    public String topicName() {
        return topicName;
    }

    /** With how many partitions the topic is created where it does not exist yet. */
    public int partitions() {
        return partitions;
    }

    /** The topic settings it is created with. */
    public Map<String, String> configuration() {
        return configuration;
    }
}
