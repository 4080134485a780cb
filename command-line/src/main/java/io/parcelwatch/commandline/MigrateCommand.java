package io.parcelwatch.commandline;

import io.parcelwatch.sql.Database;
import io.parcelwatch.sql.Schema;
import io.parcelwatch.wire.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "migrate",
        description = {
            "Brings the database's schema up to date, and makes the partitions of the months ahead. Safe to run at any time, by any number"
                    + " at once.",
            "",
            "Other commands do the same first, unless PARCELWATCH_MIGRATE=never; run this one nightly then."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:up to date", " 1:failed, can be run again", " 2:wrong usage"},
        footer = {"%nExample:%n  ./parcelwatch migrate --db-url jdbc:postgresql://db:5432/parcels --db-user parcels"})
final class MigrateCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Override
    public Integer call() {
        Output output = parcelwatch.output();
        try (Services services = new Services(parcelwatch.settings())) {
            Database database = services.bareDatabase();
            Schema schema = new Schema(database);
            int applied = schema.migrate();
            if (output.json()) {
                output.object(Json.MAPPER
                        .createObjectNode()
                        .put("database", database.place())
                        .put("version", schema.version())
                        .put("applied", applied));
            } else {
                output.line(
                        "%s is at version %s (%s).",
                        database.place(),
                        schema.version(),
                        applied == 0
                                ? "nothing to do"
                                : applied == 1 ? "1 migration applied" : applied + " migrations applied");
            }
        }
        return ExitCode.DONE;
    }
}
