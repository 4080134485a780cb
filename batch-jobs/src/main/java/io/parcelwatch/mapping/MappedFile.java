package io.parcelwatch.mapping;

import io.parcelwatch.intake.AmountStyle;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.CsvHead;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.CsvSurvey;
import io.parcelwatch.intake.FieldSource;
import io.parcelwatch.intake.TimeStyle;
import io.parcelwatch.intake.UnusableInputException;
import io.parcelwatch.settings.SettingsFile;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** A file that a mapping fits: its rows, read by the mapping. */
public final class MappedFile {

    /** Rows that are held against the mapping before anything is written. */
    private static final int SAMPLE = 1_000;

    private final CsvHead head;
    private final Conventions decided;
    private final Map<String, MappedField> fields = new LinkedHashMap<>();

    private MappedFile(CsvHead head, Conventions decided) {
        this.head = head;
        this.decided = decided;
    }

    /**
     * A file by the rules of a mapping.
     *
     * @param said        what holds whatever the file looks like: the mapping's own keys, and of a retry how the whole file was read
     * @param conventions the same with what the account adds where the file shows nothing
     */
    static MappedFile of(
            CsvHead head,
            Map<String, FieldRule> rules,
            List<DatePattern> dates,
            Conventions said,
            Conventions conventions,
            SettingsFile file) {
        // What the file lacks is told already; the rest is still looked at.
        Map<String, FieldRule> usable = new LinkedHashMap<>(rules);
        usable.values().removeIf(rule -> rule.columns().stream().anyMatch(column -> !head.has(column.text())));

        CsvSurvey survey = CsvSurvey.of(
                head,
                columns(
                        usable,
                        rule -> rule.target().kind().isTime()
                                && dates.isEmpty()
                                && rule.dates().isEmpty()),
                columns(usable, rule -> rule.target().kind() == Target.Kind.AMOUNT && rule.decimal() == null));
        DateOrder order = null;
        try {
            order = said.dateOrder().isPresent()
                    ? said.dateOrder().get()
                    : survey.dates().decide(head.input(), conventions, null);
        } catch (UnusableInputException e) {
            file.problem(1, "date_order", e.getMessage() + ", as in date_order: day_first");
        }
        DecimalMark mark = null;
        try {
            mark = said.decimal().isPresent()
                    ? said.decimal().get()
                    : survey.amounts().decide(head.input(), conventions, null);
        } catch (UnusableInputException e) {
            file.problem(1, "decimal_mark", e.getMessage() + ", as in decimal_mark: comma");
        }
        if (order == null || mark == null) {
            // Asked for; nothing can be tried out before it is answered.
            file.refuse();
        }
        MappedFile mapped =
                new MappedFile(head, new Conventions(conventions.zone(), Optional.of(order), Optional.of(mark)));
        for (FieldRule rule : usable.values()) {
            mapped.fields.put(
                    rule.target().key(),
                    new MappedField(
                            rule,
                            rule.dates().isEmpty() ? dates : rule.dates(),
                            new TimeStyle(
                                    order, Optional.ofNullable(rule.zone()).or(conventions::zone)),
                            new AmountStyle(rule.decimal() == null ? mark : rule.decimal())));
        }
        return mapped;
    }

    private static List<String> columns(Map<String, FieldRule> rules, Predicate<FieldRule> which) {
        return rules.values().stream()
                .filter(which)
                .flatMap(rule -> rule.columns().stream())
                .map(column -> column.text())
                .distinct()
                .toList();
    }

    /** Reads the beginning of the file as the import would; a field of which no value can be read is mapped wrongly. */
    void tryOut(SettingsFile file) {
        Map<String, Trial> trials = new LinkedHashMap<>();
        fields.forEach((key, field) -> trials.put(key, new Trial(field)));
        try (CsvRows rows = head.rows()) {
            int rowsRead = 0;
            for (CsvRows.Row row = rows.next(); row != null && rowsRead < SAMPLE; row = rows.next()) {
                if (row.broken() == null) {
                    rowsRead++;
                    for (Trial trial : trials.values()) {
                        trial.look(row);
                    }
                }
            }
            for (Trial trial : trials.values()) {
                trial.tell(file, head.input().name(), rowsRead);
            }
        } catch (IOException e) {
            throw new UnusableInputException(head.input().path() + " cannot be read (" + e.getMessage() + ")");
        }
    }

    /** How a field does on the first rows. */
    private static final class Trial {

        private final MappedField field;
        private int filled;
        private int read;
        private long line;
        private String reason;

        Trial(MappedField field) {
            this.field = field;
        }

        void look(CsvRows.Row row) {
            if (field.rule().written(row) == null) {
                return;
            }
            filled++;
            try {
                field.tryOut(row);
                read++;
            } catch (BrokenRuleException e) {
                if (reason == null) {
                    line = row.line();
                    reason = e.getMessage();
                }
            }
        }

        void tell(SettingsFile file, String name, int rows) {
            if (filled > 0 && read == 0) {
                boolean constant = field.rule().how() == FieldRule.How.CONSTANT;
                file.problem(
                        field.rule().setting(),
                        constant
                                ? reason
                                : "none of the " + filled + " values in the first " + rows + " rows of " + name
                                        + " can be read (line " + line + ": " + reason + ")");
            } else if (filled == 0 && rows > 0 && field.rule().required()) {
                file.problem(
                        field.rule().setting(),
                        "`" + field.rule().label() + "` is blank in all of the first " + rows + " rows of " + name
                                + ": name another column");
            }
        }
    }

    /** The file's header. */
    public CsvHead head() {
        return head;
    }

    /** How the file writes dates and amounts, as the mapping says or all of it shows. */
    public Conventions decided() {
        return decided;
    }

    /** A row, or what has fields like one, read by the mapping. */
    public MappedRow row(FieldSource row) {
        return new MappedRow(fields, row);
    }
}
