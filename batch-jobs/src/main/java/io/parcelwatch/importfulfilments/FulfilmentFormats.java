package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.UnusableInputException;
import java.util.List;
import java.util.stream.Collectors;

/** The formats we can read, and which of them a file has. */
final class FulfilmentFormats {

    /** Of two formats that a file could have, the first is taken. */
    private static final List<FulfilmentFormat> ALL =
            List.of(new FulfilmentCsv(), new ShipStationCsv(), new ShopifyFulfilmentJson());

    private FulfilmentFormats() {}

    /**
     * The format of a file: the mapping where there is one, else the one that is named, else the first that it has.
     * The channel says where the orders come from and not who wrote the file: shipping software serves many.
     *
     * @throws UnusableInputException where the name is unknown, or the file has none of the formats
     */
    static FulfilmentFormat of(FileHead head, ImportRequest request) {
        boolean mapped = request.format().map(MappedFulfilments.NAME::equals).orElse(true);
        if (mapped && request.mapping().isPresent()) {
            return new MappedFulfilments(request);
        }
        if (request.mapping().isPresent()) {
            throw new UnusableInputException("--mapping and --format %s exclude each other: leave one out"
                    .formatted(request.format().orElseThrow()));
        }
        if (mapped && request.format().isPresent()) {
            throw new UnusableInputException(head.input().path() + " was read by a mapping: name it with --mapping");
        }
        List<FulfilmentFormat> candidates = ALL.stream()
                .filter(format -> request.format().map(format.name()::equals).orElse(true))
                .toList();
        if (candidates.isEmpty()) {
            throw new UnusableInputException("format " + request.format().orElseThrow() + " is unknown: name one of "
                    + ALL.stream().map(FulfilmentFormat::name).collect(Collectors.joining(", ")));
        }
        return candidates.stream()
                .filter(format -> format.refusal(head).isEmpty())
                .findFirst()
                .orElseThrow(() -> new UnusableInputException(head.input().path() + " is no fulfilment file ("
                        + candidates.stream()
                                .map(format -> format.name() + ": "
                                        + format.refusal(head).orElseThrow())
                                .collect(Collectors.joining("; "))
                        + "): name its columns as import-fulfilments --help shows"));
    }
}
