package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.RecordWarning;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.model.Place;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an order must keep to, whatever format it came in, and how its words become ours: codes of countries and currencies, phone numbers in
 * E.164. One instance judges one file after the other, in one thread.
 */
final class OrderRules {

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final CountryNames COUNTRY_NAMES = new CountryNames();

    /** What a spreadsheet takes for the begin of a formula; a number may begin like one. */
    private static final Pattern FORMULA = Pattern.compile("\\s*[=@].*|\\s*[-+](?![\\d.,]+$).*", Pattern.DOTALL);

    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    private final PhoneNumbers phones = new PhoneNumbers();
    private final EmailAddresses emails = new EmailAddresses();
    private final AccountRules rules;
    private final boolean whole;
    private final Instant latest;

    /**
     * @param rules     those of the account
     * @param gathering what the format's records are: only of whole orders can it be asked whether they add up
     * @param now       by the job's clock
     */
    OrderRules(AccountRules rules, Gathering gathering, Instant now) {
        this.rules = rules;
        this.whole = !gathering.gathers();
        this.latest = now.plus(rules.future());
    }

    /** What becomes of an order that its format accepts. */
    Records.Read<ChannelOrder> judge(Records.Read<ChannelOrder> read) {
        Judgement judgement = new Judgement(read.accepted());
        try {
            ChannelOrder order = judgement.pass();
            return new Records.Read<>(order, judgement.warnings, null, read.bytes(), read.raw());
        } catch (BrokenRuleException e) {
            ChannelOrder order = read.accepted();
            RejectedRecord rejected = new RejectedRecord(
                    order.line(),
                    e.rule(),
                    e.getMessage(),
                    read.raw().get(),
                    order.externalId(),
                    order.amounts().total(),
                    order.amounts().currency());
            return Records.Read.rejected(rejected, read.bytes());
        }
    }

    /** One order before its judges. */
    private final class Judgement {

        private final ChannelOrder told;
        private List<RecordWarning> warnings = List.of();

        Judgement(ChannelOrder told) {
            this.told = told;
        }

        ChannelOrder pass() throws BrokenRuleException {
            times(told.times());
            Amounts amounts = amounts(told.amounts());
            Place destination = destination(told.destination());
            lines(told.lines());
            if (whole && !told.partial()) {
                sums(told.amounts(), told.lines());
            }
            if (rules.severity(Rule.FORMULA) != Severity.OFF) {
                formulas();
            }
            required();
            return new ChannelOrder(
                    told.line(),
                    told.externalId(),
                    told.name(),
                    told.partial(),
                    told.times(),
                    told.promise(),
                    amounts,
                    told.financialStatus(),
                    told.fulfillmentStatus(),
                    destination,
                    customer(told.customer(), destination.country()),
                    told.lines().stream()
                            .map(line -> line.withPrice(written(line.price(), amounts.currency())))
                            .toList());
        }

        private void times(Times told) throws BrokenRuleException {
            notAhead("placed", told.placed());
            notAhead("paid", told.paid());
            notAhead("fulfilled", told.fulfilled());
            notAhead("cancelled", told.cancelled());
            notAhead("updated", told.updated());
        }

        private void notAhead(String what, Instant time) throws BrokenRuleException {
            if (time != null && time.isAfter(latest)) {
                broken(Rule.FUTURE_DATE, "it was " + what + " in the future: " + time);
            }
        }

        private void lines(List<ChannelOrder.Line> lines) throws BrokenRuleException {
            for (ChannelOrder.Line line : lines) {
                if (line.quantity() > rules.maxQuantity()) {
                    broken(
                            Rule.HUGE_QUANTITY,
                            String.format(
                                    Locale.ROOT,
                                    "a line has more than %,d pieces: %,d",
                                    rules.maxQuantity(),
                                    line.quantity()));
                }
            }
        }

        /** Exports do not tell everything that a total is made of (tips, duties, fees, gift cards): a mismatch proves nothing. */
        private void sums(Amounts told, List<ChannelOrder.Line> lines) throws BrokenRuleException {
            if (told.subtotal() == null) {
                return;
            }
            if (rules.severity(Rule.TOTAL_MISMATCH) != Severity.OFF && told.total() != null) {
                BigDecimal net = told.subtotal().add(orZero(told.shipping()));
                BigDecimal gross = net.add(orZero(told.taxes()));
                if (!near(net, told.total()) && !near(gross, told.total())) {
                    broken(
                            Rule.TOTAL_MISMATCH,
                            "subtotal and shipping, with taxes or without, do not make the total: " + told.total());
                }
            }
            if (rules.severity(Rule.LINES_MISMATCH) != Severity.OFF
                    && lines.stream().noneMatch(line -> line.price() == null)) {
                BigDecimal sum = lines.stream()
                        .map(line -> line.price().multiply(BigDecimal.valueOf(line.quantity())))
                        .reduce(BigDecimal.ZERO, BigDecimal::add);
                if (sum.add(rules.rounding()).compareTo(told.subtotal()) < 0) {
                    broken(Rule.LINES_MISMATCH, "the lines come to less than the subtotal: " + sum);
                }
            }
        }

        private boolean near(BigDecimal one, BigDecimal other) {
            return one.subtract(other).abs().compareTo(rules.rounding()) <= 0;
        }

        private static BigDecimal orZero(BigDecimal amount) {
            return amount == null ? BigDecimal.ZERO : amount;
        }

