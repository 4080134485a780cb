package io.parcelwatch.importfulfilments;

import static org.assertj.core.api.Assertions.assertThat;

import io.parcelwatch.importorders.ImportOrders;
import io.parcelwatch.importorders.ShopifyExport;
import io.parcelwatch.intake.Conventions;
import io.parcelwatch.intake.ImportRequest;
import io.parcelwatch.intake.ImportResult;
import io.parcelwatch.intake.ImportResult.Counts;
import io.parcelwatch.intake.IntakeSandbox;
import io.parcelwatch.model.Registration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Store shopify/paris, its orders, and files of what went out for them, for one test. */
final class Store implements AutoCloseable {

    private final IntakeSandbox sandbox;
    private int files;

    Store(Path folder) {
        sandbox = new IntakeSandbox(folder);
    }

    IntakeSandbox sandbox() {
        return sandbox;
    }

    void orders(ShopifyExport export) {
        Path file = sandbox.file("orders-" + ++files + ".csv", export.text());
        ImportResult result = ImportOrders.run(sandbox.intake(), ImportRequest.of("shopify", "paris", List.of(file)));
        assertThat(result.outcome()).isEqualTo(ImportResult.Outcome.DONE);
    }

    ImportResult fulfilments(String text) {
        return fulfilments(text.getBytes(StandardCharsets.UTF_8), Conventions.UNKNOWN);
    }

    ImportResult fulfilments(byte[] bytes, Conventions conventions) {
        return fulfilments(sandbox.file("fulfilments-" + ++files, bytes), conventions);
    }

    ImportResult fulfilments(Path file, Conventions conventions) {
        ImportResult result = ImportFulfilments.run(
                sandbox.intake(),
                ImportRequest.of("shopify", "paris", List.of(file)).withConventions(conventions));
        Counts counts = result.counts();
        if (result.outcome() == ImportResult.Outcome.DONE) {
            assertThat(counts.read())
                    .as("the summary adds up")
                    .isEqualTo(counts.inserted()
                            + counts.updated()
                            + counts.unchanged()
                            + counts.skipped()
                            + counts.rejected());
        }
        return result;
    }

    /** A sample that stands beside the tests. */
    static String sample(String name) {
        try (InputStream in = Store.class.getResourceAsStream(name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parcels of the store's orders, as {@code order carrier/number}, and what became of those that are none any more. */
    List<String> parcels() {
        return sandbox.texts("""
                select o.external_id || ' ' || f.carrier || '/' || f.tracking_number
                       || coalesce(' ' || f.withdrawn_because, '') || coalesce(' for ' || n.tracking_number, '')
                from fulfilment f
                join sales_order o on o.id = f.order_id
                left join fulfilment n on n.id = f.superseded_by
                order by 1
                """);
    }

    /** What is in the parcels, as {@code number line=pieces}. */
    List<String> contents() {
        return sandbox.texts("""
                select tracking_number || ' ' || line_ref || '=' || quantity
                from fulfilment f join fulfilment_line l on l.fulfilment_id = f.id
                order by 1
                """);
    }

    /** What was promised with the parcels, as {@code number promise, estimate}, in UTC. */
    List<String> promises() {
        return sandbox.texts("""
                select concat_ws(', ', tracking_number || ' ' || to_char(promised_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'),
                                 to_char(estimated_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'))
                from fulfilment
                order by 1
                """);
    }

    /** The rejected records, as {@code line RULE}. */
    List<String> rejects() {
        return sandbox.texts("select line || ' ' || rule from rejected_record order by line");
    }

    /** What the watch knows in the end: the orders of each number. */
    Map<String, List<String>> watched() {
        return sandbox.published().stream()
                .collect(Collectors.toMap(
                        Registration::trackingNumber,
                        Function.identity(),
                        BinaryOperator.maxBy(Comparator.comparingLong(Registration::revision)),
                        TreeMap::new))
                .entrySet()
                .stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        number -> number.getValue().orders().stream()
                                .map(order -> order.order().id())
                                .toList(),
                        (a, b) -> a,
                        TreeMap::new));
    }

    String status(String order) {
        return sandbox.texts("select status from order_status where external_id = '" + order + "'")
                .get(0);
    }

    /** What a carrier says, as the watch would write it. */
    void carrierSays(String number, String status) {
        sandbox.jdbc().update("""
                insert into shipment (carrier, tracking_number, journey, leg, status, stalled, delayed, expired, service, origin,
                                      destination, events, refused_events, revision)
                select distinct carrier, tracking_number, journey, 1, ?, false, false, false, '?', '?', '?', 0, 0, 1
                from fulfilment where tracking_number = ?
                on conflict (carrier, tracking_number, journey) do update set status = excluded.status
                """, status, number);
    }

    @Override
    public void close() {
        sandbox.close();
    }
}
