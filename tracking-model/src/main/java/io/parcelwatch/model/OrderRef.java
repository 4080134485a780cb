package io.parcelwatch.model;

/**
 * What identifies an order: never its display name, which repeats across stores.
 *
 * @param channel where the order came from, for example {@code shopify}
 * @param account which store of the channel
 * @param id      the channel's own immutable id
 */
public record OrderRef(String channel, String account, String id) implements Comparable<OrderRef> {

    @Override
    public int compareTo(OrderRef other) {
        int byChannel = channel.compareTo(other.channel);
        if (byChannel != 0) {
            return byChannel;
        }
        int byAccount = account.compareTo(other.account);
        return byAccount != 0 ? byAccount : id.compareTo(other.id);
    }

    @Override
    public String toString() {
        return channel + "/" + account + "/" + id;
    }
}
