package io.parcelwatch.localstack.simulator;

import com.fasterxml.jackson.core.JsonGenerator;
import io.parcelwatch.localstack.simulator.Happening.CarrierPayload;
import io.parcelwatch.model.EventIdentity;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.Payload;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** Writes payloads as UPS (Track, JSON) and FedEx (Track, REST JSON) do. Each answer repeats all activities so far. */
final class PayloadWriter {

    private static final DateTimeFormatter DATE = DateTimeFormatter.ofPattern("uuuuMMdd", Locale.ROOT);
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HHmmss", Locale.ROOT);
    private static final DateTimeFormatter OFFSET_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ssxxx", Locale.ROOT);

    private PayloadWriter() {}

    /** A payload about a parcel, written as at its snapshot. */
    static CarrierPayload write(SimParcel parcel, Snapshot snapshot) {
        byte[] body = body(parcel, snapshot);
        return new CarrierPayload(
                parcel.carrier.account() + "/" + parcel.number,
                payload(parcel.carrier, snapshot, body),
                snapshot.set(),
                () -> snapshot.tells()
                        ? told(parcel, snapshot).stream()
                                .map(scan -> scan.asEvent(parcel, snapshot.receivedAt(), snapshot.source()))
                                .toList()
                        : List.of());
    }

    /** A payload that cannot be read; cut and spoilt copies of what the carrier would have said. */
    static CarrierPayload writeMalformed(SimParcel parcel, Snapshot snapshot, FeedQuirk quirk, Dice dice) {
        byte[] whole = body(parcel, snapshot);
        byte[] body = switch (quirk) {
            case MALFORMED_CUT -> Arrays.copyOf(whole, whole.length / 5 + dice.between(0, whole.length / 2));
            case MALFORMED_BINARY -> dice.bytes(dice.between(64, 400));
            case MALFORMED_HTML ->
                ("<html><head><title>503 Service Unavailable</title></head><body>" + snapshot.madeAt() + " "
                                + parcel.number + "</body></html>")
                        .getBytes(StandardCharsets.UTF_8);
            case MALFORMED_SCHEMA ->
                ("{\"parcel\":\"" + parcel.number + "\",\"state\":\"moving\",\"when\":\"" + snapshot.madeAt() + "\"}")
                        .getBytes(StandardCharsets.UTF_8);
            default -> whole;
        };
        Payload payload = payload(parcel.carrier, snapshot, body);
        boolean activity = quirk == FeedQuirk.MALFORMED_ACTIVITY;
        return new CarrierPayload(
                activity ? parcel.carrier.account() + "/" + parcel.number : payload.payloadId(),
                payload,
                snapshot.set(),
                () -> activity
                        ? told(parcel, snapshot).stream()
                                .map(scan -> scan.asEvent(parcel, snapshot.receivedAt(), snapshot.source()))
                                .toList()
                        : List.of());
    }

    private static Payload payload(Carrier carrier, Snapshot snapshot, byte[] body) {
        String id = EventIdentity.digest(12, carrier.slug(), new String(body, StandardCharsets.ISO_8859_1));
        return new Payload(carrier.slug(), carrier.account(), snapshot.source(), snapshot.receivedAt(), id, body);
    }

    /** What the carrier knew, oldest first. */
    private static List<Scan> told(SimParcel parcel, Snapshot snapshot) {
        List<Scan> told = new ArrayList<>(parcel.scans.size());
        for (Scan scan : parcel.scans) {
            if (!scan.uploadedAt().isAfter(snapshot.madeAt())) {
                told.add(scan);
            }
        }
        return told;
    }

    private static byte[] body(SimParcel parcel, Snapshot snapshot) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(4096);
        try (JsonGenerator json = Json.MAPPER.createGenerator(bytes)) {
            List<Scan> told = told(parcel, snapshot);
            if (!snapshot.has(FeedQuirk.OLDEST_FIRST)) {
                Collections.reverse(told);
            }
            if (parcel.carrier == Carrier.UPS) {
                ups(json, parcel, snapshot, told);
            } else {
                fedex(json, parcel, snapshot, told);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("memory cannot be written", e);
        }
        return bytes.toByteArray();
    }

