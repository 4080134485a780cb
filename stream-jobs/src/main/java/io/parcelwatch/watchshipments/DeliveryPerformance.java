package io.parcelwatch.watchshipments;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Computes {@code delivery_performance_daily} and {@code status_dwell_daily} from table {@code delivery}: what a transaction changes there it
 * notes in {@code performance_due}, and that is computed later, once for many of them
 * (docs/decisions/0021-performance-that-is-due.md).
 */
final class DeliveryPerformance {

    /** One writer at a time recomputes: two would write the same days, each without what the other has not committed. */
    private static final String LOCK_PERFORMANCE =
            "select pg_advisory_xact_lock(hashtext('delivery_performance_daily'))";

    /** How many days of performance one statement recomputes. */
    private static final int CELLS_AT_ONCE = 5_000;

    /**
     * The days and lanes of the deliveries of numbers, before and after these change. Never updated on conflict: a row that another writer deletes
     * stands for what that one sees, not for what is written here.
     * Looked up number by number, as in {@link ShipmentTables}: a join would read a small table whole for each batch.
     */
    private static final String NOTE_DUE = """
            insert into performance_due (day, carrier, service, origin, destination)
            select distinct cell.*
            from unnest(?::text[], ?::text[]) as n (carrier, tracking_number)
            cross join lateral (
                select d.day, d.carrier, d.service, d.origin, d.destination
                from delivery d
                where d.carrier = n.carrier and d.tracking_number = n.tracking_number
                offset 0) cell
            """;

    /** What another writer takes at this moment is still seen. */
    private static final String ANY_DUE = "select exists (select from performance_due)";

    private static final String TAKE_DUE = """
            with due as (delete from performance_due returning day, carrier, service, origin, destination)
            select distinct concat_ws(E'\\x1f', day, carrier, service, origin, destination) from due
            """;

    private static final String RECOMPUTE_CELLS = """
            with cells as (
                select split_part(cell, E'\\x1f', 1)::date as day, split_part(cell, E'\\x1f', 2) as carrier,
                       split_part(cell, E'\\x1f', 3) as service, split_part(cell, E'\\x1f', 4) as origin,
                       split_part(cell, E'\\x1f', 5) as destination
                from unnest(?::text[]) as cells (cell)),
            computed as (
                select day, carrier, service, origin, destination, count(*) as deliveries, count(promised_at) as promised,
                       count(*) filter (where on_time) as on_time, count(*) filter (where at_first_attempt) as first_attempt,
                       -- Whole seconds: a sum of them does not depend on the order of the rows.
                       (sum(round(transit_hours * 3600)::bigint) / count(transit_hours) / 3600)::double precision as mean_hours,
                       percentile_disc(array [0.5, 0.9, 0.95]) within group (order by round(transit_hours * 60)) as minutes,
                       count(*) filter (where exceptions > 0) as exceptions, count(*) filter (where stalls > 0) as stalls
                from delivery join cells using (day, carrier, service, origin, destination)
                group by day, carrier, service, origin, destination),
            emptied as (
                delete from delivery_performance_daily t using cells c
                where t.day = c.day and t.carrier = c.carrier and t.service = c.service and t.origin = c.origin
                  and t.destination = c.destination
                  and not exists (select from computed k where k.day = c.day and k.carrier = c.carrier and k.service = c.service
                                  and k.origin = c.origin and k.destination = c.destination))
            insert into delivery_performance_daily as t (day, carrier, service, origin, destination, deliveries, promised, on_time,
                first_attempt, mean_hours, p50_hours, p90_hours, p95_hours, exceptions, stalls)
            select day, carrier, service, origin, destination, deliveries, promised, on_time, first_attempt, mean_hours,
                   minutes[1] / 60, minutes[2] / 60, minutes[3] / 60, exceptions, stalls
            from computed
            on conflict (day, carrier, service, origin, destination) do update set deliveries = excluded.deliveries,
                promised = excluded.promised, on_time = excluded.on_time, first_attempt = excluded.first_attempt,
                mean_hours = excluded.mean_hours, p50_hours = excluded.p50_hours, p90_hours = excluded.p90_hours,
                p95_hours = excluded.p95_hours, exceptions = excluded.exceptions, stalls = excluded.stalls
            """;