        private void formulas() throws BrokenRuleException {
            noFormula("the order's name", told.name());
            noFormula("the customer's name", told.customer().name());
            noFormula("the street", told.customer().street());
            noFormula("the city", told.destination().city());
            for (ChannelOrder.Line line : told.lines()) {
                noFormula("a line's sku", line.sku());
                noFormula("a line's name", line.name());
            }
        }

        private void noFormula(String what, String text) throws BrokenRuleException {
            if (text != null && !begins(text) && FORMULA.matcher(text).matches()) {
                broken(Rule.FORMULA, what + " begins like a formula of a spreadsheet");
            }
        }

        /** Whether it begins as nearly all texts do, and no formula does. */
        private static boolean begins(String text) {
            return !text.isEmpty() && Character.isLetterOrDigit(text.charAt(0));
        }

        private void required() throws BrokenRuleException {
            for (String field : rules.required()) {
                if (!told.partial() && !isThere(field)) {
                    broken(Rule.MISSING_FIELD, field + " is required and not there");
                }
            }
        }

        private boolean isThere(String field) {
            Customer customer = told.customer();
            return switch (field) {
                case "name" -> customer.name() != null;
                case "street" -> customer.street() != null;
                case "city" -> told.destination().city() != null;
                case "postal-code" -> told.destination().postalCode() != null;
                case "region" -> told.destination().region() != null;
                case "country" -> told.destination().country() != null;
                case "email" -> customer.email() != null;
                case "phone" -> !customer.phones().isEmpty();
                case "sku" -> told.lines().stream().allMatch(line -> line.sku() != null);
                case "price" -> told.lines().stream().allMatch(line -> line.price() != null);
                case "subtotal" -> told.amounts().subtotal() != null;
                case "shipping" -> told.amounts().shipping() != null;
                case "taxes" -> told.amounts().taxes() != null;
                default -> throw new IllegalArgumentException(field);
            };
        }

        /**
         * An amount with as many decimals as its currency has, more only where it has more: one form of an export writes 24.9, another 24.90, and
         * the order is the same.
         */
        private static BigDecimal written(BigDecimal amount, String currency) {
            if (amount == null) {
                return null;
            }
            int decimals = currency == null || !CURRENCIES.contains(currency)
                    ? 0
                    : Math.max(Currency.getInstance(currency).getDefaultFractionDigits(), 0);
            if (amount.scale() == decimals) {
                return amount;
            }
            BigDecimal shortest = amount.stripTrailingZeros();
            return shortest.setScale(Math.max(shortest.scale(), decimals));
        }

        private Amounts amounts(Amounts told) throws BrokenRuleException {
            if (told.total() != null && told.total().signum() < 0) {
                broken(Rule.NEGATIVE_TOTAL, "the total is negative: " + told.total());
            }
            String currency = told.currency() == null ? null : told.currency().toUpperCase(Locale.ROOT);
            if (currency != null && !CURRENCIES.contains(currency)) {
                broken(Rule.BAD_CURRENCY, "the currency is no ISO 4217 code: " + Fields.shortened(currency));
            } else if (currency != null && !allowed(rules.currencies(), currency)) {
                broken(Rule.NOT_ALLOWED, "the account does not sell in the currency: " + currency);
            }
            return new Amounts(
                    currency,
                    written(told.total(), currency),
                    written(told.subtotal(), currency),
                    written(told.shipping(), currency),
                    written(told.taxes(), currency));
        }

        private Place destination(Place told) throws BrokenRuleException {
            String country = country(told.country());
            if (country != null && !allowed(rules.countries(), country)) {
                broken(Rule.NOT_ALLOWED, "the account does not ship to the country: " + country);
            }
            return new Place(told.city(), told.region(), told.postalCode(), country);
        }

        private static boolean allowed(Set<String> codes, String code) {
            return codes.isEmpty() || codes.contains(code);
        }

        private String country(String written) throws BrokenRuleException {
            String upper = written == null ? null : written.toUpperCase(Locale.ROOT);
            if (upper == null || COUNTRIES.contains(upper)) {
                return upper;
            }
            String code = COUNTRY_NAMES.code(written);
            if (code == null) {
                broken(
                        Rule.UNKNOWN_COUNTRY,
                        "the country is neither an ISO 3166-1 code nor a name we know: " + Fields.shortened(written));
            }
            return code;
        }

        private Customer customer(Customer told, String country) throws BrokenRuleException {
            String phone = phones.firstValid(country, told.phones());
            if (phone == null && !told.phones().isEmpty()) {
                // Without the number, as below: warnings are kept, and hold no personal data.
                broken(Rule.BAD_PHONE, "no phone number is valid");
            }
            String email = told.email() == null ? null : emails.normal(told.email());
            if (email == null && told.email() != null) {
                broken(Rule.BAD_EMAIL, "the e-mail address is none that mail can reach");
            }
            return new Customer(told.name(), email, phone == null ? List.of() : List.of(phone), told.street());
        }

        /** Says that a rule is broken; returns where the order may live with it. */
        private void broken(Rule rule, String reason) throws BrokenRuleException {
            Severity severity = rules.severity(rule);
            if (severity == Severity.REJECT) {
                throw new BrokenRuleException(rule, reason);
            }
            if (severity == Severity.WARN) {
                warnings = warnings.isEmpty() ? new ArrayList<>() : warnings;
                warnings.add(new RecordWarning(told.line(), rule, reason, told.externalId()));
            }
        }
    }
}
