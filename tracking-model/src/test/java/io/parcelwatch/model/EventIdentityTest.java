package io.parcelwatch.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.LocalDateTime;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EventIdentityTest {

    @Test
    void anIdentityNeverChanges() {
        assertThat(EventIdentity.of("ups", "1Z", "OT")).isEqualTo("ca14cb649219e97b");
    }

    @Test
    void partsDoNotRunIntoEachOther() {
        List<String> ids = List.of(
                EventIdentity.of("a", "bc"),
                EventIdentity.of("ab", "c"),
                EventIdentity.of("abc"),
                EventIdentity.of("abc", ""),
                EventIdentity.of("", "abc"));
        assertThat(ids).doesNotHaveDuplicates().allMatch(id -> id.matches("[0-9a-f]{16}"));
    }

    @Test
    void nothingCountsAsEmpty() {
        assertThat(EventIdentity.of("a", null, "b")).isEqualTo(EventIdentity.of("a", "", "b"));
    }

    @Test
    void aDigestIsAsLongAsAsked() {
        assertThat(EventIdentity.digest(16, "a")).hasSize(32).startsWith(EventIdentity.of("a"));
    }

    @Test
    void aDigestIsTheSameOnEveryThread() {
        Set<String> ids = ConcurrentHashMap.newKeySet();
        IntStream.range(0, 10_000).parallel().forEach(i -> ids.add(EventIdentity.of("ups", "1Z", "OT")));
        assertThat(ids).hasSize(1);
    }

    @Test
    void anAssumedOffsetLeavesTheLocalTimeToIdentify() {
        Instant instant = Instant.parse("2026-11-04T08:00:00.5Z");
        LocalDateTime local = LocalDateTime.parse("2026-11-04T09:00:00.5");
        assertThat(EventIdentity.time(instant, local, OffsetSource.ASSUMED)).isEqualTo("2026-11-04T09:00");
        assertThat(EventIdentity.time(instant, local, OffsetSource.CARRIER)).isEqualTo("2026-11-04T08:00:00Z");
        assertThat(EventIdentity.time(instant, local, OffsetSource.LOCATION)).isEqualTo("2026-11-04T08:00:00Z");
    }
}
