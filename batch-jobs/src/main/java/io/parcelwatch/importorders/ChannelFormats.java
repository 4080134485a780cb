package io.parcelwatch.importorders;

import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The formats we can read, and which of them a file has. */
final class ChannelFormats {

    /** Of two formats of a channel that a file could have, the first is taken: the more particular one stands first. */
    private static final List<ChannelFormat> ALL = List.of(
            new ShopifyCsv(),
            new ShopifyBulk(),
            new ShopifyJson(),
            AmazonReport.UNSHIPPED,
            AmazonReport.ALL_ORDERS,
            new AmazonJson(),
            new EbayOrders(),
            new EtsyOrders(),
            new EtsyItems(),
            new TiktokCsv(),
            new WalmartCsv(),
            new WooCommerceCsv(),
            new WooCommerceAdvancedCsv(),
            new WooCommerceJson());

    private ChannelFormats() {}

    /**
     * The format of a file.
     *
     * @throws UnusableInputException where the channel is unknown, or the file has none of its formats
     */
    static ChannelFormat of(FileHead head, ImportRequest request) {
        boolean mapped = request.format().map(MappedCsv.NAME::equals).orElse(true);
        if (mapped && request.mapping().isPresent()) {
            return new MappedCsv(request);
        }
        if (request.mapping().isPresent()) {
            throw new UnusableInputException("--mapping and --format %s exclude each other: leave one out"
                    .formatted(request.format().orElseThrow()));
        }
        if (mapped && request.format().isPresent()) {
            throw new UnusableInputException(head.input().path() + " was read by a mapping: name it with --mapping");
        }
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
        List<ChannelFormat> ofKind = candidates.stream()
                .filter(format -> format.json() == head.json())
                .toList();
        return ofKind.stream()
                .filter(format -> format.refusal(head).isEmpty())
                .findFirst()
                .orElseThrow(() -> refusal(head, candidates, ofKind));
    }

    /** The formats that a file could have, of any channel. */
    static List<ChannelFormat> recognise(FileHead head) {
        return ALL.stream()
                .filter(format -> format.json() == head.json())
                .filter(format -> format.refusal(head).isEmpty())
                .toList();
    }

    private static UnusableInputException refusal(
            FileHead head, List<ChannelFormat> candidates, List<ChannelFormat> ofKind) {
        String path = head.input().path().toString();
        if (ofKind.isEmpty()) {
            String names = candidates.stream().map(ChannelFormat::name).collect(Collectors.joining(", "));
            return new UnusableInputException(path + " is " + (head.json() ? "JSON" : "no JSON") + ", and " + names
                    + (head.json() ? " is not" : " is") + ": check the file, or name another format");
        }
        if (head.csv().isEmpty() && !head.json()) {
            return new UnusableInputException(
                    path + " does not start with a header row: check that it is the export, and not changed since");
        }
        String reasons = ofKind.size() == 1
                ? ofKind.get(0).refusal(head).orElseThrow()
                : ofKind.stream()
                        .map(format ->
                                format.name() + ": " + format.refusal(head).orElseThrow())
                        .collect(Collectors.joining("; "));
        return new UnusableInputException(path + " is no order export of "
                + candidates.get(0).channel() + " (" + reasons + "): check the file, or name its own --channel");
    }
}