    private static void ups(JsonGenerator json, SimParcel parcel, Snapshot snapshot, List<Scan> told)
            throws IOException {
        json.writeStartObject();
        json.writeObjectFieldStart("trackResponse");
        json.writeArrayFieldStart("shipment");
        json.writeStartObject();
        json.writeStringField("inquiryNumber", parcel.number);
        if (!snapshot.tells()) {
            json.writeArrayFieldStart("warnings");
            json.writeStartObject();
            json.writeStringField("code", "TW0001");
            json.writeStringField("message", "Tracking Information Not Found");
            json.writeEndObject();
            json.writeEndArray();
        } else {
            json.writeArrayFieldStart("package");
            json.writeStartObject();
            json.writeStringField("trackingNumber", parcel.number);
            json.writeArrayFieldStart("activity");
            if (snapshot.has(FeedQuirk.MALFORMED_ACTIVITY)) {
                upsActivity(json, told.get(0), false, "20261345");
            }
            boolean offsets = !snapshot.has(FeedQuirk.NO_OFFSETS);
            for (Scan scan : told) {
                upsActivity(json, scan, offsets, null);
            }
            json.writeEndArray();
            if (!told.isEmpty()) {
                json.writeFieldName("currentStatus");
                upsStatus(json, newest(told).signal().ups(), true);
            }
            json.writeNumberField("packageCount", 1);
            json.writeObjectFieldStart("service");
            json.writeStringField("code", parcel.service.equals("UPS Ground") ? "518" : "011");
            json.writeStringField("description", parcel.service);
            json.writeEndObject();
            json.writeEndObject();
            json.writeEndArray();
            json.writeStringField("userRelation", "SHIPPER");
        }
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    private static void upsActivity(JsonGenerator json, Scan scan, boolean offsets, String otherDate)
            throws IOException {
        OffsetDateTime local = local(scan);
        json.writeStartObject();
        json.writeObjectFieldStart("location");
        json.writeObjectFieldStart("address");
        json.writeStringField("city", scan.place().city());
        if (scan.place().region() != null) {
            json.writeStringField("stateProvince", scan.place().region());
        }
        json.writeStringField("countryCode", scan.place().country());
        json.writeStringField("country", scan.place().country());
        json.writeEndObject();
        json.writeStringField("slic", scan.place().slic());
        json.writeEndObject();
        json.writeFieldName("status");
        upsStatus(json, scan.signal().ups(), false);
        json.writeStringField("date", otherDate != null ? otherDate : DATE.format(local));
        json.writeStringField("time", TIME.format(local));
        if (offsets) {
            OffsetDateTime gmt = local.withOffsetSameInstant(ZoneOffset.UTC);
            json.writeStringField("gmtDate", DATE.format(gmt));
            String offset = local.getOffset().getId();
            json.writeStringField("gmtOffset", offset.equals("Z") ? "+00:00" : offset);
            // UPS leaves out leading zeros here, and only here.
            json.writeStringField("gmtTime", String.valueOf(Integer.parseInt(TIME.format(gmt))));
        }
        if (scan.signal().ups().logical()) {
            json.writeBooleanField("logicalScan", true);
        }
        json.writeEndObject();
    }

    private static void upsStatus(JsonGenerator json, Signal.Ups status, boolean codeIsThreeDigits) throws IOException {
        json.writeStartObject();
        json.writeStringField("type", status.type());
        json.writeStringField("description", status.description());
        String code = codeIsThreeDigits ? status.statusCode() : status.code();
        if (code != null) {
            json.writeStringField("code", code);
        }
        if (status.statusCode() != null) {
            json.writeStringField("statusCode", status.statusCode());
        }
        json.writeEndObject();
    }

    private static void fedex(JsonGenerator json, SimParcel parcel, Snapshot snapshot, List<Scan> told)
            throws IOException {
        json.writeStartObject();
        json.writeStringField(
                "transactionId",
                EventIdentity.digest(16, parcel.number, snapshot.madeAt().toString()));
        json.writeObjectFieldStart("output");
        json.writeArrayFieldStart("completeTrackResults");
        json.writeStartObject();
        json.writeStringField("trackingNumber", parcel.number);
        json.writeArrayFieldStart("trackResults");
        json.writeStartObject();
        json.writeObjectFieldStart("trackingNumberInfo");
        json.writeStringField("trackingNumber", parcel.number);
        json.writeStringField("carrierCode", parcel.byGround() ? "FDXG" : "FDXE");
        json.writeStringField("trackingNumberUniqueId", snapshot.tells() ? uniqueId(parcel) : "");
        json.writeEndObject();
        if (!snapshot.tells()) {
            json.writeObjectFieldStart("error");
            json.writeStringField("code", "TRACKING.TRACKINGNUMBER.NOTFOUND");
            json.writeStringField(
                    "message", "Tracking number cannot be found. Please correct the tracking number and try again.");
            json.writeEndObject();
        } else {
            if (!told.isEmpty()) {
                Scan newest = newest(told);
                json.writeObjectFieldStart("latestStatusDetail");
                json.writeStringField("code", newest.signal().fedex().eventType());
                json.writeStringField("description", newest.signal().fedex().description());
                json.writeEndObject();
            }
            json.writeObjectFieldStart("serviceDetail");
            json.writeStringField("type", parcel.byGround() ? "FEDEX_GROUND" : "FEDEX_2_DAY");
            json.writeStringField("description", parcel.service);
            json.writeEndObject();
            json.writeArrayFieldStart("scanEvents");
            if (snapshot.has(FeedQuirk.MALFORMED_ACTIVITY)) {
                fedexScan(json, parcel, told.get(0), "2026-13-45T25:61:00-05:00");
            }
            for (Scan scan : told) {
                fedexScan(json, parcel, scan, null);
            }
            json.writeEndArray();
        }
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndArray();
        json.writeEndObject();
        json.writeEndObject();
    }

    /** What tells two uses of a number apart for FedEx. */
    private static String uniqueId(SimParcel parcel) {
        return DATE.format(parcel.labelAt.atOffset(ZoneOffset.UTC)) + "~" + parcel.number + "~"
                + (parcel.byGround() ? "FDEG" : "FDEX");
    }

    private static void fedexScan(JsonGenerator json, SimParcel parcel, Scan scan, String otherDate)
            throws IOException {
        Signal.FedEx words = scan.signal().fedex();
        json.writeStartObject();
        json.writeStringField("date", otherDate != null ? otherDate : OFFSET_TIME.format(local(scan)));
        json.writeStringField("eventType", words.eventType());
        json.writeStringField("eventDescription", words.description());
        String exception = words.exceptionCode(parcel.byGround());
        json.writeStringField("exceptionCode", exception == null ? "" : exception);
        json.writeStringField("exceptionDescription", "");
        json.writeObjectFieldStart("scanLocation");
        json.writeStringField("city", scan.place().city().toUpperCase(Locale.ROOT));
        if (scan.place().region() != null) {
            json.writeStringField("stateOrProvinceCode", scan.place().region());
        }
        json.writeStringField("countryCode", scan.place().country());
        json.writeBooleanField("residential", false);
        json.writeEndObject();
        json.writeStringField("locationId", scan.place().facility());
        if (words.delay() != null) {
            json.writeObjectFieldStart("delayDetail");
            json.writeStringField("type", words.delay());
            json.writeStringField("status", "DELAYED");
            json.writeEndObject();
        }
        json.writeEndObject();
    }

    private static OffsetDateTime local(Scan scan) {
        return scan.at().atOffset(ZoneOffset.ofTotalSeconds(scan.offsetSeconds()));
    }

    private static Scan newest(List<Scan> told) {
        return Collections.max(told, (a, b) -> a.at().compareTo(b.at()));
    }
}
