package io.parcelwatch.importorders;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Fields;
import io.parcelwatch.intake.RecordWarning;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.Severity;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Currency;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an order must keep to, whatever format it came in, and how its words become ours: codes of countries and currencies, phone numbers in
 * E.164. One instance judges one file after the other, in one thread.
 */
final class OrderRules {

    private static final Set<String> COUNTRIES = Set.of(Locale.getISOCountries());
    private static final Set<String> CURRENCIES = Currency.getAvailableCurrencies().stream()
            .map(Currency::getCurrencyCode)
            .collect(Collectors.toUnmodifiableSet());

    private final PhoneNumbers phones = new PhoneNumbers();

    /** A format's orders, each judged. */
    Records<ChannelOrder> judged(Records<ChannelOrder> told) {
        return new Records<>() {
            @Override
            public Read<ChannelOrder> next() throws IOException {
                Read<ChannelOrder> read = told.next();
                return read == null || read.accepted() == null ? read : judge(read);
            }

            @Override
            public long offset() {
                return told.offset();
            }

            @Override
            public long line() {
                return told.line();
            }

            @Override
            public void close() throws IOException {
                told.close();
            }
        };
    }

    private Records.Read<ChannelOrder> judge(Records.Read<ChannelOrder> read) {
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
            Amounts amounts = amounts(told.amounts());
            Place destination = destination(told.destination());
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
            }
            return new Amounts(
                    currency,
                    written(told.total(), currency),
                    written(told.subtotal(), currency),
                    written(told.shipping(), currency),
                    written(told.taxes(), currency));
        }

        private Place destination(Place told) throws BrokenRuleException {
            return new Place(told.city(), told.region(), told.postalCode(), country(told.country()));
        }

        private String country(String written) throws BrokenRuleException {
            String upper = written == null ? null : written.toUpperCase(Locale.ROOT);
            if (upper == null || COUNTRIES.contains(upper)) {
                return upper;
            }
            broken(Rule.UNKNOWN_COUNTRY, "the country is no ISO 3166-1 code: " + Fields.shortened(written));
            return null;
        }

        private Customer customer(Customer told, String country) throws BrokenRuleException {
            String phone = phones.firstValid(country, told.phones());
            if (phone == null && !told.phones().isEmpty()) {
                broken(
                        Rule.BAD_PHONE,
                        "no phone number is valid: "
                                + Fields.shortened(told.phones().get(0)));
            }
            return new Customer(told.name(), told.email(), phone == null ? List.of() : List.of(phone), told.street());
        }

        /** Says that a rule is broken; returns where the order may live with it. */
        private void broken(Rule rule, String reason) throws BrokenRuleException {
            Severity severity = rule.usual();
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