    private static final String RECOMPUTE_DWELL = """
            with cells as (
                select split_part(cell, E'\\x1f', 1)::date as day, split_part(cell, E'\\x1f', 2) as carrier,
                       split_part(cell, E'\\x1f', 3) as service, split_part(cell, E'\\x1f', 4) as origin,
                       split_part(cell, E'\\x1f', 5) as destination
                from unnest(?::text[]) as cells (cell)),
            computed as (
                select day, carrier, service, origin, destination, dwell.key as status, count(*) as parcels,
                       sum(dwell.value::bigint)::double precision as seconds,
                       percentile_disc(array [0.5, 0.9]) within group (order by round(dwell.value::double precision / 60)) as minutes
                from delivery join cells using (day, carrier, service, origin, destination)
                cross join lateral jsonb_each_text(dwell_seconds) as dwell
                group by day, carrier, service, origin, destination, dwell.key),
            emptied as (
                delete from status_dwell_daily t using cells c
                where t.day = c.day and t.carrier = c.carrier and t.service = c.service and t.origin = c.origin
                  and t.destination = c.destination
                  and not exists (select from computed k where k.day = t.day and k.carrier = t.carrier and k.service = t.service
                                  and k.origin = t.origin and k.destination = t.destination and k.status = t.status))
            insert into status_dwell_daily as t (day, carrier, service, origin, destination, status, parcels, hours, mean_hours, p50_hours,
                p90_hours)
            select day, carrier, service, origin, destination, status, parcels, seconds / 3600, seconds / parcels / 3600,
                   minutes[1] / 60, minutes[2] / 60
            from computed
            on conflict (day, carrier, service, origin, destination, status) do update set parcels = excluded.parcels,
                hours = excluded.hours, mean_hours = excluded.mean_hours, p50_hours = excluded.p50_hours, p90_hours = excluded.p90_hours
            where (t.parcels, t.hours, t.p50_hours, t.p90_hours)
                is distinct from (excluded.parcels, excluded.hours, excluded.p50_hours, excluded.p90_hours)
            """;

    private DeliveryPerformance() {}

    /**
     * Notes the days and lanes of the deliveries of numbers as they stand; before they change and after.
     *
     * @param carriers the carrier of each number
     */
    static void noteDue(Connection connection, Object[] carriers, Object[] numbers) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(NOTE_DUE)) {
            statement.setArray(1, connection.createArrayOf("text", carriers));
            statement.setArray(2, connection.createArrayOf("text", numbers));
            statement.executeUpdate();
        }
    }

    /** Computes the days of performance that are due, also those that a writer which died left behind. */
    static void computeDue(Connection connection) throws SQLException {
        List<String> all = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            try (ResultSet any = statement.executeQuery(ANY_DUE)) {
                any.next();
                if (!any.getBoolean(1)) {
                    return;
                }
            }
            statement.execute(LOCK_PERFORMANCE);
            try (ResultSet due = statement.executeQuery(TAKE_DUE)) {
                while (due.next()) {
                    all.add(due.getString(1));
                }
            }
        }
        for (int from = 0; from < all.size(); from += CELLS_AT_ONCE) {
            List<String> slice = all.subList(from, Math.min(from + CELLS_AT_ONCE, all.size()));
            execute(connection, RECOMPUTE_CELLS, slice);
            execute(connection, RECOMPUTE_DWELL, slice);
        }
    }

    private static void execute(Connection connection, String sql, List<String> cells) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setArray(1, connection.createArrayOf("text", cells.toArray()));
            statement.execute();
        }
    }
}
