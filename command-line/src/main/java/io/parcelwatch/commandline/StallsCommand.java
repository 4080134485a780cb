package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.AlertKind;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "stalls",
        description = {
            "Lists what is stuck now, worst first: parcels on their way that nobody moved for too long (STALLED), and parcels past their"
                    + " promise without an attempt (DELAYED); and carriers from whom nothing came for longer than is normal (FEED_SILENT)."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:listed, maybe none", " 1:failed, can be run again", " 2:wrong usage"},
        footer = {"%nExample:%n  ./parcelwatch stalls --carrier ups --limit 20"})
final class StallsCommand implements Callable<Integer> {

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Option(names = "--carrier", paramLabel = "NAME", description = "only parcels of this carrier")
    private String carrier;

    @Option(names = "--kind", paramLabel = "KIND", description = "only STALLED, DELAYED or FEED_SILENT")
    private AlertKind kind;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "50",
            description = "at most so many (default: ${DEFAULT-VALUE})")
    private int limit;

    @Override
    public Integer call() {
        if (limit < 1) {
            throw new UsageException("--limit is a number from 1 on, not " + limit);
        }
        Output output = parcelwatch.output();
        try (Services services = new Services(parcelwatch.settings());
                Queries queries = new Queries(services.database())) {
            Instant asOf = queries.asOf();
            if (asOf == null) {
                // After a bounded run the newest that is known.
                asOf = queries.row("select max(greatest(status_at, last_event_at)) as t from shipment")
                        .time("t");
            }
            Object[] which = {CarrierSlugs.of(carrier), kind == null ? null : kind.name()};
            long all = queries.number("""
                    select count(*) from shipment_alert
                    where closed_at is null and withdrawn_at is null and coalesce(carrier = ?, true) and coalesce(kind = ?, true)
                    """, which);
            List<Queries.Row> rows = queries.rows("""
                    select a.kind, a.carrier, a.tracking_number, a.journey, a.opened_at, a.last_movement_at, a.rule, a.escalated_at,
                           s.status, s.reason, s.service, s.destination, s.last_city, s.last_region, s.last_country,
                           (select string_agg(coalesce(n.name, r.external_id) || ' ' || r.account, ', ' order by r.account, r.external_id)
                            from shipment_order r left join sales_order n
                                on n.id = derived_id(r.channel, r.account, r.external_id)
                            where r.carrier = a.carrier and r.tracking_number = a.tracking_number and r.journey = a.journey) as orders
                    from shipment_alert a
                    left join shipment s using (carrier, tracking_number, journey)
                    where a.closed_at is null and a.withdrawn_at is null and coalesce(a.carrier = ?, true) and coalesce(a.kind = ?, true)
                    order by coalesce(a.last_movement_at, a.opened_at), a.opened_at, a.carrier, a.tracking_number
                    limit ?
                    """, which[0], which[1], limit);
            if (output.json()) {
                output.object(object(rows, all, asOf));
            } else {
                page(rows, all, asOf, output);
            }
        }
        return ExitCode.DONE;
    }

    private static double stuck(Queries.Row row, Instant asOf) {
        Instant since = row.time("last_movement_at") == null ? row.time("opened_at") : row.time("last_movement_at");
        return asOf == null ? 0 : Math.max(0, (asOf.toEpochMilli() - since.toEpochMilli()) / 3_600_000.0);
    }

    private static ObjectNode object(List<Queries.Row> rows, long all, Instant asOf) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("as_of", asOf == null ? null : asOf.toString());
        object.put("open", all);
        ArrayNode array = object.putArray("alerts");
        for (Queries.Row row : rows) {
            ObjectNode alert = array.addObject();
            for (String column : List.of(
                    "kind",
                    "carrier",
                    "tracking_number",
                    "opened_at",
                    "last_movement_at",
                    "rule",
                    "escalated_at",
                    "status",
                    "reason",
                    "service",
                    "destination",
                    "last_city",
                    "last_region",
                    "last_country",
                    "orders")) {
                alert.put(column, row.text(column));
            }
            if (row.text("journey") != null) {
                alert.put("journey", row.number("journey"));
            }
            alert.put("hours_stuck", Math.round(stuck(row, asOf) * 10) / 10.0);
        }
        return object;
    }

    private static void page(List<Queries.Row> rows, long all, Instant asOf, Output output) {
        if (rows.isEmpty()) {
            output.line(
                    "Nothing is stuck%s.", asOf == null ? "; nothing was watched yet" : " as of " + Words.utc(asOf));
            return;
        }
        output.line(
                "%,d open as of %s%s:", all, Words.utc(asOf), all > rows.size() ? ", the worst " + rows.size() : "");
        List<List<String>> table = new ArrayList<>();
        table.add(List.of("hours", "kind", "carrier", "number", "status", "last seen", "to", "orders"));
        for (Queries.Row row : rows) {
            table.add(List.of(
                    String.format(java.util.Locale.ROOT, "%.0f", stuck(row, asOf)),
                    row.text("kind").toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                            + (row.time("escalated_at") == null ? "" : ", escalated"),
                    Words.carrier(row.text("carrier")),
                    row.text("tracking_number") == null ? "-" : row.text("tracking_number"),
                    row.text("status") == null
                            ? "-"
                            : row.text("status")
                                    .toLowerCase(java.util.Locale.ROOT)
                                    .replace('_', ' '),
                    Words.place(row.text("last_city"), row.text("last_region"), row.text("last_country")),
                    row.text("destination") == null ? "?" : row.text("destination"),
                    row.text("orders") == null ? "-" : row.text("orders")));
        }
        output.table("  ", table);
    }
}
