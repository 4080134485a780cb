package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.carrier.CarrierAdapter;
import io.parcelwatch.carrier.Carriers;
import io.parcelwatch.carrier.Reading;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.Payload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "normalize",
        description = {
            "Shows what a carrier's adapter makes of a payload: tracking events as JSON lines, with --json one object. Writes nothing else anywhere.",
            "",
            "What cannot be read is a line on standard error, with its place in the payload."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:read, maybe with problems in parts",
            " 1:nothing of it could be read",
            " 2:wrong usage, or a carrier that cannot be read"
        },
        footer = {"%nExample:%n  ./parcelwatch normalize --carrier ups answer.json"})
final class NormalizeCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(
            names = "--carrier",
            paramLabel = "NAME",
            required = true,
            description = "whose payload it is, for example ups; other spellings are understood")
    private String carrier;

    @Parameters(paramLabel = "FILE", description = "the payload as the carrier sent it; - for standard input")
    private Path file;

    @Override
    public Integer call() {
        CarrierAdapter adapter = Carriers.adapter(CarrierSlugs.of(carrier))
                .orElseThrow(() -> new UsageException("payloads of carrier " + carrier + " cannot be read: name one of "
                        + String.join(", ", Carriers.readable())));
        Reading reading = adapter.read(new Payload(adapter.carrier(), null, null, Instant.now(), null, body()));
        Output output = parcelwatch.output();
        ObjectNode all = Json.MAPPER.createObjectNode();
        ArrayNode events = all.putArray("events");
        ArrayNode problems = all.putArray("problems");
        for (TrackingEvent event : reading.events()) {
            ObjectNode line = EventJson.write(event);
            // When it was read here is no news.
            line.remove("received_at");
            events.add(line);
        }
        for (Reading.Problem problem : reading.problems()) {
            problems.addObject().put("where", problem.where()).put("what", problem.what());
        }
        if (output.json()) {
            output.object(all);
        } else {
            events.forEach(event -> output.object((ObjectNode) event));
        }
        if (events.isEmpty() && problems.isEmpty()) {
            output.note("parcelwatch: the payload tells of no event");
        }
        reading.problems()
                .forEach(problem -> output.note("parcelwatch: "
                        + (problem.where().isEmpty() ? "" : problem.where() + ": ") + Errors.oneLine(problem.what())));
        return reading.events().isEmpty() && !reading.problems().isEmpty() ? ExitCode.FAILED : ExitCode.DONE;
    }

    private byte[] body() {
        try {
            return file.toString().equals("-") ? System.in.readAllBytes() : Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UsageException(
                    Files.isDirectory(file)
                            ? file + " is a folder: name a file"
                            : Files.exists(file)
                                    ? file + " cannot be read (" + e.getMessage() + "): change its permissions"
                                    : file + " does not exist: correct the path");
        }
    }
}
