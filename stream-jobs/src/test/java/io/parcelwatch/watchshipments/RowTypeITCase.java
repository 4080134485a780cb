package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.localstack.PostgresAddress;
import io.parcelwatch.localstack.testing.TestServices;
import io.parcelwatch.model.Status;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RowTypeITCase {

    private static final RowType ALL = new RowType(
            "of_all",
            List.of(
                    "a text",
                    "b integer",
                    "c smallint",
                    "d bigint",
                    "e double precision",
                    "f boolean",
                    "g timestamptz",
                    "h date",
                    "i jsonb"));

    private static final Object[] NOTHING = {null, 0, 0, 0L, null, null, null, null, null};

    private Connection connection;

    @BeforeEach
    void connect() throws SQLException {
        PostgresAddress address = TestServices.postgres();
        connection = DriverManager.getConnection(
                address.url() + (address.url().contains("?") ? "&" : "?") + "options=-c%20TimeZone=UTC",
                address.user(),
                address.password());
        ALL.create(connection);
    }

    @AfterEach
    void close() throws SQLException {
        connection.close();
    }

    @Test
    void everyTypeArrivesAsItWasSent() throws SQLException {
        assertThat(sent(
                        new Object[] {
                            "Täßchen 🚚, \"{}\\",
                            Integer.MIN_VALUE,
                            -2,
                            Long.MAX_VALUE,
                            -0.1,
                            true,
                            Instant.parse("2026-03-02T12:00:00.123456Z"),
                            "2026-03-02",
                            "{\"a\": 1}"
                        },
                        new Object[] {
                            Status.DELIVERED,
                            7,
                            2,
                            -1L,
                            1e300,
                            false,
                            Instant.parse("1969-12-31T23:59:59.9999996Z"),
                            "1999-12-31",
                            "[]"
                        },
                        NOTHING,
                        new Object[] {
                            "", 0, 0, 0L, 0.0, false, Instant.parse("-0044-03-15T12:00:00Z"), "0001-01-01", "null"
                        }))
                .containsExactly(
                        "Täßchen 🚚, \"{}\\ | -2147483648 | -2 | 9223372036854775807 | -0.1 | true | 2026-03-02 12:00:00.123456+00 | 2026-03-02 | {\"a\": 1}",
                        "DELIVERED | 7 | 2 | -1 | 1e+300 | false | 1970-01-01 00:00:00+00 | 1999-12-31 | []",
                        "∅ | 0 | 0 | 0 | ∅ | ∅ | ∅ | ∅ | ∅",
                        " | 0 | 0 | 0 | 0 | false | 0045-03-15 12:00:00+00 BC | 0001-01-01 | null");
    }

    @Test
    void manyLongRowsArriveWhole() throws SQLException {
        List<Object[]> rows = new ArrayList<>();
        for (int i = 0; i < 3_000; i++) {
            rows.add(new Object[] {"x".repeat(i), i, 0, 0L, null, null, null, null, null});
        }
        assertThat(sent(rows.toArray(Object[][]::new)))
                .hasSize(3_000)
                .last()
                .asString()
                .startsWith("x".repeat(2_999) + " | 2999");
    }

    @Test
    void rowsCanBeSentInAnotherOrderThanTheyWereAddedInAndWithoutSome() throws SQLException {
        RowType.Rows rows = ALL.noRows();
        RowType.Part first = rows.part(added -> {
            add(added, new Object[] {"first", 1, 0, 0L, null, null, null, null, null});
            add(added, new Object[] {"second", 2, 0, 0L, null, null, null, null, "[]"});
        });
        rows.part(added -> add(added, new Object[] {"unwanted", 3, 0, 0L, null, null, null, null, null}));
        RowType.Part none = rows.part(added -> {});
        RowType.Part last =
                rows.part(added -> add(added, new Object[] {"last", 4, 0, 0L, null, true, null, null, null}));

        assertThat(received(rows.inOrder(List.of(last, none, first))))
                .containsExactly(
                        "last | 4 | 0 | 0 | ∅ | true | ∅ | ∅ | ∅",
                        "first | 1 | 0 | 0 | ∅ | ∅ | ∅ | ∅ | ∅",
                        "second | 2 | 0 | 0 | ∅ | ∅ | ∅ | ∅ | []");
        assertThat(rows.inOrder(List.of(none)).isEmpty()).isTrue();
    }

    @Test
    void whatPostgresCannotHoldIsRefusedAsDataAndNotTakenForAnotherValue() {
        for (Instant far : List.of(Instant.MIN, Instant.MAX, Instant.ofEpochSecond(Long.MIN_VALUE / 1_000_000 + 5))) {
            Object[] row = NOTHING.clone();
            row[6] = far;
            assertRefused(row, "22008");
        }
        Object[] farDay = NOTHING.clone();
        farDay[7] = LocalDate.MAX.toString();
        assertRefused(farDay, "22008");
        Object[] nul = NOTHING.clone();
        nul[0] = "a\0b";
        assertRefused(nul, "22021");
        Object[] noJson = NOTHING.clone();
        noJson[8] = "{";
        assertRefused(noJson, "22P02");
    }

    @Test
    void aRowWithoutAllItsColumnsOrInAnotherOrderIsAMistakeOfOurs() {
        assertThatThrownBy(() -> ALL.noRows().row().text("a").row())
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("a row of of_all has 9 columns, not 1");
        assertThatThrownBy(() -> ALL.noRows().row().text("a").bigint(1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("of_all has no BIGINT where it has b integer");
    }

    private void assertRefused(Object[] row, String state) {
        assertThatThrownBy(() -> sent(row))
                .isInstanceOf(SQLException.class)
                .extracting(e -> ((SQLException) e).getSQLState())
                .isEqualTo(state);
    }

    private List<String> sent(Object[]... rows) throws SQLException {
        RowType.Rows all = ALL.noRows();
        for (Object[] row : rows) {
            add(all, row);
        }
        return received(all);
    }

    private static void add(RowType.Rows to, Object[] row) {
        to.row();
        (row[0] instanceof Status status ? to.text(status) : to.text((String) row[0]))
                .integer((Integer) row[1])
                .smallint((Integer) row[2])
                .bigint((Long) row[3])
                .doublePrecision((Double) row[4])
                .bool((Boolean) row[5])
                .timestamptz((Instant) row[6])
                .date((String) row[7])
                .jsonb((String) row[8]);
    }

    private List<String> received(RowType.Rows rows) throws SQLException {
        String columns = String.join(
                " || ' | ' || ",
                List.of("a", "b", "c", "d", "e", "f", "g", "h", "i").stream()
                        .map(column -> "coalesce(" + column + "::text, '∅')")
                        .toList());
        try (PreparedStatement statement =
                connection.prepareStatement("select " + columns + " from " + ALL.parameter())) {
            rows.set(statement, 1);
            List<String> read = new ArrayList<>();
            try (ResultSet row = statement.executeQuery()) {
                while (row.next()) {
                    read.add(row.getString(1));
                }
            }
            return read;
        }
    }
}
