package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.watchshipments.WatchOptions;
import io.parcelwatch.wire.KafkaConnection;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/** The live watch of {@code up} and {@code watch-shipments}: runs until somebody asks it to end. */
final class WatchUntilInterrupted {

    private static final long LOOK = 500;

    private final Services services;
    private final WatchTuning tuning;
    private final Output output;

    WatchUntilInterrupted(Services services, WatchTuning tuning, Output output) {
        this.services = services;
        this.tuning = tuning;
        this.output = output;
    }

    /** What to say once it runs. */
    interface Greeting {
        void say(Database database, KafkaConnection kafka);
    }

    int run(Greeting greeting) throws InterruptedException {
        Interrupts interrupts = Interrupts.catchAll();
        WatchHome home = WatchHome.in(services.home());
        // Wrong options first: nothing is started for them.
        tuning.tune(WatchOptions.live(new Database("", null, null), KafkaConnection.to(""), home.state()));
        try (WatchLock lock = WatchLock.take(home)) {
            Database database = services.database();
            lock.and(database);
            KafkaConnection kafka = services.kafka();
            Optional<Path> checkpoint = tuning.rebuild ? Optional.empty() : home.checkpoint();
            if (interrupts.asked()) {
                return ExitCode.DONE;
            }
            try (LiveWatch watch = LiveWatch.start(tuning.tune(WatchOptions.live(database, kafka, home.state())))) {
                while (!watch.running() && !interrupts.await(LOOK / 5)) {
                    watch.check();
                }
                greeting.say(database, kafka);
                output.note(checkpoint
                        .map(path -> "Continuing from checkpoint " + path + " of "
                                + Instant.ofEpochMilli(WatchHome.completed(path))
                                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS))
                        .orElse("Starting without a checkpoint; checkpoints go to " + home.state()));
                output.note("Watching. Ctrl-C ends it.");
                while (!interrupts.await(LOOK)) {
                    watch.check();
                }
                output.note("Ending...");
            }
        }
        return ExitCode.DONE;
    }
}
