package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written in binary is read as it was meant. */
class CopyRowsTest {

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

    @Test
    void amountsKeepEveryDigit() {
        sandbox.jdbc().execute("create table amount (n integer, amount numeric)");
        List<String> amounts = List.of(
                "0",
                "0.00",
                "1",
                "-1",
                "9.90",
                "10000",
                "10000.0001",
                "0.0001",
                "0.00001",
                "-0.05",
                "123456789012345.123456",
                "99999999",
                "100000000",
                "0.10",
                "1000000",
                "9999.9999",
                "12345",
                "-99999999999999999999999.000000001",
                "1E+3");
        CopyRows rows = new CopyRows("amount", "n", "amount");
        for (int i = 0; i < amounts.size(); i++) {
            rows.add(i, new BigDecimal(amounts.get(i)));
        }

        rows.copyInto(sandbox.intake().dataSource());

        assertThat(sandbox.texts("select amount::text from amount order by n"))
                .containsExactlyElementsOf(amounts.stream()
                        .map(amount -> new BigDecimal(amount).toPlainString())
                        .toList());
    }

    @Test
    void everyKindOfValueComesBack() {
        sandbox.jdbc()
                .execute(
                        "create table kinds (t text, i integer, s smallint, l bigint, b boolean, u uuid, m timestamptz, d date)");
        UUID id = UUID.fromString("f0000000-0000-4000-8000-00000000000f");
        CopyRows rows = new CopyRows("kinds", "t", "i", "s", "l", "b", "u", "m", "d");
        rows.add(
                "tab\t, \\N, \uD83D\uDE00 and\r\nmore",
                -7,
                (short) 3,
                1L << 40,
                true,
                id,
                Instant.parse("1999-12-31T23:59:59.999999Z"),
                LocalDate.of(2026, 2, 28));
        rows.add(null, null, null, null, null, null, null, null);

        rows.copyInto(sandbox.intake().dataSource());

        assertThat(sandbox.texts("select concat_ws('|', t, i, s, l, b, u, m, d) from kinds order by i"))
                .containsExactly(
                        "tab\t, \\N, \uD83D\uDE00 and\r\nmore|-7|3|1099511627776|t|" + id
                                + "|1999-12-31 23:59:59.999999+00|2026-02-28",
                        "");
    }

    @Test
    void aRowThatMissesAValueIsRefused() {
        CopyRows rows = new CopyRows("kinds", "t", "i");
        rows.add("one");

        assertThatThrownBy(() -> rows.add("two", 2)).hasMessageContaining("1 values for 2 columns");
    }

    @Test
    void idsAreThoseOfTheDatabase() {
        for (String text : List.of("", "plain", "naïve", "\uD83D\uDE00", "a:b")) {
            assertThat(new DerivedId().of("shopify", text, text + "1"))
                    .hasToString(sandbox.jdbc()
                            .queryForObject(
                                    "select derived_id('shopify', ?, ?)::text", String.class, text, text + "1"));
        }
    }
}
