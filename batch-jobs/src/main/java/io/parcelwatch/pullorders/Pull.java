package io.parcelwatch.pullorders;

import io.parcelwatch.intake.ImportFile;
import java.time.Instant;
import java.util.UUID;

/**
 * One pull of an account, as table {@code order_pull} has it.
 *
 * @param id       derived from the four that follow
 * @param channel  whose API
 * @param account  which store of the channel
 * @param since    orders that changed at this time or later
 * @param pass     counts the pulls of the account since that time, from 1
 * @param whole    whether all pages are stored
 * @param cursor   asks for the next page; null before the first and behind the last
 * @param pages    stored so far
 * @param orders   in them
 * @param newest   when the order that changed last did so; null while none says
 * @param answered when the API answered the first page, by its own clock; null before
 */
record Pull(
        UUID id,
        String channel,
        String account,
        Instant since,
        int pass,
        boolean whole,
        String cursor,
        int pages,
        long orders,
        Instant newest,
        Instant answered) {

    /** A pull that has not begun. */
    static Pull fresh(String channel, String account, Instant since, int pass) {
        UUID id = ImportFile.identity("pull-orders", channel, account, since.toString(), String.valueOf(pass));
        return new Pull(id, channel, account, since, pass, false, null, 0, 0, null, null);
    }

    /** What it is called in lists and messages. */
    String name() {
        return "orders changed since " + since;
    }

    /**
     * Up to where the account is known when this is imported: the newest change that was seen, but none that came after the first answer,
     * since an order of a page that was read by then may have changed as well.
     */
    Instant until() {
        Instant seen = newest == null || newest.isBefore(since) ? since : newest;
        return answered != null && answered.isAfter(since) && seen.isAfter(answered) ? answered : seen;
    }
}
