package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.RegistrationJson;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShipmentTablesITCase {

    private static final Instant NOW = Instant.parse("2026-03-05T12:00:00Z");

    @Test
    void anEventWhoseTimeIsKnownBetterWithinABatchLeavesOneRow() throws Exception {
        WatchedNumber before = WatchedNumber.empty(0)
                .with(RegistrationJson.read(Json.object(utf8("""
                                {"carrier":"ups","tracking_number":"1Z1","revision":1,"orders":[{"order":
                                {"channel":"c","account":"a","id":"1"},"journey":1,"placed_at":"2026-03-01T00:00:00Z"}]}"""))))
                .with(event("2026-03-02T12:00:00+00:00", "ASSUMED"));
        WatchedNumber after = before.with(event("2026-03-02T12:00:00-05:00", "CARRIER"));
        NumberKey key = new NumberKey("ups", "1Z1");
        ShipmentFold fold = new ShipmentFold(WatchRules.live());
        ShipmentDocument first = fold.judge(key, before, NOW).document();
        ShipmentDocument second = fold.judge(key, after, NOW).document().newsSince(first);

        WatchTables tables = new WatchTables();
        tables.execute("insert into watch_state (state_id) values ('test')");
        ShipmentTables writer = ShipmentTables.live();
        try (Connection connection = tables.database().connect()) {
            connection.setAutoCommit(false);
            writer.begin(connection);
            writer.write(connection, List.of(first, second));
            connection.commit();
        }

        assertThat(tables.strings("select event_time, offset_source from tracking_event"))
                .containsExactly("2026-03-02 17:00:00+00 | CARRIER");
    }

    private static SeenEvent event(String time, String zone) {
        return SeenEvent.of(EventJson.read(Json.object(utf8(
                "{\"carrier\":\"ups\",\"tracking_number\":\"1Z1\",\"event_id\":\"scan-7\",\"status\":\"IN_TRANSIT\",\"event_time\":\""
                        + time + "\",\"zone\":\"" + zone + "\"}"))));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
