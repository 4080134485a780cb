package io.parcelwatch.intake;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the records of an account must keep to, beyond what reading them takes.
 *
 * @param severities  what becomes of a record that breaks a rule, where that differs from {@link Rule#usual}
 * @param rounding    by how much amounts may miss each other and still add up, in the order's currency
 * @param future      how far ahead of the job's clock a time may lie
 * @param maxQuantity the most pieces of one line that are believed
 * @param required    what has to be there although reading could do without, see {@link RulesFile#REQUIRABLE}
 * @param currencies  ISO 4217 codes that the account sells in; empty: any
 * @param countries   ISO 3166-1 codes that it ships to; empty: any
 * @param threshold   how many rejects are too many, a file
 * @param conventions what its files leave unsaid
 */
public record AccountRules(
        Map<Rule, Severity> severities,
        BigDecimal rounding,
        Duration future,
        int maxQuantity,
        Set<String> required,
        Set<String> currencies,
        Set<String> countries,
        RejectThreshold threshold,
        Conventions conventions) {

    /** What applies where nobody says otherwise. */
    public static final AccountRules USUAL = new AccountRules(
            Map.of(),
            new BigDecimal("0.05"),
            Duration.ofDays(2),
            100_000,
            Set.of(),
            Set.of(),
            Set.of(),
            RejectThreshold.USUAL,
            Conventions.UNKNOWN);

    public AccountRules {
        Map<Rule, Severity> differing = new EnumMap<>(Rule.class);
        severities.forEach((rule, severity) -> {
            if (severity != rule.usual()) {
                differing.put(rule, severity);
            }
        });
        severities = Collections.unmodifiableMap(differing);
        // One order, so that equal rules read the same.
        required = Collections.unmodifiableSet(new TreeSet<>(required));
        currencies = Collections.unmodifiableSet(new TreeSet<>(currencies));
        countries = Collections.unmodifiableSet(new TreeSet<>(countries));
        rounding = rounding.stripTrailingZeros();
    }

    /** What becomes of a record that breaks a rule. */
    public Severity severity(Rule rule) {
        return severities.getOrDefault(rule, rule.usual());
    }

    /**
     * What these rules add to the identity of an import: nothing where they are the usual ones; else a digest of all that decides what a file
     * becomes, so that a file is read anew after a change. The threshold does not: it decides only whether.
     */
    public String identity() {
        AccountRules deciding = new AccountRules(
                severities,
                rounding,
                future,
                maxQuantity,
                required,
                currencies,
                countries,
                USUAL.threshold,
                conventions);
        if (deciding.equals(USUAL)) {
            return "";
        }
        return " rules " + ImportFile.identity(deciding.toString()).toString().substring(0, 13);
    }
}
