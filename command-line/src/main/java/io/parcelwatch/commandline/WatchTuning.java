package io.parcelwatch.commandline;

import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchRules;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Option;

/** The options by which a watch is tuned, live and bounded. */
final class WatchTuning {

    @Option(
            names = "--stalled-after",
            paramLabel = "HOURS",
            defaultValue = "72",
            description =
                    "a parcel on its way is stalled after so many hours without movement, where no stall rule says otherwise"
                            + " (default: ${DEFAULT-VALUE})")
    int stalledAfter;

    @Option(
            names = "--stall-rules",
            paramLabel = "FILE",
            description = "when parcels are stalled, by carrier, service, status and lane (PARCELWATCH_STALL_RULES);"
                    + " docs/stall-rules.md tells the keys; a live watch takes a changed file up within a minute")
    String stallRules;

    @Option(
            names = "--claim-within",
            paramLabel = "DAYS",
            defaultValue = "30",
            description =
                    "events of a number that nobody registered wait so many days, then they are dead letters (default:"
                            + " ${DEFAULT-VALUE})")
    int claimWithin;

    @Option(
            names = "--report-unclaimed-after",
            paramLabel = "HOURS",
            defaultValue = "48",
            description =
                    "a number that a carrier speaks of and nobody registered is listed in table unclaimed_number after"
                            + " so many hours (default: ${DEFAULT-VALUE})")
    int reportUnclaimedAfter;

    @Option(
            names = "--expired-after",
            paramLabel = "DAYS",
            defaultValue = "30",
            description =
                    "a journey of which nothing was heard for so many days is expired (default: ${DEFAULT-VALUE})")
    int expiredAfter;

    @Option(
            names = "--forget-after",
            paramLabel = "DAYS",
            defaultValue = "120",
            description =
                    "a journey leaves the state so many days after its end, one that never ended after three times as"
                            + " many (default: ${DEFAULT-VALUE})")
    int forgetAfter;

    @Option(
            names = "--new-journey-after",
            paramLabel = "DAYS",
            defaultValue = "60",
            description =
                    "of two orders under one number, further apart than so many days, the later opens a new journey;"
                            + " for registrations that do not say; more than 30 (default: ${DEFAULT-VALUE})")
    int newJourneyAfter;

    @Option(
            names = "--announce-from",
            paramLabel = "TIME",
            description =
                    "write notification intents for milestones from this moment on; a bounded run writes none without it")
    Instant announceFrom;

    @Option(
            names = "--rebuild",
            description = "empty the tables and compute them anew; needed where their state is lost")
    boolean rebuild;

    @Option(
            names = "--state-backend",
            paramLabel = "NAME",
            defaultValue = "hashmap",
            description = "hashmap, or rocksdb where the state does not fit into memory (default: ${DEFAULT-VALUE})")
    String stateBackend;

    @Option(
            names = "--checkpoint-interval",
            paramLabel = "SECONDS",
            defaultValue = "10",
            description = "from one checkpoint to the next, live (default: ${DEFAULT-VALUE})")
    int checkpointInterval;

    @Option(
            names = "--parallelism",
            paramLabel = "N",
            defaultValue = "2",
            description = "how many of each operator (default: ${DEFAULT-VALUE})")
    int parallelism;

    @Option(
            names = "--metrics-port",
            paramLabel = "PORT",
            description =
                    "serve the metrics of a live watch to Prometheus there (PARCELWATCH_METRICS_PORT); default: not")
    String metricsPort;

    @Option(
            names = "--metrics-host",
            paramLabel = "HOST",
            description = "the address that metrics are served at, 0.0.0.0 for all (PARCELWATCH_METRICS_HOST);"
                    + " default: localhost")
    String metricsHost;

    WatchOptions tune(WatchOptions options) {
        if (!stateBackend.equals("hashmap") && !stateBackend.equals("rocksdb")) {
            throw new UsageException("--state-backend is hashmap or rocksdb, not " + stateBackend);
        }
        requirePositive("--stalled-after", stalledAfter);
        requirePositive("--claim-within", claimWithin);
        requirePositive("--report-unclaimed-after", reportUnclaimedAfter);
        requirePositive("--expired-after", expiredAfter);
        requirePositive("--forget-after", forgetAfter);
        requirePositive("--new-journey-after", newJourneyAfter);
        requirePositive("--checkpoint-interval", checkpointInterval);
        requirePositive("--parallelism", parallelism);
        if (parallelism > 128) {
            throw new UsageException("--parallelism is at most 128, the number of key groups");
        }
        WatchRules rules = options.rules()
                .withStalledAfter(Duration.ofHours(stalledAfter))
                .withClaimWithin(Duration.ofDays(claimWithin))
                .withReportUnclaimedAfter(Duration.ofHours(reportUnclaimedAfter))
                .withLifetimes(
                        Duration.ofDays(expiredAfter), Duration.ofDays(forgetAfter), Duration.ofDays(newJourneyAfter));
        String tooShort = rules.refusedNewJourneyAfter();
        if (tooShort != null) {
            throw new UsageException("--new-journey-after " + tooShort);
        }
        WatchOptions ruled = options.withRules(announceFrom == null ? rules : rules.withAnnounceFrom(announceFrom));
        String stallRulesFile = Settings.setting(stallRules, "PARCELWATCH_STALL_RULES");
        return (stallRulesFile == null ? ruled : ruled.withStallRules(stallRulesFile))
                .withRuntime(Duration.ofSeconds(checkpointInterval), stateBackend, parallelism)
                .withRebuild(rebuild)
                .withMetrics(metrics());
    }

    /** Null: no metrics. */
    private InetSocketAddress metrics() {
        String port = Settings.setting(metricsPort, "PARCELWATCH_METRICS_PORT");
        if (port == null) {
            return null;
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            throw new UsageException(
                    "PARCELWATCH_METRICS_PORT (--metrics-port) is a port from 1 to 65535, not " + port);
        }
        String host = Settings.setting(metricsHost, "PARCELWATCH_METRICS_HOST");
        return new InetSocketAddress(host == null ? "localhost" : host, Integer.parseInt(port));
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new UsageException(option + " is a whole number from 1 on, not " + value);
        }
    }
}
