package io.parcelwatch.importorders;

import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The formats we can read, and which of them a file has. */
final class ChannelFormats {

    private static final List<ChannelFormat> ALL = List.of(new ShopifyCsv());

    private ChannelFormats() {}

    /**
     * The format of a file.
     *
     * @throws UnusableInputException where the channel is unknown, or the file has none of its formats
     */
    static ChannelFormat of(InputFile file, ImportRequest request) {
        List<ChannelFormat> ofChannel = ALL.stream()
                .filter(format -> format.channel().equals(request.channel()))
                .toList();
        if (ofChannel.isEmpty()) {
            String channels = String.join(
                    ", ", new TreeSet<>(ALL.stream().map(ChannelFormat::channel).toList()));
            throw new UnusableInputException("channel " + request.channel() + " is unknown: name one of " + channels);
        }
        List<ChannelFormat> candidates = ofChannel.stream()
                .filter(format -> request.format().map(format.name()::equals).orElse(true))
                .toList();
        if (candidates.isEmpty()) {
            String names = ofChannel.stream().map(ChannelFormat::name).collect(Collectors.joining(", "));
            throw new UnusableInputException("format " + request.format().orElseThrow() + " is unknown for channel "
                    + request.channel() + ": name one of " + names);
        }
        List<String> header = CsvRows.header(file);
        return candidates.stream()
                .filter(format -> format.missing(header).isEmpty())
                .findFirst()
                .orElseThrow(() -> refusal(file, candidates.get(0), header));
    }

    /** Name and version of a format: by what a file was read. */
    static String identity(ChannelFormat format) {
        return format.name() + " " + format.version();
    }

    /** The format of an identity that {@link #identity} gave. */
    static ChannelFormat named(String identity) {
        return ALL.stream()
                .filter(format -> identity(format).equals(identity))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no format " + identity));
    }

    private static UnusableInputException refusal(InputFile file, ChannelFormat closest, List<String> header) {
        return new UnusableInputException(file.path() + " is no order export of " + closest.channel()
                + " (no column " + String.join(", ", closest.missing(header))
                + "): check the file, or name its own --channel");
    }
}
