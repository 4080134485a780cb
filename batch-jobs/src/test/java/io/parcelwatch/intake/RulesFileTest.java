package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.settings.UnusableSettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RulesFileTest {

    private static final String FULL = """
            defaults:
              rules:
                UNKNOWN_COUNTRY: reject
                BAD_PHONE: warn
              future-days: 1
              currencies: [EUR, usd]
            channels:
              shopify:
                rules:
                  BAD_PHONE: off
                zone: Europe/Paris
                accounts:
                  paris:
                    rules:
                      FUTURE_DATE: warn
                    rounding: 0.10
                    currencies: EUR
                    required: [email, postal-code]
                    max-quantity: 500
                    reject-share: 0.25
                    date-order: day-first
                    decimal-mark: comma
              ebay:
                reject-at-least: 5
            """;

    @TempDir
    Path folder;

    private RulesFile rules(String text) {
        try {
            return RulesFile.read(Files.writeString(folder.resolve("rules.yaml"), text));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void theNearestThatSaysSomethingWins() {
        RulesFile file = rules(FULL);

        AccountRules paris = file.of("shopify", "paris");
        assertThat(paris.severity(Rule.UNKNOWN_COUNTRY)).isEqualTo(Severity.REJECT);
        assertThat(paris.severity(Rule.BAD_PHONE)).isEqualTo(Severity.OFF);
        assertThat(paris.severity(Rule.FUTURE_DATE)).isEqualTo(Severity.WARN);
        assertThat(paris.severity(Rule.BAD_EMAIL)).isEqualTo(Severity.WARN);
        assertThat(paris.rounding()).isEqualByComparingTo("0.10");
        assertThat(paris.currencies()).containsExactly("EUR");
        assertThat(paris.required()).containsExactly("email", "postal-code");
        assertThat(paris.maxQuantity()).isEqualTo(500);
        assertThat(paris.future()).isEqualTo(Duration.ofDays(1));
        assertThat(paris.threshold()).isEqualTo(new RejectThreshold(0.25, 20));
        assertThat(paris.conventions().zone()).contains(ZoneId.of("Europe/Paris"));
        assertThat(paris.conventions().dateOrder()).contains(Conventions.DateOrder.DAY_FIRST);
        assertThat(paris.conventions().decimal()).contains(Conventions.DecimalMark.COMMA);
        AccountRules ebay = file.of("ebay", "any");
        assertThat(ebay.severity(Rule.BAD_PHONE)).isEqualTo(Severity.WARN);
        assertThat(ebay.threshold()).isEqualTo(new RejectThreshold(0.10, 5));
        assertThat(ebay.currencies()).containsExactly("EUR", "USD");
    }

    @Test
    void onlyWhatDecidesAboutAnAccountsRecordsIsPartOfItsIdentity() {
        String paris = rules(FULL).of("shopify", "paris").identity();

        assertThat(paris).startsWith(" rules ").hasSize(20);
        assertThat(rules(FULL.replace("reject-at-least: 5", "max-quantity: 5"))
                        .of("shopify", "paris")
                        .identity())
                .as("another account's rules")
                .isEqualTo(paris);
        assertThat(rules(FULL.replace("reject-share: 0.25", "reject-share: 0.5"))
                        .of("shopify", "paris")
                        .identity())
                .as("the threshold")
                .isEqualTo(paris);
        assertThat(rules(FULL.replace("0.10", "0.1000")).of("shopify", "paris").identity())
                .as("another way to write it")
                .isEqualTo(paris);
        assertThat(rules(FULL.replace("max-quantity: 500", "max-quantity: 501"))
                        .of("shopify", "paris")
                        .identity())
                .isNotEqualTo(paris);
        assertThat(rules("defaults:\n  rules:\n    UNKNOWN_COUNTRY: warn\n")
                        .of("a", "b")
                        .identity())
                .as("what is usual")
                .isEmpty();
    }

    @Test
    void allErrorsAreToldAtOnceWithLineAndKey() {
        String text = """
                default:
                  rounding: 1
                defaults:
                  rules:
                    COLUMN_COUNT: off
                    UNKNOWN_CUNTRY: warn
                    BAD_EMAIL: maybe
                  rounding: 1,5
                  future-days: -1
                  currencies: [EUR, EURO]
                  zone: Europe/Berln
                  date-order: sideways
                  currency: Euro
                channels:
                  shopify:
                    accounts:
                      paris:
                        reqired: [email]
                        countries: Germany
                """;

        assertThatThrownBy(() -> rules(text))
                .isInstanceOfSatisfying(
                        UnusableSettingsException.class,
                        refusal -> assertThat(refusal.problems())
                                .map(problem -> problem.substring(problem.indexOf(" line ") + 1))
                                .satisfiesExactly(
                                        line -> assertThat(line)
                                                .startsWith("line 2: default: is no key here; did you mean defaults?"),
                                        line -> assertThat(line)
                                                .startsWith("line 5: defaults.rules.COLUMN_COUNT: cannot be changed"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "line 6: defaults.rules.UNKNOWN_CUNTRY: is no key here; did you mean UNKNOWN_COUNTRY?"),
                                        line -> assertThat(line)
                                                .isEqualTo(
                                                        "line 7: defaults.rules.BAD_EMAIL: is maybe, but takes one of reject, warn, off"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "line 8: defaults.rounding: is 1,5, but takes a number from 0"),
                                        line -> assertThat(line).startsWith("line 9: defaults.future-days: is -1"),
                                        line -> assertThat(line)
                                                .startsWith(
                                                        "line 10: defaults.currencies[2]: EURO is no ISO 4217 code"),
                                        line -> assertThat(line)
                                                .contains(
                                                        "defaults.zone: Europe/Berln is no time zone; did you mean Europe/Berlin?"),
                                        line -> assertThat(line)
                                                .contains(
                                                        "defaults.date-order: is sideways, but takes one of year-first, day-first, month-first"),
                                        line -> assertThat(line)
                                                .contains("defaults.currency: Euro is no ISO 4217 code"),
                                        line -> assertThat(line)
                                                .contains(
                                                        "channels.shopify.accounts.paris.reqired: is no key here; did you mean required?"),
                                        line -> assertThat(line)
                                                .contains("countries: Germany is no ISO 3166-1 code of two letters")));
    }
}
