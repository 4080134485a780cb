package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.UnusableInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StrayLinesTest {

    @TempDir
    Path folder;

    private static void collect(StrayLines.Collector collector, int lines) {
        for (int i = 0; i < lines; i++) {
            collector.line(i, i);
        }
    }

    @Test
    void filesThatAreReadAtOnceShareTheRoomAndGiveItBack() throws IOException {
        InputFile file = InputFile.look(Files.writeString(folder.resolve("bulk.jsonl"), "{}"));
        StrayLines.Collector first = new StrayLines.Collector(file);
        StrayLines.Collector second = new StrayLines.Collector(file);
        collect(first, StrayLines.MOST / 2);
        StrayLines held = first.collected();
        first.close();

        assertThatThrownBy(() -> collect(second, StrayLines.MOST / 2 + 1))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("3,000,000")
                .hasMessageContaining("import it alone");

        held.close();
        held.close();
        second.line(1, 1);
        second.close();
        StrayLines.Collector third = new StrayLines.Collector(file);
        collect(third, StrayLines.MOST);
        assertThatThrownBy(() -> third.line(1, 1)).isInstanceOf(UnusableInputException.class);
        third.close();
    }

    @Test
    void theLinesOfAnOrderComeAsTheyStandAndItIsKnownWhetherItIsThere() throws IOException {
        InputFile file = InputFile.look(Files.writeString(folder.resolve("bulk.jsonl"), "{}"));
        try (StrayLines.Collector collector = new StrayLines.Collector(file)) {
            collector.line(7, 10);
            collector.line(3, 20);
            collector.line(7, 30);
            try (StrayLines strays = collector.collected()) {
                strays.found(7);
                strays.found(8);

                assertThat(strays.isEmpty()).isFalse();
                assertThat(strays.of(7)).containsExactly(10, 30);
                assertThat(strays.of(3)).containsExactly(20);
                assertThat(strays.of(8)).isEmpty();
                assertThat(strays.hasOrder(7)).isTrue();
                assertThat(strays.hasOrder(3)).isFalse();
                assertThat(strays.hasOrder(8)).isFalse();
            }
        }
    }
}
