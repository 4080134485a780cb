package io.parcelwatch.importorders;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ChannelOrder.Amounts;
import io.parcelwatch.importorders.ChannelOrder.Customer;
import io.parcelwatch.importorders.ChannelOrder.Line;
import io.parcelwatch.importorders.ChannelOrder.Promise;
import io.parcelwatch.importorders.ChannelOrder.Times;
import io.parcelwatch.intake.BlockReader;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.CsvRows;
import io.parcelwatch.intake.FileHead;
import io.parcelwatch.intake.FileJob;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.ImportResult.Outcome;
import io.parcelwatch.intake.ImportRunner;
import io.parcelwatch.intake.InputFile;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.intake.Records;
import io.parcelwatch.model.Place;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of an order that is told again: by another file, in parts, in several places of one file. */
class OrderVersionsTest {

    @TempDir
    Path folder;

    private IntakeSandbox sandbox;
    private int files;

    @BeforeEach
    void open() {
        sandbox = new IntakeSandbox(folder);
    }

    @AfterEach
    void close() {
        sandbox.close();
    }

    /** A row an order or a part of one; a line where it names an article. Blank is null. */
    private record Rows(boolean partial, Gathering gathering) implements ChannelFormat {

        static final String HEADER =
                "id,name,placed,updated,cancelled,promised,total,status,street,city,country,email,sku,quantity";

        @Override
        public String channel() {
            return "test";
        }

        @Override
        public String name() {
            return "rows-" + partial + "-" + gathering;
        }

        @Override
        public int version() {
            return 1;
        }

        @Override
        public Optional<String> refusal(FileHead head) {
            return Optional.empty();
        }

        @Override
        public BlockReader.Opener<ChannelOrder> prepare(FileHead head, Conventions conventions) {
            return (offset, line) -> records(head.csv().orElseThrow().rows(offset, line));
        }

        private Records<ChannelOrder> records(CsvRows rows) {
            return new Records<>() {
                @Override
                public Read<ChannelOrder> next() throws IOException {
                    CsvRows.Row row = rows.next();
                    return row == null ? null : Read.accepted(order(row), 100, row::text);
                }

                @Override
                public long offset() {
                    return rows.offset();
                }

                @Override
                public long line() {
                    return rows.line();
                }

                @Override
                public void close() throws IOException {
                    rows.close();
                }
            };
        }

        private ChannelOrder order(CsvRows.Row row) {
            String sku = row.get("sku");
            String total = row.get("total");
            return new ChannelOrder(
                    row.line(),
                    row.get("id"),
                    row.get("name") == null ? row.get("id") : row.get("name"),
                    partial,
                    new Times(day(row, "placed"), null, null, day(row, "cancelled"), day(row, "updated")),
                    new Promise(null, day(row, "promised")),
                    new Amounts(
                            total == null ? null : "EUR",
                            total == null ? null : new BigDecimal(total),
                            null,
                            null,
                            null),
                    row.get("status"),
                    null,
                    new Place(row.get("city"), null, null, row.get("country")),
                    new Customer(null, row.get("email"), List.of(), row.get("street")),
                    sku == null
                            ? List.of()
                            : List.of(new Line(sku, sku, Integer.parseInt(row.get("quantity")), null, true, null)));
        }

        private static Instant day(CsvRows.Row row, String column) {
            String day = row.get(column);
            return day == null ? null : Instant.parse("2026-03-" + day + "T12:00:00Z");
        }
    }

    private static final Rows WHOLE = new Rows(false, Gathering.NONE);
    private static final Rows PART = new Rows(true, Gathering.NONE);

    private ImportResult run(Rows format, String... rows) {
        Path file = sandbox.file(++files + ".csv", Rows.HEADER + "\n" + String.join("\n", rows) + "\n");
        return run(format, ImportRequest.of("test", "paris", List.of(file)));
    }

    private ImportResult run(Rows format, ImportRequest request) {
        ImportOrdersJob job = new ImportOrdersJob(sandbox.intake());
        ImportResult result = new ImportRunner(sandbox.intake(), new FileJob() {
                    @Override
                    public String name() {
                        return job.name();
                    }

                    @Override
                    public Prepared prepare(InputFile input, ImportRequest asked) {
                        return job.prepare(FileHead.of(input), format, asked);
                    }
                })
                .run(request);
        assertThat(result.outcome()).as(result.files().toString()).isIn(Outcome.DONE, Outcome.UNCHANGED);
        return result;
    }

