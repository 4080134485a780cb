package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/** Random parcels, to be told to a live watch while things go wrong, and what a bounded run that nobody disturbs makes of them. */
final class Replay {

    /** Something to send, and when it is received. */
    record Sending(Instant at, Runnable send) {}

    private final RandomParcels parcels;
    private final Map<String, List<String>> undisturbed;

    Replay(Path directory, long seed, int count) throws IOException {
        parcels = new RandomParcels(seed, count);
        WatchTables tables = new WatchTables();
        WatchShipments.runBounded(parcels.writtenTo(directory, tables, 0));
        undisturbed = tables.contents();
        assertThat(undisturbed.get("shipment_alert")).anyMatch(row -> row.contains("\"FEED_SILENT\""));
    }

    /** Registrations, events and ticks in the order of their receipt. What the run would receive after its end never comes. */
    List<Sending> sendings(LiveWatch watch) {
        List<Sending> sendings = new ArrayList<>();
        for (RandomParcels.Line line : parcels.registrations()) {
            sendings.add(new Sending(line.receivedAt(), () -> watch.register(line.json())));
        }
        for (RandomParcels.Line line : parcels.events()) {
            if (!line.receivedAt().isAfter(RandomParcels.END)) {
                sendings.add(new Sending(
                        line.receivedAt(),
                        () -> watch.payload(
                                "any", "line", line.receivedAt(), line.json().getBytes(StandardCharsets.UTF_8))));
            }
        }
        for (Instant tick = RandomParcels.START;
                tick.isBefore(RandomParcels.END);
                tick = tick.plus(Duration.ofHours(6))) {
            Instant now = tick;
            sendings.add(new Sending(tick, () -> watch.tick(now)));
        }
        sendings.sort(Comparator.comparing(Sending::at));
        return sendings;
    }

    /** Nothing lost, nothing doubled. */
    void assertSameAsUndisturbed(WatchTables tables) {
        Map<String, List<String>> difference = WatchTables.difference(undisturbed, tables.contents());
        // A run that went astray differs in every row: some of them tell enough.
        difference.replaceAll((table, rows) -> rows.subList(0, Math.min(rows.size(), 5)));
        assertThat(difference).isEmpty();
    }
}
