package io.parcelwatch.intake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.parcelwatch.intake.Conventions.DateOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TimeStyleTest {

    private static final InputFile FILE = new InputFile(Path.of("orders.csv"), "", 0, StandardCharsets.UTF_8, 0);
    private static final TimeStyle BERLIN = new TimeStyle(DateOrder.DAY_FIRST, Optional.of(ZoneId.of("Europe/Berlin")));
    private static final TimeStyle LOS_ANGELES =
            new TimeStyle(DateOrder.MONTH_FIRST, Optional.of(ZoneId.of("America/Los_Angeles")));

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            2025-10-07 09:50:26 +0200   | 2025-10-07T07:50:26Z
            2025-10-07 09:50:26 UTC     | 2025-10-07T09:50:26Z
            2025-10-07T09:50:26.125Z    | 2025-10-07T09:50:26.125Z
            2025-10-07T09:50:26-07:00   | 2025-10-07T16:50:26Z
            2025-10-07T09:50            | 2025-10-07T07:50:00Z
            2025-10-07                  | 2025-10-06T22:00:00Z
            2025-1-7 9:05               | 2025-01-07T08:05:00Z
            2025/10/07 09:50:26         | 2025-10-07T07:50:26Z
            14.08.2025 13:05            | 2025-08-14T11:05:00Z
            14/08/2025 13:05:09         | 2025-08-14T11:05:09Z
            3/4/26                      | 2026-04-02T22:00:00Z
            1. Oktober 2025             | 2025-09-30T22:00:00Z
            1. Oktober 2025 um 14:00    | 2025-10-01T12:00:00Z
            8 de octubre de 2025        | 2025-10-07T22:00:00Z
            26-May-26                   | 2026-05-25T22:00:00Z
            05-oct.-26                  | 2026-10-04T22:00:00Z
            05-août-26                  | 2026-08-04T22:00:00Z
            5-MAERZ-26                  |
            05-Mrz-26                   | 2026-03-04T23:00:00Z
            7 października 2025         | 2025-10-06T22:00:00Z
            01-Jan-99                   | 1998-12-31T23:00:00Z
            29.02.2025                  |
            31/12/2025 24:00            |
            14/08                       |
            14/08/2025 13               |
            14/08/2025 13:05 IST        |
            14/08/2025 13:05 PM         |
            yesterday                   |
            """)
    void aDateIsReadAsTheFileWritesIt(String text, String moment) {
        expect(BERLIN, text, moment);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            08/14/25                    | 2025-08-14T07:00:00Z
            3/4/26                      | 2026-03-04T08:00:00Z
            Sep-18-26                   | 2026-09-18T07:00:00Z
            Sep-18-26 07:13:45 PDT      | 2026-09-18T14:13:45Z
            Sep-18-26 07:13:45 GMT+2    | 2026-09-18T05:13:45Z
            Aug 14, 2025                | 2025-08-14T07:00:00Z
            August 14, 2025 3:07 p.m.   | 2025-08-14T22:07:00Z
            August 14, 2025 at 3:07 p. m. | 2025-08-14T22:07:00Z
            08/14/2025 3:07:12 PM       | 2025-08-14T22:07:12Z
            08/14/2025, 3:07:12\u202FPM | 2025-08-14T22:07:12Z
            08/14/2025 12:00:00 AM      | 2025-08-14T07:00:00Z
            08/14/2025 12:30 pm EST     | 2025-08-14T17:30:00Z
            14/08/2025                  |
            """)
    void aDateWithTheMonthFirstIsReadSo(String text, String moment) {
        expect(LOS_ANGELES, text, moment);
    }

    private static void expect(TimeStyle style, String text, String moment) {
        if (moment == null) {
            assertThatThrownBy(() -> style.moment(text)).isInstanceOf(DateTimeException.class);
        } else {
            assertThat(style.moment(text)).hasToString(moment);
        }
    }

    @Test
    void aTimeThatTheClocksSkipIsLaterAndOneThatComesTwiceIsTheFirst() {
        assertThat(BERLIN.moment("29.03.2026 02:30")).isEqualTo("2026-03-29T01:30:00Z");
        assertThat(BERLIN.moment("25.10.2026 02:30")).isEqualTo("2026-10-25T00:30:00Z");
    }

    @Test
    void aTimeWithoutOffsetInAnUnknownZoneCannotBeRead() {
        TimeStyle nowhere = new TimeStyle(DateOrder.DAY_FIRST, Optional.empty());

        assertThat(nowhere.moment("14.08.2025 13:05 CEST")).isEqualTo("2025-08-14T11:05:00Z");
        assertThatThrownBy(() -> nowhere.moment("14.08.2025 13:05")).hasMessageContaining("has no offset");
    }

    @Test
    void oneDateThatCanBeReadInOneWayOnlyDecidesForAll() {
        assertThat(order(Conventions.UNKNOWN, null, "03/04/26", "14/04/26", "05/06/26"))
                .isEqualTo(DateOrder.DAY_FIRST);
        assertThat(order(Conventions.UNKNOWN, null, "03/04/26", "04/14/26", "05/06/26"))
                .isEqualTo(DateOrder.MONTH_FIRST);
        assertThat(order(Conventions.UNKNOWN, null, "03/04/26", "32-01-05")).isEqualTo(DateOrder.YEAR_FIRST);
    }

    @Test
    void whatTheFileShowsWinsOverWhatIsToldOrDocumented() {
        assertThat(order(told(DateOrder.MONTH_FIRST), DateOrder.MONTH_FIRST, "03/04/26", "14/04/26"))
                .isEqualTo(DateOrder.DAY_FIRST);
    }

    @Test
    void datesThatLeaveItOpenFollowTheAccountThenTheDocumentationAndElseRefuseTheFile() {
        assertThat(order(told(DateOrder.DAY_FIRST), DateOrder.MONTH_FIRST, "03/04/26"))
                .isEqualTo(DateOrder.DAY_FIRST);
        assertThat(order(Conventions.UNKNOWN, DateOrder.MONTH_FIRST, "03/04/26"))
                .isEqualTo(DateOrder.MONTH_FIRST);
        assertThatThrownBy(() -> order(Conventions.UNKNOWN, null, "03/04/26"))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage(
                        "orders.csv does not tell whether its dates have the day or the month first (03/04/26 in column"
                                + " Sold, and no other date decides): name the account's date order");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2026-03-04", "26-May-26", "Sep-08-26", "05/05/26", "13/13/26", "naught", ""})
    void whatCanBeReadInOneWayOrNoneAsksForNoOrder(String text) {
        assertThat(order(Conventions.UNKNOWN, null, text)).isNotNull();
    }

    @Test
    void datesThatContradictEachOtherRefuseTheFileUnlessTheAccountSays() {
        assertThatThrownBy(() -> order(Conventions.UNKNOWN, DateOrder.MONTH_FIRST, "14/04/26", "04/15/26"))
                .isInstanceOf(UnusableInputException.class)
                .hasMessage(
                        "orders.csv writes dates in two orders (14/04/26 in column Sold, 04/15/26 in column Sold): mend"
                                + " the file, or name the account's date order");
        assertThat(order(told(DateOrder.MONTH_FIRST), null, "14/04/26", "04/15/26"))
                .isEqualTo(DateOrder.MONTH_FIRST);
    }

    private static Conventions told(DateOrder order) {
        return new Conventions(Optional.empty(), Optional.of(order), Optional.empty());
    }

    private static DateOrder order(Conventions conventions, DateOrder documented, String... dates) {
        TimeStyle.Evidence evidence = new TimeStyle.Evidence();
        for (String date : dates) {
            evidence.look("Sold", date);
        }
        evidence.look("Sold", null);
        return evidence.decide(FILE, conventions, documented);
    }

    @ParameterizedTest
    @ValueSource(strings = {"08/08/25", "08/08/2025", "8.8.25"})
    void aDateThatIsTheSameEitherWayIsNeverReadWithTheYearFirst(String text) {
        TimeStyle style = new TimeStyle(order(Conventions.UNKNOWN, null, text), Optional.of(ZoneId.of("UTC")));

        assertThat(style.moment(text)).isEqualTo("2025-08-08T00:00:00Z");
    }
}