    private String order(String columns) {
        return sandbox.texts("select concat_ws('|', " + columns + ") from sales_order")
                .get(0);
    }

    private List<String> changes() {
        return sandbox.texts("select kind || ' ' || before || ' -> ' || after from order_change order by as_of, kind");
    }

    // id, name, placed, updated, cancelled, promised, total, status, street, city, country, email, sku, quantity

    @Test
    void aPartThatSaysNothingTakesNothingBackAndAddsWhatItKnows() {
        run(PART, "1,,01,02,,,24.90,paid,Road 1,Paris,FR,kim@example.org,,");
        ImportResult items = run(PART, "1,,01,03,,,,,,,,,MUG,2");

        assertThat(items.counts()).isEqualTo(new Counts(1, 0, 1, 0, 0, 0));
        assertThat(order("total, currency, financial_status, destination_city")).isEqualTo("24.90|EUR|paid|Paris");
        assertThat(sandbox.texts("select sku || ' ' || quantity from order_line"))
                .containsExactly("MUG 2");
        assertThat(sandbox.texts("select email || ' ' || street from customer"))
                .containsExactly("kim@example.org Road 1");

        run(PART, "1,,01,04,,,24.90,refunded,,,,,,");
        assertThat(order("financial_status")).isEqualTo("refunded");
        assertThat(sandbox.count("order_line"))
                .as("no lines say nothing of the lines")
                .isEqualTo(1);
    }

    @Test
    void anOrderWhoseTotalNoFileToldYetIsKeptWithoutOne() {
        ImportResult items = run(PART, "1,,01,02,,,,,,,,,MUG,2");
        assertThat(items.counts()).isEqualTo(new Counts(1, 1, 0, 0, 0, 0));
        assertThat(sandbox.number("select count(*) from sales_order where total is null and currency is null"))
                .isEqualTo(1);

        run(PART, "1,#1,01,02,,,24.90,paid,,,,kim@example.org,,");
        assertThat(order("name, total, financial_status")).isEqualTo("#1|24.90|paid");
        assertThat(sandbox.texts("select c.email from sales_order o join customer c on c.id = o.customer_id"))
                .containsExactly("kim@example.org");
        assertThat(sandbox.count("order_line")).isEqualTo(1);
    }

    @Test
    void anOlderPartAddsWhatIsMissingAndReplacesNothing() {
        run(PART, "1,,01,05,,,24.90,paid,,Paris,FR,,,");
        run(PART, "1,,01,03,,,19.00,,Road 1,Lyon,FR,,MUG,2");

        assertThat(order("total, destination_city, as_of")).isEqualTo("24.90|Paris|2026-03-05 12:00:00+00");
        assertThat(sandbox.texts("select sku from order_line")).containsExactly("MUG");

        run(PART, "1,,01,02,,,,,,,,,TEE,1");
        assertThat(sandbox.texts("select sku from order_line")).containsExactly("MUG");
    }

