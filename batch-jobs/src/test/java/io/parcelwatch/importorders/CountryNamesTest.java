package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CountryNamesTest {

    @ParameterizedTest
    @CsvSource({
        "United States, US",
        "Deutschland, DE",
        "The Netherlands, NL",
        "UK, GB",
        "usa, US",
        "FRANCE, FR",
        "Österreich, AT",
        "Espana, ES",
        "Tschechien, CZ",
        "Czech Republic, CZ",
        "Côte d’Ivoire, CI",
        "Cote d'Ivoire, CI",
        "Polska, PL",
        "'Korea, Republic of', KR",
        "DEU, DE",
        "Storbritannien, GB",
        "Bosnia & Herzegovina, BA",
        "gb, GB",
        "Schweiz, CH",
        "Suisse, CH",
        "Türkiye, TR",
        "Turkey, TR",
        "Hong Kong, HK",
        "Russian Federation, RU"
    })
    void countriesInWordsAreUnderstood(String written, String code) {
        assertThat(new CountryNames().code(written)).isEqualTo(code);
    }

    @Test
    void whatIsNoCountryIsNone() {
        assertThat(new CountryNames().code("Atlantis")).isNull();
        assertThat(new CountryNames().code("The ")).isNull();
        assertThat(new CountryNames().code("12")).isNull();
    }
}
