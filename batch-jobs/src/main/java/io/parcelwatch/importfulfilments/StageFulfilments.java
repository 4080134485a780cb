package io.parcelwatch.importfulfilments;

import io.parcelwatch.importfulfilments.ToldFulfilment.Parcel;
import io.parcelwatch.importfulfilments.ToldFulfilment.Promise;
import io.parcelwatch.importfulfilments.ToldFulfilment.Row;
import io.parcelwatch.importfulfilments.ToldFulfilment.Source;
import io.parcelwatch.intake.CopyRows;
import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.StagedRows;
import io.parcelwatch.model.Place;
import javax.sql.DataSource;

/** Records on their way to {@code staged_fulfilment}. */
final class StageFulfilments implements StagedRows<ToldFulfilment> {

    private static final Parcel NO_PARCEL = new Parcel(null, null, null, null, null, Promise.NONE, Place.NOWHERE);

    private final ImportFile file;
    private final CopyRows staged = new CopyRows(
            "staged_fulfilment",
            "file_id",
            "line",
            "part",
            "source_ref",
            "as_of",
            "cancelled",
            "order_reference",
            "carrier",
            "tracking_number",
            "replaces",
            "service",
            "shipped_at",
            "promised_day",
            "promised_at",
            "origin_country",
            "origin_region",
            "origin_postal_code",
            "line_ref",
            "quantity",
            "raw");

    StageFulfilments(ImportFile file) {
        this.file = file;
    }

    @Override
    public void add(ToldFulfilment record) {
        Source source = record.source();
        int part = 0;
        for (Row row : record.rows()) {
            Parcel parcel = row.parcel() == null ? NO_PARCEL : row.parcel();
            staged.add(
                    file.id(),
                    record.line(),
                    part,
                    source.ref(),
                    source.asOf(),
                    source.cancelled(),
                    row.orderReference(),
                    parcel.carrier(),
                    parcel.trackingNumber(),
                    parcel.replaces(),
                    parcel.service(),
                    parcel.shippedAt(),
                    parcel.promise().day(),
                    parcel.promise().moment(),
                    parcel.origin().country(),
                    parcel.origin().region(),
                    parcel.origin().postalCode(),
                    row.lineRef(),
                    row.quantity() == 0 ? null : row.quantity(),
                    part == 0 ? record.raw() : "");
            part++;
        }
    }

    @Override
    public void copyInto(DataSource dataSource) {
        staged.copyInto(dataSource);
    }
}
