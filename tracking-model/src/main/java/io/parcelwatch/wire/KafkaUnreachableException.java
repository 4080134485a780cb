package io.parcelwatch.wire;

/** Kafka does not answer, or refuses us. The message is one line and says what to look at. */
public class KafkaUnreachableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public KafkaUnreachableException(KafkaConnection connection, Throwable cause) {
        super(
                "Kafka at " + connection.bootstrapServers() + " does not answer (" + rootMessage(cause)
                        + "): start it, or correct PARCELWATCH_KAFKA or PARCELWATCH_KAFKA_PROPERTIES, and run again",
                cause);
    }

    private static String rootMessage(Throwable cause) {
        Throwable root = cause;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        String message = root.getMessage();
        String name = root.getClass().getSimpleName();
        return message == null
                ? name
                : name + ": " + message.lines().findFirst().orElse(name);
    }
}
