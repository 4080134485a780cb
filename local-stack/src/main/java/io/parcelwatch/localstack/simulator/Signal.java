package io.parcelwatch.localstack.simulator;

import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;

/** What a carrier may report about a parcel, in the codes of each carrier, with what it means by it. */
enum Signal {
    LABEL(
            ups("M", "MP", "003", "Shipper created a label, UPS has not received the package yet.", true),
            fedex("OC", null, null, null, "Shipment information sent to FedEx"),
            meaning(Status.PRE_TRANSIT, null, false)),
    PICKED_UP(
            ups("P", "PU", "038", "Pickup Scan", false),
            fedex("PU", null, null, null, "Picked up"),
            meaning(Status.PICKED_UP, null, true)),
    DEPARTED(
            ups("I", "DP", "005", "Departed from Facility", false),
            fedex("DP", null, null, null, "Departed FedEx location"),
            meaning(Status.IN_TRANSIT, null, true)),
    ARRIVED(
            ups("I", "AR", "005", "Arrived at Facility", false),
            fedex("AR", null, null, null, "Arrived at FedEx location"),
            meaning(Status.IN_TRANSIT, null, true)),
    OUT_FOR_DELIVERY(
            ups("I", "OT", "021", "Out For Delivery Today", false),
            fedex("OD", null, null, null, "On FedEx vehicle for delivery"),
            meaning(Status.OUT_FOR_DELIVERY, null, true)),
    DELIVERED(
            ups("D", "FS", "011", "DELIVERED", false),
            fedex("DL", null, null, null, "Delivered"),
            meaning(Status.DELIVERED, null, true)),
    /** Nobody at home. FedEx has no event of its own for it: a delivery exception tells why. */
    ABSENT(
            ups(
                    "X",
                    "2Q",
                    "022",
                    "The receiver was not available at the time of the first delivery attempt. A second attempt will be made.",
                    false),
            fedex("DE", "08", "007", null, "Delivery exception"),
            meaning(Status.ATTEMPTED, null, true),
            meaning(Status.EXCEPTION, Reason.RECIPIENT_ABSENT, true)),
    READY_FOR_PICKUP(
            ups("D", "ZP", "040", "Delivered to UPS Access Point\u2122, awaiting customer pickup.", false),
            fedex("HL", null, null, null, "Ready for pickup"),
            meaning(Status.AVAILABLE_FOR_PICKUP, null, true)),
    WEATHER(
            ups("X", null, "051", "Severe weather conditions have delayed delivery.", false),
            fedex("SE", null, null, "WEATHER", "Shipment exception"),
            meaning(Status.EXCEPTION, Reason.WEATHER, false),
            meaning(Status.EXCEPTION, Reason.WEATHER, true)),
    CUSTOMS_HELD(
            ups(
                    "X",
                    null,
                    "124",
                    "Your package is held in the clearing agency's custody. Information is needed.",
                    false),
            fedex("CD", null, null, null, "Clearance delay"),
            meaning(Status.EXCEPTION, Reason.CUSTOMS, false),
            meaning(Status.EXCEPTION, Reason.CUSTOMS, true)),
    CUSTOMS_RELEASED(
            ups("X", "SR", "014", "Your package was released by the customs agency.", false),
            fedex("CC", null, null, null, "International shipment release - Import"),
            meaning(Status.IN_TRANSIT, null, true)),
    /** UPS's AR means "arrived" elsewhere: the type tells them apart, and no code tells why. */
    BAD_ADDRESS(
            ups("X", "AR", "050", "The address is incomplete. We are working to correct it.", false),
            fedex("DE", "03", "002", null, "Delivery exception"),
            meaning(Status.EXCEPTION, null, true),
            meaning(Status.EXCEPTION, Reason.ADDRESS, true)),
    REFUSED(
            ups("X", null, "064", "The receiver does not want the product and refused the delivery.", false),
            fedex("DE", "07", "006", null, "Delivery exception"),
            meaning(Status.EXCEPTION, Reason.REFUSED, true)),
    RETURNING(
            ups("X", "RS", "035", "Your package is being returned to the sender.", false),
            fedex("RS", null, null, null, "Returning package to shipper"),
            meaning(Status.RETURNING, null, true)),
    /** Data, not touch: must not end a stall. UPS repeats that it is on its way, FedEx forecasts. */
    MESSAGE(
            ups("I", null, "010", "On the Way", true),
            fedex("AO", null, null, null, "Shipment arriving On-Time"),
            meaning(Status.IN_TRANSIT, null, false),
            meaning(Status.UNKNOWN, null, false)),
    /** In nobody's table. */
    UNHEARD_OF(
            ups("I", "Q7", null, "Parcel handled by automated aisle", false),
            fedex("ZQ", null, null, null, "Handled by automated aisle"),
            meaning(Status.UNKNOWN, null, false));

    /** UPS's words; {@code code} and {@code statusCode} may be null. */
    record Ups(String type, String code, String statusCode, String description, boolean logical) {}

    /** FedEx's words. Express and Ground write different exception codes for the same thing. */
    record FedEx(String eventType, String express, String ground, String delay, String description) {

        String exceptionCode(boolean byGround) {
            return byGround ? ground : express;
        }
    }

    /** What is meant; {@code touched} if a person or machine had the parcel in hand. */
    record Meaning(Status status, Reason reason, boolean touched) {}

    private final Ups ups;
    private final FedEx fedex;
    private final Meaning byUps;
    private final Meaning byFedEx;

    Signal(Ups ups, FedEx fedex, Meaning both) {
        this(ups, fedex, both, both);
    }

    Signal(Ups ups, FedEx fedex, Meaning byUps, Meaning byFedEx) {
        this.ups = ups;
        this.fedex = fedex;
        this.byUps = byUps;
        this.byFedEx = byFedEx;
    }

    Ups ups() {
        return ups;
    }

    FedEx fedex() {
        return fedex;
    }

    Meaning meaning(Carrier carrier) {
        return carrier == Carrier.UPS ? byUps : byFedEx;
    }

    /** The raw code as tracking events carry it. */
    String code(Carrier carrier, boolean byGround) {
        if (carrier == Carrier.UPS) {
            return ups.code != null ? ups.code : ups.statusCode;
        }
        String exception = fedex.exceptionCode(byGround);
        return exception == null ? fedex.eventType : fedex.eventType + ":" + exception;
    }

    private static Ups ups(String type, String code, String statusCode, String description, boolean logical) {
        return new Ups(type, code, statusCode, description, logical);
    }

    private static FedEx fedex(String eventType, String express, String ground, String delay, String description) {
        return new FedEx(eventType, express, ground, delay, description);
    }

    private static Meaning meaning(Status status, Reason reason, boolean touched) {
        return new Meaning(status, reason, touched);
    }
}
