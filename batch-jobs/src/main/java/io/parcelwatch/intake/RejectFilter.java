package io.parcelwatch.intake;

import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;

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

    /** Those of a job, as a condition upon {@code open_reject} with the {@link #parameters}. */
    static final String CONDITION = """
            job = :job and (:channel::text is null or channel = :channel) and (:account::text is null or account = :account)
            and (:file::text is null or file = :file) and (:rule::text is null or rule = :rule)
            and (:since::timestamptz is null or recorded_at >= :since) and (:cause::text is null or cause = :cause)
            """;

    /** All of them. */
    public static final RejectFilter ALL = new RejectFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    /** What {@link #CONDITION} asks for. */
    MapSqlParameterSource parameters(String ofJob) {
        return new MapSqlParameterSource()
                .addValue("job", ofJob)
                .addValue("channel", channel.orElse(null))
                .addValue("account", account.orElse(null))
                .addValue("file", file.orElse(null))
                .addValue("rule", rule.map(Rule::name).orElse(null))
                .addValue(
                        "since",
                        since.map(from -> from.atOffset(ZoneOffset.UTC)).orElse(null))
                .addValue("cause", cause.orElse(null));
    }

    /** The same, those of a job only. */
    public RejectFilter ofJob(String name) {
        return new RejectFilter(Optional.of(name), channel, account, file, rule, since, cause);
    }

    /** The same, those that break a rule only. */
    public RejectFilter ofRule(Rule broken) {
        return new RejectFilter(job, channel, account, file, Optional.of(broken), since, cause);
    }
}
