package io.parcelwatch.importorders;

import io.parcelwatch.intake.FileHead;
import java.util.List;
import java.util.Optional;

/** A delimited export that is known by the columns it has. */
abstract class CsvExport implements ChannelFormat {

    private final String channel;
    private final String name;
    private final int version;
    private final Gathering gathering;
    private final List<String> needed;

    /**
     * @param needed columns without which a file is something else
     */
    CsvExport(String channel, String name, int version, Gathering gathering, List<String> needed) {
        this.channel = channel;
        this.name = name;
        this.version = version;
        this.gathering = gathering;
        this.needed = List.copyOf(needed);
    }

    @Override
    public final String channel() {
        return channel;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final int version() {
        return version;
    }

    @Override
    public final Gathering gathering() {
        return gathering;
    }

    @Override
    public Optional<String> refusal(FileHead head) {
        List<String> missing = head.missing(needed);
        return missing.isEmpty() ? Optional.empty() : Optional.of("no column " + String.join(", ", missing));
    }
}
