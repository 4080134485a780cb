package io.parcelwatch.benchmarks;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/**
 * Parcels of any number, the same each time: one order each, and events six hours apart of which each names code, words and place, as carriers
 * do. No two events are equal and none comes late, so that each is one row.
 *
 * <p>Parcels leave in waves, one each six hours: whatever is read in order has some of every stage of the journey in it, deliveries too.
 */
final class GeneratedParcels {

    /** How many events a whole journey has. */
    static final int EVENTS = 15;

    private static final long STEP_SECONDS = 6 * 3600;

    /** Within so long the same thing happens to all parcels of a wave. */
    private static final long WAVE_SECONDS = 3600;

    private static final int WAVES = 15;
    private static final String[] CARRIERS = {"ups", "fedex", "dhl", "usps"};
    private static final String[] SERVICES = {"Ground", "Express", "Standard"};
    private static final String[] CITIES = {
        "\"Louisville\",\"region\":\"KY\",\"postal_code\":\"40213\"",
        "\"Memphis\",\"region\":\"TN\",\"postal_code\":\"38118\"",
        "\"Ontario\",\"region\":\"CA\",\"postal_code\":\"91761\"",
        "\"Secaucus\",\"region\":\"NJ\",\"postal_code\":\"07094\"",
        "\"Fort Worth\",\"region\":\"TX\",\"postal_code\":\"76155\"",
        "\"Columbus\",\"region\":\"OH\",\"postal_code\":\"43085\"",
        "\"Hodgkins\",\"region\":\"IL\",\"postal_code\":\"60525\""
    };
    private static final String[] WORDS = {
        "AR\",\"description\":\"Arrived at Facility",
        "DP\",\"description\":\"Departed from Facility",
        "IP\",\"description\":\"Processing at UPS Facility",
        "OR\",\"description\":\"Origin Scan"
    };

    private final long parcels;
    private final Instant firstAt;

    /**
     * @param parcels how many; a multiple of 15 makes the waves equal
     * @param firstAt when the first event of the first wave happens
     */
    GeneratedParcels(long parcels, Instant firstAt) {
        this.parcels = parcels;
        this.firstAt = firstAt.truncatedTo(ChronoUnit.SECONDS);
    }

    /** Parcels whose last event of {@link #EVENTS} happens shortly before now. */
    static GeneratedParcels untilNow(long parcels) {
        return new GeneratedParcels(parcels, Instant.now().minusSeconds((WAVES + EVENTS + 1) * STEP_SECONDS));
    }

    long parcels() {
        return parcels;
    }

    /** A moment before anything happens. */
    Instant before() {
        return firstAt.minusSeconds(3600);
    }

    /** Takes what happens. */
    interface Events {

        /**
         * @param parcel which, from 0
         * @param event  which of its events, from 0
         */
        void happened(long parcel, int event) throws Exception;
    }

    /** Tells all events of all parcels in the order they happen. */
    void tell(Events to) throws Exception {
        long wave = (parcels + WAVES - 1) / WAVES;
        for (int step = 0; step < WAVES + EVENTS - 1; step++) {
            for (int w = Math.max(0, step - EVENTS + 1); w <= Math.min(step, WAVES - 1); w++) {
                for (long parcel = w * wave; parcel < Math.min(parcels, (w + 1) * wave); parcel++) {
                    to.happened(parcel, step - w);
                }
            }
        }
    }

    /** When an event of a parcel happens. We hear of it a minute later. */
    Instant time(long parcel, int event) {
        long wave = parcel * WAVES / Math.max(1, parcels);
        return firstAt.plusSeconds((wave + event) * STEP_SECONDS + parcel % WAVE_SECONDS);
    }

    Instant receivedAt(long parcel, int event) {
        return time(parcel, event).plusSeconds(60);
    }

    /** From when on nothing is heard of the events up to this one, of any parcel. */
    Instant allReceivedAt(int event) {
        return firstAt.plusSeconds((WAVES - 1L + event) * STEP_SECONDS + WAVE_SECONDS + 60);
    }

    String carrier(long parcel) {
        return CARRIERS[(int) (parcel % CARRIERS.length)];
    }

    String number(long parcel) {
        String digits = Long.toString(1_000_000_000_000L + parcel);
        return "PW" + digits;
    }

    /** The registration of a parcel, as a shipment line, and as a record of the topic where the revision is not 0. */
    String registration(long parcel, int revision) {
        String order =
                "\"order\":{\"channel\":\"shopify\",\"account\":\"benchmark\",\"id\":\"" + (5_000_000_000L + parcel)
                        + "\"},\"service\":\"" + SERVICES[(int) (parcel % SERVICES.length)]
                        + "\",\"origin\":{\"country\":\"US\",\"region\":\"KY\"},\"destination\":{\"country\":\"US\",\"region\":\""
                        + (parcel % 2 == 0 ? "NY" : "CA") + "\",\"postal_code\":\"" + (10_000 + parcel % 80_000)
                        + "\"},\"placed_at\":\"" + time(parcel, 0).minusSeconds(7200) + "\",\"promised_at\":\""
                        + time(parcel, EVENTS + 2) + "\",\"registered_at\":\""
                        + time(parcel, 0).minusSeconds(3600) + "\"";
        String key = "{\"carrier\":\"" + carrier(parcel) + "\",\"tracking_number\":\"" + number(parcel) + "\",";
        return revision == 0
                ? key + order + "}"
                : key + "\"revision\":" + revision + ",\"orders\":[{" + order + ",\"journey\":1}]}";
    }

    /**
     * An event as a JSON line, without time of receipt: that is a header of Kafka.
     *
     * @param at when it happened, to the second
     */
    String event(long parcel, int event, Instant at) {
        return "{\"carrier\":\"" + carrier(parcel) + "\",\"tracking_number\":\"" + number(parcel) + "\","
                + status(event, WORDS[(int) ((parcel + event) % WORDS.length)]) + "\",\"event_time\":\""
                + at.toString().replace("Z", "+00:00") + "\",\"zone\":\"CARRIER\",\"location\":{\"city\":"
                + CITIES[(int) ((parcel + event) % CITIES.length)] + ",\"country\":\"US\"}}";
    }

    /** The same as a line of a file, with its time of receipt. */
    String eventLine(long parcel, int event) {
        String line = event(parcel, event, time(parcel, event));
        return line.substring(0, line.length() - 1) + ",\"source\":\"poll\",\"received_at\":\""
                + receivedAt(parcel, event) + "\"}";
    }

    private static String status(int event, String words) {
        return switch (event) {
            case 0 -> "\"status\":\"PRE_TRANSIT\",\"code\":\"MP\",\"description\":\"Shipper created a label";
            case 1 -> "\"status\":\"PICKED_UP\",\"code\":\"PU\",\"description\":\"Pickup Scan";
            case EVENTS - 2 ->
                "\"status\":\"OUT_FOR_DELIVERY\",\"code\":\"OT\",\"description\":\"Out For Delivery Today";
            case EVENTS - 1 -> "\"status\":\"DELIVERED\",\"code\":\"D\",\"description\":\"DELIVERED";
            default -> "\"status\":\"IN_TRANSIT\",\"code\":\"" + words;
        };
    }
}
