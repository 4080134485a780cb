package io.parcelwatch.pullorders;

import com.fasterxml.jackson.databind.JsonNode;
import io.parcelwatch.pullorders.ApiSettings.Setting;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.MalformedException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Asks one HTTP API, with patience: what may pass (429, 5xx, a cut connection, a timeout) is asked again up to {@link Waits#RETRIES} times,
 * anything else fails at once. Redirects are not followed: credentials go to the host that the settings name, and to no other.
 */
final class ApiClient {

    /** A page of orders is a few MiB at most. */
    static final int LONGEST_BODY = 32 << 20;

    private static final int LONGEST_ERROR = 1 << 16;
    private static final int LONGEST_QUOTE = 200;
    /** Where the three channels and Login with Amazon say what is wrong. */
    private static final List<String> ERROR_FIELDS = List.of("errors", "error", "error_description", "code", "message");

    private final HttpClient http;
    private final String name;
    private final Setting url;
    private final List<Setting> credentials;
    /** What no message may repeat. */
    private final Set<String> secrets = new HashSet<>();

    private final Duration timeout;
    private final Waits waits;

    /**
     * @param name        the API's name in messages
     * @param url         the setting that says where it is
     * @param credentials the settings that hold secrets; the first is what to look at when the API refuses us
     */
    ApiClient(String name, Setting url, List<Setting> credentials, ApiSettings settings, Waits waits) {
        this.http = HttpClient.newBuilder()
                .connectTimeout(settings.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
        this.name = name;
        this.url = url;
        this.credentials = List.copyOf(credentials);
        credentials.forEach(credential -> conceal(credential.value()));
        this.timeout = settings.timeout();
        this.waits = waits;
    }

    /** From now on no message repeats this secret, whatever the API says. */
    void conceal(String secret) {
        secrets.add(secret);
    }

    /** What an API answered, well. */
    record Answer(URI asked, HttpHeaders headers, byte[] body) {

        Optional<String> header(String header) {
            return headers.firstValue(header);
        }

        /** When the API says it answered; empty where it does not say. */
        Optional<Instant> date() {
            try {
                return header("Date")
                        .map(date -> ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME)
                                .toInstant());
            } catch (DateTimeException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * The answer to a request, which must be one that may be sent twice.
     *
     * @throws RefusedException    where the API answers with a status from 300 to 499, other than 429
     * @throws PullFailedException where it does not answer well, also when asked again
     */
    Answer ask(HttpRequest request) {
        return ask(request, Optional.empty());
    }

    /**
     * The same.
     *
     * @param interval how long to wait after a 429 that does not say it
     */
    Answer ask(HttpRequest request, Optional<Duration> interval) {
        for (int retry = 1; ; retry++) {
            Trouble trouble;
            try {
                HttpResponse<byte[]> response = exchange(request);
                int status = response.statusCode();
                if (status >= 200 && status < 300) {
                    return new Answer(request.uri(), response.headers(), response.body());
                }
                if (status != 429 && status < 500) {
                    throw refused(request, response);
                }
                trouble = new Trouble(
                        "answers " + status + quote(response.body())
                                + (status == 429 ? ": it is asked too often" : ": it is in trouble"),
                        status == 429 ? saidWait(response).or(() -> interval) : saidWait(response),
                        null);
            } catch (BoundedBody.TooLongException e) {
                throw new PullFailedException(
                        place(request) + " answers with more than " + (LONGEST_BODY >> 20)
                                + " MiB: that is no page of orders; check " + url,
                        e);
            } catch (IOException e) {
                trouble = new Trouble(words(e), Optional.empty(), e);
            }
            if (retry > Waits.RETRIES) {
                throw new PullFailedException(
                        place(request) + " " + trouble.what() + ", " + (Waits.RETRIES + 1) + " times in a row; "
                                + (trouble.cause() == null
                                        ? "run again later"
                                        : "check " + url + ", or run again later")
                                + ", the pull goes on where it stands",
                        trouble.cause());
            }
            Duration wait = trouble.pause().orElse(waits.beforeRetry(retry));
            if (wait.compareTo(Waits.LONGEST) > 0) {
                throw new PullFailedException(place(request) + " asks to wait " + wait.toSeconds()
                        + " s: run again then, the pull goes on where it stands");
            }
            waits.waitFor(wait, name + " " + trouble.what());
        }
    }

    private record Trouble(String what, Optional<Duration> pause, Throwable cause) {}

    /** What the answer says of when to ask again: Retry-After; of Amazon how many requests it takes a second. */
    private static Optional<Duration> saidWait(HttpResponse<?> response) {
        Optional<Duration> retryAfter =
                response.headers().firstValue("Retry-After").flatMap(header -> Waits.retryAfter(header, Instant.now()));
        return retryAfter.isPresent() || response.statusCode() != 429
                ? retryAfter
                : response.headers().firstValue(Quota.HEADER).flatMap(Quota::interval);
    }

    private HttpResponse<byte[]> exchange(HttpRequest request) throws IOException {
        CompletableFuture<HttpResponse<byte[]>> exchange =
                http.sendAsync(request, info -> new BoundedBody(LONGEST_BODY));
        try {
            // HttpRequest.timeout ends with the headers; a body that only trickles has to end too.
            return exchange.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            exchange.cancel(true);
            throw new IOException("no whole answer within " + timeout.toMillis() / 1000.0 + " s", e);
        } catch (InterruptedException e) {
            exchange.cancel(true);
            Thread.currentThread().interrupt();
            throw new PullFailedException("the pull was interrupted: run it again, it goes on where it stood");
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
    }

    private RefusedException refused(HttpRequest request, HttpResponse<byte[]> response) {
        int status = response.statusCode();
        String what;
        if (status == 401) {
            what = ": it does not know these credentials; check " + credentials.get(0);
        } else if (status == 403) {
            what = ": these credentials may not read orders; check " + credentials.get(0) + " and its permissions";
        } else if (status == 404) {
            what = ": no such API there; check " + url;
        } else if (status < 400) {
            what = ": it sends us elsewhere" + elsewhere(response) + "; check " + url;
        } else {
            what = ": it does not take the request; check " + url;
        }
        return new RefusedException(status, place(request) + " answers " + status + quote(response.body()) + what);
    }

    private static String elsewhere(HttpResponse<?> response) {
        return response.headers()
                .firstValue("Location")
                .map(location -> " (" + printable(location.replaceFirst("[?#].*", "")) + ")")
                .orElse("");
    }

    /** The API says no, and would again. */
    static final class RefusedException extends PullFailedException {

        private static final long serialVersionUID = 1L;

        private final int status;

        private RefusedException(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    /** Who is spoken of, in a message: the API and the URL without its query, which may hold a secret. */
    String place(HttpRequest request) {
        return place(request.uri());
    }

    String place(URI asked) {
        return name + " (" + asked.getScheme() + "://" + asked.getRawAuthority() + asked.getRawPath() + ")";
    }

    private static String words(IOException failure) {
        Throwable root = failure;
        while (root.getCause() != null && root.getMessage() == null) {
            root = root.getCause();
        }
        String why = root.getMessage() == null ? root.getClass().getSimpleName() : printable(root.getMessage());
        return "cannot be asked (" + why + ")";
    }

    /**
     * The beginning of what an API says of an error, without the secrets that it may repeat; nothing of an answer of another form, which may hold
     * customers' data.
     */
    private String quote(byte[] body) {
        StringJoiner said = new StringJoiner(" ");
        if (body.length <= LONGEST_ERROR) {
            try {
                JsonNode json = Json.object(body);
                for (String field : ERROR_FIELDS) {
                    if (json.has(field)) {
                        said.add(
                                json.get(field).isTextual()
                                        ? json.get(field).asText()
                                        : json.get(field).toString());
                    }
                }
            } catch (MalformedException e) {
                // A page for people, of a proxy maybe: the status says enough.
                return "";
            }
        }
        String text = printable(said.toString()).strip();
        for (String secret : secrets) {
            text = text.replace(secret, "***");
        }
        return text.isEmpty() ? "" : " (" + text.substring(0, Math.min(text.length(), LONGEST_QUOTE)) + ")";
    }

    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\s]+", " ");
    }
}
