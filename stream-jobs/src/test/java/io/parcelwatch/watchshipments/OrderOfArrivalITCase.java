package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderOfArrivalITCase {

    @TempDir
    Path directory;

    @Test
    void inOrderShuffledAndWithEveryThirdEventRepeatedTheTablesAreTheSame() throws Exception {
        RandomParcels parcels = new RandomParcels(5, 400);
        WatchTables inOrder = new WatchTables();
        WatchShipments.runBounded(parcels.writtenTo(directory, inOrder, 0));
        assertThat(inOrder.count("delivery")).isPositive();
        assertThat(inOrder.count("shipment_alert where kind = 'STALLED'")).isPositive();

        WatchTables shuffled = new WatchTables();
        WatchShipments.runBounded(parcels.writtenTo(directory, shuffled, 99));
        assertThat(shuffled.contents()).isEqualTo(inOrder.contents());

        WatchTables repeated = new WatchTables();
        WatchOptions options = parcels.writtenTo(directory, repeated, 7);
        List<String> lines = new ArrayList<>();
        for (String line : Files.readAllLines(options.events())) {
            lines.add(line);
            if (lines.size() % 4 == 3) {
                lines.add(line);
            }
        }
        Files.write(options.events(), lines);
        WatchShipments.runBounded(options.withRuntime(options.checkpointInterval(), "rocksdb", 3));
        assertThat(repeated.contents()).isEqualTo(inOrder.contents());
        assertThat(repeated.strings("select * from shipment order by 1, 2, 3"))
                .isEqualTo(inOrder.strings("select * from shipment order by 1, 2, 3"));
    }
}
