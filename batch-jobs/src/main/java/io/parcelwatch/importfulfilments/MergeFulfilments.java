package io.parcelwatch.importfulfilments;

import io.parcelwatch.intake.ImportFile;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.Intake;
import io.parcelwatch.intake.Pace;
import io.parcelwatch.intake.Sql;
import io.parcelwatch.model.Journeys;
import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.Promises;
import io.parcelwatch.model.RegisteredOrder;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.batch.core.scope.context.ChunkContext;
import org.springframework.batch.core.step.StepContribution;
import org.springframework.batch.core.step.tasklet.Tasklet;
import org.springframework.batch.infrastructure.repeat.RepeatStatus;
import org.springframework.jdbc.core.namedparam.MapSqlParameterSource;
import org.springframework.jdbc.core.namedparam.NamedParameterJdbcTemplate;

/**
 * Brings staged parcels into the tables, a range of them in each transaction: locks orders and numbers, freezes promises, writes them by one
 * statement ({@code merge-fulfilments.sql} beside this class), and decides which use of its number each new one is. {@code
 * import_file.merged_line} moves on in the same transaction, so that a run that broke off goes on behind the last range.
 */
final class MergeFulfilments implements Tasklet {

    private static final int RANGE = 2_000;

    private static final String END_OF_RANGE = """
            select max(parcel_line) from (
                select distinct parcel_line from staged_fulfilment
                where file_id = :file_id and parcel_line > :after
                order by parcel_line limit :range) range
            """;

    /**
     * An order that is being changed is waited for, and changes no more until this transaction ends: otherwise what import-orders and this job
     * change at the same time could be published without the one or the other. Locks are taken in one order by all who take them, so that nobody
     * waits in a circle.
     */
    private static final String LOCK_ORDERS = """
            select count(*) from (
                select 1 from sales_order
                where id in (select order_id from staged_fulfilment
                             where file_id = :file_id and parcel_line > :after and parcel_line <= :up_to)
                order by id
                for share) locked
            """;

    private static final String REGISTER_NUMBERS = """
            insert into registration (carrier, tracking_number, revision)
            select distinct carrier, tracking_number, 0 from staged_fulfilment
            where file_id = :file_id and parcel_line > :after and parcel_line <= :up_to and becomes is null
            order by carrier, tracking_number
            on conflict (carrier, tracking_number) do nothing
            """;

    private static final String LOCK_NUMBERS = """
            select count(*) from (
                select 1 from registration
                where (carrier, tracking_number) in (
                    select carrier, tracking_number from staged_fulfilment
                    where file_id = :file_id and parcel_line > :after and parcel_line <= :up_to and becomes is null)
                order by carrier, tracking_number
                for update) locked
            """;

    private static final String PROMISED_DAYS = """
            select distinct s.promised_day, o.destination_country, o.destination_region
            from staged_fulfilment s join sales_order o on o.id = s.order_id
            where s.file_id = :file_id and s.parcel_line > :after and s.parcel_line <= :up_to and s.promised_day is not null
            """;

    private static final String ORDERS_OF_UNDECIDED = """
            select f.id, f.carrier, f.tracking_number, f.journey, f.registered_at, o.channel, o.account, o.external_id, o.placed_at
            from fulfilment f join sales_order o on o.id = f.order_id
            where (f.carrier, f.tracking_number) in (select carrier, tracking_number from fulfilment where journey = 0)
            order by f.carrier, f.tracking_number
            """;

    private final Intake intake;
    private final ImportFile file;
    private final NamedParameterJdbcTemplate jdbc;
    private final String merge = Sql.of(MergeFulfilments.class, "merge-fulfilments.sql");
    private final String count = Sql.of(MergeFulfilments.class, "count-merged.sql");
    private final Pace pace;

    MergeFulfilments(Intake intake, ImportFile file) {
        this.intake = intake;
        this.file = file;
        this.jdbc = new NamedParameterJdbcTemplate(intake.dataSource());
        this.pace = new Pace(file, "merge");
    }

