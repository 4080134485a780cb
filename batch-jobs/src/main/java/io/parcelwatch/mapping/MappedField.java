package io.parcelwatch.mapping;

import io.parcelwatch.intake.AmountStyle;
import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.intake.WrittenTime;
import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * A field of a file: its rule, and how the file writes its values.
 *
 * @param dates patterns of its dates; none: they are recognised
 */
record MappedField(FieldRule rule, List<DatePattern> dates, TimeStyle times, AmountStyle amounts) {

    /** Reads the field of a row as its kind says, for the sake of what may be wrong with it. */
    void tryOut(FieldSource row) throws BrokenRuleException {
        switch (rule.target().kind()) {
            case TIME, DAY_OR_TIME -> moment(row, written(row));
            case AMOUNT -> money(row);
            case QUANTITY -> quantity(row);
            case YES_NO -> yes(row);
            case ID -> id(row);
            case TEXT -> text(row);
            case NAME -> name(row);
            case TEXTS -> texts(row);
        }
    }

    private Fields fields(FieldSource row) throws BrokenRuleException {
        String value = value(row);
        if (value == null && rule.required()) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, rule.label() + " is blank");
        }
        return new Fields(label -> value);
    }

    /** The field's text after its table of words. */
    private String value(FieldSource row) throws BrokenRuleException {
        String written = rule.written(row);
        if (written == null || rule.words() == null) {
            return written;
        }
        String meaning = rule.words().get(FieldRule.folded(written));
        if (meaning == null && rule.otherwise() == null) {
            throw new BrokenRuleException(
                    Rule.UNKNOWN_WORD,
                    rule.label() + " is " + Fields.shortened(written) + ", which "
                            + rule.target().key() + ".values does not have: add it there, or say otherwise");
        }
        String word =
                meaning != null ? meaning : rule.otherwise().equals(FieldRule.AS_WRITTEN) ? written : rule.otherwise();
        return word.isBlank() ? null : word;
    }

    String text(FieldSource row) throws BrokenRuleException {
        return fields(row).text(rule.label());
    }

    String name(FieldSource row) throws BrokenRuleException {
        return fields(row).name(rule.label());
    }

    String id(FieldSource row) throws BrokenRuleException {
        Fields fields = fields(row);
        return fields.text(rule.label()) == null ? null : fields.id(rule.label());
    }

    List<String> texts(FieldSource row) {
        return rule.how() == FieldRule.How.EACH
                ? rule.columns().stream()
                        .map(column -> row.get(column.text()))
                        .filter(Objects::nonNull)
                        .toList()
                : List.of(rule.text());
    }

    Boolean yes(FieldSource row) throws BrokenRuleException {
        String word = text(row);
        Boolean yes = word == null ? null : YesNo.of(word);
        if (word != null && yes == null) {
            throw new BrokenRuleException(
                    Rule.UNKNOWN_WORD,
                    rule.label() + " is " + Fields.shortened(word) + ", which is neither yes nor no: say which in "
                            + rule.target().key() + ".values");
        }
        return yes;
    }

    Money money(FieldSource row) throws BrokenRuleException {
        return fields(row).money(rule.label(), amounts);
    }

    int quantity(FieldSource row) throws BrokenRuleException {
        Money money = money(row);
        if (money == null) {
            return 0;
        }
        try {
            // 2,00 pieces are two.
            int pieces = money.value().intValueExact();
            if (pieces > 0) {
                return pieces;
            }
        } catch (ArithmeticException e) {
            // Said below.
        }
        throw new BrokenRuleException(
                Rule.BAD_QUANTITY,
                rule.label() + " is no whole number from 1 to 2,147,483,647: "
                        + Fields.shortened(money.value().stripTrailingZeros().toPlainString()));
    }

    WrittenTime written(FieldSource row) throws BrokenRuleException {
        if (dates.isEmpty()) {
            return fields(row).written(rule.label(), times);
        }
        String text = text(row);
        if (text == null) {
            return null;
        }
        for (DatePattern pattern : dates) {
            try {
                return pattern.read(text);
            } catch (DateTimeException e) {
                // Another may fit.
            }
        }
        throw new BrokenRuleException(
                Rule.BAD_TIME, rule.label() + " is not written as " + dates + ": " + Fields.shortened(text));
    }

    Instant moment(FieldSource row, WrittenTime written) throws BrokenRuleException {
        if (written == null) {
            return null;
        }
        String text = rule.written(row);
        if (written.offset() == null && times.zone().isEmpty()) {
            throw new BrokenRuleException(
                    Rule.BAD_TIME,
                    rule.label() + " has no offset: " + Fields.shortened(text)
                            + "; say zone, as in zone: Europe/Berlin");
        }
        try {
            return Fields.plausible(rule.label(), text, times.moment(written));
        } catch (DateTimeException e) {
            throw new BrokenRuleException(
                    Rule.BAD_TIME, rule.label() + " is " + Fields.shortened(text) + ": " + e.getMessage());
        }
    }

    BigDecimal amount(FieldSource row) throws BrokenRuleException {
        Money money = money(row);
        return money == null ? null : money.value();
    }
}
