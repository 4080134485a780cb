package io.parcelwatch.commandline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.localstack.simulator.Simulation;
import io.parcelwatch.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What the tables hold after a demo: as an object, and as a page for a person. */
final class DemoReport {

    private static final List<String> ORDER_STATUSES = List.of(
            "ORDER_RECEIVED",
            "IN_PREPARATION",
            "PARTIALLY_SHIPPED",
            "SHIPPED",
            "PARTIALLY_DELIVERED",
            "DELIVERED",
            "RETURNED",
            "CANCELLED");

    private DemoReport() {}

    static ObjectNode read(Queries queries, Simulation simulation) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("seed", simulation.plan().seed());
        object.put("from", simulation.plan().start().toString());
        object.put("to", simulation.end().toString());
        object.put("orders", queries.number("select count(*) from sales_order"));
        object.put("rejected", queries.number("select count(*) from rejected_record"));
        counts(
                object,
                "orders_by_status",
                queries.rows("select status as name, count(*) as n from order_status group by 1 order by 2 desc, 1"));
        object.put("shipments", queries.number("select count(*) from shipment"));
        counts(
                object,
                "shipments_by_status",
                queries.rows("select status as name, count(*) as n from shipment group by 1 order by 2 desc, 1"));
        object.put("events", queries.number("select count(*) from tracking_event"));
        object.put("early_events", queries.number("""
                select count(*) from tracking_event e join shipment s using (carrier, tracking_number, journey)
                where e.received_at < s.registered_at
                """));
        object.put("stalls", alerts(queries, "kind = 'STALLED' and withdrawn_at is null"));
        object.put(
                "stalls_cleared",
                alerts(queries, "kind = 'STALLED' and withdrawn_at is null and closed_at is not null"));
        object.put("delays", alerts(queries, "kind = 'DELAYED' and withdrawn_at is null"));
        object.put("delays_open", alerts(queries, "kind = 'DELAYED' and withdrawn_at is null and closed_at is null"));
        object.put("alerts_withdrawn", alerts(queries, "withdrawn_at is not null"));
        object.put("deliveries", queries.number("select count(*) from delivery"));
        ArrayNode carriers = object.putArray("carriers");
        for (Queries.Row row : queries.rows("""
                select coalesce(carrier, 'all') as carrier, count(*) as deliveries, count(on_time) as promised,
                       count(*) filter (where on_time) as on_time,
                       percentile_disc(0.5) within group (order by transit_hours) as p50,
                       percentile_disc(0.9) within group (order by transit_hours) as p90
                from delivery group by rollup (carrier) order by delivery.carrier nulls last
                """)) {
            ObjectNode carrier = carriers.addObject();
            carrier.put("carrier", row.text("carrier"));
            carrier.put("deliveries", row.number("deliveries"));
            carrier.put("promised", row.number("promised"));
            carrier.put("on_time", row.number("on_time"));
            if (row.number("promised") > 0) {
                carrier.put("on_time_share", row.number("on_time") / (double) row.number("promised"));
            }
            carrier.put("p50_hours", row.real("p50"));
            carrier.put("p90_hours", row.real("p90"));
        }
        object.put("intents", queries.number("select count(*) from notification_intent where withdrawn_at is null"));
        counts(
                object,
                "intents_by_milestone",
                queries.rows(
                        "select milestone as name, count(*) as n from notification_intent where withdrawn_at is null group by 1 order by 2 desc, 1"));
        object.put(
                "intents_withdrawn",
                queries.number("select count(*) from notification_intent where withdrawn_at is not null"));
        counts(
                object,
                "order_milestones",
                queries.rows(
                        "select milestone as name, count(*) as n from order_milestone group by 1 order by 2 desc, 1"));
        object.put("dead_letters", queries.number("select count(*) from dead_letter"));
        counts(
                object,
                "dead_letters_by_reason",
                queries.rows("select reason as name, count(*) as n from dead_letter group by 1 order by 2 desc, 1"));
        counts(object, "unknown_codes", queries.rows("""
                select carrier || ' ' || coalesce(code, '?') as name, count(*) as n
                from tracking_event where status = 'UNKNOWN' group by 1 order by 2 desc, 1
                """));
        Queries.Row interesting = queries.row("""
                select a.tracking_number from shipment_alert a
                join delivery d using (carrier, tracking_number, journey)
                where a.kind = 'STALLED' and a.withdrawn_at is null and a.closed_at is not null
                order by a.length_hours desc, a.tracking_number limit 1
                """);
        object.put("look_at", interesting == null ? null : interesting.text("tracking_number"));
        return object;
    }

    private static long alerts(Queries queries, String which) {
        return queries.number("select count(*) from shipment_alert where " + which);
    }

    private static void counts(ObjectNode object, String name, List<Queries.Row> rows) {
        ObjectNode counts = object.putObject(name);
        rows.forEach(row -> counts.put(row.text("name"), row.number("n")));
    }

    static void print(ObjectNode report, Output output) {
        output.line("");
        output.line(
                "Parcelwatch demo: %s to %s in %s seconds (seed %d)",
                report.get("from").asText().substring(0, 10),
                report.get("to").asText().substring(0, 10),
                report.path("seconds").asText("?"),
                report.get("seed").asLong());
        output.line("");
        output.line(
                "Orders       %,6d imported, %,d rejected (table rejected_record says why)",
                report.get("orders").asLong(), report.get("rejected").asLong());
        List<String> statuses = new ArrayList<>();
        for (String status : ORDER_STATUSES) {
            if (report.get("orders_by_status").has(status)) {
                statuses.add("%s %,d"
                        .formatted(
                                words(status),
                                report.get("orders_by_status").get(status).asLong()));
            }
        }
        wrap(statuses, output);
        output.line(
                "Shipments    %,6d parcels, %,d tracking events; %,d came before the parcel was registered, and waited",
                report.get("shipments").asLong(),
                report.get("events").asLong(),
                report.get("early_events").asLong());
        wrap(named(report.get("shipments_by_status")), output);
        long stalls = report.get("stalls").asLong();
        long cleared = report.get("stalls_cleared").asLong();
        output.line(
                "Stalls       %,6d found (72 hours without movement), %,d cleared, %,d stuck now; %,d disproved later and withdrawn",
                stalls,
                cleared,
                stalls - cleared,
                report.get("alerts_withdrawn").asLong());
        output.line(
                "Delays       %,6d parcels passed their promise without an attempt, %,d of them still wait for one",
                report.get("delays").asLong(), report.get("delays_open").asLong());
        output.line("Deliveries   %,6d", report.get("deliveries").asLong());
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("carrier", "delivered", "on time", "p50", "p90"));
        for (JsonNode carrier : report.get("carriers")) {
            rows.add(List.of(
                    carrier.get("carrier").asText(),
                    carrier.get("deliveries").asText(),
                    carrier.has("on_time_share")
                            ? decimal("%.1f %%", carrier.get("on_time_share").asDouble() * 100)
                            : "-",
                    hours(carrier.get("p50_hours")),
                    hours(carrier.get("p90_hours"))));
        }
        output.table(" ".repeat(20), rows);
        output.line(
                "Messages     %,6d would have been sent about parcels, %,d withdrawn again; about orders: %s",
                report.get("intents").asLong(),
                report.get("intents_withdrawn").asLong(),
                String.join(", ", named(report.get("order_milestones"))));
        wrap(named(report.get("intents_by_milestone")), output);
        output.line(
                "Dead letters %,6d kept whole: %s",
                report.get("dead_letters").asLong(), joined(report.get("dead_letters_by_reason")));
        output.line("Unknown codes       %s", joined(report.get("unknown_codes")));
    }

    static void printNext(ObjectNode report, boolean kept, Settings settings, List<String> views, Output output) {
        output.line("");
        String home =
                settings.home().equals(java.nio.file.Path.of(".parcelwatch").toAbsolutePath())
                        ? ""
                        : " --home " + settings.home();
        String number = report.path("look_at").asText(null);
        boolean embedded = settings.database().isEmpty();
        String after = embedded ? home : "";
        if (!kept && embedded) {
            output.line("All of it is gone now. To look around, keep it:");
            output.line("  ./parcelwatch demo --keep%s", home);
            output.line("and then:");
        } else {
            output.line("What to type next:");
        }
        if (number != null) {
            output.line("  ./parcelwatch track %s%s   # one parcel's story: stalled, found, delivered", number, after);
        }
        output.line("  ./parcelwatch stalls%s   # what is stuck, worst first", after);
        String view = views.isEmpty() ? "delivery_performance_daily" : views.get(0);
        if (embedded) {
            output.line("  ./parcelwatch up%s   # keeps PostgreSQL up and prints its URL, for", after);
            output.line("  psql URL -c 'select * from %s'", view);
        } else {
            output.line(
                    "  psql '%s' -c 'select * from %s'",
                    PsqlLine.of(settings.database().get()), view);
        }
        if (views.size() > 1) {
            output.line("  (and %s)", String.join(", ", views.subList(1, views.size())));
        }
    }

    private static String joined(JsonNode counts) {
        return counts.isEmpty() ? "none" : String.join(", ", named(counts));
    }

    private static List<String> named(JsonNode counts) {
        List<String> all = new ArrayList<>();
        for (Map.Entry<String, JsonNode> count : counts.properties()) {
            all.add("%s %,d".formatted(words(count.getKey()), count.getValue().asLong()));
        }
        return all;
    }

    private static void wrap(List<String> parts, Output output) {
        StringBuilder line = new StringBuilder(" ".repeat(20));
        for (int i = 0; i < parts.size(); i++) {
            String part = parts.get(i) + (i < parts.size() - 1 ? ", " : "");
            if (line.length() + part.length() > 110) {
                output.line(line.toString().stripTrailing());
                line = new StringBuilder(" ".repeat(20));
            }
            line.append(part);
        }
        if (!line.toString().isBlank()) {
            output.line(line.toString());
        }
    }

    /** IN_TRANSIT as "in transit"; a carrier's code as it is. */
    private static String words(String name) {
        return name.matches("[A-Z]+(_[A-Z]+)*") ? name.toLowerCase(Locale.ROOT).replace('_', ' ') : name;
    }

    private static String hours(JsonNode hours) {
        return hours == null || hours.isNull() ? "-" : decimal("%.1f h", hours.asDouble());
    }

    private static String decimal(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
