package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.RulesFile;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OrderRulesTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    private AccountRules rules(String yaml) {
        return RulesFile.read(sandbox.file("rules.yaml", yaml)).of("shopify", "paris");
    }

    private ImportResult run(ShopifyExport export, AccountRules rules) {
        return ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "paris", List.of(sandbox.file("orders.csv", export.text())))
                        .withRules(rules));
    }

    private List<String> rejects() {
        return sandbox.texts("select order_ref || ' ' || rule || ': ' || reason from open_reject order by line");
    }

    private List<String> warnings() {
        return sandbox.texts(
                "select order_ref || ' ' || rule || ': ' || reason from import_warning order by line, rule");
    }

    @Test
    void byTheUsualRulesBadContactsAreLeftOutAndImpossibleOrdersAreRejected() {
        ImportResult result = run(
                new ShopifyExport()
                        .order("1", "#1", "Email", "kim(at)example.com", "Shipping Phone", "12")
                        .order("2", "#2", "Created at", "2062-03-01 10:00:00 +0100")
                        .order("3", "#3", "Lineitem quantity", "1000000000")
                        .order("4", "#4", "Total", "-1.00")
                        .order("5", "#5", "Shipping Country", "Deutschland")
                        .order("6", "#6", "Lineitem quantity", "1e9"),
                AccountRules.USUAL);

        assertThat(result.counts()).isEqualTo(new Counts(6, 2, 0, 0, 0, 4));
        assertThat(rejects())
                .containsExactly(
                        "2 FUTURE_DATE: it was placed in the future: 2062-03-01T09:00:00Z",
                        "3 HUGE_QUANTITY: a line has more than 100,000 pieces: 1,000,000,000",
                        "4 NEGATIVE_TOTAL: the total is negative: -1.00",
                        "6 BAD_QUANTITY: line 7: Lineitem quantity is no whole number from 1 to 2,147,483,647: 1e9");
        assertThat(warnings()).containsExactly("1 BAD_EMAIL: the e-mail address is none that mail can reach");
        assertThat(
                        sandbox.texts(
                                "select coalesce(email, '-') || ' ' || coalesce(phone, '-') from customer order by email nulls first"))
                .containsExactly("- -", "kim+5@example.com -");
        assertThat(sandbox.texts("select destination_country from sales_order where external_id = '5'"))
                .containsExactly("DE");
    }

    @Test
    void everyRuleCanRejectWarnOrBeOff() {
        ShopifyExport export = new ShopifyExport()
                .order("1", "#1", "Total", "99.00")
                .order("2", "#2", "Subtotal", "30.00", "Total", "34.90")
                .order("3", "#3", "Shipping Name", "=cmd|' /C calc'!A0")
                .order("4", "#4", "Currency", "USD")
                .order("5", "#5", "Shipping Country", "US")
                .order("6", "#6", "Email", "")
                .order("7", "#7");
        String strict = """
                defaults:
                  required: [email]
                  currencies: [EUR]
                  countries: [FR]
                  rules: {TOTAL_MISMATCH: SEVERITY, LINES_MISMATCH: SEVERITY, FORMULA: SEVERITY, NOT_ALLOWED: SEVERITY, MISSING_FIELD: SEVERITY}
                """;

        assertThat(run(export, rules(strict.replace("SEVERITY", "off"))).counts())
                .isEqualTo(new Counts(7, 7, 0, 0, 0, 0));
        assertThat(sandbox.count("import_warning")).isZero();

        assertThat(run(export, rules(strict.replace("SEVERITY", "warn"))).counts())
                .isEqualTo(new Counts(7, 0, 0, 7, 0, 0));
        List<String> said = List.of(
                "1 TOTAL_MISMATCH: subtotal and shipping, with taxes or without, do not make the total: 99.00",
                "2 LINES_MISMATCH: the lines come to less than the subtotal: 20.00",
                "3 FORMULA: the customer's name begins like a formula of a spreadsheet",
                "4 NOT_ALLOWED: the account does not sell in the currency: USD",
                "5 NOT_ALLOWED: the account does not ship to the country: US",
                "6 MISSING_FIELD: email is required and not there");
        assertThat(warnings()).isEqualTo(said);

        assertThat(run(export, rules(strict.replace("SEVERITY", "reject"))).counts())
                .isEqualTo(new Counts(7, 0, 0, 1, 0, 6));
        assertThat(rejects()).isEqualTo(said);
    }

    @Test
    void anOrderThatStandsTwiceDifferentlyIsSaidAndTheNewestCounts() {
        ShopifyExport export = new ShopifyExport()
                .order("1", "#1", "Fulfilled at", "2026-03-04 10:00:00 +0000")
                .order("1", "#1", "Fulfilled at", "2026-03-03 10:00:00 +0000")
                .order("2", "#2")
                .order("2", "#2");

        assertThat(run(export, AccountRules.USUAL).counts()).isEqualTo(new Counts(4, 2, 0, 0, 2, 0));

        assertThat(warnings())
                .containsExactly("1 DUPLICATE_ORDER: the order stands again, newer and different, in line 2");
    }

    @Test
    void theUsualRulesCanBeMadeStricterAndLooserToo() {
        ShopifyExport export = new ShopifyExport()
                .order("1", "#1", "Total", "-1.00")
                .order("2", "#2", "Lineitem quantity", "200000")
                .order("3", "#3", "Created at", "2062-03-01 10:00:00 +0100")
                .order("4", "#4", "Currency", "XYZ")
                .order("5", "#5", "Shipping Country", "Atlantis", "Shipping Phone", "+33 1 42 68 53 00")
                .order("6", "#6", "Email", "kim(at)example.com")
                .order("7", "#7", "Shipping Phone", "12")
                .order("8", "#8", "Fulfilled at", "2026-03-04 10:00:00 +0000")
                .order("8", "#8", "Fulfilled at", "2026-03-03 10:00:00 +0000")
                .order("9", "#9");
        String all = "defaults:\n  rules: {NEGATIVE_TOTAL: SEVERITY, HUGE_QUANTITY: SEVERITY, FUTURE_DATE: SEVERITY,"
                + " BAD_CURRENCY: SEVERITY, UNKNOWN_COUNTRY: SEVERITY, BAD_EMAIL: SEVERITY, BAD_PHONE: SEVERITY,"
                + " DUPLICATE_ORDER: SEVERITY}\n";
        List<String> broken = List.of(
                "1 NEGATIVE_TOTAL",
                "2 HUGE_QUANTITY",
                "3 FUTURE_DATE",
                "4 BAD_CURRENCY",
                "5 UNKNOWN_COUNTRY",
                "6 BAD_EMAIL",
                "7 BAD_PHONE",
                "8 DUPLICATE_ORDER");

        assertThat(run(export, rules(all.replace("SEVERITY", "reject"))).counts())
                .isEqualTo(new Counts(10, 1, 0, 0, 0, 9));
        assertThat(sandbox.texts("select distinct order_ref || ' ' || rule from open_reject order by 1"))
                .isEqualTo(broken);
        assertThat(run(export, rules(all.replace("SEVERITY", "warn"))).counts())
                .isEqualTo(new Counts(10, 8, 0, 1, 1, 0));
        assertThat(sandbox.texts("select order_ref || ' ' || rule from import_warning order by 1"))
                .isEqualTo(broken);
        assertThat(sandbox.count("open_reject")).as("read anew, and in now").isZero();
        sandbox.jdbc().update("delete from import_warning");
        assertThat(run(export, rules(all.replace("SEVERITY", "off"))).counts())
                .isEqualTo(new Counts(10, 0, 0, 9, 1, 0));
        assertThat(sandbox.count("import_warning")).isZero();
    }

    @Test
    void anAccountMayRejectWhatStandsTwiceDifferentlyAndTakeItAgainLater() {
        ShopifyExport export = new ShopifyExport()
                .order("1", "#1", "Total", "20.00")
                .line("TEE", 1)
                .order("1", "#1", "Total", "30.00")
                .order("2", "#2")
                .order("2", "#2");

        assertThat(run(export, rules("defaults:\n  rules: {DUPLICATE_ORDER: reject}\n"))
                        .counts())
                .isEqualTo(new Counts(4, 1, 0, 0, 1, 2));
        assertThat(rejects())
                .containsExactly(
                        "1 DUPLICATE_ORDER: the order stands again, with other content, in line 4",
                        "1 DUPLICATE_ORDER: the order stands again, with other content, in line 2");
        assertThat(sandbox.texts(
                        "select line || ' ' || amount || ' ' || (length(raw) > 100) || ' ' || (raw like '%TEE%')"
                                + " from open_reject order by line"))
                .containsExactly("2 20.00 true true", "4 30.00 true false");
        assertThat(sandbox.texts("select external_id from sales_order")).containsExactly("2");

        ImportResult retried = ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, request -> request);

        assertThat(retried.counts()).isEqualTo(new Counts(2, 1, 0, 0, 1, 0));
        assertThat(sandbox.texts("select external_id || ' ' || total from sales_order order by 1"))
                .containsExactly("1 30.00", "2 24.90");
        assertThat(rejects()).isEmpty();
    }

    @Test
    void whatStandsTwiceDifferentlyTooOftenTouchesNoOrderAndIsKept() {
        ShopifyExport export = new ShopifyExport();
        for (int i = 1; i <= 10; i++) {
            export.order("" + i, "#" + i, "Total", "20.00").order("" + i, "#" + i, "Total", "30.00");
        }

        ImportResult refused = run(export, rules("defaults:\n  rules: {DUPLICATE_ORDER: reject}\n"));

        assertThat(refused.outcome()).isEqualTo(Outcome.TOO_MANY_REJECTS);
        assertThat(sandbox.count("sales_order")).isZero();
        assertThat(sandbox.count("rejected_record")).isEqualTo(20);
    }

    @Test
    void changedRulesReadAnOldFileAnewAndThoseOfOtherAccountsDoNot() {
        ShopifyExport export = new ShopifyExport()
                .order("1", "#1", "Shipping Country", "Atlantis")
                .order("2", "#2");
        String yaml = "channels:\n  shopify:\n    accounts:\n      lyon:\n        rules: {UNKNOWN_COUNTRY: reject}\n";
        run(export, AccountRules.USUAL);

        assertThat(run(export, rules(yaml)).outcome()).isEqualTo(Outcome.UNCHANGED);
        assertThat(run(export, rules(yaml.replace("lyon", "paris"))).counts()).isEqualTo(new Counts(2, 0, 0, 1, 0, 1));
        assertThat(rejects()).hasSize(1);
    }

    @Test
    void afterARuleWasMendedItsRejectsComeIn() {
        run(
                new ShopifyExport()
                        .order("1", "#1", "Lineitem quantity", "200000")
                        .order("2", "#2")
                        .order("3", "#3", "Lineitem quantity", "900000"),
                AccountRules.USUAL);
        AccountRules mended = rules("defaults:\n  max-quantity: 500000\n");

        ImportResult retried =
                ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, request -> request.withRules(mended));

        assertThat(retried.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select line::text from sales_order where external_id = '1'"))
                .containsExactly("2");
        assertThat(rejects()).containsExactly("3 HUGE_QUANTITY: a line has more than 500,000 pieces: 900,000");
    }
}
