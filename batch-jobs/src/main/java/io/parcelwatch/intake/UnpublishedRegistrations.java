package io.parcelwatch.intake;

import io.parcelwatch.model.OrderRef;
import io.parcelwatch.model.Place;
import io.parcelwatch.model.PromisePrecision;
import io.parcelwatch.model.RegisteredOrder;
import io.parcelwatch.model.Registration;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.springframework.batch.infrastructure.item.ItemReader;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Reads the registrations that the topic has not acknowledged yet, of every account: what another run could not publish is published by the
 * next, whoever that is. A page is read in the transaction of the chunk that publishes it and its rows stay locked until then; otherwise a
 * slower publisher could put an older revision behind a newer one, and compaction would keep the older.
 *
 * <p>Needs no position that outlives it: what is published is no longer found.
 */
final class UnpublishedRegistrations implements ItemReader<Registration> {

    /** Registrations of a chunk; the reader's page and the step's chunk are the same, so that no page outlives its transaction. */
    static final int CHUNK = 500;

    // The rows are locked first; what they say is read by a later statement, which sees everything that was committed
    // before the lock.
    private static final String LOCK_PAGE = """
            select carrier, tracking_number from registration
            where published_revision < revision and (carrier, tracking_number) > (?, ?)
            order by carrier, tracking_number
            limit ?
            for update
            """;

    private static final String ORDERS = """
            select r.carrier, r.tracking_number, r.revision, f.journey, f.service, f.promised_at, f.promise_precision, f.estimated_at,
                   f.registered_at, f.origin_country, f.origin_region, f.origin_postal_code,
                   o.channel, o.account, o.external_id, o.placed_at, o.cancelled_at,
                   o.destination_country, o.destination_region, o.destination_postal_code
            from unnest(?::text[], ?::text[]) with ordinality p (carrier, tracking_number, place)
            join registration r using (carrier, tracking_number)
            left join fulfilment f
                on f.carrier = r.carrier and f.tracking_number = r.tracking_number and f.withdrawn_at is null
            left join sales_order o on o.id = f.order_id
            order by p.place, f.journey, o.channel, o.account, o.external_id
            """;

    private final JdbcTemplate jdbc;
    private final Deque<Registration> page = new ArrayDeque<>();
    private String lastCarrier = "";
    private String lastNumber = "";

    UnpublishedRegistrations(JdbcTemplate jdbc) {
        this.jdbc = jdbc;
    }

    @Override
    public Registration read() {
        if (page.isEmpty()) {
            readPage();
        }
        return page.poll();
    }

    private void readPage() {
        List<String> carriers = new ArrayList<>();
        List<String> numbers = new ArrayList<>();
        jdbc.query(
                LOCK_PAGE,
                row -> {
                    carriers.add(row.getString(1));
                    numbers.add(row.getString(2));
                },
                lastCarrier,
                lastNumber,
                CHUNK);
        if (carriers.isEmpty()) {
            return;
        }
        lastCarrier = carriers.get(carriers.size() - 1);
        lastNumber = numbers.get(numbers.size() - 1);
        jdbc.query(
                ORDERS,
                row -> {
                    add(row);
                },
                carriers.toArray(String[]::new),
                numbers.toArray(String[]::new));
    }

    private void add(ResultSet row) throws SQLException {
        String carrier = row.getString("carrier");
        String number = row.getString("tracking_number");
        Registration last = page.peekLast();
        if (last == null
                || !last.carrier().equals(carrier)
                || !last.trackingNumber().equals(number)) {
            last = new Registration(carrier, number, row.getLong("revision"), new ArrayList<>());
            page.add(last);
        }
        // A number whose orders are all gone (erased, withdrawn) is still published: with none.
        if (row.getString("external_id") != null) {
            last.orders().add(order(row));
        }
    }

    private static RegisteredOrder order(ResultSet row) throws SQLException {
        String precision = row.getString("promise_precision");
        return new RegisteredOrder(
                new OrderRef(row.getString("channel"), row.getString("account"), row.getString("external_id")),
                row.getInt("journey"),
                row.getString("service"),
                new Place(
                        null,
                        row.getString("origin_region"),
                        row.getString("origin_postal_code"),
                        row.getString("origin_country")),
                new Place(
                        null,
                        row.getString("destination_region"),
                        row.getString("destination_postal_code"),
                        row.getString("destination_country")),
                instant(row, "placed_at"),
                instant(row, "promised_at"),
                precision == null ? null : PromisePrecision.valueOf(precision),
                instant(row, "estimated_at"),
                instant(row, "registered_at"),
                instant(row, "cancelled_at"));
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime moment = row.getObject(column, OffsetDateTime.class);
        return moment == null ? null : moment.toInstant();
    }
}
