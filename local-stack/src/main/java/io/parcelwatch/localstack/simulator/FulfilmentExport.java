package io.parcelwatch.localstack.simulator;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** Writes what went out as shipping software does: a row a line of an order in a parcel, or one row for all of them. */
final class FulfilmentExport {

    static final String[] HEADER = {
        "order_reference",
        "carrier",
        "tracking_number",
        "service",
        "shipped_at",
        "promised_at",
        "origin_country",
        "origin_region",
        "origin_postal_code",
        "line",
        "quantity"
    };

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

    private FulfilmentExport() {}

    static byte[] write(List<SimParcel> parcels, Instant at) {
        Csv csv = new Csv();
        csv.add(HEADER);
        for (SimParcel parcel : parcels) {
            for (SimParcel.Content content : parcel.contents) {
                if (content.quantities() == null) {
                    row(csv, parcel, content.order(), at, null, null);
                    continue;
                }
                for (int line = 0; line < content.quantities().length; line++) {
                    int quantity = content.quantities()[line];
                    if (quantity > 0) {
                        String sku = content.order().lines.get(line).product().sku();
                        row(csv, parcel, content.order(), at, sku, String.valueOf(quantity));
                    }
                }
            }
        }
        return csv.bytes();
    }

    private static void row(Csv csv, SimParcel parcel, SimOrder order, Instant at, String line, String quantity) {
        csv.add(
                order.index % 9 == 0 ? order.id : order.name,
                carrierAsWritten(parcel),
                parcel.number,
                parcel.service,
                TIME.format(parcel.labelAt.atZone(parcel.origin.zone())),
                promise(parcel, at),
                parcel.originTold ? parcel.origin.country() : "",
                parcel.originTold ? parcel.origin.region() : "",
                parcel.originTold ? parcel.origin.postalCode() : "",
                line,
                quantity);
    }

    private static String carrierAsWritten(SimParcel parcel) {
        if (parcel.carrier == Carrier.FEDEX) {
            return "FedEx";
        }
        return parcel.index % 7 == 0 ? "United Parcel Service" : "UPS";
    }

    private static String promise(SimParcel parcel, Instant at) {
        if (parcel.laterDay != null && !at.isBefore(parcel.repeatedAt)) {
            return parcel.laterDay.toString();
        }
        if (parcel.promisedMoment != null) {
            ZoneOffset offset = parcel.home.zone().getRules().getOffset(parcel.promisedMoment);
            return TIME.format(parcel.promisedMoment.atOffset(offset));
        }
        return parcel.promisedDay == null ? "" : parcel.promisedDay.toString();
    }
}
