package io.parcelwatch.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.i18n.phonenumbers.NumberParseException;
import com.google.i18n.phonenumbers.PhoneNumberUtil;
import io.parcelwatch.model.TrackingNumbers;
import io.parcelwatch.wire.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "track",
        description = {
            "Tells the timeline of an order or a parcel, as support would read it to a customer: what was ordered, each parcel, what its"
                    + " carrier said, newest first, in the local time of each place; and what of the order changed since it was placed.",
            "",
            "Where several orders or parcels fit, they are listed."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {" 0:found, one or several", " 1:nothing found, or failed", " 2:wrong usage"},
        footer = {"%nExample:%n  ./parcelwatch track '#1001' --account my-store"})
final class TrackCommand implements Callable<Integer> {

    /** An order that fits, or a parcel. */
    private record Match(String channel, String account, String id, String carrier, String number, int journey) {
        boolean order() {
            return id != null;
        }
    }

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Parameters(
            paramLabel = "ORDER|NUMBER|EMAIL|PHONE",
            description = "an order's name or id, a tracking number, or the customer's e-mail address or phone number")
    private String wanted;

    @Option(names = "--channel", paramLabel = "NAME", description = "only orders of this channel")
    private String channel;

    @Option(names = "--account", paramLabel = "NAME", description = "only orders of this store")
    private String account;

    @Option(
            names = "--journey",
            paramLabel = "N",
            description = "only this use of a number that was given out more than once")
    private Integer journey;

    @Option(
            names = "--region",
            paramLabel = "CC",
            defaultValue = "US",
            description =
                    "the country by whose rules a phone number without country code is read (default: ${DEFAULT-VALUE})")
    private String region;

    @Override
    public Integer call() {
        String text = wanted.strip();
        if (text.isEmpty()) {
            throw new UsageException("name an order, a tracking number, an e-mail address or a phone number");
        }
        Output output = parcelwatch.output();
        try (Services services = new Services(parcelwatch.settings());
                Queries queries = new Queries(services.database())) {
            List<Match> matches = new ArrayList<>(find(queries, text));
            if (matches.isEmpty()) {
                if (output.json()) {
                    output.object(Json.MAPPER.createObjectNode().set("matches", Json.MAPPER.createArrayNode()));
                }
                throw new FailedException("nothing is known of " + text
                        + ": check the spelling; a parcel is known once its fulfilment is imported");
            }
            if (matches.size() > 1) {
                list(queries, matches, output);
            } else if (output.json()) {
                output.object(object(queries, matches.get(0)));
            } else {
                tell(queries, matches.get(0), output);
            }
        }
        return ExitCode.DONE;
    }

    private Set<Match> find(Queries queries, String text) {
        Set<Match> found = new LinkedHashSet<>();
        String number = TrackingNumbers.normalize(text);
        for (Queries.Row row : queries.rows(
                """
                select distinct p.carrier, p.tracking_number, p.journey from (
                    select carrier, tracking_number, journey from shipment where tracking_number = ?
                    union select carrier, tracking_number, journey from fulfilment where tracking_number = ?) p
                where (? or exists (select from fulfilment f join sales_order o on o.id = f.order_id
                                    where f.carrier = p.carrier and f.tracking_number = p.tracking_number and f.journey = p.journey
                                      and coalesce(o.channel = ?, true) and coalesce(o.account = ?, true))
                         or exists (select from shipment_order s
                                    where s.carrier = p.carrier and s.tracking_number = p.tracking_number and s.journey = p.journey
                                      and coalesce(s.channel = ?, true) and coalesce(s.account = ?, true)))
                  and coalesce(p.journey = ?, true)
                order by 1, 2, 3 desc
                """, number, number, channel == null && account == null, channel, account, channel, account, journey)) {
            found.add(new Match(
                    null, null, null, row.text("carrier"), row.text("tracking_number"), (int) row.number("journey")));
        }
        String bare = text.startsWith("#") ? text.substring(1) : text;
        for (Queries.Row row : queries.rows(
                """
                select channel, account, external_id from (
                    select channel, account, external_id, placed_at from sales_order where name in (?, ?, ?)
                    union
                    select o.channel, o.account, o.external_id, o.placed_at
                    from known_account a join sales_order o on o.id = derived_id(a.channel, a.account, ?)
                    union
                    select distinct channel, account, external_id, placed_at from shipment_order s
                    where external_id = ? and not exists (
                        select from sales_order o
                        where o.id = derived_id(s.channel, s.account, s.external_id))
                    union
                    -- A customer who gave an e-mail address has an id that is made of it: see customer.id.
                    select o.channel, o.account, o.external_id, o.placed_at
                    from known_account a join sales_order o on o.customer_id = derived_id(a.channel, a.account, ?)
                    union
                    select o.channel, o.account, o.external_id, o.placed_at from customer c join sales_order o on o.customer_id = c.id
                    where c.phone = ?) found
                where coalesce(channel = ?, true) and coalesce(account = ?, true)
                order by placed_at desc nulls last, channel, account, external_id
                """,
                text,
                bare,
                "#" + bare,
                text,
                text,
                "email " + text.toLowerCase(Locale.ROOT),
                phone(text),
                channel,
                account)) {
            found.add(new Match(row.text("channel"), row.text("account"), row.text("external_id"), null, null, 0));
        }
        return found;
    }

