package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.parcelwatch.intake.AccountRules;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.Conventions.DateOrder;
import io.parcelwatch.intake.Conventions.DecimalMark;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.RejectFilter;
import io.parcelwatch.intake.Rule;
import io.parcelwatch.intake.RulesFile;
import io.parcelwatch.settings.UnusableSettingsException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedCsvTest {

    private static final String MINIMAL = """
            order: {id: Order, placed_at: Date, currency: {constant: EUR}, total: Total}
            line: {name: Item, quantity: Qty}
            """;
    private static final String MINIMAL_CSV = """
            Order,Date,Item,Qty,Total
            A-1,2026-03-01T09:12:00Z,Mug,2,19.90
            A-2,2026-03-02T17:40:00Z,Tee,1,24.50
            """;

    private static final String GROUPED = "rows: {group_by: Order}\n" + MINIMAL;

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

    private ImportResult run(String mapping, Path file) {
        return ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(file)).withMapping(sandbox.file("m.yaml", mapping)));
    }

    private ImportResult run(String mapping, String csv) {
        return run(mapping, sandbox.file("orders.csv", csv));
    }

    /** What is wrong with a mapping and a file, without their folder. */
    private List<String> problems(String mapping, String csv) {
        UnusableSettingsException refused =
                catchThrowableOfType(UnusableSettingsException.class, () -> run(mapping, csv));
        assertThat(sandbox.count("import_file")).isZero();
        return refused.problems().stream()
                .map(problem -> problem.replace(folder + "/", ""))
                .toList();
    }

    /** The file or the mapping of an example on the users' page. */
    static String example(String name, String kind) throws IOException {
        String page = Files.readString(Path.of("../docs/mapping.md"));
        String example = page.substring(page.indexOf("<!-- example: " + name + " -->"));
        String block = example.substring(example.indexOf("```" + kind + "\n") + kind.length() + 4);
        return block.substring(0, block.indexOf("```"));
    }

    private List<String> orders() {
        return sandbox.texts("""
                select concat_ws(' | ', external_id, placed_at at time zone 'UTC', total, currency, shipping, financial_status,
                       fulfillment_status, cancelled_at at time zone 'UTC', o.name, c.name, c.email, c.phone,
                       destination_country, destination_postal_code, destination_city)
                from sales_order o left join customer c on c.id = o.customer_id order by 1""");
    }

    private List<String> lines() {
        return sandbox.texts("""
                select concat_ws(' | ', o.external_id, l.line_no, l.sku, l.name, l.quantity, l.price)
                from order_line l join sales_order o on o.id = l.order_id order by o.external_id, l.line_no""");
    }

    @Test
    void theMinimalExampleOfThePageIsImported() throws IOException {
        ImportResult result = run(example("minimal", "yaml"), example("minimal", "csv"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly(
                        "A-1 | 2026-03-01 09:12:00 | 19.90 | EUR | A-1",
                        "A-2 | 2026-03-02 17:40:00 | 24.50 | EUR | A-2");
        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2", "A-2 | 1 | Tee | 1");
        assertThat(sandbox.texts("select distinct channel from sales_order")).containsExactly("my-shop");
    }

    @Test
    void theGermanExampleOfThePageIsImported() throws IOException {
        ImportResult result = run(example("german", "yaml"), example("german", "csv"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(orders())
                .containsExactly(
                        "4711 | 2026-03-01 08:12:00 | 1219.90 | EUR | 4.90 | paid | fulfilled | 4711 | Änne Groß | aenne@example.com"
                                + " | +4915123456789 | DE | 01067 | Dresden",
                        "4712 | 2026-03-02 22:55:00 | 14.85 | EUR | 4.90 | pending | unfulfilled | 2026-03-02 22:55:00 | 4712 | Jörg Weiß"
                                + " | joerg@example.com | +49301234567 | DE | 10115 | Berlin");
        assertThat(lines())
                .containsExactly(
                        "4711 | 1 | T-1 | Tasse | 2 | 9.95",
                        "4711 | 2 | S-9 | Sofa | 1 | 1195.10",
                        "4712 | 1 | T-1 | Tasse | 1 | 9.95");
    }

    @Test
    void theMarketplaceExampleOfThePageIsImported() throws IOException {
        ImportResult result = run(example("marketplace", "yaml"), example("marketplace", "csv"));

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(orders())
                .containsExactly(
                        "M-100 | 2026-02-15 02:05:00 | 49.00 | USD | 6.50 | fulfilled | M-100 | Ada Byron | US | 02139",
                        "M-101 | 2026-02-15 02:30:00 | 80.00 | USD | 0.00 | unfulfilled | M-101 | Grace Hopper | US | 94103");
        assertThat(lines())
                .containsExactly(
                        "M-100 | 1 | AB-1 | Lamp | 1", "M-100 | 2 | EF-3 | Bulb | 3", "M-101 | 1 | CD-2 | Rug | 2");
    }

    @Test
    void everythingThatIsWrongIsSaidAtOnceAndNothingIsWritten() {
        assertThat(problems("""
                        zone: Europe/Berln
                        dates: [dd.MM.yyyy, "dd.QQQQQQQ"]
                        decimal_mark: dot
                        locale: klingon
                        colour: red
                        file: {delimiter: comma, charset: utf-9, header_row: one}
                        rows: {group_by: Ordr, order_columns: all}
                        order:
                          id: Order
                          placed_at: {column: Date, dates: yyyy-MM-dd, decimal_mark: comma}
                          paid_at: Paid
                          totl: Total
                          total: [Total]
                          currency: {constant: EUR, column: Cur}
                          cancelled: {column: State, values: {gone: perhaps}}
                          name: {join: [Order, Item], otherwise: x}
                          destination: Country
                          customer: {phone: Tel}
                        line:
                          name: {values: {a: b}}
                          price: {column: Total, values: {free: 0}}
                          quantity:
                        """, MINIMAL_CSV))
                .containsExactly(
                        "m.yaml line 1: zone: is no time zone: Europe/Berln; did you mean Europe/Berlin?",
                        "m.yaml line 2: dates[2]: is no date pattern: dd.QQQQQQQ (Too many pattern letters: Q); write it as in"
                                + " dd.MM.yyyy HH:mm",
                        "m.yaml line 3: decimal_mark: is dot, but takes one of point, comma",
                        "m.yaml line 4: locale: is no language: klingon; name one as in de or de-AT",
                        "m.yaml line 5: colour: is no key here: name one of date_order, dates, decimal_mark, file, line, locale,"
                                + " order, partial, rows, zone",
                        "m.yaml line 6: file.charset: is no character set: utf-9; name one as in windows-1252 or ISO-8859-15",
                        "m.yaml line 6: file.header_row: is one, but takes the line in which the column names stand, from 1",
                        "m.yaml line 7: rows.order_columns: is all, but takes one of every_row, first_row",
                        "m.yaml line 7: rows.group_by: no column `Ordr` in orders.csv; did you mean `Order`?",
                        "m.yaml line 10: order.placed_at.decimal_mark: does not fit a field that is a time",
                        "m.yaml line 10: order.placed_at: none of the 2 values in the first 2 rows of orders.csv can be read (line 2:"
                                + " Date is not written as [yyyy-MM-dd]: 2026-03-01T09:12:00Z)",
                        "m.yaml line 11: order.paid_at: no column `Paid` in orders.csv; it has `Order`, `Date`, `Item`, `Qty`, `Total`",
                        "m.yaml line 12: order.totl: is no key here; did you mean total?",
                        "m.yaml line 13: order.total: is a list: say {first_of: [A, B]} or {join: [A, B]}",
                        "m.yaml line 14: order.currency: has column and constant: give one of column, first_of, join, constant",
                        "m.yaml line 15: order.cancelled.values.gone: is perhaps, but takes true or false",
                        "m.yaml line 15: order.cancelled.column: no column `State` in orders.csv; it has `Order`, `Date`, `Item`, `Qty`, `Total`",
                        "m.yaml line 16: order.name.otherwise: goes with values only; what a blank field stands for is if_blank",
                        "m.yaml line 17: order.destination: is one value, but takes keys, each with its column",
                        "m.yaml line 18: order.customer.phone: is no key here; did you mean phones?",
                        "m.yaml line 20: line.name: does not say where it comes from: give one of column, first_of, join, constant",
                        "m.yaml line 20: line.quantity: is missing: name its column, as in \"quantity: Column\"",
                        "m.yaml line 21: line.price.values: does not fit a field that is an amount",
                        "m.yaml line 22: line.quantity: has no value: write one, or delete the key");
        assertThat(sandbox.count("sales_order")).isZero();
    }

    @Test
    void aMappingForAnotherFileIsRefused() {
        assertThat(problems(MINIMAL, "sku;stock;price in EUR\nA;1;2\n"))
                .contains(
                        "m.yaml line 1: order.id: no column `Order` in orders.csv; it has `sku`, `stock`, `price in EUR`",
                        "m.yaml line 2: line.quantity: no column `Qty` in orders.csv; it has `sku`, `stock`, `price in EUR`")
                .hasSize(5);
        assertThat(problems("file: {delimiter: semicolon}\n" + MINIMAL, MINIMAL_CSV)
                        .get(0))
                .isEqualTo("m.yaml line 2: order.id: no column `Order` in orders.csv, whose only column is"
                        + " `Order,Date,Item,Qty,Total`: say file.delimiter, or file.header_row where other lines stand above the"
                        + " column names");
        assertThat(problems("file: {header_row: 9}\n" + MINIMAL, MINIMAL_CSV))
                .containsExactly(
                        "m.yaml line 1: file: orders.csv has no header row in line 9: say file.header_row, and file.charset"
                                + " where it is not UTF-8");
    }

    @Test
    void valuesOfTheWrongKindAreSaidBeforeAnythingIsWritten() {
        assertThat(problems("""
                order: {id: Order, placed_at: Item, currency: {constant: EUR}, total: Item}
                line: {name: Item, quantity: {constant: none}}
                """, MINIMAL_CSV))
                .containsExactly(
                        "m.yaml line 1: order.placed_at: none of the 2 values in the first 2 rows of orders.csv can be read (line 2:"
                                + " Item is no date: Mug)",
                        "m.yaml line 1: order.total: none of the 2 values in the first 2 rows of orders.csv can be read (line 2: Item"
                                + " is no amount: Mug)",
                        "m.yaml line 2: line.quantity: line.quantity is no amount: none");
    }

    @Test
    void whatTheFileLeavesOpenHasToBeSaid() {
        String csv = "Order,Date,Item,Qty,Total\nA,03/04/2026 10:00,Mug,1,\"1,234\"\n";
        String mapping = "zone: UTC\n" + MINIMAL;

        assertThat(problems(mapping, csv))
                .containsExactly(
                        "m.yaml line 1: date_order: orders.csv does not tell whether its dates have the day or the month first"
                                + " (03/04/2026 10:00 in column Date, and no other date decides): name the account's date order, as in"
                                + " date_order: day_first",
                        "m.yaml line 1: decimal_mark: orders.csv does not tell whether its amounts have a decimal point or a decimal"
                                + " comma (1,234 in column Total, and no other amount decides): name the account's decimal mark, as in"
                                + " decimal_mark: comma");
        assertThat(run("date_order: month_first\ndecimal_mark: point\n" + mapping, csv)
                        .counts()
                        .inserted())
                .isEqualTo(1);
        assertThat(orders()).containsExactly("A | 2026-03-04 10:00:00 | 1234.00 | EUR | A");
    }

    @Test
    void aChangedMappingReadsAnOldFileAnewAndAReformattedOneDoesNot() {
        Path file = sandbox.file("orders.csv", MINIMAL_CSV);
        run(MINIMAL, file);

        assertThat(run(
                                "# as before\nline: {quantity: Qty, name: 'Item'}\norder:\n  id: Order\n  placed_at: Date\n"
                                        + "  currency: {constant: EUR}\n  total: Total\n",
                                file)
                        .outcome())
                .isEqualTo(Outcome.UNCHANGED);
        ImportResult anew = run(MINIMAL.replace("EUR", "CHF"), file);

        assertThat(anew.outcome()).isEqualTo(Outcome.DONE);
        assertThat(anew.counts()).isEqualTo(new Counts(2, 0, 2, 0, 0, 0));
        assertThat(sandbox.texts("select distinct currency from sales_order")).containsExactly("CHF");
    }

    @Test
    void aWordThatTheTableDoesNotHaveCostsItsRecordAlone() {
        String mapping = MINIMAL.replace(
                "total: Total",
                "total: Total, fulfillment_status: {column: State, values: {Versendet: fulfilled, offen: ''}}");
        String csv = """
                Order,Date,Item,Qty,Total,State
                A-1,2026-03-01T09:12:00Z,Mug,2,19.90,VERSENDET
                A-2,2026-03-01T09:12:00Z,Mug,2,19.90,verloren
                A-3,2026-03-01T09:12:00Z,Mug,2,19.90,offen
                A-4,2026-03-01T09:12:00Z,Mug,2,19.90,
                """;

        assertThat(run(mapping, csv).counts()).isEqualTo(new Counts(4, 3, 0, 0, 0, 1));
        assertThat(sandbox.texts(
                        "select line || ' ' || rule || ' ' || order_ref || ' ' || reason from rejected_record"))
                .containsExactly(
                        "3 UNKNOWN_WORD A-2 State is verloren, which order.fulfillment_status.values does not have: add it"
                                + " there, or say otherwise");
        assertThat(sandbox.texts(
                        "select external_id || ' ' || coalesce(fulfillment_status, '-') from sales_order order by 1"))
                .containsExactly("A-1 fulfilled", "A-3 -", "A-4 -");
        assertThat(run(mapping.replace("offen: ''}", "offen: ''}, otherwise: as_written"), csv)
                        .counts()
                        .inserted())
                .isEqualTo(1);
        assertThat(sandbox.texts("select fulfillment_status from sales_order where external_id = 'A-2'"))
                .containsExactly("verloren");
    }

    @Test
    void linesOfOneOrderThatAreNotGroupedAreRefusedAndNotLost() {
        String csv = MINIMAL_CSV + "A-1,2026-03-01T09:12:00Z,Tee,1,19.90\n";

        assertThat(problems(MINIMAL, csv))
                .containsExactly(
                        "m.yaml line 1: rows.group_by: is missing: `Order` is the same in lines 2 and 4 of orders.csv; say"
                                + " \"rows: {group_by: Order}\" where a row is a line of an order, or \"rows: {same_id: newer_version}\" where"
                                + " a later row is the order as it became");
        assertThat(run("rows: {same_id: newer_version}\n" + MINIMAL, csv).counts())
                .isEqualTo(new Counts(3, 2, 0, 0, 1, 0));
        assertThat(lines()).containsExactly("A-1 | 1 | Tee | 1", "A-2 | 1 | Tee | 1");
    }

    @Test
    void linesOfOneOrderFarBelowAreRefusedToo() {
        StringBuilder csv = new StringBuilder("Order,Date,Item,Qty,Total\n");
        for (int i = 0; i < 1_200; i++) {
            csv.append("A-").append(i).append(",2026-03-01T09:12:00Z,Mug,2,19.90\n");
        }
        csv.append("A-1100,2026-03-01T09:12:00Z,Tee,1,19.90\n");

        ImportResult result = run(MINIMAL, csv.toString());

        assertThat(result.outcome()).isEqualTo(Outcome.FAILED);
        assertThat(result.toString()).contains("has order A-1100 in lines 1102 and 1202", "say rows.group_by");
        assertThat(sandbox.count("sales_order")).isZero();
    }

    @Test
    void aRowThatBreaksCostsItsOrderWhereverTheIdStands() {
        String csv = """
                Item,Order,Date,Qty,Total
                Mug,A-1,2026-03-01T09:12:00Z,2,19.90
                Mug,A-2,2026-03-01T09:12:00Z,2,19.90
                "Lamp 5" red",A-2,2026-03-01T09:12:00Z,2,19.90
                Mug,A-3,2026-03-01T09:12:00Z,2,19.90
                Mug,A-4,2026-03-01T09:12:00Z,2,19.90
                """;

        ImportResult result = run("rows: {group_by: Order}\n" + MINIMAL, csv);

        assertThat(result.counts()).isEqualTo(new Counts(3, 2, 0, 0, 0, 1));
        assertThat(orders()).hasSize(2).noneMatch(order -> order.startsWith("A-2") || order.startsWith("A-3"));
    }

    @Test
    void anyCharacterMayBeTheDelimiter() {
        ImportResult result = run("file: {delimiter: '*'}\n" + MINIMAL, MINIMAL_CSV.replace(',', '*'));

        assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
    }

    @Test
    void rowsOfAnOrderMayStandAnywhere() {
        ImportResult result =
                run("rows: {group_by: Order}\n" + MINIMAL, MINIMAL_CSV + "A-1,2026-03-01T09:12:00Z,Tee,1,19.90\n");

        assertThat(result.outcome()).isEqualTo(Outcome.DONE);
        assertThat(orders()).hasSize(2).anyMatch(order -> order.startsWith("A-1 | 2026-03-01 09:12:00 | 19.90"));
        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2", "A-1 | 2 | Tee | 1", "A-2 | 1 | Tee | 1");
    }

    @Test
    void anOrderWithARejectedRowIsRejectedInAllItsPlacesWithTheirTextAndTakenAgainWhole() {
        String csv = MINIMAL_CSV + "A-1,2026-03-01T09:12:00Z,Hat,2000000,19.90\n";

        ImportResult result = run(GROUPED, csv);

        assertThat(result.counts()).isEqualTo(new Counts(3, 1, 0, 0, 0, 2));
        assertThat(lines()).containsExactly("A-2 | 1 | Tee | 1");
        assertThat(
                        sandbox.texts(
                                "select line || ' ' || rule || ' ' || reason || ' | ' || raw from rejected_record order by line"))
                .satisfiesExactly(
                        first -> assertThat(first)
                                .isEqualTo("2 ORDER_INCOMPLETE the order has a row that is rejected, in line 4"
                                        + " | A-1,2026-03-01T09:12:00Z,Mug,2,19.90"),
                        second -> assertThat(second)
                                .startsWith("4 HUGE_QUANTITY")
                                .endsWith("| A-1,2026-03-01T09:12:00Z,Hat,2000000,19.90"));

        // Asked for the row with the fault alone: the other comes along.
        ImportResult retried = ImportOrders.retry(
                sandbox.intake(),
                RejectFilter.ALL.ofRule(Rule.HUGE_QUANTITY),
                request -> request.withRules(withMaxQuantity(9_000_000)));

        assertThat(retried.outcome()).isEqualTo(Outcome.DONE);
        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2", "A-1 | 2 | Hat | 2000000", "A-2 | 1 | Tee | 1");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    @Test
    void anOrderRejectedInSeveralPlacesIsTakenAgainWholeOrNotAtAll() {
        String csv = """
                Order,Date,Item,Qty,Total
                A-1,2026-03-01T09:12:00Z,Mug,2000000,19.90
                A-9,2026-03-02T17:40:00Z,Tee,4000000,24.50
                A-2,2026-03-02T17:40:00Z,Tee,1,24.50
                A-1,2026-03-01T09:12:00Z,Hat,3000000,19.90
                """;
        run(GROUPED, csv);

        ImportResult half = ImportOrders.retry(
                sandbox.intake(), RejectFilter.ALL, request -> request.withRules(withMaxQuantity(2_500_000)));

        assertThat(half.counts().inserted()).isZero();
        assertThat(lines()).containsExactly("A-2 | 1 | Tee | 1");
        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || raw from open_reject order by line"))
                .containsExactly(
                        "2 ORDER_INCOMPLETE A-1,2026-03-01T09:12:00Z,Mug,2000000,19.90",
                        "3 HUGE_QUANTITY A-9,2026-03-02T17:40:00Z,Tee,4000000,24.50",
                        "5 HUGE_QUANTITY A-1,2026-03-01T09:12:00Z,Hat,3000000,19.90");

        ImportOrders.retry(
                sandbox.intake(), RejectFilter.ALL, request -> request.withRules(withMaxQuantity(3_500_000)));

        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2000000", "A-1 | 2 | Hat | 3000000", "A-2 | 1 | Tee | 1");
        assertThat(sandbox.texts("select line || ' ' || rule from open_reject")).containsExactly("3 HUGE_QUANTITY");
    }

    @Test
    void anOrderOfWhichARowCannotBeTakenAgainIsNotTakenAgainInPart() {
        String csv = """
                Order,Date,Item,Qty,Total
                A-1,2026-03-01T09:12:00Z,Mug,2,19.90
                A-2,2026-03-02T17:40:00Z,Tee,1,24.50
                A-1,2026-03-01T09:12:00Z,"Lamp 5" red",1,19.90
                """;
        run(GROUPED, csv);

        ImportResult retried = ImportOrders.retry(sandbox.intake(), RejectFilter.ALL, request -> request);

        assertThat(sandbox.texts("select line || ' ' || rule || ' ' || not_again from open_reject order by line"))
                .containsExactly(
                        "2 ORDER_INCOMPLETE another row of its order cannot",
                        "4 BAD_QUOTE the file itself has to be mended");
        assertThat(retried.counts().read()).isZero();
        assertThat(lines()).containsExactly("A-2 | 1 | Tee | 1");
    }

    @Test
    void theFileOfAnIncompleteOrderMayAlsoBeImportedAgainUnderOtherRules() {
        String csv = MINIMAL_CSV + "A-1,2026-03-01T09:12:00Z,Hat,2000000,19.90\n";
        run(GROUPED, csv);

        ImportResult again = ImportOrders.run(
                sandbox.intake(),
                ImportRequest.of("my-shop", "main", List.of(sandbox.file("orders.csv", csv)))
                        .withMapping(sandbox.file("m.yaml", GROUPED))
                        .withRules(withMaxQuantity(9_000_000)));

        assertThat(again.counts()).isEqualTo(new Counts(3, 1, 0, 1, 1, 0));
        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2", "A-1 | 2 | Hat | 2000000", "A-2 | 1 | Tee | 1");
        assertThat(sandbox.count("open_reject")).isZero();
    }

    private AccountRules withMaxQuantity(int quantity) {
        return RulesFile.read(sandbox.file("rules.yaml", "defaults:\n  max-quantity: " + quantity + "\n"))
                .of("my-shop", "main");
    }

    @Test
    void orderColumnsMayStandInTheFirstRowAlone() {
        String csv = """
                Order,Date,Item,Qty,Total
                A-1,2026-03-01T09:12:00Z,Mug,2,19.90
                A-1,,Tee,1,
                A-2,2026-03-02T17:40:00Z,Tee,1,24.50
                """;

        assertThat(run("rows: {group_by: Order, order_columns: first_row}\n" + MINIMAL, csv)
                        .counts())
                .isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(lines()).containsExactly("A-1 | 1 | Mug | 2", "A-1 | 2 | Tee | 1", "A-2 | 1 | Tee | 1");
    }

    @Test
    void encodingsAndDelimitersAreFoundOrTold() throws IOException {
        String csv = MINIMAL_CSV.replace("Mug", "Täßchen");
        byte[] utf8 = ("\uFEFF" + csv).getBytes(StandardCharsets.UTF_8);
        byte[] utf16 = ("\uFEFF" + csv.replace(',', '\t')).getBytes(StandardCharsets.UTF_16LE);
        byte[] windows = csv.replace(',', ';').getBytes("windows-1252");
        byte[] tilde = csv.replace(',', '~').getBytes(StandardCharsets.UTF_8);

        for (String[] told : new String[][] {
            {"a", ""}, {"b", ""}, {"c", "file: {charset: windows-1252}\n"}, {"d", "file: {delimiter: '~'}\n"}
        }) {
            byte[] bytes =
                    told[0].equals("a") ? utf8 : told[0].equals("b") ? utf16 : told[0].equals("c") ? windows : tilde;
            ImportResult result = ImportOrders.run(
                    sandbox.intake(),
                    ImportRequest.of("my-shop", told[0], List.of(sandbox.file(told[0] + ".csv", bytes)))
                            .withMapping(sandbox.file("m.yaml", told[1] + MINIMAL)));
            assertThat(result.counts()).isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        }
        assertThat(sandbox.texts("select name || count(*) from order_line group by name order by 1"))
                .containsExactly("Tee4", "Täßchen4");
    }

    @Test
    void aPartialFileTakesNothingBack() {
        run(MINIMAL, MINIMAL_CSV);
        String mapping =
                "partial: true\norder: {id: Order, placed_at: Date, fulfillment_status: {constant: fulfilled}}\n";

        assertThat(run(mapping, "Order,Date\nA-1,2026-03-01T09:12:00Z\n").outcome())
                .isEqualTo(Outcome.DONE);
        assertThat(lines()).contains("A-1 | 1 | Mug | 2");
        assertThat(orders()).contains("A-1 | 2026-03-01 09:12:00 | 19.90 | EUR | fulfilled | A-1");
    }

    @Test
    void amountsInAnotherCurrencyThanTheOrdersAreNotTakenForIts() {
        ImportResult result =
                run(MINIMAL, MINIMAL_CSV.replace("19.90", "$19.90").replace("24.50", "US$24.50"));

        assertThat(result.counts()).isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select rule || ' ' || reason from rejected_record"))
                .containsExactly("BAD_CURRENCY order.total is in USD, the order in EUR: map order.currency");
    }

    @Test
    void datesThatDoNotExistAreNoDates() {
        String csv = "Order,Date,Item,Qty,Total\nA,28.02.2026,Mug,1,1.00\nB,30.02.2026,Mug,1,1.00\n";

        assertThat(run("zone: Europe/Berlin\ndates: dd.MM.yyyy\n" + MINIMAL, csv)
                        .counts())
                .isEqualTo(new Counts(2, 1, 0, 0, 0, 1));
        assertThat(sandbox.texts("select reason from rejected_record"))
                .containsExactly("Date is not written as [dd.MM.yyyy]: 30.02.2026");
    }

    @Test
    void anHourOfHalfADayNeedsItsHalf() {
        String csv = "Order,Date,Item,Qty,Total\nA,2026-02-28 10:30,Mug,1,1.00\n";

        assertThat(problems("zone: UTC\ndates: yyyy-MM-dd hh:mm\n" + MINIMAL, csv))
                .singleElement()
                .asString()
                .contains("dates", "one from 0 to 23 is H");
        assertThat(run("zone: UTC\ndates: 'yyyy-MM-dd[ HH:mm]'\n" + MINIMAL, csv + "B,2026-02-27,Mug,1,1.00\n")
                        .counts())
                .isEqualTo(new Counts(2, 2, 0, 0, 0, 0));
        assertThat(run(
                                "zone: UTC\ndates: yyyy-MM-dd hh:mm a\nlocale: en-US\n" + MINIMAL,
                                csv.replace("10:30", "10:30 pm").replace("A,", "C,"))
                        .counts())
                .isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.texts(
                        "select external_id || ' ' || (placed_at at time zone 'UTC') from sales_order order by 1"))
                .containsExactly("A 2026-02-28 10:30:00", "B 2026-02-27 00:00:00", "C 2026-02-28 22:30:00");
    }

    @Test
    void whatTheFileShowsWinsOverTheAccountAndTheMappingOverBoth() {
        String csv = "Order,Date,Item,Qty,Total\nA,25/02/2026,Mug,1,\"1,50\"\nB,03/02/2026,Mug,1,\"1,500\"\n";
        Path file = sandbox.file("orders.csv", csv);
        ImportRequest request = ImportRequest.of("my-shop", "main", List.of(file))
                .withConventions(new Conventions(
                        Optional.of(ZoneOffset.UTC),
                        Optional.of(DateOrder.MONTH_FIRST),
                        Optional.of(DecimalMark.POINT)));

        ImportOrders.run(sandbox.intake(), request.withMapping(sandbox.file("m.yaml", MINIMAL)));

        assertThat(sandbox.texts(
                        "select external_id || ' ' || placed_at::date || ' ' || total from sales_order order by 1"))
                .containsExactly("A 2026-02-25 1.50", "B 2026-02-03 1.50");
        ImportOrders.run(
                sandbox.intake(), request.withMapping(sandbox.file("n.yaml", "date_order: month_first\n" + MINIMAL)));
        assertThat(sandbox.texts("select placed_at::date::text from sales_order where external_id = 'B'"))
                .containsExactly("2026-03-02");
        assertThat(sandbox.texts("select line::text from open_reject")).containsExactly("2");
    }
}
