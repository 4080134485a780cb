package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.Conventions.DecimalMark;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AmountStyleTest {

    private static final InputFile FILE = new InputFile(Path.of("orders.csv"), "", 0, StandardCharsets.UTF_8, 0);

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            24.90           | 24.90    |
            5               | 5        |
            .50             | .50      |
            1,234           | 1234     |
            1'234.50        | 1234.50  |
            1’234’567.5     | 1234567.5 |
            12,34,567.00    | 1234567.00 |
            AU $3,000.00    | 3000.00  | AUD
            US $5           | 5        | USD
            C $12.00        | 12.00    | CAD
            $12.00          | 12.00    |
            $12.00 USD      | 12.00    | USD
            USD 12.00       | 12.00    | USD
            12.00usd        | 12.00    | USD
            £7.5            | 7.5      | GBP
            R$ 10.00        | 10.00    | BRL
            Kr.120.00       | 120.00   |
            -3              | -3       |
            -$3.00          | -3.00    |
            $-3.00          | -3.00    |
            − 3.00 €        | -3.00    | EUR
            (12.00)         | -12.00   |
            ($12.00)        | -12.00   |
            €12.00 USD      |          |
            1,23            |          |
            1.234,50        |          |
            1,2345          |          |
            12,34.00        |          |
            (12.00          |          |
            --3             |          |
            3-              |          |
            1.2.3           |          |
            1e9             |          |
            12 apples       |          |
            =1+1            |          |
            1234567890123456 |         |
            0.1234567       |          |
            ٣               |          |
            n/a             |          |
            0,125           |          |
            00,125.00       |          |
            """)
    void anAmountWithADecimalPointIsReadExactly(String text, BigDecimal value, String currency) {
        expect(DecimalMark.POINT, text, value, currency);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            EUR 90,00            | 90.00    | EUR
            1 234,50 €           | 1234.50  | EUR
            1\u00A0234,50\u00A0€ | 1234.50  | EUR
            1\u202F234,50 €      | 1234.50  | EUR
            1.234.567,50 zł      | 1234567.50 | PLN
            1.234                | 1234     |
            12.34                |          |
            1,234.50             |          |
            """)
    void anAmountWithADecimalCommaIsReadExactly(String text, BigDecimal value, String currency) {
        expect(DecimalMark.COMMA, text, value, currency);
    }

    private static void expect(DecimalMark mark, String text, BigDecimal value, String currency) {
        assertThat(new AmountStyle(mark).money(text)).isEqualTo(value == null ? null : new Money(value, currency));
    }

    @Test
    void oneAmountThatCanBeReadInOneWayOnlyDecidesForAll() {
        assertThat(mark("1,234", "1,23")).isEqualTo(DecimalMark.COMMA);
        assertThat(mark("1,234", "1.234,5")).isEqualTo(DecimalMark.COMMA);
        assertThat(mark("1.234", "0,125")).isEqualTo(DecimalMark.COMMA);
        assertThat(mark("1,234", "1.234.567")).isEqualTo(DecimalMark.COMMA);
        assertThat(mark("1,234", "1 234,500")).isEqualTo(DecimalMark.COMMA);
        assertThat(mark("1,234", "1.5")).isEqualTo(DecimalMark.POINT);
        assertThat(mark("1,234", "1,234,567")).isEqualTo(DecimalMark.POINT);
        assertThat(mark("1,234", "1234.567")).isEqualTo(DecimalMark.POINT);
        assertThat(mark("5", "no amount", "$1.50")).isEqualTo(DecimalMark.POINT);
    }

    @Test
    void amountsThatLeaveItOpenFollowTheAccountThenTheDocumentationAndElseRefuseTheFile() {
        assertThat(decide(told(DecimalMark.COMMA), DecimalMark.POINT, "1,234")).isEqualTo(DecimalMark.COMMA);
        assertThat(decide(Conventions.UNKNOWN, DecimalMark.POINT, "1,234")).isEqualTo(DecimalMark.POINT);
        assertThat(mark("5", "17")).isNotNull();
        assertThatThrownBy(() -> mark("5", "1,234"))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage(
                        "orders.csv does not tell whether its amounts have a decimal point or a decimal comma (1,234 in"
                                + " column Total, and no other amount decides): name the account's decimal mark");
    }

    @Test
    void amountsThatContradictEachOtherRefuseTheFileUnlessTheAccountSays() {
        assertThatThrownBy(() -> mark("1,50", "1.50"))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("(1.50 in column Total, 1,50 in column Total)");
        assertThat(decide(told(DecimalMark.COMMA), null, "1,50", "1.50")).isEqualTo(DecimalMark.COMMA);
    }

    private static Conventions told(DecimalMark mark) {
        return new Conventions(Optional.empty(), Optional.empty(), Optional.of(mark));
    }

    private static DecimalMark mark(String... amounts) {
        return decide(Conventions.UNKNOWN, null, amounts);
    }

    private static DecimalMark decide(Conventions conventions, DecimalMark documented, String... amounts) {
        AmountStyle.Evidence evidence = new AmountStyle.Evidence();
        for (String amount : amounts) {
            evidence.look("Total", amount);
        }
        evidence.look("Total", null);
        return evidence.decide(FILE, conventions, documented);
    }
}
