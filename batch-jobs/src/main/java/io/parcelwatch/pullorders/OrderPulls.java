package io.parcelwatch.pullorders;

import io.parcelwatch.intake.Intake;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.GZIPInputStream;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;
import org.springframework.transaction.support.TransactionTemplate;

/** Tables {@code order_pull}, {@code pulled_page} and {@code order_pull_mark}. Callers hold the account's lock. */
final class OrderPulls {

    /** After how long the pages of a pull that went no further are dropped: they hold personal data. */
    static final Duration KEPT_AT_MOST = Duration.ofDays(7);

    private static final String UNFINISHED = """
            select * from order_pull where channel = :channel and account = :account and state in ('PULLING', 'PULLED')
            """;
    private static final String BEGIN = """
            insert into order_pull (id, channel, account, since, pass, state, started_at, moved_at)
            values (:id, :channel, :account, :since, :pass, 'PULLING', :now, :now)
            """;
    private static final String STORE = """
            insert into pulled_page (pull_id, number, orders, digest, lines, next_cursor)
            values (:id, :number, :orders, :digest, :lines, :next)
            """;
    /** Moves by one page, and only from the page before. */
    private static final String MOVE = """
            update order_pull
            set next_cursor = :next, pages = :number, orders = orders + :orders, newest_at = greatest(newest_at, :newest),
                answered_at = coalesce(answered_at, :answered), state = case when :next::text is null then 'PULLED' else 'PULLING' end,
                moved_at = :now
            where id = :id and state = 'PULLING' and pages = :number - 1
            """;
    /** Only from a pull that began where the mark was, or before: no gap is ever jumped. */
    private static final String MOVE_MARK = """
            insert into order_pull_mark as mark (channel, account, updated_until, pull_id)
            values (:channel, :account, :until, :id)
            on conflict (channel, account) do update set updated_until = excluded.updated_until, pull_id = excluded.pull_id
            where mark.updated_until >= :since and mark.updated_until < excluded.updated_until
            """;

    private final Intake intake;
    private final NamedParameterJdbcTemplate jdbc;
    private final TransactionTemplate transaction;

    OrderPulls(Intake intake) {
        this.intake = intake;
        this.jdbc = new NamedParameterJdbcTemplate(intake.dataSource());
        this.transaction = new TransactionTemplate(intake.transactions());
    }

    /** Up to where the account is pulled; empty where no pull of it has ended yet. */
    Optional<Instant> mark(String channel, String account) {
        return jdbc
                .queryForList(
                        "select updated_until from order_pull_mark where channel = :channel and account = :account",
                        account(channel, account),
                        OffsetDateTime.class)
                .stream()
                .map(OffsetDateTime::toInstant)
                .findFirst();
    }

    /** The account's pull that is not imported yet. One that was left alone for long is given up. */
    Optional<Pull> unfinished(String channel, String account) {
        Optional<Pull> found = jdbc.query(UNFINISHED, account(channel, account), OrderPulls::pull).stream()
                .findFirst();
        if (found.isPresent()
                && movedAt(found.get()).isBefore(intake.files().now().minus(KEPT_AT_MOST))) {
            giveUp(found.get());
            return Optional.empty();
        }
        return found;
    }

    private OffsetDateTime movedAt(Pull pull) {
        return jdbc.queryForObject("select moved_at from order_pull where id = :id", of(pull), OffsetDateTime.class);
    }

    /** Begins a pull. */
    Pull begin(String channel, String account, Instant since) {
        MapSqlParameterSource values = account(channel, account).addValue("since", time(since));
        Integer before = jdbc.queryForObject(
                "select coalesce(max(pass), 0) from order_pull where channel = :channel and account = :account and since = :since",
                values,
                Integer.class);
        Pull pull = Pull.fresh(channel, account, since, before + 1);
        jdbc.update(
                BEGIN,
                values.addValue("id", pull.id())
                        .addValue("pass", pull.pass())
                        .addValue("now", intake.files().now()));
        return pull;
    }

