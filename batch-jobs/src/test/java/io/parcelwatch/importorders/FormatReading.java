package io.parcelwatch.importorders;

import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Records;
import io.parcelwatch.intake.RejectedRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a format makes of a file, before any rule and without a database. */
record FormatReading(
        String format,
        Gathering gathering,
        List<String> warnings,
        List<ChannelOrder> orders,
        List<RejectedRecord> rejected) {

    /** An account in a zone, of which nothing else is known. */
    static Conventions in(String zone) {
        return new Conventions(Optional.of(ZoneId.of(zone)), Optional.empty(), Optional.empty());
    }

    static FormatReading of(Path folder, String channel, Conventions conventions, String... lines) {
        return of(folder, channel, conventions, StandardCharsets.UTF_8, lines);
    }

    /** Reads a file of these lines, each record from the place where the one before it ended, as after a restart. */
    static FormatReading of(Path folder, String channel, Conventions conventions, Charset charset, String... lines) {
        try {
            Path file = Files.createTempFile(folder, "orders", ".csv");
            Files.write(file, (String.join("\n", lines) + "\n").getBytes(charset));
            FileHead head = FileHead.of(InputFile.look(file));
            ChannelFormat format = ChannelFormats.of(head, ImportRequest.of(channel, "account", List.of(file)));
            BlockReader.Opener<ChannelOrder> opener = format.prepare(head, conventions);
            FormatReading reading = new FormatReading(
                    format.name(),
                    format.gathering(),
                    format.warnings(head, conventions),
                    new ArrayList<>(),
                    new ArrayList<>());
            long offset = 0;
            long line = 0;
            while (true) {
                try (Records<ChannelOrder> records = opener.open(offset, line)) {
                    Records.Read<ChannelOrder> read = records.next();
                    if (read == null) {
                        return reading;
                    }
                    if (read.accepted() != null) {
                        reading.orders.add(read.accepted());
                    } else {
                        reading.rejected.add(read.rejected());
                    }
                    offset = records.offset();
                    line = records.line();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    ChannelOrder order(String id) {
        return orders.stream()
                .filter(order -> order.externalId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    /** Line, rule, order and worth of each rejected record. */
    List<String> rejects() {
        return rejected.stream()
                .map(r -> r.line() + " " + r.rule() + " " + r.orderRef() + " " + r.amount() + " " + r.currency())
                .toList();
    }
}
