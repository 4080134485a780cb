package io.parcelwatch.importorders;

import io.parcelwatch.intake.AmountStyle;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.CsvRows;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** Arithmetic with amounts that may not be there. */
final class Sums {

    private static final int PRICE_DECIMALS = 6;

    private Sums() {}

    /** The sum of what is there; null where nothing is. */
    static BigDecimal of(BigDecimal... amounts) {
        return Stream.of(amounts)
                .filter(Objects::nonNull)
                .reduce(BigDecimal::add)
                .orElse(null);
    }

    /** The opposite; null of what is not there. */
    static BigDecimal minus(BigDecimal amount) {
        return amount == null ? null : amount.negate();
    }

    /**
     * What one of several pieces costs, exact where it has at most six decimals, else rounded half up to six; null
     * where the sum is not there.
     */
    static BigDecimal each(BigDecimal sum, int pieces) {
        if (sum == null || pieces < 2) {
            return sum;
        }
        BigDecimal each = sum.divide(BigDecimal.valueOf(pieces), PRICE_DECIMALS, RoundingMode.HALF_UP)
                .stripTrailingZeros();
        return each.setScale(Math.max(each.scale(), sum.scale()));
    }

    /** What a column of some rows adds up to, as far as it can be read; null where nothing can. */
    static BigDecimal readable(List<CsvRows.Row> rows, String column, AmountStyle style) {
        BigDecimal sum = null;
        for (CsvRows.Row row : rows) {
            String text = row.get(column);
            Money money = text == null ? null : style.money(text);
            sum = Sums.of(sum, money == null ? null : money.value());
        }
        return sum;
    }
}
