package io.parcelwatch.benchmarks;

import io.parcelwatch.sql.Database;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sees when rows of events become visible to others: asks the table by its key, every few milliseconds, for the rows it was told to expect.
 * What it measures is too long by up to one round of asking; {@link #roundMillis()} says how long one took.
 */
final class Latency implements AutoCloseable {

    private static final long PAUSE_MILLIS = 3;

    private static final String FIND = """
            select n.id from unnest(?::integer[], ?::text[], ?::text[], ?::timestamptz[]) as n (id, carrier, tracking_number, event_time)
            cross join lateral (
                select from tracking_event e
                where e.carrier = n.carrier and e.tracking_number = n.tracking_number and e.event_time = n.event_time limit 1) as found
            """;

    private record Awaited(int id, String carrier, String number, Instant time, long dueAt) {}

    private final Connection connection;
    private final Thread thread;
    private final Map<Integer, Awaited> awaited = new ConcurrentHashMap<>();
    private final Collection<Double> millis = new ConcurrentLinkedQueue<>();
    private final AtomicInteger ids = new AtomicInteger();
    private volatile boolean closed;
    private volatile String failure;
    private final AtomicLong rounds = new AtomicLong();
    private final AtomicLong roundNanos = new AtomicLong();

    Latency(Database database) throws SQLException {
        connection = database.connect();
        try (Statement statement = connection.createStatement()) {
            // A table that just began to grow has no statistics: it is asked by its key all the same.
            statement.execute("set enable_seqscan = off; set enable_hashjoin = off; set enable_mergejoin = off");
        }
        thread = new Thread(this::look, "latency");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Expects the row of an event that is about to be sent.
     *
     * @param dueAt when it should have been sent, by {@link System#nanoTime()}: where the sender is late, that wait counts too
     */
    void expect(String carrier, String number, Instant time, long dueAt) {
        int id = ids.incrementAndGet();
        awaited.put(id, new Awaited(id, carrier, number, time, dueAt));
    }

    /** How many rows were not seen yet. */
    int awaited() {
        if (failure != null) {
            throw new IllegalStateException("the table cannot be asked: " + failure);
        }
        return awaited.size();
    }

    /** Milliseconds of the rows seen until now, ascending; begins anew. */
    List<Double> take() {
        List<Double> taken = new ArrayList<>(millis);
        millis.clear();
        taken.sort(null);
        return taken;
    }

    /** The mean time from one look to the next, milliseconds. */
    double roundMillis() {
        return roundNanos.get() / 1e6 / Math.max(1, rounds.get());
    }

    /** Nearest rank. */
    static double quantile(List<Double> ascending, double rank) {
        return ascending.get((int) Math.max(0, Math.ceil(rank * ascending.size()) - 1));
    }

    private void look() {
        try (PreparedStatement find = connection.prepareStatement(FIND)) {
            while (!closed) {
                long start = System.nanoTime();
                List<Awaited> now = new ArrayList<>(awaited.values());
                if (!now.isEmpty()) {
                    look(find, now);
                }
                Thread.sleep(PAUSE_MILLIS);
                roundNanos.addAndGet(System.nanoTime() - start);
                rounds.incrementAndGet();
            }
        } catch (SQLException e) {
            failure = e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void look(PreparedStatement find, List<Awaited> now) throws SQLException {
        find.setArray(
                1,
                connection.createArrayOf(
                        "text",
                        now.stream().map(row -> String.valueOf(row.id())).toArray()));
        find.setArray(
                2,
                connection.createArrayOf(
                        "text", now.stream().map(Awaited::carrier).toArray()));
        find.setArray(
                3,
                connection.createArrayOf(
                        "text", now.stream().map(Awaited::number).toArray()));
        find.setArray(
                4,
                connection.createArrayOf(
                        "text", now.stream().map(row -> row.time().toString()).toArray()));
        try (ResultSet found = find.executeQuery()) {
            long seenAt = System.nanoTime();
            while (found.next()) {
                Awaited row = awaited.remove(found.getInt(1));
                millis.add((seenAt - row.dueAt()) / 1e6);
            }
        }
    }

    @Override
    public void close() throws Exception {
        closed = true;
        thread.join();
        connection.close();
    }
}