    /** In E.164, as intake keeps them; null where it is no phone number. */
    private String phone(String text) {
        if (!text.matches("\\+?[0-9 ()./-]{5,}")) {
            return null;
        }
        try {
            PhoneNumberUtil library = PhoneNumberUtil.getInstance();
            return library.format(
                    library.parse(text, region.toUpperCase(java.util.Locale.ROOT)),
                    PhoneNumberUtil.PhoneNumberFormat.E164);
        } catch (NumberParseException e) {
            return null;
        }
    }

    private void list(Queries queries, List<Match> matches, Output output) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("what", "of", "placed", "status", "track it with"));
        for (Match match : matches) {
            ObjectNode object =
                    match.order() ? order(queries, match) : parcel(queries, match.carrier, match.number, match.journey);
            array.add(object);
            String placed = object.path("placed_at").asText("");
            placed = placed.isEmpty() ? "-" : placed.substring(0, 10);
            if (match.order()) {
                rows.add(List.of(
                        "order " + object.path("name").asText(match.id),
                        match.channel + "/" + match.account,
                        placed,
                        object.hasNonNull("status")
                                ? Words.orderStatus(object.get("status").asText())
                                : "-",
                        match.id + " --account " + match.account));
            } else {
                rows.add(List.of(
                        "parcel " + match.number,
                        Words.carrier(match.carrier),
                        placed,
                        Words.status(object.path("status").asText("")),
                        match.number + " --journey " + match.journey));
            }
        }
        if (output.json()) {
            output.object(Json.MAPPER.createObjectNode().set("matches", array));
        } else {
            output.line("%d fit:", matches.size());
            output.table("  ", rows);
        }
    }

    private ObjectNode object(Queries queries, Match match) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        Instant asOf = queries.asOf();
        object.put("as_of", asOf == null ? null : asOf.toString());
        if (match.order()) {
            object.set("order", order(queries, match));
            object.set("parcels", parcels(queries, match));
            object.set("withdrawn", withdrawn(queries, match));
            object.set("changes", changes(queries, match));
        } else {
            object.putArray("parcels").add(parcel(queries, match.carrier, match.number, match.journey));
        }
        return object;
    }

    private static ObjectNode order(Queries queries, Match match) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("channel", match.channel);
        object.put("account", match.account);
        object.put("id", match.id);
        Queries.Row row = queries.row("""
                select o.name, o.placed_at, o.cancelled_at, o.currency, o.total, s.status,
                       (select count(*) from order_line l where l.order_id = o.id) as lines,
                       (select sum(quantity) from order_line l where l.order_id = o.id) as pieces
                from sales_order o join order_status s on s.order_id = o.id
                where o.id = derived_id(?, ?, ?)
                """, match.channel, match.account, match.id);
        if (row != null) {
            object.put("name", row.text("name"));
            object.put("placed_at", row.time("placed_at").toString());
            object.put(
                    "cancelled_at",
                    row.time("cancelled_at") == null
                            ? null
                            : row.time("cancelled_at").toString());
            object.put("currency", row.text("currency"));
            object.put("total", row.text("total"));
            object.put("lines", row.number("lines"));
            object.put("pieces", row.number("pieces"));
            object.put("status", row.text("status"));
        } else {
            Queries.Row told = queries.row(
                    "select min(placed_at) as placed_at from shipment_order where channel = ? and account = ? and external_id = ?",
                    match.channel,
                    match.account,
                    match.id);
            object.put(
                    "placed_at",
                    told.time("placed_at") == null
                            ? null
                            : told.time("placed_at").toString());
        }
        return object;
    }

    private static ArrayNode parcels(Queries queries, Match match) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (Queries.Row row :
                queries.rows("""
                select carrier, tracking_number, journey from (
                    select f.carrier, f.tracking_number, f.journey, f.registered_at as at
                    from fulfilment f join sales_order o on o.id = f.order_id
                    where o.id = derived_id(?, ?, ?) and f.withdrawn_at is null
                    union all
                    select s.carrier, s.tracking_number, s.journey, s.placed_at
                    from shipment_order s
                    where s.channel = ? and s.account = ? and s.external_id = ?
                      -- The watch may not have heard yet that it was withdrawn.
                      and not exists (
                          select from fulfilment w join sales_order o on o.id = w.order_id
                          where w.carrier = s.carrier and w.tracking_number = s.tracking_number and w.withdrawn_at is not null
                            and o.id = derived_id(s.channel, s.account, s.external_id))) p
                group by 1, 2, 3 order by max(at), 1, 2, 3
                """, match.channel, match.account, match.id, match.channel, match.account, match.id)) {
            array.add(parcel(queries, row.text("carrier"), row.text("tracking_number"), (int) row.number("journey")));
        }
        return array;
    }

    /** What was told of an order or a parcel and is no more: which number, since when, why, and what took its place. */
    private static ArrayNode withdrawn(Queries queries, String where, Object... parameters) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (Queries.Row row : queries.rows("""
                select f.carrier, f.tracking_number, o.name, f.withdrawn_at, f.withdrawn_because,
                       n.carrier as new_carrier, n.tracking_number as new_number
                from fulfilment f
                join sales_order o on o.id = f.order_id
                left join fulfilment n on n.id = f.superseded_by
                where f.withdrawn_at is not null and\s""" + where + " order by f.withdrawn_at, 1, 2, 3", parameters)) {
            ObjectNode object = array.addObject();
            put(object, "carrier", row.get("carrier"));
            put(object, "tracking_number", row.get("tracking_number"));
            put(object, "order", row.get("name"));
            put(object, "withdrawn_at", row.get("withdrawn_at"));
            put(object, "because", row.get("withdrawn_because"));
            if (row.get("new_number") != null) {
                ObjectNode successor = object.putObject("superseded_by");
                put(successor, "carrier", row.get("new_carrier"));
                put(successor, "tracking_number", row.get("new_number"));
            }
        }
        return array;
    }

    private static ArrayNode withdrawn(Queries queries, Match match) {
        return withdrawn(queries, "o.id = derived_id(?, ?, ?)", match.channel, match.account, match.id);
    }

    private static void tellWithdrawn(ArrayNode withdrawn, Output output) {
        for (var parcel : withdrawn) {
            var successor = parcel.get("superseded_by");
            String why = parcel.get("because").asText().equals("CANCELLED")
                    ? "the fulfilment was cancelled"
                    : successor == null
                            ? "the number was taken away"
                            : "the number was wrong, "
                                    + Words.carrier(successor.get("carrier").asText()) + " "
                                    + successor.get("tracking_number").asText() + " took its place";
            output.line(
                    "  %s %s is no parcel of %s any more since %s: %s",
                    Words.carrier(parcel.get("carrier").asText()),
                    parcel.get("tracking_number").asText(),
                    parcel.get("order").asText(),
                    Words.utc(Instant.parse(parcel.get("withdrawn_at").asText())),
                    why);
        }
    }

    /** What an order was before it changed, and what else its files told of it: of both sides what differs, by their columns. */
    private static ArrayNode changes(Queries queries, Match match) {
        ArrayNode array = Json.MAPPER.createArrayNode();
        for (Queries.Row row : queries.rows("""
                -- Amounts as texts: 20.00 shall not become 2E+1.
                select kind, as_of, file, line,
                       jsonb_object_agg(key, case jsonb_typeof(before -> key) when 'number' then to_jsonb(before ->> key) else before -> key end)
                           as before,
                       jsonb_object_agg(key, case jsonb_typeof(after -> key) when 'number' then to_jsonb(after ->> key) else after -> key end)
                           as after
                from order_change, lateral jsonb_object_keys(before || after) as key
                where order_id = derived_id(?, ?, ?) and before -> key is distinct from after -> key and key not in ('line', 'as_of')
                group by id, kind, as_of, file, line
                order by as_of, kind, file, line
                """, match.channel, match.account, match.id)) {
            ObjectNode object = array.addObject();
            for (String column : List.of("kind", "as_of", "file")) {
                put(object, column, row.get(column));
            }
            object.put("line", row.number("line"));
            for (String side : List.of("before", "after")) {
                object.set(side, read(row.text(side)));
            }
        }
        return array;
    }

    private static JsonNode read(String json) {
        try {
            return Json.MAPPER.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("PostgreSQL gave JSON that is none", e);
        }
    }

    private static void tellChanges(ArrayNode changes, Output output) {
        output.line("");
        output.line("What changed:");
        for (JsonNode change : changes) {
            boolean duplicate = change.get("kind").asText().equals("DUPLICATE");
            List<String> fields = new ArrayList<>();
            change.get("before").fields().forEachRemaining(field -> {
                String name = field.getKey().replace('_', ' ');
                String before = told(field.getValue());
                String after = told(change.get("after").get(field.getKey()));
                fields.add(
                        duplicate
                                ? name + " " + before + " (counts: " + after + ")"
                                : name + " " + before + " to " + after);
            });
            output.line(
                    "  %s%s: %s",
                    Words.utc(Instant.parse(change.get("as_of").asText())),
                    duplicate ? ", told once more in " + place(change) + ", and not counted" : " by " + place(change),
                    String.join(", ", fields));
        }
    }

    private static String place(JsonNode change) {
        return change.get("file").asText() + " line " + change.get("line").asLong();
    }

    private static String told(JsonNode value) {
        if (value.isArray()) {
            List<String> lines = new ArrayList<>();
            value.forEach(line -> lines.add(
                    line.path("quantity").asText() + " x " + line.path("name").asText()));
            return String.join(" + ", lines);
        }
        return value.isNull() ? "none" : value.asText();
    }

    /** A parcel with its events, newest first, and its alerts. */
    private static ObjectNode parcel(Queries queries, String carrier, String number, int journey) {
        ObjectNode object = Json.MAPPER.createObjectNode();
        object.put("carrier", carrier);
        object.put("tracking_number", number);
        object.put("journey", journey);
        Queries.Row shipment = queries.row(
                "select * from shipment where carrier = ? and tracking_number = ? and journey = ?",
                carrier,
                number,
                journey);
        if (shipment != null) {
            for (String column : List.of(
                    "leg",
                    "status",
                    "status_at",
                    "reason",
                    "stalled",
                    "delayed",
                    "expired",
                    "service",
                    "origin",
                    "destination",
                    "destination_country",
                    "destination_region",
                    "placed_at",
                    "registered_at",
                    "promised_at",
                    "promise_precision",
                    "estimated_at",
                    "first_attempt_at",
                    "delivered_at",
                    "last_movement_at")) {
                put(object, column, shipment.get(column));
            }
        }
        ArrayNode orders = object.putArray("orders");
        queries.rows("""
                        select channel, account, external_id, max(name) as name from (
                            select channel, account, external_id, null as name from shipment_order
                            where carrier = ? and tracking_number = ? and journey = ?
                            union all
                            select o.channel, o.account, o.external_id, o.name from fulfilment f join sales_order o on o.id = f.order_id
                            where f.carrier = ? and f.tracking_number = ? and f.journey = ? and f.withdrawn_at is null) o
                        group by 1, 2, 3 order by 1, 2, 3
                        """, carrier, number, journey, carrier, number, journey).forEach(row -> {
            ObjectNode order = orders.addObject();
            for (String column : List.of("channel", "account", "external_id", "name")) {
                put(order, column.equals("external_id") ? "id" : column, row.get(column));
            }
        });
        object.set(
                "withdrawn",
                withdrawn(
                        queries,
                        "f.carrier = ? and f.tracking_number = ? and f.journey = ?",
                        carrier,
                        number,
                        journey));
        ArrayNode events = object.putArray("events");
        queries.rows("""
                        select status, reason, event_time, event_offset, offset_source, leg, verdict, applied, movement, scan, code,
                               description, city, region, country, source, received_at
                        from tracking_event where carrier = ? and tracking_number = ? and journey = ?
                        order by event_time desc, revision desc, event_id
                        """, carrier, number, journey).forEach(row -> {
            ObjectNode event = events.addObject();
            for (String column : List.of(
                    "status",
                    "reason",
                    "event_time",
                    "event_offset",
                    "offset_source",
                    "leg",
                    "verdict",
                    "applied",
                    "movement",
                    "scan",
                    "code",
                    "description",
                    "city",
                    "region",
                    "country",
                    "source",
                    "received_at")) {
                put(event, column, row.get(column));
            }
        });
        ArrayNode alerts = object.putArray("alerts");
        queries.rows("""
                        select kind, leg, opened_at, closed_at, withdrawn_at, length_hours from shipment_alert
                        where carrier = ? and tracking_number = ? and journey = ? order by opened_at, kind
                        """, carrier, number, journey).forEach(row -> {
            ObjectNode alert = alerts.addObject();
            for (String column : List.of("kind", "leg", "opened_at", "closed_at", "withdrawn_at", "length_hours")) {
                put(alert, column, row.get(column));
            }
        });
        return object;
    }

    private static void put(ObjectNode object, String name, Object value) {
        if (value instanceof Boolean truth) {
            object.put(name, truth);
        } else if (value instanceof Integer number) {
            object.put(name, number);
        } else if (value instanceof Double number) {
            object.put(name, number);
        } else {
            object.put(name, value == null ? null : value.toString());
        }
    }

    private static void tell(Queries queries, Match match, Output output) {
        if (match.order()) {
            ObjectNode order = order(queries, match);
            output.line(
                    "Order %s of %s/%s%s",
                    order.path("name").asText(match.id),
                    match.channel,
                    match.account,
                    order.hasNonNull("placed_at")
                            ? ", placed "
                                    + Words.utc(
                                            Instant.parse(order.get("placed_at").asText()))
                            : "");
            if (order.has("status")) {
                output.line(
                        "  %,d %s in %,d %s, %s %s; %s",
                        order.get("pieces").asLong(),
                        plural(order.get("pieces").asLong(), "piece"),
                        order.get("lines").asLong(),
                        plural(order.get("lines").asLong(), "line"),
                        order.path("total").asText(),
                        order.path("currency").asText(),
                        Words.orderStatus(order.get("status").asText()));
            }
            ArrayNode parcels = parcels(queries, match);
            if (parcels.isEmpty()) {
                output.line("  No parcel of it is known yet.");
            }
            int n = 1;
            for (var parcel : parcels) {
                output.line("");
                output.line(parcels.size() == 1 ? "Its parcel:" : "Parcel " + n++ + " of " + parcels.size() + ":");
                tell((ObjectNode) parcel, output);
            }
            ArrayNode withdrawn = withdrawn(queries, match);
            if (!withdrawn.isEmpty()) {
                output.line("");
                tellWithdrawn(withdrawn, output);
            }
            ArrayNode changes = changes(queries, match);
            if (!changes.isEmpty()) {
                tellChanges(changes, output);
            }
        } else {
            ObjectNode parcel = parcel(queries, match.carrier, match.number, match.journey);
            List<String> orders = new ArrayList<>();
            parcel.get("orders")
                    .forEach(order ->
                            orders.add(order.path("name").asText(order.get("id").asText()) + " of "
                                    + order.get("channel").asText() + "/"
                                    + order.get("account").asText()));
            ArrayNode withdrawn = (ArrayNode) parcel.get("withdrawn");
            String none = withdrawn.isEmpty() ? "an unknown order" : "no order any more";
            output.line("Parcel of %s", orders.isEmpty() ? none : String.join(" and ", orders));
            tellWithdrawn(withdrawn, output);
            tell(parcel, output);
        }
        Instant asOf = queries.asOf();
        if (asOf != null) {
            output.line("");
            output.line("As of %s.", Words.utc(asOf));
        }
    }

    private static void tell(ObjectNode parcel, Output output) {
        String service = parcel.path("service").asText("?");
        output.line(
                "  %s %s%s",
                Words.carrier(parcel.get("carrier").asText()),
                parcel.get("tracking_number").asText(),
                service.equals("?") ? "" : ", " + service);
        if (!parcel.has("status")) {
            output.line("  Registered; the watch has not seen it yet.");
            return;
        }
        if (!parcel.path("destination").asText("?").equals("?")) {
            output.line("  To %s", parcel.get("destination").asText());
        }
        String country = parcel.path("destination_country").asText(null);
        String region = parcel.path("destination_region").asText(null);
        if (parcel.hasNonNull("promised_at")) {
            String precision = parcel.path("promise_precision").asText(null);
            String promise = "Promised for "
                    + Words.promise(Instant.parse(parcel.get("promised_at").asText()), precision, country, region);
            if (parcel.hasNonNull("estimated_at")) {
                String estimate =
                        Words.promise(Instant.parse(parcel.get("estimated_at").asText()), precision, country, region);
                promise += ", now expected " + estimate;
            }
            output.line("  " + promise);
        }
        List<String> flags = new ArrayList<>();
        if (parcel.path("stalled").asBoolean()) {
            flags.add("stalled");
        }
        if (parcel.path("delayed").asBoolean()) {
            flags.add("late");
        }
        if (parcel.path("expired").asBoolean()) {
            flags.add("nothing heard for a month");
        }
        output.line(
                "  %s%s",
                Words.status(
                        parcel.get("status").asText(), parcel.path("reason").asText(null)),
                flags.isEmpty() ? "" : "; " + String.join(", ", flags));
        List<List<String>> rows = new ArrayList<>();
        for (var event : parcel.get("events")) {
            String when = Words.moment(
                    Instant.parse(event.get("event_time").asText()),
                    event.get("event_offset").asInt());
            if (event.path("offset_source").asText().equals("ASSUMED")) {
                when += " (zone unknown)";
            }
            String verdict = event.get("verdict").asText();
            String status = verdict.equals("READS_RETURNED")
                    ? "RETURNED"
                    : event.get("status").asText();
            String what = status.equals("UNKNOWN")
                    ? ""
                    : Words.status(status, event.path("reason").asText(null));
            if (event.hasNonNull("description")) {
                what += (what.isEmpty() ? "" : ": ") + event.get("description").asText();
            }
            if (event.path("source").asText("").equals("manual")) {
                what += "  [by hand]";
            }
            if (verdict.startsWith("REFUSED") || verdict.equals("IMPLAUSIBLE_TIME") || verdict.equals("EARLIER_USE")) {
                what += "  [left aside: "
                        + verdict.toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + "]";
            }
            rows.add(List.of(
                    when,
                    Words.place(
                            event.get("city").asText(null),
                            event.get("region").asText(null),
                            event.get("country").asText(null)),
                    what));
        }
        if (rows.isEmpty()) {
            output.line("  The carrier has said nothing yet.");
        } else {
            rows.add(0, List.of("local time", "where", "what"));
            output.table("    ", rows);
        }
        for (var alert : parcel.get("alerts")) {
            boolean stall = alert.get("kind").asText().equals("STALLED");
            Instant opened = Instant.parse(alert.get("opened_at").asText());
            String how = alert.hasNonNull("withdrawn_at")
                    ? ", withdrawn: a late message disproved it"
                    : alert.hasNonNull("closed_at")
                            ? ", over after "
                                    + Words.length(alert.path("length_hours").asDouble())
                            : ", still";
            output.line("  %s since %s%s", stall ? "Stalled" : "Late", Words.utc(opened), how);
        }
    }

    private static String plural(long count, String word) {
        return count == 1 ? word : word + "s";
    }
}
