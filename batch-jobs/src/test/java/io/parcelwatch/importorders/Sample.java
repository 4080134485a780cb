package io.parcelwatch.importorders;

import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.Records;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Our own samples of what channels export. */
final class Sample {

    private Sample() {}

    static Path file(String name) {
        try {
            return Path.of(
                    Objects.requireNonNull(Sample.class.getResource(name), name).toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    static String text(String name) {
        return textOf(file(name));
    }

    static String textOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The orders that a format accepts, before the rules. */
    static List<ChannelOrder> orders(ChannelFormat format, Path file) throws IOException {
        List<ChannelOrder> orders = new ArrayList<>();
        FileHead head = FileHead.of(InputFile.look(file));
        try (Records<ChannelOrder> records =
                format.prepare(head, Conventions.UNKNOWN).open(0, 0)) {
            for (Records.Read<ChannelOrder> read = records.next(); read != null; read = records.next()) {
                if (read.accepted() != null) {
                    orders.add(read.accepted());
                }
            }
        }
        return orders;
    }
}
