package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EmailAddressesTest {

    @ParameterizedTest
    @CsvSource({
        "Kim@Example.COM, Kim@example.com",
        "a.b+c@mail.example.org, a.b+c@mail.example.org",
        "\"'o''neil@example.com'\", ",
        "o'neil@example.com, o'neil@example.com",
        "kim@, ",
        "kim, ",
        "@example.com, ",
        "kim@localhost, ",
        "kim@example..com, ",
        "kim petit@example.com, ",
        "kim@exa mple.com, ",
        "x@marketplace.amazon.co.uk, x@marketplace.amazon.co.uk"
    })
    void emailAddressesAreNormalisedOrNone(String written, String normal) {
        assertThat(new EmailAddresses().normal(written)).isEqualTo(normal);
    }
}
