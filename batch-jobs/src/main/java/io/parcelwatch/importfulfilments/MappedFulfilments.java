package io.parcelwatch.importfulfilments;

import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Promise;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.importfulfilments.ToldFulfilment.Source;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.BrokenRuleException;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.WrittenTime;
import io.parcelwatch.mapping.MappedFile;
import io.parcelwatch.mapping.MappedRow;
import io.parcelwatch.mapping.Mapping;
import io.parcelwatch.mapping.Target;
import io.parcelwatch.mapping.Target.Kind;
import io.parcelwatch.model.Place;
import io.parcelwatch.settings.SettingsFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Fulfilments in any delimited file, as a mapping says what stands where: a row a parcel, or an order line in it. */
final class MappedFulfilments implements FulfilmentFormat {

    static final String NAME = "mapping";

    /** Counts up with every change of what is made of a file by the same mapping. */
    private static final int VERSION = 2;

    private static final int DIGEST_SHOWN = 16;

    /**
     * What a mapping can fill. Carrier and number have to be named, and may be blank: what has no number yet names no
     * parcel.
     */
    private static final List<Target> TARGETS = List.of(
            Target.required("fulfilment.order", Kind.ID),
            Target.of("fulfilment.carrier", Kind.NAME),
            Target.of("fulfilment.tracking_number", Kind.ID),
            Target.of("fulfilment.replaces", Kind.ID),
            Target.of("fulfilment.id", Kind.ID),
            Target.of("fulfilment.updated_at", Kind.TIME),
            Target.of("fulfilment.cancelled", Kind.YES_NO),
            Target.of("fulfilment.service", Kind.NAME),
            Target.of("fulfilment.shipped_at", Kind.TIME),
            Target.of("fulfilment.promised", Kind.DAY_OR_TIME),
            Target.of("fulfilment.origin.country", Kind.TEXT),
            Target.of("fulfilment.origin.region", Kind.TEXT),
            Target.of("fulfilment.origin.postal_code", Kind.TEXT),
            Target.of("line.sku", Kind.NAME),
            Target.of("line.quantity", Kind.QUANTITY));

    private final boolean retry;
    private final SettingsFile file;
    private final Mapping mapping;

    /**
     * @param request one with a mapping; its errors are told by {@link #prepare}, together with those that the file
     *                shows
     * @throws io.parcelwatch.settings.UnusableSettingsException where the mapping cannot be read at all
     */
    MappedFulfilments(ImportRequest request) {
        this.retry = request.retryOf().isPresent();
        this.file = SettingsFile.read(request.mapping().orElseThrow());
        this.mapping = Mapping.of(file, TARGETS, Set.of());
        for (String key : List.of("fulfilment.carrier", "fulfilment.tracking_number")) {
            if (!mapping.has(key)) {
                file.problem(1, key, "is missing: name its column");
            }
        }
    }

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public int version() {
        return VERSION;
    }

    /** Holds what the mapping means: a changed one reads an old file anew. */
    @Override
    public String identity() {
        return NAME + " " + VERSION + " " + file.digest().substring(0, DIGEST_SHOWN);
    }

    /** Whether it fits is told by {@link #prepare}, in words of the mapping. */
    @Override
    public Optional<String> refusal(FileHead head) {
        return Optional.empty();
    }

    @Override
    public BlockReader.Opener<ToldFulfilment> prepare(FileHead head, Conventions conventions) {
        MappedFile mapped = mapping.on(head.input(), List.of(), conventions, retry);
        return FulfilmentRows.in(mapped.head(), orderColumn(), row -> read(row, mapped.row(row)), mapped.decided());
    }

    private String orderColumn() {
        return mapping.columns("fulfilment.order").stream().findFirst().orElse("");
    }

    private static ToldFulfilment read(CsvRows.Row row, MappedRow mapped) throws BrokenRuleException {
        String id = mapped.id("fulfilment.id");
        boolean cancelled = Boolean.TRUE.equals(mapped.yes("fulfilment.cancelled"));
        Source source =
                new Source(id == null ? null : NAME + "/" + id, mapped.time("fulfilment.updated_at"), cancelled);
        String order = mapped.id("fulfilment.order");
        if (order == null) {
            throw new BrokenRuleException(Rule.REQUIRED_FIELD, "fulfilment.order is blank");
        }
        return new ToldFulfilment(
                row.line(),
                row.text(),
                source,
                List.of(new Row(
                        order,
                        parcel(mapped),
                        cancelled ? null : mapped.name("line.sku"),
                        mapped.quantity("line.quantity"))));
    }

    private static Parcel parcel(MappedRow mapped) throws BrokenRuleException {
        String number = mapped.id("fulfilment.tracking_number");
        if (number == null) {
            return null;
        }
        return new Parcel(
                mapped.name("fulfilment.carrier"),
                number,
                mapped.id("fulfilment.replaces"),
                mapped.name("fulfilment.service"),
                mapped.time("fulfilment.shipped_at"),
                promise(mapped),
                new Place(
                        null,
                        mapped.text("fulfilment.origin.region"),
                        mapped.text("fulfilment.origin.postal_code"),
                        mapped.text("fulfilment.origin.country")));
    }

    private static Promise promise(MappedRow mapped) throws BrokenRuleException {
        WrittenTime written = mapped.written("fulfilment.promised");
        if (written == null) {
            return Promise.NONE;
        }
        return written.time() == null
                ? new Promise(written.day(), null)
                : new Promise(null, mapped.time("fulfilment.promised"));
    }
}
