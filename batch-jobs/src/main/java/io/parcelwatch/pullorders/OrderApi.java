package io.parcelwatch.pullorders;

import io.parcelwatch.intake.UnusableInputException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.StringJoiner;

/** What a channel's API has to offer: orders that changed since a time, in pages. A new channel is a class, and a line in {@link #of}. */
interface OrderApi {

    /** The format of import-orders that reads the pages, one order a line. */
    String format();

    /**
     * One page.
     *
     * @param since  orders that changed at this time or later
     * @param cursor what the page before gave to ask for this one; null: the first page
     * @throws LostPlaceException  where the API does not take its own cursor
     * @throws PullFailedException where it does not give the page, also when asked again
     */
    OrderPage page(Instant since, String cursor);

    /**
     * The API of a channel, as the settings describe it.
     *
     * @throws UnusableInputException where the channel has none that we know, or a setting is missing or wrong
     */
    static OrderApi of(String channel, ApiSettings settings, Waits waits) {
        return switch (channel) {
            case "amazon" -> new AmazonOrders(settings, waits, System::nanoTime);
            case "shopify" -> new ShopifyOrders(settings, waits);
            case "woocommerce" -> new WooCommerceOrders(settings, waits);
            default ->
                throw new UnusableInputException("orders of channel " + channel
                        + " cannot be pulled: name amazon, shopify or woocommerce, or import its exports as files");
        };
    }

    /** A GET with a query. */
    static HttpRequest.Builder get(URI base, String path, Map<String, String> query) {
        return HttpRequest.newBuilder(URI.create(base + path + (query.isEmpty() ? "" : "?" + form(query))))
                .header("Accept", "application/json");
    }

    /** Fields as a query or a form holds them. */
    static String form(Map<String, String> fields) {
        StringJoiner form = new StringJoiner("&");
        fields.forEach((name, value) -> form.add(encoded(name) + "=" + encoded(value)));
        return form.toString();
    }

    /** As it may stand in a path or a query: a space is {@code %20}, which both take. */
    static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** What a refusal means while a pull goes on: a cursor that is no longer good cannot become good again. */
    static PullFailedException whileAt(String cursor, ApiClient.RefusedException e) {
        boolean lost = cursor != null && (e.status() == 400 || e.status() == 410 || e.status() == 422);
        return lost ? new LostPlaceException(e.getMessage()) : e;
    }
}
