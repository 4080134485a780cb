package io.parcelwatch.watchshipments;

/** A tracking number of a carrier: what the job is keyed by. */
record NumberKey(String carrier, String trackingNumber) {

    /** As one text, for Flink's key. No slug contains the separator. */
    static String text(String carrier, String trackingNumber) {
        return carrier + '/' + trackingNumber;
    }

    static NumberKey of(String text) {
        int slash = text.indexOf('/');
        return new NumberKey(text.substring(0, slash), text.substring(slash + 1));
    }
}
