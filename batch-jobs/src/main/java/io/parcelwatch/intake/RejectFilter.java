package io.parcelwatch.intake;

import java.time.Instant;
import java.util.Optional;

/**
 * Which rejected records are meant; what is empty does not matter.
 *
 * @param job     {@code import-orders} or {@code import-fulfilments}
 * @param channel where they come from
 * @param account which store of the channel
 * @param file    name of the file, without its folder
 * @param rule    the rule they break
 * @param since   rejected at this moment or later
 * @param cause   as {@code open_reject.cause}
 */
public record RejectFilter(
        Optional<String> job,
        Optional<String> channel,
        Optional<String> account,
        Optional<String> file,
        Optional<Rule> rule,
        Optional<Instant> since,
        Optional<String> cause) {

    /** All of them. */
    public static final RejectFilter ALL = new RejectFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** The same, those of a job only. */
    public RejectFilter ofJob(String name) {
        return new RejectFilter(Optional.of(name), channel, account, file, rule, since, cause);
    }

    /** The same, those that break a rule only. */
    public RejectFilter ofRule(Rule broken) {
        return new RejectFilter(job, channel, account, file, Optional.of(broken), since, cause);
    }
}
