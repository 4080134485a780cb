package io.parcelwatch.commandline;

import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.watchshipments.WatchRules;
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
                    "a parcel on its way is stalled after so many hours without movement (default: ${DEFAULT-VALUE})")
    int stalledAfter;

    @Option(
            names = "--claim-within",
            paramLabel = "DAYS",
            defaultValue = "30",
            description =
                    "events of a number that nobody registered wait so many days, then they are dead letters (default:"
                            + " ${DEFAULT-VALUE})")
    int claimWithin;

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

    WatchOptions tune(WatchOptions options) {
        if (!stateBackend.equals("hashmap") && !stateBackend.equals("rocksdb")) {
            throw new UsageException("--state-backend is hashmap or rocksdb, not " + stateBackend);
        }
        requirePositive("--stalled-after", stalledAfter);
        requirePositive("--claim-within", claimWithin);
        requirePositive("--checkpoint-interval", checkpointInterval);
        requirePositive("--parallelism", parallelism);
        if (parallelism > 128) {
            throw new UsageException("--parallelism is at most 128, the number of key groups");
        }
        WatchRules rules = options.rules()
                .withStalledAfter(Duration.ofHours(stalledAfter))
                .withClaimWithin(Duration.ofDays(claimWithin));
        return options.withRules(announceFrom == null ? rules : rules.withAnnounceFrom(announceFrom))
                .withRuntime(Duration.ofSeconds(checkpointInterval), stateBackend, parallelism)
                .withRebuild(rebuild)
                .withMetricsPort(metricsPort());
    }

    /** 0: no metrics. */
    private int metricsPort() {
        String port = Settings.setting(metricsPort, "PARCELWATCH_METRICS_PORT");
        if (port == null) {
            return 0;
        }
        if (!port.matches("[0-9]{1,5}") || Integer.parseInt(port) < 1 || Integer.parseInt(port) > 65_535) {
            throw new UsageException(
                    "PARCELWATCH_METRICS_PORT (--metrics-port) is a port from 1 to 65535, not " + port);
        }
        return Integer.parseInt(port);
    }

    private static void requirePositive(String option, int value) {
        if (value < 1) {
            throw new UsageException(option + " is a whole number from 1 on, not " + value);
        }
    }
}
