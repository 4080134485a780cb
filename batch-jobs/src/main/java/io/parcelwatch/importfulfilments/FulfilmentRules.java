package io.parcelwatch.importfulfilments;

import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.RecordWarning;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.TrackingNumbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What a parcel must keep to, whatever format it came in, and how its words become ours: carriers' slugs, normalised
 * numbers.
 */
final class FulfilmentRules {

    private static final int MAX_NUMBER = 100;

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());

    private final AccountRules rules;

    /** @param rules what the account lets become of a record that breaks a rule */
    FulfilmentRules(AccountRules rules) {
        this.rules = rules;
    }

    /** What becomes of a record that its format accepts. */
    Records.Read<ToldFulfilment> judge(Records.Read<ToldFulfilment> read) {
        ToldFulfilment told = read.accepted();
        String order = told.rows().get(0).orderReference();
        try {
            List<RecordWarning> warnings = new ArrayList<>();
            List<Row> rows = new ArrayList<>(told.rows().size());
            Parcel before = null;
            Parcel judged = null;
            for (Row row : told.rows()) {
                // Rows of one parcel share it: it is judged, and warned of, once.
                judged = row.parcel() == before ? judged : parcel(row.parcel(), told, order, warnings);
                before = row.parcel();
                rows.add(new Row(row.orderReference(), judged, row.lineRef(), row.quantity()));
            }
            return new Records.Read<>(
                    new ToldFulfilment(told.line(), told.raw(), told.source(), rows),
                    warnings,
                    null,
                    read.bytes(),
                    read.raw());
        } catch (BrokenRuleException e) {
            return Records.Read.rejected(
                    new RejectedRecord(told.line(), e.rule(), e.getMessage(), told.raw(), order), read.bytes());
        }
    }

    private Parcel parcel(Parcel told, ToldFulfilment record, String order, List<RecordWarning> warnings)
            throws BrokenRuleException {
        if (told == null) {
            return null;
        }
        String carrier = CarrierSlugs.of(told.carrier());
        if (carrier == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, "the carrier is blank");
        }
        String number = number(told.trackingNumber(), "tracking_number");
        String replaces = told.replaces() == null ? null : number(told.replaces(), "replaces");
        if (!CarrierSlugs.isKnown(told.carrier())) {
            broken(
                    Rule.UNKNOWN_CARRIER,
                    "no alias names the carrier: " + Fields.shortened(told.carrier()) + "; it is kept as " + carrier,
                    record,
                    order,
                    warnings);
        }
        Optional<String> suspicion = NumberShapes.suspicion(carrier, number);
        if (suspicion.isPresent()) {
            broken(Rule.SUSPICIOUS_NUMBER, suspicion.get(), record, order, warnings);
        }
        return new Parcel(
                carrier,
                number,
                replaces,
                told.service(),
                told.shippedAt(),
                told.promise(),
                new Place(
                        null,
                        told.origin().region(),
                        told.origin().postalCode(),
                        country(told.origin().country())));
    }

    private static String number(String written, String field) throws BrokenRuleException {
        String number = TrackingNumbers.normalize(written);
        if (number == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, field + " is blank");
        }
        if (number.length() > MAX_NUMBER) {
            throw new BrokenRuleException(
                    Rule.FIELD_TOO_LONG, field + " has more characters than any carrier's: " + number.length());
        }
        if (number.chars().noneMatch(Character::isDigit)) {
            // "N/A", "PICKUP": one such number would hold the parcels of thousands of orders.
            throw new BrokenRuleException(Rule.BAD_ID, field + " has no digit: " + Fields.shortened(written));
        }
        return number;
    }

    private static String country(String written) {
        String upper = written == null ? null : written.toUpperCase(Locale.ROOT);
        return upper != null && COUNTRIES.contains(upper) ? upper : null;
    }

    /** Says that a rule is broken; returns where the parcel may live with it. */
    private void broken(Rule rule, String reason, ToldFulfilment record, String order, List<RecordWarning> warnings)
            throws BrokenRuleException {
        Severity severity = rules.severity(rule);
        if (severity == Severity.REJECT) {
            throw new BrokenRuleException(rule, reason);
        }
        if (severity == Severity.WARN) {
            warnings.add(new RecordWarning(record.line(), rule, reason, order));
        }
    }
}
