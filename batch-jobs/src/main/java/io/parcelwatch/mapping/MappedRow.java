package io.parcelwatch.mapping;

import io.parcelwatch.intake.AmountStyle.Money;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.WrittenTime;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** The fields of a row by their keys in the mapping. Each is null (a quantity 0) where it is blank or the mapping leaves it out. */
public final class MappedRow {

    private final Map<String, MappedField> fields;
    private final FieldSource row;

    MappedRow(Map<String, MappedField> fields, FieldSource row) {
        this.fields = fields;
        this.row = row;
    }

    /** A text of at most 2,000 characters. */
    public String text(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.text(row);
    }

    /** A name of at most 200 characters. */
    public String name(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.name(row);
    }

    /** An id in full. */
    public String id(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.id(row);
    }

    /** All texts of a field of kind TEXTS. */
    public List<String> texts(String key) {
        MappedField field = fields.get(key);
        return field == null ? List.of() : field.texts(row);
    }

    /** Yes or no. */
    public Boolean yes(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.yes(row);
    }

    /** A moment between 1990 and 2100; of a date its first. */
    public Instant time(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.moment(row, field.written(row));
    }

    /** A date as it is written: without time where only a day is. */
    public WrittenTime written(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.written(row);
    }

    /** An exact amount. */
    public BigDecimal amount(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.amount(row);
    }

    /** An exact amount, with the currency that stands beside it. */
    public Money money(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? null : field.money(row);
    }

    /** A number of pieces, from 1. */
    public int quantity(String key) throws BrokenRuleException {
        MappedField field = fields.get(key);
        return field == null ? 0 : field.quantity(row);
    }

    /** A field as it stands in the file, whatever is wrong with it; for a rejected record's sake. */
    public String asWritten(String key) {
        MappedField field = fields.get(key);
        return field == null ? null : field.rule().written(row);
    }
}
