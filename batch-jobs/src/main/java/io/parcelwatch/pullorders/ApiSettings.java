package io.parcelwatch.pullorders;

import io.parcelwatch.intake.UnusableInputException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says of a channel's API: {@code PARCELWATCH_SHOPIFY_TOKEN} holds for every account of the channel, {@code
 * PARCELWATCH_SHOPIFY_MY_STORE_TOKEN} for the account {@code my-store} alone, and wins.
 */
final class ApiSettings {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private static final Duration BACKOFF = Duration.ofSeconds(1);

    private final Map<String, String> environment;
    private final String channel;
    private final String account;

    ApiSettings(Map<String, String> environment, String channel, String account) {
        this.environment = environment;
        this.channel = channel;
        this.account = account;
    }

    /**
     * One setting.
     *
     * @param variable the environment variable it was found in, or would be looked for in
     * @param value    null where it is not set
     */
    record Setting(String variable, String value) {

        /** Without the value: it may be a secret. */
        @Override
        public String toString() {
            return variable;
        }
    }

    /** How long to wait for a connection. */
    Duration connectTimeout() {
        return seconds("PARCELWATCH_PULL_CONNECT_TIMEOUT", CONNECT_TIMEOUT);
    }

    /** How long an answer may take, from the request to the last byte. */
    Duration timeout() {
        return seconds("PARCELWATCH_PULL_TIMEOUT", TIMEOUT);
    }

    /** The longest wait before the first retry; it doubles with each further one. */
    Duration backoff() {
        return seconds("PARCELWATCH_PULL_BACKOFF", BACKOFF);
    }

    /** A setting that may be absent. */
    Setting optional(String name) {
        String general = "PARCELWATCH_" + word(channel) + "_" + name;
        String special = "PARCELWATCH_" + word(channel) + "_" + word(account) + "_" + name;
        String value = value(special);
        return value != null ? new Setting(special, value) : new Setting(general, value(general));
    }

    /**
     * A setting that has to be there, and to be printable ASCII: what a copied secret has beside that, no header takes, and what refuses it
     * may repeat the secret in its message.
     *
     * @param meaning what to set it to
     */
    Setting required(String name, String meaning) {
        Setting setting = optional(name);
        if (setting.value() == null) {
            throw new UnusableInputException(
                    "to pull orders of " + channel + "/" + account + ", set " + setting.variable() + " to " + meaning);
        }
        if (!isPrintable(setting.value())) {
            throw new UnusableInputException(setting.variable()
                    + " holds a character that is invisible or not ASCII: copy it again, or type it; it is " + meaning);
        }
        return setting;
    }

    /** Whether a text can stand in the header of a request. */
    static boolean isPrintable(String text) {
        return text.chars().allMatch(c -> c >= ' ' && c < 0x7F);
    }

    /** The URL of an API, without a slash at its end. */
    static URI url(Setting setting) {
        URI url;
        try {
            url = new URI(setting.value().replaceFirst("/+$", ""));
        } catch (URISyntaxException e) {
            throw unusable(setting, "is no URL");
        }
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        if (url.getHost() == null || !scheme.equals("https") && !scheme.equals("http")) {
            throw unusable(setting, "is no URL");
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw unusable(setting, "holds more than host and path (credentials have settings of their own)");
        }
        boolean here = url.getHost().equals("localhost")
                || url.getHost().startsWith("127.")
                || url.getHost().equals("[::1]");
        if (scheme.equals("http") && !here) {
            throw unusable(setting, "would send credentials and customers' data unencrypted");
        }
        return url;
    }

    private static UnusableInputException unusable(Setting setting, String why) {
        return new UnusableInputException(setting.variable() + " " + why + ": write https://host");
    }

    private Duration seconds(String variable, Duration usual) {
        String value = value(variable);
        if (value == null) {
            return usual;
        }
        return Waits.seconds(value)
                .filter(duration -> !duration.isZero())
                .orElseThrow(() -> new UnusableInputException(
                        variable + " is \"" + value + "\": write seconds, for example " + usual.toSeconds()));
    }

    private String value(String variable) {
        return Optional.ofNullable(environment.get(variable))
                .map(String::strip)
                .filter(value -> !value.isEmpty())
                .orElse(null);
    }

    private static String word(String name) {
        return name.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]+", "_");
    }
}
