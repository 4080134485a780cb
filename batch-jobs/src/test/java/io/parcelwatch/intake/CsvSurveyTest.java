package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CsvSurveyTest {

    @TempDir
    Path folder;

    @Test
    void theLastRowOfAFileDecidesHowItsFirstIsRead() throws IOException {
        Path file = folder.resolve("orders.csv");
        Files.writeString(
                file,
                "Order;Sold;Paid;Total\n" + "1;03/04/26;;1,234\n".repeat(10_000)
                        + "\"never closed\n;;;\n2;;14/04/26;1,5\n");
        InputFile input = InputFile.look(file);

        CsvSurvey survey =
                CsvSurvey.of(CsvHead.of(input).orElseThrow(), List.of("Sold", "Paid", "Sent"), List.of("Total", "Tip"));

        assertThat(survey.dates().decide(input, Conventions.UNKNOWN, null)).isEqualTo(DateOrder.DAY_FIRST);
        assertThat(survey.amounts().decide(input, Conventions.UNKNOWN, null)).isEqualTo(DecimalMark.COMMA);
    }
}
