package io.parcelwatch.pullorders;

import static io.parcelwatch.pullorders.ApiServer.cut;
import static io.parcelwatch.pullorders.ApiServer.endless;
import static io.parcelwatch.pullorders.ApiServer.json;
import static io.parcelwatch.pullorders.ApiServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.parcelwatch.pullorders.ApiSettings.Setting;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a request goes through before it is answered, or given up. */
class ApiClientTest {

    private static final String SECRET = "s3cr3t-token";

    private final ApiServer server = new ApiServer(request -> json("{}"));
    private final List<Duration> slept = new ArrayList<>();
    private final List<String> told = new ArrayList<>();
    private String timeout = "60";

    @AfterEach
    void close() {
        server.close();
    }

    private ApiClient client(String url) {
        ApiSettings settings = new ApiSettings(
                Map.of("PARCELWATCH_PULL_TIMEOUT", timeout, "PARCELWATCH_PULL_BACKOFF", "8"), "shopify", "a");
        Waits waits = new Waits(settings.backoff(), slept::add, new PullProgress() {
            @Override
            public void waits(Duration duration, String why) {
                told.add(why);
            }
        });
        return new ApiClient(
                "Shopify",
                new Setting("PARCELWATCH_SHOPIFY_URL", url),
                List.of(new Setting("PARCELWATCH_SHOPIFY_TOKEN", SECRET)),
                settings,
                waits);
    }

    private String ask() {
        return new String(client(server.url()).ask(request(server.url())).body(), StandardCharsets.UTF_8);
    }

    private static HttpRequest request(String url) {
        return HttpRequest.newBuilder(URI.create(url + "/orders.json?page_info=" + SECRET))
                .header("X-Shopify-Access-Token", SECRET)
                .build();
    }

    private String failure() {
        Throwable thrown = catchThrowable(this::ask);
        assertThat(thrown).isInstanceOf(PullFailedException.class);
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            assertThat(String.valueOf(t.getMessage())).doesNotContain(SECRET);
        }
        assertThat(thrown.getMessage().lines()).hasSize(1);
        assertThat(thrown.getMessage()).contains("Shopify (" + server.url() + "/orders.json)");
        return thrown.getMessage();
    }

    @Test
    void troubleThatPassesIsWaitedForWithGrowingPatience() {
        server.misbehaves(status(500, ""), cut(), status(503, "<html>"));

        assertThat(ask()).isEqualTo("{}");

        assertThat(server.requests()).hasSize(4);
        assertThat(slept).hasSizeLessThanOrEqualTo(3);
        assertThat(slept.stream().reduce(Duration.ZERO, Duration::plus))
                .isLessThanOrEqualTo(Duration.ofSeconds(8 + 16 + 30));
        assertThat(told).allMatch(why -> why.startsWith("Shopify "));
    }

    @Test
    void anApiThatIsInTroubleForEverIsGivenUpAfterThreeRetries() {
        server.answers(request -> status(500, "{\"error\":\"" + SECRET + " broke\"}"));

        assertThat(failure()).contains("answers 500 (*** broke)", "4 times", "run again later");

        assertThat(server.requests()).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({"2.0, 2000", "7, 7000", "0.25, 250"})
    void aWaitThatTheApiAsksForIsKept(String header, long millis) {
        server.misbehaves(status(429, "{}", "Retry-After", header));

        assertThat(ask()).isEqualTo("{}");

        assertThat(slept).containsExactly(Duration.ofMillis(millis));
        assertThat(told.get(0)).contains("429", "asked too often");
    }

    @Test
    void aWaitThatIsTooLongIsLeftToALaterRun() {
        server.misbehaves(status(429, "", "Retry-After", "86400"));

        assertThat(failure()).contains("asks to wait 86400 s");

        assertThat(slept).isEmpty();
        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void amazonsRateSaysHowLongToWait() {
        server.misbehaves(status(429, "", "x-amzn-RateLimit-Limit", "0.5"));
        ask();
        assertThat(slept).containsExactly(Duration.ofSeconds(2));
    }

    @ParameterizedTest
    @CsvSource({
        "400, PARCELWATCH_SHOPIFY_URL",
        "401, PARCELWATCH_SHOPIFY_TOKEN",
        "403, PARCELWATCH_SHOPIFY_TOKEN",
        "404, PARCELWATCH_SHOPIFY_URL"
    })
    void aRefusalIsNotRepeatedAndNamesTheSetting(int status, String setting) {
        server.answers(request -> status(status, "{\"errors\":\"no\"}"));

        assertThat(failure()).contains("answers " + status, setting, "(no)");

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void whatIsNoErrorIsNotQuoted() {
        server.answers(request ->
                status(422, "{\"orders\":[{\"email\":\"ada@example.org\"}],\"message\":\"no\\nsuch thing\"}"));

        assertThat(failure()).contains("answers 422 (no such thing)").doesNotContain("ada");
    }

    @Test
    void aRedirectIsToldAndNotFollowed() {
        server.answers(request -> status(302, "", "Location", "https://other.example/login?token=x"));

        assertThat(failure())
                .contains("answers 302", "https://other.example/login)")
                .doesNotContain("token=x");

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void anAnswerThatDoesNotEndInTimeIsCutOff() {
        timeout = "0.5";
        server.answers(request -> server.stuck());

        assertThat(failure()).contains("no whole answer within 0.5 s", "4 times", "PARCELWATCH_SHOPIFY_URL");
    }

    @Test
    void anAnswerThatIsTooLongIsRefusedWithoutBeingRead() {
        server.answers(request -> endless());

        assertThat(failure()).contains("more than 32 MiB");

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void anApiThatIsNotThereIsToldBySetting() {
        String url = "http://127.0.0.1:1";

        assertThatThrownBy(() -> client(url).ask(request(url)))
                .isInstanceOf(PullFailedException.class)
                .hasMessageContaining(url)
                .hasMessageContaining("PARCELWATCH_SHOPIFY_URL");
    }

    @ParameterizedTest
    @ValueSource(strings = {"soon", "-1", "1e99", "", "٣"})
    void aRetryAfterThatSaysNothingIsNoWait(String header) {
        assertThat(Waits.retryAfter(header, Instant.EPOCH)).isEmpty();
    }

    @Test
    void aRetryAfterMayBeADate() {
        assertThat(Waits.retryAfter("Thu, 01 Jan 1970 00:00:30 GMT", Instant.EPOCH))
                .contains(Duration.ofSeconds(30));
        assertThat(Waits.retryAfter("Wed, 31 Dec 1969 00:00:30 GMT", Instant.EPOCH))
                .isEqualTo(Optional.of(Duration.ZERO));
    }
}
