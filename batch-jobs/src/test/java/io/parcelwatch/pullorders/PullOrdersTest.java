package io.parcelwatch.pullorders;

import static io.parcelwatch.pullorders.ApiServer.cut;
import static io.parcelwatch.pullorders.ApiServer.json;
import static io.parcelwatch.pullorders.ApiServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.intake.AccountLock;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.IntakeSandbox.Failure;
import io.parcelwatch.intake.UnusableInputException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** From an API that misbehaves to the orders in the tables, whatever breaks on the way. */
class PullOrdersTest {

    private static final Instant SINCE = Instant.parse("2026-03-01T00:00:00Z");

    @TempDir
    Path folder;

    private final ShopifyStore store = new ShopifyStore()
            .order(1, "2026-03-01T08:00:00+01:00")
            .order(2, "2026-03-02T08:00:00+01:00")
            .order(3, "2026-03-03T08:00:00+01:00")
            .order(4, "2026-03-04T08:00:00+01:00")
            .order(5, "2026-03-05T08:00:00+01:00");
    private final ApiServer server = new ApiServer(store::answer);
    private final Map<String, String> environment = new HashMap<>();
    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
        environment.put("PARCELWATCH_SHOPIFY_URL", server.url());
        environment.put("PARCELWATCH_SHOPIFY_TOKEN", ShopifyStore.TOKEN);
        environment.put("PARCELWATCH_PULL_BACKOFF", "0.001");
    }

    @AfterEach
    void close() {
        server.close();
        sandbox.close();
    }

    private ImportResult pull(Instant since) {
        return PullOrders.run(
                sandbox.intake(),
                new PullRequest(Optional.ofNullable(since), environment, folder.resolve("pulls"), PullProgress.SILENT),
                ImportRequest.of("shopify", "my-store", List.of()));
    }

    private String failure(ImportResult result) {
        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.outcome().exitCode()).isEqualTo(1);
        String message = result.files().get(0).message();
        assertThat(message.lines()).hasSize(1);
        assertThat(message).doesNotContain(ShopifyStore.TOKEN);
        return message;
    }

    private List<String> cursorsAsked() {
        return server.requests().stream()
                .map(request -> request.query()
                        .getOrDefault("page_info", "from " + request.query().get("updated_at_min")))
                .toList();
    }

    private List<String> marks() {
        return sandbox.texts(
                "select to_char(updated_until at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from order_pull_mark");
    }

    private List<String> pulls() {
        return sandbox.texts(
                "select state || ' ' || pages || ' ' || orders from order_pull order by started_at, pass, since");
    }

    private void expectAllImported() throws IOException {
        assertThat(sandbox.texts("select external_id from sales_order order by 1"))
                .containsExactly("1", "2", "3", "4", "5");
        assertThat(sandbox.count("pulled_page")).as("personal data is gone").isZero();
        assertThat(sandbox.count("staged_order")).isZero();
        try (Stream<Path> left = Files.walk(folder.resolve("pulls"))) {
            assertThat(left.filter(Files::isRegularFile)).isEmpty();
        }
        assertThat(marks()).containsExactly("2026-03-05 07:00:00");
    }

    @Test
    void everyPageIsPulledAndImported() throws IOException {
        ImportResult result = pull(SINCE);

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));
        assertThat(cursorsAsked())
                .containsExactly("from 2026-03-01T00:00:00Z", "2026-03-02T07:00:00Z|2", "2026-03-04T07:00:00Z|4");
        assertThat(pulls()).containsExactly("IMPORTED 3 5");
        assertThat(sandbox.texts(
                        "select job_name || ' ' || status from batch_job_execution join batch_job_instance using (job_instance_id)"
                                + " order by job_execution_id"))
                .containsExactly("pull-orders COMPLETED", "import-orders COMPLETED");
        expectAllImported();
    }

    @Test
    void theNextPullGoesOnAtTheMarkAndWhatItSeesAgainIsUnchanged() throws IOException {
        pull(SINCE);
        server.requests().clear();

        ImportResult again = pull(null);

        assertThat(again.counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(cursorsAsked()).containsExactly("from 2026-03-05T06:58:00Z");
        expectAllImported();

        store.order(2, "2026-03-06T09:00:00Z").order(6, "2026-03-06T10:00:00Z");
        ImportResult later = pull(null);

        assertThat(later.counts()).isEqualTo(new Counts(3, 1, 1, 1, 0, 0));
        assertThat(marks()).containsExactly("2026-03-06 10:00:00");
        assertThat(pull(null).outcome()).isIn(Outcome.DONE, Outcome.UNCHANGED);
        assertThat(pull(null).outcome()).as("the very same content").isEqualTo(Outcome.UNCHANGED);
        assertThat(sandbox.count("order_pull where state = 'IMPORTED'")).isEqualTo(5);
    }

    @Test
    void withoutAMarkSomebodyHasToSaySinceWhen() {
        assertThatThrownBy(() -> pull(null))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("--since")
                .hasMessageContaining("shopify/my-store");
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void nothingChangedIsNoImport() {
        ImportResult result = pull(Instant.parse("2026-03-20T00:00:00Z"));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(result.counts()).isEqualTo(Counts.NONE);
        assertThat(pulls()).containsExactly("IMPORTED 1 0");
        assertThat(marks()).containsExactly("2026-03-20 00:00:00");
        assertThat(sandbox.count("import_file")).isZero();
    }

    @Test
    void troubleThatPassesIsNotNoticed() throws IOException {
        server.misbehaves(
                status(429, "{}", "Retry-After", "0.01"),
                status(500, ""),
                cut(),
                store.answer(new ApiServer.Request(
                        "GET",
                        "/admin/api/2026-04/orders.json",
                        Map.of("updated_at_min", SINCE.toString(), "order", "updated_at asc"),
                        Map.of("X-shopify-access-token", List.of(ShopifyStore.TOKEN)),
                        "")),
                status(503, "", "Retry-After", "0.01"));

        assertThat(pull(SINCE).counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));

        assertThat(server.requests()).hasSize(3 + 4);
        expectAllImported();
    }

    /** How often it asks is not counted: on a busy machine other answers may be late too. */
    @Test
    void anAnswerThatGetsStuckIsAskedForAgain() throws IOException {
        environment.put("PARCELWATCH_PULL_TIMEOUT", "2");
        server.misbehaves(server.stuck());

        assertThat(pull(SINCE).counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));

        assertThat(server.requests()).hasSizeGreaterThan(3);
        expectAllImported();
    }

    @Test
    void aPullThatBreaksOffGoesOnBehindItsLastPage() throws IOException {
        server.answers(
                request -> "2026-03-04T07:00:00Z|4".equals(request.query().get("page_info"))
                        ? status(500, "")
                        : store.answer(request));

        assertThat(failure(pull(SINCE))).contains("answers 500", "goes on where it stands");

        assertThat(pulls()).containsExactly("PULLING 2 4");
        assertThat(sandbox.count("pulled_page")).isEqualTo(2);
        assertThat(marks()).isEmpty();
        assertThat(sandbox.count("sales_order")).isZero();
        server.requests().clear();
        server.answers(store::answer);

        assertThat(pull(SINCE).counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));

        assertThat(cursorsAsked()).containsExactly("2026-03-04T07:00:00Z|4");
        expectAllImported();
    }

    @ParameterizedTest
    @EnumSource(Failure.class)
    void aProcessThatIsKilledBehindAPageAsksOnlyForTheNext(Failure failure) throws IOException {
        sandbox.failOnInsert("pulled_page", "new.number = 3", failure);
        pull(SINCE);
        sandbox.leaveAsKilled();
        sandbox.heal("pulled_page");
        assertThat(sandbox.texts("select status from batch_job_execution")).containsExactly("STARTED");
        server.requests().clear();

        ImportResult result = pull(null);

        assertThat(result.counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));
        assertThat(cursorsAsked()).containsExactly("2026-03-04T07:00:00Z|4");
        assertThat(sandbox.texts("select status from batch_job_execution order by job_execution_id"))
                .containsExactly("FAILED", "COMPLETED", "COMPLETED");
        expectAllImported();
    }

    @Test
    void aPullWhoseImportBreaksOffIsNotPulledAgain() throws IOException {
        sandbox.failOnInsert("sales_order", "new.external_id = '3'", Failure.EXCEPTION);

        assertThat(pull(SINCE).outcome()).isEqualTo(Outcome.FAILED);

        assertThat(pulls()).containsExactly("PULLED 3 5");
        assertThat(sandbox.count("pulled_page")).isEqualTo(3);
        assertThat(marks()).isEmpty();
        sandbox.heal("sales_order");
        server.requests().clear();

        assertThat(pull(null).counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));

        assertThat(server.requests()).isEmpty();
        expectAllImported();
    }

    @Test
    void tooManyRejectsLeaveMarkAndPagesWhereTheyAre() {
        server.answers(request -> json(Stream.iterate(1, i -> i + 1)
                .limit(30)
                .map(i -> ShopifyStore.order(i, "2026-03-02T00:00:00Z", i > 25 ? "1.00" : "free"))
                .collect(Collectors.joining(",", "{\"orders\":[", "]}"))));

        ImportResult result = pull(SINCE);

        assertThat(result.outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);
        assertThat(pulls()).containsExactly("PULLED 1 30");
        assertThat(sandbox.count("pulled_page")).isEqualTo(1);
        assertThat(sandbox.count("rejected_record")).isEqualTo(25);
        assertThat(marks()).isEmpty();
    }

    @Test
    void anOrderThatIsFarTooLongCostsOnlyItself() {
        server.answers(request -> json("{\"orders\":["
                + ShopifyStore.order(1, "2026-03-02T00:00:00Z", "1.00") + ","
                + ShopifyStore.order(2, "2026-03-02T00:00:00Z", "1.00").replace("Hauptstr", "x".repeat(5_000_000)) + ","
                + ShopifyStore.order(3, "2026-03-02T00:00:00Z", "1.00") + "]}"));

        assertThat(pull(SINCE).counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(sandbox.texts("select external_id from sales_order order by 1"))
                .containsExactly("1", "3");
    }

    @Test
    void aDryRunAsksTheApiAndKeepsNothing() {
        try (Intake rehearsal = Intake.rehearse(sandbox.database(), Clock.fixed(IntakeSandbox.NOW, ZoneOffset.UTC))) {
            ImportResult result = PullOrders.run(
                    rehearsal,
                    new PullRequest(Optional.of(SINCE), environment, folder.resolve("pulls"), PullProgress.SILENT),
                    ImportRequest.of("shopify", "my-store", List.of()));
            assertThat(result.counts()).isEqualTo(new Counts(5, 5, 0, 0, 0, 0));
        }
        assertThat(server.requests()).hasSize(3);
        assertThat(sandbox.count("order_pull") + sandbox.count("order_pull_mark") + sandbox.count("sales_order"))
                .isZero();
    }

    @Test
    void anotherTimeGivesUpWhatIsUnfinished() {
        server.misbehaves(store.answer(firstPage()), status(404, ""));
        pull(SINCE);
        assertThat(sandbox.count("pulled_page")).isEqualTo(1);

        pull(SINCE.plusSeconds(60));

        assertThat(pulls()).containsExactly("GIVEN_UP 1 2", "IMPORTED 3 5");
        assertThat(sandbox.count("pulled_page")).isZero();
    }

    private static ApiServer.Request firstPage() {
        return new ApiServer.Request(
                "GET",
                "/admin/api/2026-04/orders.json",
                Map.of("updated_at_min", SINCE.toString(), "order", "updated_at asc"),
                Map.of("X-shopify-access-token", List.of(ShopifyStore.TOKEN)),
                "");
    }

    @Test
    void aGapIsNeverJumped() {
        pull(SINCE);
        store.order(6, "2026-03-06T10:00:00Z").order(7, "2026-03-08T10:00:00Z");

        pull(Instant.parse("2026-03-08T00:00:00Z"));

        assertThat(marks()).as("6 is not pulled yet").containsExactly("2026-03-05 07:00:00");
        pull(null);
        assertThat(sandbox.count("sales_order")).isEqualTo(7);
        assertThat(marks()).containsExactly("2026-03-08 10:00:00");
    }

    @Test
    void whatWasLeftAloneForLongIsDropped() {
        server.misbehaves(store.answer(firstPage()), status(404, ""));
        pull(SINCE);
        sandbox.jdbc().update("update order_pull set moved_at = moved_at - interval '8 days'");

        assertThatThrownBy(() -> pull(null)).hasMessageContaining("--since");

        assertThat(pulls()).containsExactly("GIVEN_UP 1 2");
        assertThat(sandbox.count("pulled_page")).isZero();
    }

    @Test
    void pagesThatComeAgainEndThePullInsteadOfRunningForEver() {
        String page = "{\"orders\":[" + ShopifyStore.order(1, "2026-03-02T00:00:00Z", "1.00") + "]}";
        server.answers(request -> json(page, "Link", ShopifyStore.link("same")));

        assertThat(failure(pull(SINCE))).contains("goes in circles", "page 2", "begins anew");

        assertThat(server.requests()).hasSize(2);
        assertThat(pulls()).containsExactly("GIVEN_UP 1 1");
        assertThat(sandbox.count("pulled_page")).isZero();
        server.answers(store::answer);
        assertThat(pull(SINCE).counts().inserted()).isEqualTo(5);
    }

    @Test
    void aCursorThatLeadsBackEndsThePull() {
        server.answers(request -> {
            int number = server.requests().size();
            return json(
                    "{\"orders\":[" + ShopifyStore.order(number, "2026-03-02T00:00:00Z", "1.00") + "]}",
                    "Link",
                    ShopifyStore.link("c" + number % 3));
        });

        assertThat(failure(pull(SINCE))).contains("goes in circles", "page 4 leads back");
    }

    @Test
    void aCursorThatTheApiNoLongerTakesBeginsThePullAnew() {
        server.misbehaves(store.answer(firstPage()), status(400, "{\"errors\":{\"page_info\":\"Invalid value.\"}}"));

        assertThat(failure(pull(SINCE))).contains("answers 400", "Invalid value.", "begins anew");

        assertThat(pulls()).containsExactly("GIVEN_UP 1 2");
        assertThat(pull(SINCE).counts().inserted()).isEqualTo(5);
        assertThat(sandbox.texts("select state || ' ' || pass from order_pull order by pass"))
                .containsExactly("GIVEN_UP 1", "IMPORTED 2");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"orders\":[{\"id\":1}",
                "<html>Down for maintenance</html>",
                "[]",
                "{\"orders\":{}}",
                "{\"orders\":[1]}",
                "{}",
                "null",
                "''",
                "{\"orders\":[0.4e00669999999999999999]}"
            })
    void anAnswerThatIsNoPageIsToldAndNotStored(String body) {
        server.answers(request -> json(body));

        assertThat(failure(pull(SINCE)))
                .contains("Shopify (" + server.url() + "/admin/api/2026-04/orders.json) answers what it should not");

        assertThat(pulls()).containsExactly("PULLING 0 0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"<https://shop.example/orders.json?limit=250>; rel=\"next\"", "next please", "<>; rel=next"})
    void aLinkThatLeadsNowhereIsToldInsteadOfTakenForTheEnd(String link) {
        server.answers(request -> json("{\"orders\":[]}", "Link", link));

        assertThat(failure(pull(SINCE))).contains("header Link");
    }

    @Test
    void amountsAndUnknownFieldsStayAsTheyAreWritten() throws IOException {
        String order =
                "{\"id\":9007199254740993,\"updated_at\":\"2026-03-02T00:00:00Z\",\"total\":10.00,\"x\":[1e2,\"\\u2028é\\n\"],\"n\":null}";
        server.misbehaves(json("{\"orders\":[" + order + "]}", "Link", ShopifyStore.link("x")), status(404, ""));
        pull(SINCE);

        OrderPulls pulls = new OrderPulls(sandbox.intake());
        ByteArrayOutputStream lines = new ByteArrayOutputStream();
        pulls.writeLines(pulls.unfinished("shopify", "my-store").orElseThrow(), lines);

        assertThat(lines.toString(StandardCharsets.UTF_8).lines())
                .hasSize(1)
                .first()
                .asString()
                .contains("9007199254740993", "10.00");
    }

    @Test
    void twoPullsOfOneAccountDoNotMix() throws SQLException {
        try (AccountLock other = AccountLock.tryTake(sandbox.intake(), "pull-orders", "shopify", "my-store")
                .orElseThrow()) {
            ImportResult result = pull(SINCE);
            assertThat(result.outcome()).isEqualTo(Outcome.ALREADY_RUNNING);
            assertThat(result.outcome().exitCode()).isEqualTo(4);
            assertThat(result.message()).contains("shopify/my-store", "wait");
        }
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void anImportThatRunsBesideLetsThePullWaitWithItsPages() throws SQLException {
        try (AccountLock other = AccountLock.tryTake(sandbox.intake(), "import-orders", "shopify", "my-store")
                .orElseThrow()) {
            assertThat(pull(SINCE).outcome()).isEqualTo(Outcome.ALREADY_RUNNING);
        }
        assertThat(pulls()).containsExactly("PULLED 3 5");
        server.requests().clear();
        assertThat(pull(null).counts().inserted()).isEqualTo(5);
        assertThat(server.requests()).isEmpty();
    }

    @Test
    void aSettingOfTheAccountWins() {
        environment.put("PARCELWATCH_SHOPIFY_TOKEN", "of another store");
        environment.put("PARCELWATCH_SHOPIFY_MY_STORE_TOKEN", ShopifyStore.TOKEN);
        assertThat(pull(SINCE).outcome()).isEqualTo(Outcome.DONE);

        server.answers(request -> status(401, "{\"errors\":\"[API] Invalid API key or access token\"}"));
        assertThat(failure(pull(null))).contains("401", "check PARCELWATCH_SHOPIFY_MY_STORE_TOKEN", "Invalid API key");
    }

    @ParameterizedTest
    @CsvSource({
        "PARCELWATCH_SHOPIFY_URL,, set PARCELWATCH_SHOPIFY_URL",
        "PARCELWATCH_SHOPIFY_TOKEN,, set PARCELWATCH_SHOPIFY_TOKEN",
        "PARCELWATCH_SHOPIFY_URL, shop, PARCELWATCH_SHOPIFY_URL is no URL",
        "PARCELWATCH_SHOPIFY_URL, ftp://shop.example, PARCELWATCH_SHOPIFY_URL is no URL",
        "PARCELWATCH_SHOPIFY_URL, http://shop.example, unencrypted",
        "PARCELWATCH_SHOPIFY_URL, https://key:s3cr3t@shop.example, settings of their own",
        "PARCELWATCH_PULL_TIMEOUT, 1 minute, write seconds",
        "PARCELWATCH_PULL_BACKOFF, 0, write seconds"
    })
    void aSettingThatIsMissingOrWrongIsNamed(String variable, String value, String told) {
        environment.put(variable, value);

        assertThatThrownBy(() -> pull(SINCE))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining(told)
                .hasMessageNotContaining("s3cr3t");
        assertThat(sandbox.count("order_pull")).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"shpat_s3cr3t\u200B", "shpat_\u0007s3cr3t", "shpat_s3cr3t\nx"})
    void aTokenWithACharacterThatNobodySeesIsNamedAndNotRepeated(String token) {
        environment.put("PARCELWATCH_SHOPIFY_TOKEN", token);

        assertThatThrownBy(() -> pull(SINCE))
                .isInstanceOf(UnusableInputException.class)
                .hasMessageContaining("PARCELWATCH_SHOPIFY_TOKEN holds a character that is invisible")
                .hasMessageNotContaining("s3cr3t");
        assertThat(server.requests()).isEmpty();
        assertThat(sandbox.texts("select exit_message from batch_job_execution where exit_message like '%s3cr3t%'"))
                .isEmpty();
    }
}
