package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.CopyRows;
import io.parcelwatch.intake.ImportFile;
import java.util.List;
import javax.sql.DataSource;

/** Writes rows to {@code staged_fulfilment}. */
final class StageFulfilments {

    private StageFulfilments() {}

    static void stage(ImportFile file, List<FulfilmentRow> rows, DataSource dataSource) {
        CopyRows staged = new CopyRows(
                "staged_fulfilment",
                "file_id",
                "line",
                "order_reference",
                "carrier",
                "tracking_number",
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
        for (FulfilmentRow row : rows) {
            staged.add(
                    file.id(),
                    row.line(),
                    row.orderReference(),
                    row.carrier(),
                    row.trackingNumber(),
                    row.service(),
                    row.shippedAt(),
                    row.promisedDay(),
                    row.promisedAt(),
                    row.origin().country(),
                    row.origin().region(),
                    row.origin().postalCode(),
                    row.lineRef(),
                    row.quantity() == 0 ? null : row.quantity(),
                    row.raw());
        }
        staged.copyInto(dataSource);
    }
}
