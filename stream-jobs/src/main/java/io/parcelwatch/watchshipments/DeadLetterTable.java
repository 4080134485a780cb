package io.parcelwatch.watchshipments;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Writes dead letters. The same letter again changes nothing. */
final class DeadLetterTable implements PostgresSink.Tables<DeadLetter> {

    private static final long serialVersionUID = 1L;

    private static final String INSERT = """
            insert into dead_letter (dead_letter_id, reason, detail, carrier, tracking_number, source, coordinates, received_at, payload)
            values (?, ?, ?, ?, ?, ?, ?, ?::timestamptz, ?)
            on conflict (dead_letter_id) do nothing
            """;

    @Override
    public PostgresSink.Batch<DeadLetter> batch() {
        return PostgresSink.Batch.of(this::write);
    }

    Map<String, Integer> write(Connection connection, List<DeadLetter> batch) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (DeadLetter letter : batch) {
                statement.setString(1, letter.id());
                statement.setString(2, letter.reason());
                statement.setString(3, withoutNul(letter.detail()));
                statement.setString(4, withoutNul(letter.carrier()));
                statement.setString(5, withoutNul(letter.trackingNumber()));
                statement.setString(6, withoutNul(letter.source()));
                statement.setString(7, letter.coordinates());
                statement.setString(
                        8,
                        letter.receivedAt() == null ? null : letter.receivedAt().toString());
                statement.setBytes(9, letter.payload());
                statement.addBatch();
            }
            return Map.of("dead_letter", Arrays.stream(statement.executeBatch()).sum());
        }
    }

    @Override
    public DeadLetter refused(DeadLetter letter, SQLException why) {
        return letter.withoutTexts(why);
    }

    private static String withoutNul(String text) {
        return text == null ? null : text.replace("\0", "");
    }
}
