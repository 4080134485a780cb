package io.parcelwatch.watchshipments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.runtime.checkpoint.OperatorSubtaskState;
import org.apache.flink.streaming.api.operators.KeyedProcessOperator;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.streaming.runtime.streamrecord.StreamRecord;
import org.apache.flink.streaming.util.KeyedOneInputStreamOperatorTestHarness;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A feed that speaks every four minutes by day, every two hours by night (20 to 6 o'clock, UTC), for four weeks; then the test. */
class FeedWatchTest {

    private static final Instant FIRST_MONDAY = Instant.parse("2026-02-02T00:00:00Z");
    private static final Instant MONDAY = FIRST_MONDAY.plus(Duration.ofDays(28));

    private KeyedOneInputStreamOperatorTestHarness<String, FeedSign, FeedAlert> watch;

    @BeforeEach
    void open() throws Exception {
        watch = harness(WatchRules.live());
        watch.open();
    }

    @AfterEach
    void close() throws Exception {
        watch.close();
    }

    @Test
    void aBusyFeedIsSilentAfterTwelveMissedMinutesByDay() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        Instant last = MONDAY.plus(Duration.ofHours(10)).minusSeconds(240);
        assertThat(alerts()).isEmpty();
        // 15 minutes of an hour bring something: twelve are missed after 48.
        clock(last.plus(Duration.ofMinutes(48)));
        assertThat(alerts()).isEmpty();
        clock(last.plus(Duration.ofMinutes(48)).plusMillis(1));
        assertThat(alerts()).containsExactly(new FeedAlert("ups", last, last.plus(Duration.ofMinutes(48)), null));

        Instant heard = last.plus(Duration.ofHours(3));
        hear(heard);
        clock(heard);
        assertThat(alerts()).containsExactly(new FeedAlert("ups", last, last.plus(Duration.ofMinutes(48)), heard));
    }

    @Test
    void theSameSilenceByNightIsNone() throws Exception {
        Instant night = MONDAY.plus(Duration.ofHours(22));
        live(FIRST_MONDAY, night);
        clock(night.plus(Duration.ofHours(8)));
        assertThat(alerts()).isEmpty();
        // Five minutes with news were expected until six in the morning; seven more take 28 minutes.
        clock(night.plus(Duration.ofHours(9)));
        assertThat(alerts())
                .singleElement()
                .satisfies(alert -> assertThat(alert.openedAt())
                        .isBetween(
                                night.plus(Duration.ofMinutes(8 * 60 + 20)),
                                night.plus(Duration.ofMinutes(8 * 60 + 40))));
    }

    @Test
    void aFeedWithoutHistoryIsNotJudged() throws Exception {
        live(FIRST_MONDAY, FIRST_MONDAY.plus(Duration.ofDays(18)));
        clock(FIRST_MONDAY.plus(Duration.ofDays(19)));
        assertThat(alerts()).isEmpty();
    }

    @Test
    void anOutageIsNotLearntAsNormal() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        for (int week = 0; week < 4; week++) {
            Instant from = MONDAY.plus(Duration.ofDays(7L * week)).plus(Duration.ofHours(10));
            clock(from.plus(Duration.ofHours(4)));
            assertThat(alerts()).as("week " + week).hasSize(1);
            live(from.plus(Duration.ofHours(4)), from.plus(Duration.ofDays(7)));
            assertThat(alerts()).as("end of week " + week).hasSize(1);
        }
    }

    @Test
    void noFeedIsSilentWhileABacklogIsRead() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        // Another partition is ahead by days: the clock waits for the one that is behind.
        hear(MONDAY.plus(Duration.ofDays(3)));
        assertThat(alerts()).isEmpty();
        live(MONDAY.plus(Duration.ofHours(10)), MONDAY.plus(Duration.ofDays(3)));
        assertThat(alerts()).isEmpty();
    }

    @Test
    void silencesBeforeTheFirstAnnouncementAreNotTold() throws Exception {
        watch.close();
        watch = harness(WatchRules.live().withAnnounceFrom(MONDAY.plus(Duration.ofDays(1))));
        watch.open();
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        live(MONDAY.plus(Duration.ofHours(15)), MONDAY.plus(Duration.ofHours(40)));
        assertThat(alerts()).isEmpty();
        clock(MONDAY.plus(Duration.ofHours(44)));
        assertThat(alerts()).hasSize(1);
    }

    @Test
    void aSilenceThatLastsOverARestartIsTheSameAlert() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        clock(MONDAY.plus(Duration.ofHours(12)));
        FeedAlert open = alerts().get(0);
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        watch.close();
        watch = harness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
        Instant heard = MONDAY.plus(Duration.ofHours(13));
        hear(heard);
        clock(heard);
        assertThat(alerts()).singleElement().satisfies(alert -> {
            assertThat(alert.alertId()).isEqualTo(open.alertId());
            assertThat(alert.closedAt()).isEqualTo(heard);
        });
    }

    @Test
    void aFeedThatIsSilentForSixWeeksIsGivenUpAndBeginsAnewWhenItSpeaks() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        clock(MONDAY.plus(Duration.ofDays(2)));
        FeedAlert open = alerts().get(0);
        restore(watch.snapshot(1, 1));
        Instant givenUp = open.openedAt().plus(Duration.ofDays(42));
        clock(givenUp.minusMillis(1));
        assertThat(alerts()).isEmpty();
        clock(givenUp);
        assertThat(alerts()).containsExactly(new FeedAlert("ups", open.lastAt(), open.openedAt(), givenUp));
        Instant again = givenUp.plus(Duration.ofDays(1));
        hear(again);
        clock(again.plus(Duration.ofDays(2)));
        assertThat(alerts()).as("nothing is known of it").isEmpty();
    }

    @Test
    void aFeedThatSpeaksInTheMinuteOfItsThresholdIsJudgedAlikeLiveAndInABacklog() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        Instant last = MONDAY.plus(Duration.ofHours(10)).minusSeconds(150);
        hear(last);
        clock(last.plusSeconds(60));
        alerts();
        OperatorSubtaskState snapshot = watch.snapshot(1, 1);
        // It falls into the middle of a minute.
        Instant threshold = last.plus(Duration.ofMinutes(48)).plusMillis(1);
        Instant end = threshold.plusSeconds(600);
        for (int[] heard : new int[][] {
            {-8, 9}, {-8, -5}, {5, 9}, {0}, {-1}, {1}, {-20, 0}, {-8, 0, 9}, {-600, -8, 9}, {-8, 9, 120}, {29}, {-8, 29}
        }) {
            List<Instant> signs = Arrays.stream(heard)
                    .mapToObj(threshold::plusSeconds)
                    .filter(sign -> sign.isBefore(end))
                    .toList();
            restore(snapshot);
            for (Instant sign : signs) {
                clock(sign.minusMillis(1));
                hear(sign);
            }
            clock(end);
            List<FeedAlert> live = alerts();
            restore(snapshot);
            for (Instant sign : signs) {
                hear(sign);
            }
            clock(end);
            assertThat(alerts()).as(Arrays.toString(heard)).isEqualTo(live);

            Instant first = signs.get(0);
            if (first.isAfter(threshold)) {
                Instant opened = threshold.minusMillis(1);
                assertThat(live)
                        .as(Arrays.toString(heard))
                        .containsExactly(
                                new FeedAlert("ups", last, opened, null), new FeedAlert("ups", last, opened, first));
            } else {
                assertThat(live).as(Arrays.toString(heard)).isEmpty();
            }
        }
    }

    @Test
    void aSignOfTheLastMinuteThatIsReadAfterTheAlertChangesNothingOfIt() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        Instant last = MONDAY.plus(Duration.ofHours(10)).minusSeconds(240);
        clock(last.plus(Duration.ofMinutes(50)));
        FeedAlert open = alerts().get(0);
        hear(last.plusSeconds(20));
        clock(last.plus(Duration.ofMinutes(60)));
        assertThat(alerts()).isEmpty();
        Instant heard = last.plus(Duration.ofMinutes(70));
        hear(heard);
        clock(heard);
        assertThat(alerts()).containsExactly(new FeedAlert("ups", last, open.openedAt(), heard));
    }

    @Test
    void aFeedKeepsFewTimersHoweverLongItIsWatched() throws Exception {
        live(FIRST_MONDAY, MONDAY.plus(Duration.ofHours(10)));
        assertThat(watch.numEventTimeTimers()).isLessThan(2 * FeedHistory.MISSED + 2);
    }

    private void restore(OperatorSubtaskState snapshot) throws Exception {
        watch.close();
        watch = harness(WatchRules.live());
        watch.initializeState(snapshot);
        watch.open();
    }

    static KeyedOneInputStreamOperatorTestHarness<String, FeedSign, FeedAlert> harness(WatchRules rules)
            throws Exception {
        return new KeyedOneInputStreamOperatorTestHarness<>(
                new KeyedProcessOperator<>(new FeedWatch(rules)), FeedSign::carrier, Types.STRING);
    }

    /** The feed as it always is, and the clock with it. */
    private void live(Instant from, Instant until) throws Exception {
        for (Instant at = from; at.isBefore(until); at = at.plusSeconds(240)) {
            long hour = Duration.between(FIRST_MONDAY, at).toHours() % 24;
            boolean day = hour >= 6 && hour < 20;
            long minute = Duration.between(FIRST_MONDAY, at).toMinutes() % 120;
            if (day || minute == 0) {
                hear(at);
            }
            clock(at);
        }
        clock(until.minusMillis(1));
    }

    private void hear(Instant at) throws Exception {
        watch.processElement(new StreamRecord<>(new FeedSign("ups", at.toEpochMilli(), at.toEpochMilli())));
    }

    private void clock(Instant now) throws Exception {
        watch.processWatermark(new Watermark(now.toEpochMilli()));
    }

    /** What was told since the last time. */
    private List<FeedAlert> alerts() {
        List<FeedAlert> alerts = new ArrayList<>(watch.extractOutputValues());
        watch.getOutput().clear();
        return alerts;
    }
}
