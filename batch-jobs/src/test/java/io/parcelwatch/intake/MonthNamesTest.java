package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("the locale is that of the whole JVM")
class MonthNamesTest {

    @Test
    void monthsAreKnownByNameWhateverTheMachineSpeaks() {
        Locale machine = Locale.getDefault();
        try {
            Locale.setDefault(Locale.forLanguageTag("tr"));
            assertThat(MonthNames.month("APRIL")).isEqualTo(4);
            assertThat(MonthNames.month("Juillet")).isEqualTo(7);
            assertThat(MonthNames.month("févr.")).isEqualTo(2);
            assertThat(MonthNames.month("Fevr")).isEqualTo(2);
            assertThat(MonthNames.month("wrzesień")).isEqualTo(9);
            assertThat(MonthNames.month("mayo")).isEqualTo(5);
            assertThat(MonthNames.month("mrt.")).isEqualTo(3);
            assertThat(MonthNames.month("dezembro")).isEqualTo(12);
            assertThat(MonthNames.month("Montag")).isZero();
        } finally {
            Locale.setDefault(machine);
        }
    }
}