    @Test
    void aPartThatTellsNothingNewIsUnchangedAndTouchesNoRow() {
        run(PART, "1,,01,02,,,24.90,paid,Road 1,Paris,FR,kim@example.org,,");
        run(PART, "1,,01,02,,,,,,,,,MUG,2");
        List<String> before = rowVersions();

        ImportResult again = run(PART, "1,,01,02,,,24.90,,,,,,MUG,2", "");

        assertThat(again.counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(rowVersions()).isEqualTo(before);
    }

    @Test
    void aPartThatTellsNothingNewStillHidesWhatWasSoBefore() {
        run(PART, "1,,01,02,,,24.90,paid,,,,,,");
        ImportResult newer = run(PART, "1,,01,09,,,24.90,paid,,,,,,");
        assertThat(newer.counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(order("as_of, updated_at")).isEqualTo("2026-03-09 12:00:00+00|2026-03-09 12:00:00+00");

        ImportResult between = run(PART, "1,,01,05,,,24.90,open,,,,,,");

        assertThat(between.counts().updated()).isZero();
        assertThat(order("financial_status")).isEqualTo("paid");
    }

    /** Rows that say of an order what several files would, the oldest first. */
    private void assertSameAsSeveralFiles(String... rows) {
        String all = """
                select concat_ws('|', o.name, customer_id, placed_at, currency, total, financial_status, cancelled_at, updated_at, promised_at,
                                 destination_country, destination_city, o.as_of, c.name, email, phone, street)
                from sales_order o join customer c on c.id = o.customer_id
                union all select concat_ws('|', line_no, sku, quantity) from order_line order by 1
                """;
        for (String row : rows) {
            run(PART, row);
        }
        List<String> several = sandbox.texts(all);
        sandbox.jdbc().update("delete from sales_order");
        sandbox.jdbc().update("delete from customer");
        List<String> lastFirst = new ArrayList<>(List.of(rows));
        Collections.reverse(lastFirst);

        ImportResult one = run(PART, lastFirst.toArray(String[]::new));

        assertThat(one.counts()).isEqualTo(new Counts(rows.length, 1, 0, 0, rows.length - 1, 0));
        assertThat(sandbox.texts(all)).isEqualTo(several);
        assertThat(run(PART, lastFirst.get(0), "", "").counts().updated())
                .as("its newest version tells nothing new")
                .isZero();
    }

    @Test
    void partsInOneFileTellWhatTheyTellInSeveral() {
        assertSameAsSeveralFiles(
                "1,#1,01,02,,,24.90,paid,Road 1,Paris,FR,kim@example.org,MUG,2", "1,,01,05,05,,,cancelled,,,,,,");
    }

    @Test
    void anAddressAndACustomerAreNotMixedFromPartsInOneFile() {
        assertSameAsSeveralFiles(
                "1,#1,01,02,,10,24.90,paid,Road 1,Paris,FR,kim@example.org,MUG,2",
                "1,,01,03,,,,,,,DE,,,",
                "1,,01,04,,,,,,,,bo@example.org,TEE,1",
                "1,,01,05,05,,20.00,,,,,,,");
    }

    @Test
    void whatIsOlderThanWhatIsKnownIsNotToldByANewerPartInItsFile() {
        run(WHOLE, "1,#1,01,05,,,30.00,refunded,,Lyon,FR,kim@example.org,MUG,2");
        run(PART, "1,,01,06,,,,closed,,,,,,", "1,,01,02,,,24.90,paid,,Paris,FR,kim@example.org,CUP,1");

        assertThat(order("total, financial_status, destination_city")).isEqualTo("30.00|closed|Lyon");
        assertThat(sandbox.texts("select sku from order_line")).containsExactly("MUG");
    }

    @Test
    void aTwinThatAddsNothingIsNoHistory() {
        run(WHOLE, "1,#1,01,02,,,24.90,paid,,Paris,FR,kim@example.org,MUG,2");
        run(PART, "1,,01,05,,,,closed,,,,,,", "1,,01,05,,,,closed,,,,,,");

        assertThat(order("financial_status")).isEqualTo("closed");
        assertThat(sandbox.count("order_change")).isZero();
    }

    @Test
    void equalOrdersInOtherBytesTouchNoRow() {
        String order = "1,#1,01,02,,20,24.90,paid,Road 1,Paris,FR,kim@example.org,MUG,2";
        run(WHOLE, order);
        List<String> before = rowVersions();

        ImportResult again = run(WHOLE, order, "", "");

        assertThat(again.outcome()).isEqualTo(Outcome.DONE);
        assertThat(again.counts()).isEqualTo(new Counts(1, 0, 0, 1, 0, 0));
        assertThat(rowVersions()).isEqualTo(before);
    }

    /** Which transaction wrote each row, and which locked it. */
    private List<String> rowVersions() {
        List<String> all = new ArrayList<>();
        for (String table : List.of("sales_order", "order_line", "customer", "order_change")) {
            all.addAll(sandbox.texts(
                    "select '" + table + " ' || xmin || ' ' || xmax || ' ' || ctid from " + table + " order by ctid"));
        }
        return all;
    }

    @Test
    void rowsOfAnOrderThatStandApartAreOneOrder() {
        Rows items = new Rows(false, Gathering.LINES);
        ImportResult result = run(
                items,
                "1,#1,01,02,,,30.00,paid,,,FR,kim@example.org,MUG,1",
                "2,#2,01,02,,,10.00,paid,,,FR,bo@example.org,TEE,1",
                "1,#1,01,03,,,30.00,paid,,,FR,kim@example.org,CUP,2");

        assertThat(result.counts())
                .as("a place that went into another is skipped")
                .isEqualTo(new Counts(3, 2, 0, 0, 1, 0));
        assertThat(sandbox.texts("select o.external_id || ' ' || o.total || ' ' || l.line_no || ' ' || l.sku"
                        + " from sales_order o join order_line l on l.order_id = o.id order by 1"))
                .containsExactly("1 30.00 1 MUG", "1 30.00 2 CUP", "2 10.00 1 TEE");
        assertThat(sandbox.count("order_change")).isZero();

        ImportResult shuffled = run(
                items,
                "1,#1,01,03,,,30.00,paid,,,FR,kim@example.org,MUG,1",
                "1,#1,01,03,,,30.00,paid,,,FR,kim@example.org,CUP,2");
        assertThat(shuffled.counts().updated()).isZero();
    }

    @Test
    void amountsOfRowsAddUpWhereEachRowHasItsOwn() {
        run(
                new Rows(false, Gathering.LINES_AND_AMOUNTS),
                "1,#1,01,02,,,10.10,paid,,,FR,kim@example.org,MUG,1",
                "2,#2,01,02,,,1.00,paid,,,FR,bo@example.org,TEE,1",
                "1,#1,01,02,,,20.25,paid,,,FR,kim@example.org,CUP,2");

        assertThat(sandbox.texts("select external_id || ' ' || total from sales_order order by 1"))
                .containsExactly("1 30.35", "2 1.00");
    }

    @Test
    void thePromiseStaysAndTheEstimateMoves() {
        run(WHOLE, "1,#1,01,02,,10,24.90,paid,,,FR,kim@example.org,MUG,2");
        sandbox.jdbc()
                .update(
                        "insert into fulfilment (order_id, carrier, tracking_number, journey, registered_at, file, line)"
                                + " select id, 'ups', '1Z', 1, now(), 'f', 1 from sales_order");
        sandbox.jdbc()
                .update(
                        "insert into registration (carrier, tracking_number, revision, published_revision) values ('ups', '1Z', 1, 1)");

        run(WHOLE, "1,#1,01,03,,12,24.90,paid,,,FR,kim@example.org,MUG,2");
        run(WHOLE, "1,#1,01,04,,14,24.90,paid,,,FR,kim@example.org,MUG,2");
        run(WHOLE, "1,#1,01,05,,,24.90,refunded,,,FR,kim@example.org,MUG,2");

        assertThat(order("promised_at::date, promise_precision, estimated_at::date"))
                .isEqualTo("2026-03-10|INSTANT|2026-03-14");
        assertThat(
                        sandbox.texts(
                                "select promised_at::date || ' ' || promise_precision || ' ' || estimated_at::date from fulfilment"))
                .containsExactly("2026-03-10 INSTANT 2026-03-14");
        assertThat(sandbox.number("select revision from registration")).isEqualTo(3);
        assertThat(sandbox.published())
                .last()
                .satisfies(
                        said -> assertThat(said.orders().get(0).estimatedAt()).isEqualTo("2026-03-14T12:00:00Z"));
        assertThat(sandbox.texts(
                        "select kind || ' ' || left(after ->> 'estimated_at', 10) from order_change order by as_of"))
                .containsExactly("ESTIMATE 2026-03-12", "ESTIMATE 2026-03-14");
    }

    @Test
    void whatWasCancelledMovedOrRedirectedIsKeptAsHistory() {
        run(WHOLE, "1,#1,01,02,,,24.90,paid,Road 1,Paris,FR,kim@example.org,MUG,2");
        run(WHOLE, "1,#1,01,03,,,24.90,paid,Road 2,Paris,FR,kim@example.org,MUG,2");
        run(WHOLE, "1,#1,02,04,04,,24.90,paid,Road 2,Paris,FR,kim@example.org,MUG,2");

        assertThat(
                        sandbox.texts(
                                "select kind || ' ' || as_of::date || ' ' || file || ' ' || line from order_change order by as_of, kind"))
                .containsExactly(
                        "DELIVERY_ADDRESS 2026-03-03 2.csv 2",
                        "CANCELLED 2026-03-04 3.csv 2",
                        "PLACED_AT 2026-03-04 3.csv 2");
        assertThat(changes().get(0))
                .contains("\"street\": \"Road 1\"")
                .contains("-> ")
                .contains("\"street\": \"Road 2\"");

        sandbox.jdbc().update("delete from sales_order");
        assertThat(sandbox.count("order_change") + sandbox.count("order_line") + sandbox.count("order_milestone"))
                .as("what belongs to an order goes with it")
                .isZero();
    }

    @Test
    void anotherOrderOfTheCustomerIsNoChangeOfThisOnesAddress() {
        run(
                WHOLE,
                "1,#1,01,02,,,24.90,paid,Road 1,Paris,FR,kim@example.org,MUG,2",
                "2,#2,01,03,,,24.90,paid,Road 9,Paris,FR,kim@example.org,MUG,2");
        run(WHOLE, "1,#1,01,04,,,24.90,refunded,Road 1,Paris,FR,kim@example.org,MUG,2");

        assertThat(sandbox.count("order_change")).isZero();
    }

    @Test
    void ofTwoVersionsInOneFileTheNewestCountsAndTheOtherStaysVisible() {
        ImportResult result = run(
                WHOLE,
                "1,#1,01,05,,,30.00,refunded,,,FR,kim@example.org,MUG,2",
                "1,#1,01,02,,,24.90,paid,,,FR,kim@example.org,CUP,1",
                "1,#1,01,05,,,30.00,refunded,,,FR,kim@example.org,MUG,2");

        assertThat(result.counts()).isEqualTo(new Counts(3, 1, 0, 0, 2, 0));
        assertThat(order("total, financial_status")).isEqualTo("30.00|refunded");
        assertThat(sandbox.texts(
                        "select kind || ' ' || line || ' ' || (before ->> 'total') || ' ' || (before -> 'lines' -> 0 ->> 'sku')"
                                + " || ' ' || (after ->> 'total') from order_change"))
                .containsExactly("DUPLICATE 3 24.90 CUP 30.00");
    }

    @Test
    void filesStagedAtOnceAreMergedInTheOrderTheyWereNamed() {
        for (int round = 1; round <= 3; round++) {
            List<Path> named = new ArrayList<>();
            StringBuilder big = new StringBuilder(Rows.HEADER + "\n");
            for (int i = 0; i < 20_000; i++) {
                big.append(i + "," + i + ",01,02,,,1.00,first,,,FR,,MUG,1\n");
            }
            named.add(sandbox.file(round + "-first.csv", big.toString()));
            for (String status : List.of("second", "third", "fourth")) {
                named.add(sandbox.file(
                        round + "-" + status + ".csv",
                        Rows.HEADER + "\n7,7,01,02,,," + round + ".00," + status + ",,,FR,,MUG,1\n"));
            }
            ImportResult result =
                    run(WHOLE, ImportRequest.of("test", "round " + round, named).withFilesAtOnce(3));

            assertThat(result.files())
                    .extracting(file -> file.file().substring(2))
                    .containsExactly("first.csv", "second.csv", "third.csv", "fourth.csv");
            assertThat(sandbox.texts(
                            "select financial_status from sales_order where external_id = '7' and account = 'round "
                                    + round + "'"))
                    .containsExactly("fourth");
            assertThat(result.counts()).isEqualTo(new Counts(20_003, 20_000, 3, 0, 0, 0));
        }
    }

    @Test
    void theSameContentNamedTwiceIsImportedOnce() {
        String text = Rows.HEADER + "\n1,#1,01,02,,,24.90,paid,,,FR,,MUG,2\n";
        ImportResult result = run(
                WHOLE,
                ImportRequest.of("test", "paris", List.of(sandbox.file("a.csv", text), sandbox.file("b.csv", text))));

        assertThat(result.files()).extracting(file -> file.outcome()).containsExactly(Outcome.DONE, Outcome.UNCHANGED);
    }
}
