package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.RealData;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.TrackingNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NumberShapesTest {

    @ParameterizedTest
    @CsvSource({
        "ups, 1Z5R89390357567127",
        "ups, 1ZXX3150YW44070023",
        "fedex, 986578788855",
        "usps, 9400110897700003231250",
        "usps, RB123456785US",
        "royal-mail, RB123456785GB",
        "dhl-express, 3318810025",
        "dhl-express, 73891051146",
        "ups, X1",
        "dpd, 123456789012"
    })
    void nothingSpeaksAgainstAGoodNumberOrOneOfAShapeWeDoNotKnow(String carrier, String number) {
        assertThat(NumberShapes.suspicion(carrier, number)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "ups | 1Z5R89390357567128 | the check digit of UPS 1Z number 1Z5R89390357567128 is wrong",
                "fedex | 996578788855 | the check digit of FedEx Express number 996578788855 is wrong",
                "usps | RB123456786US | the check digit of UPU S10 number RB123456786US is wrong",
                "fedex | 1Z5R89390357567127 | 1Z5R89390357567127 is a UPS 1Z number, and the carrier is fedex"
            })
    void aWrongCheckDigitAndAnotherCarriersNumberAreSuspicious(String carrier, String number, String reason) {
        assertThat(NumberShapes.suspicion(carrier, number)).contains(reason);
    }

    @Test
    void noGoodNumberOfTheOpenCollectionIsSuspicious() throws IOException {
        Path vectors = RealData.folder("carriers/tracking_number_data").resolve("vectors.tsv");
        for (String line : Files.readAllLines(vectors)) {
            String[] cells = line.split("\t");
            if (cells[2].equals("true") && !cells[0].equals("dhl")) {
                String number = TrackingNumbers.normalize(cells[3]);
                assertThat(NumberShapes.suspicion(CarrierSlugs.of(cells[0]), number))
                        .as(line)
                        .isEmpty();
            }
        }
    }
}
