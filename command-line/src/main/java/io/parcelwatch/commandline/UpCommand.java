package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.wire.Json;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "up",
        description = {
            "Runs the local stack until Ctrl-C: the services that no setting names, embedded, and watch-shipments live.",
            "",
            "Data and checkpoints stay in the home; the next @|bold up|@ goes on from there. Import orders from another terminal meanwhile."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:ended by Ctrl-C or SIGTERM",
            " 1:failed, can be run again",
            " 2:wrong usage",
            " 4:already running on this home or database"
        },
        footer = {"%nExample:%n  ./parcelwatch up --home ~/parcels"})
final class UpCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Mixin
    private WatchTuning tuning;

    @Override
    public Integer call() throws Exception {
        Output output = parcelwatch.output();
        Settings settings = parcelwatch.settings();
        output.note("Starting in " + settings.home() + "...");
        try (Services services = new Services(settings, Duration.ofSeconds(5))) {
            return new WatchUntilInterrupted(services, tuning, output).run((database, kafka) -> {
                if (output.json()) {
                    ObjectNode places = Json.MAPPER.createObjectNode();
                    places.put("database", database.url());
                    places.put("kafka", kafka.bootstrapServers());
                    places.put("home", settings.home().toString());
                    output.object(places);
                    return;
                }
                output.line("PostgreSQL  "
                        + (settings.database().isEmpty() ? PsqlLine.withPassword(database) : PsqlLine.of(database)));
                output.line("Kafka       " + kafka.bootstrapServers());
                output.line("Home        " + settings.home());
            });
        }
    }
}