    /** A pull as it stands. */
    Pull read(UUID id) {
        return jdbc.queryForObject(
                "select * from order_pull where id = :id", new MapSqlParameterSource("id", id), OrderPulls::pull);
    }

    /** Which run works on a pull. */
    void runs(Pull pull, long runId) {
        jdbc.update("update order_pull set run_id = :run where id = :id", of(pull).addValue("run", runId));
    }

    /** Stores a page and moves the pull on behind it; joins the caller's transaction. */
    void store(UUID id, int number, OrderPage page) {
        MapSqlParameterSource values = new MapSqlParameterSource("id", id)
                .addValue("number", number)
                .addValue("orders", page.orders())
                .addValue("digest", page.digest())
                .addValue("lines", page.lines())
                .addValue("next", page.next(), Types.VARCHAR)
                .addValue("newest", time(page.newest()), Types.TIMESTAMP_WITH_TIMEZONE)
                .addValue("answered", time(page.answered()))
                .addValue("now", intake.files().now());
        jdbc.update(STORE, values);
        if (jdbc.update(MOVE, values) != 1) {
            throw new IllegalStateException(
                    "page " + number + " of pull " + id + " does not follow its last stored page");
        }
    }

    /** What the pages so far have in them and lead to: a page that says the same again is a repeated one. */
    Set<String> footprints(UUID id) {
        MapSqlParameterSource values = new MapSqlParameterSource("id", id);
        Set<String> seen = new HashSet<>(jdbc.queryForList(
                "select 'page ' || digest from pulled_page where pull_id = :id and orders > 0", values, String.class));
        seen.addAll(jdbc.queryForList(
                "select 'cursor ' || next_cursor from pulled_page where pull_id = :id and next_cursor is not null",
                values,
                String.class));
        return seen;
    }

    /** Writes the orders of a whole pull, one a line, in the order of its pages. */
    void writeLines(Pull pull, OutputStream out) throws IOException {
        // A page at a time: all of them need not fit the memory.
        for (int number = 1; number <= pull.pages(); number++) {
            byte[] lines = jdbc.queryForObject(
                    "select lines from pulled_page where pull_id = :id and number = :number",
                    of(pull).addValue("number", number),
                    byte[].class);
            try (InputStream unpacked = new GZIPInputStream(new ByteArrayInputStream(lines))) {
                unpacked.transferTo(out);
            }
        }
    }

    /** The pull is imported: the mark moves, its pages go. */
    void imported(Pull pull) {
        transaction.executeWithoutResult(status -> {
            jdbc.update(
                    MOVE_MARK,
                    of(pull).addValue("channel", pull.channel())
                            .addValue("account", pull.account())
                            .addValue("since", time(pull.since()))
                            .addValue("until", time(pull.until())));
            end(pull, "IMPORTED");
        });
    }

    /** The pull is not gone on with: its pages go, the mark stays. */
    void giveUp(Pull pull) {
        transaction.executeWithoutResult(status -> end(pull, "GIVEN_UP"));
    }

    private void end(Pull pull, String state) {
        jdbc.update("delete from pulled_page where pull_id = :id", of(pull));
        jdbc.update(
                "update order_pull set state = :state, next_cursor = null, moved_at = :now where id = :id",
                of(pull).addValue("state", state).addValue("now", intake.files().now()));
    }

    private static Pull pull(ResultSet row, int number) throws SQLException {
        return new Pull(
                row.getObject("id", UUID.class),
                row.getString("channel"),
                row.getString("account"),
                instant(row, "since"),
                row.getInt("pass"),
                !row.getString("state").equals("PULLING"),
                row.getString("next_cursor"),
                row.getInt("pages"),
                row.getLong("orders"),
                instant(row, "newest_at"),
                instant(row, "answered_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }

    private static OffsetDateTime time(Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }

    private static MapSqlParameterSource account(String channel, String account) {
        return new MapSqlParameterSource("channel", channel).addValue("account", account);
    }

    private static MapSqlParameterSource of(Pull pull) {
        return new MapSqlParameterSource("id", pull.id());
    }
}