    @Override
    public RepeatStatus execute(StepContribution contribution, ChunkContext chunkContext) {
        MapSqlParameterSource range = new MapSqlParameterSource()
                .addValue("file_id", file.id())
                .addValue("after", intake.files().mergedLine(file))
                .addValue("range", RANGE)
                .addValue("file", file.input().name())
                .addValue("now", intake.files().now())
                .addValue("channel", file.channel())
                .addValue("account", file.account());
        Long upTo = jdbc.queryForObject(END_OF_RANGE, range, Long.class);
        if (upTo == null) {
            intake.files().forgetStaged(file);
            return RepeatStatus.FINISHED;
        }
        range.addValue("up_to", upTo);
        jdbc.queryForObject(LOCK_ORDERS, range, Long.class);
        jdbc.update(REGISTER_NUMBERS, range);
        jdbc.queryForObject(LOCK_NUMBERS, range, Long.class);
        freezePromises(range);
        jdbc.update(merge, range);
        Counts merged = jdbc.queryForObject(
                count,
                range,
                (row, n) -> new Counts(
                        row.getLong("staged"),
                        row.getLong("inserted"),
                        row.getLong("updated"),
                        row.getLong("unchanged"),
                        row.getLong("skipped"),
                        0));
        decideJourneys();
        intake.files().merged(file, upTo, merged);
        contribution.incrementWriteCount(merged.inserted() + merged.updated());
        pace.advance(merged.read());
        return RepeatStatus.CONTINUABLE;
    }

    /** What a promised day means as a moment depends on the destination's time zone, which PostgreSQL does not know of. */
    private void freezePromises(MapSqlParameterSource range) {
        List<String> days = new ArrayList<>();
        List<String> countries = new ArrayList<>();
        List<String> regions = new ArrayList<>();
        List<String> moments = new ArrayList<>();
        jdbc.query(PROMISED_DAYS, range, row -> {
            LocalDate day = row.getObject(1, LocalDate.class);
            Place destination = new Place(null, row.getString(3), null, row.getString(2));
            days.add(day.toString());
            countries.add(row.getString(2));
            regions.add(row.getString(3));
            moments.add(Promises.lastInstantOf(day, destination).toString());
        });
        range.addValue("promise_days", days.toArray(String[]::new))
                .addValue("promise_countries", countries.toArray(String[]::new))
                .addValue("promise_regions", regions.toArray(String[]::new))
                .addValue("promise_moments", moments.toArray(String[]::new));
    }

    private void decideJourneys() {
        Map<String, List<RegisteredOrder>> byNumber = new LinkedHashMap<>();
        Map<String, Object> undecided = new LinkedHashMap<>();
        jdbc.query(ORDERS_OF_UNDECIDED, Map.of(), row -> {
            String number = row.getString("carrier") + "/" + row.getString("tracking_number");
            RegisteredOrder order = order(row);
            byNumber.computeIfAbsent(number, n -> new ArrayList<>()).add(order);
            if (order.journey() == 0) {
                undecided.put(number + " " + order.order(), row.getObject("id"));
            }
        });
        List<Object[]> decisions = new ArrayList<>();
        byNumber.forEach((number, orders) -> {
            for (RegisteredOrder decided : Journeys.decide(orders, Journeys.NEW_JOURNEY_AFTER)) {
                Object id = undecided.get(number + " " + decided.order());
                if (id != null) {
                    decisions.add(new Object[] {decided.journey(), id});
                }
            }
        });
        jdbc.getJdbcTemplate().batchUpdate("update fulfilment set journey = ? where id = ?", decisions);
    }

    private static RegisteredOrder order(ResultSet row) throws SQLException {
        return new RegisteredOrder(
                new OrderRef(row.getString("channel"), row.getString("account"), row.getString("external_id")),
                row.getInt("journey"),
                null,
                Place.NOWHERE,
                Place.NOWHERE,
                instant(row, "placed_at"),
                null,
                null,
                null,
                instant(row, "registered_at"),
                null);
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }
}
