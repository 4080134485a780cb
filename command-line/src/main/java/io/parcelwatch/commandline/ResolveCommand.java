package io.parcelwatch.commandline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.parcelwatch.model.CarrierSlugs;
import io.parcelwatch.model.Journeys;
import io.parcelwatch.model.LocalZones;
import io.parcelwatch.model.OffsetSource;
import io.parcelwatch.model.Reason;
import io.parcelwatch.model.Status;
import io.parcelwatch.model.TrackingEvent;
import io.parcelwatch.model.TrackingNumbers;
import io.parcelwatch.wire.Bounds;
import io.parcelwatch.wire.EventJson;
import io.parcelwatch.wire.Json;
import io.parcelwatch.wire.KafkaConnection;
import io.parcelwatch.wire.KafkaUnreachableException;
import io.parcelwatch.wire.Payload;
import io.parcelwatch.wire.PayloadHeaders;
import io.parcelwatch.wire.Topic;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

@Command(
        name = "resolve",
        description = {
            "Settles a parcel by hand: operations know that it is lost, delivered or returned, and the carrier does not say so.",
            "",
            "The word goes to topic carrier-payloads like the carriers' own, with source manual and the note; the watch takes it up. A"
                    + " settled parcel is stuck no more. The same word again changes nothing."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            " 0:published",
            " 1:failed, can be run again",
            " 2:wrong usage, an unknown number, or a parcel that is settled already"
        },
        footer = {"%nExample:%n  ./parcelwatch resolve 1Z999AA10123456784 --as lost --note 'UPS claim 4711 accepted'"})
final class ResolveCommand implements Callable<Integer> {

    private static final Duration WATCH_IS_AWAY = Duration.ofMinutes(5);

    /** A parcel that fits; the destination names the zone of a settlement without a time. */
    private record Parcel(
            String carrier,
            String number,
            int journey,
            Instant startsAt,
            String country,
            String region,
            Instant lastSign,
            boolean ended) {

        String name() {
            return carrier + " " + number;
        }
    }

    @ParentCommand
    private Parcelwatch parcelwatch;

    @Parameters(paramLabel = "NUMBER", description = "the tracking number")
    private String number;

    @Option(
            names = "--as",
            required = true,
            paramLabel = "lost|delivered|returned",
            description = "what became of it; lost: nobody expects it any more, and its order goes on without it")
    private Settlement settlement;

    @Option(
            names = "--note",
            required = true,
            paramLabel = "TEXT",
            description = "why, for those who read it later: kept with the event, told by track")
    private String note;

    @Option(
            names = "--carrier",
            paramLabel = "NAME",
            description = "the parcel's carrier, where several have the number")
    private String carrier;

    @Option(
            names = "--at",
            paramLabel = "TIME",
            description =
                    "when it happened, in ISO 8601 with offset; default: now. A repeat before the watch took up the first word"
                            + " is the same event: its earliest time stands")
    private String at;

    @Option(
            names = "--forget-after",
            paramLabel = "DAYS",
            defaultValue = "120",
            description =
                    "as the watch has it: what ended so many days ago, or went silent three times as many ago, it has let go"
                            + " of (default: ${DEFAULT-VALUE})")
    private int forgetAfter;

    @Override
    public Integer call() {
        String wanted = TrackingNumbers.normalize(number);
        if (wanted == null) {
            throw new UsageException("NUMBER is blank: name a tracking number");
        }
        String why = note.strip().replaceAll("\\s+", " ");
        if (why.isEmpty() || why.length() > Bounds.DESCRIPTION) {
            throw new UsageException(
                    "--note has " + why.length() + " characters: write from 1 to " + Bounds.DESCRIPTION);
        }
        if (forgetAfter < 1) {
            throw new UsageException("--forget-after is a whole number from 1 on, not " + forgetAfter);
        }
        Instant now = Instant.now();
        OffsetDateTime said = at == null ? null : moment(at, now);
        Instant moment = (said == null ? now : said.toInstant()).truncatedTo(ChronoUnit.SECONDS);
        Output output = parcelwatch.output();
        try (Services services = new Services(parcelwatch.settings());
                Queries queries = new Queries(services.database())) {
            Parcel parcel = parcel(queries, wanted, moment, now);
            List<Settlement.Told> events = events(queries, parcel);
            Duration kept = Duration.ofDays(forgetAfter).multipliedBy(parcel.ended ? 1 : 3);
            if (parcel.lastSign != null && now.isAfter(parcel.lastSign.plus(kept))) {
                throw new UsageException(parcel.name() + " was last heard of at " + parcel.lastSign
                        + ", so long ago that the watch has let go of it: it cannot be settled any more; if the watch runs"
                        + " with a longer --forget-after, name the same here");
            }
            String refusal = settlement.refusal(events, moment, now);
            if (refusal != null) {
                throw new UsageException(parcel.name() + " " + refusal);
            }
            Settlement.Standing standing = Settlement.Standing.after(events);
            TrackingEvent event = event(parcel, standing, moment, said, why);
            publish(services.kafka(), event, now);
            tell(queries, parcel, event, standing, now, output);
        }
        return ExitCode.DONE;
    }

    private static OffsetDateTime moment(String text, Instant now) {
        OffsetDateTime moment;
        try {
            moment = OffsetDateTime.parse(text);
        } catch (DateTimeException e) {
            throw new UsageException(
                    "--at is " + text + ", which is no ISO 8601 time with offset: write 2026-03-20T14:30:00+01:00");
        }
        if (moment.toInstant().isAfter(now)) {
            throw new UsageException("--at is " + text + ", which is yet to come: settle a parcel when it happened");
        }
        return moment;
    }

    /**
     * The parcel that travelled under the number at a moment, as the watch will see it: of several journeys the one that had begun last; before its
     * order was placed, the one before it, where nothing was heard of the last one and that one takes the settlement.
     */
    private Parcel parcel(Queries queries, String wanted, Instant moment, Instant now) {
        String slug = CarrierSlugs.of(carrier);
        List<Queries.Row> uses = queries.rows("""
                select carrier, tracking_number, journey, placed_at as starts_at, destination_country, destination_region,
                       max(last_sign) over number as last_sign, bool_and(ended) over number as ended
                from (select carrier, tracking_number, journey, coalesce(placed_at, registered_at) as placed_at,
                             destination_country, destination_region,
                             coalesce(greatest(last_event_at, registered_at), placed_at) as last_sign,
                             status in ('DELIVERED', 'RETURNED', 'CANCELLED') as ended
                      from shipment
                      union all
                      -- Registered, and the watch has not seen it yet.
                      select f.carrier, f.tracking_number, f.journey, min(coalesce(o.placed_at, f.registered_at)), null, null,
                             min(f.registered_at), false
                      from fulfilment f join sales_order o on o.id = f.order_id
                      where f.withdrawn_at is null and not exists (
                          select from shipment s
                          where s.carrier = f.carrier and s.tracking_number = f.tracking_number and s.journey = f.journey)
                      group by 1, 2, 3) parcel
                where tracking_number = ? and coalesce(carrier = ?, true)
                window number as (partition by carrier, tracking_number)
                order by carrier, starts_at desc nulls last, journey desc
                """, wanted, slug);
        if (uses.isEmpty()) {
            throw new UsageException(unknown(queries, wanted, slug));
        }
        List<String> carriers =
                uses.stream().map(row -> row.text("carrier")).distinct().toList();
        if (carriers.size() > 1) {
            throw new UsageException(
                    wanted + " is with " + String.join(" and ", carriers) + ": name the one you mean with --carrier");
        }
        List<Parcel> begun = uses.stream()
                .filter(row -> row.time("starts_at") == null
                        || !moment.isBefore(row.time("starts_at").minus(Journeys.EARLIER_USE_BEFORE)))
                .map(row -> new Parcel(
                        row.text("carrier"),
                        row.text("tracking_number"),
                        (int) row.number("journey"),
                        row.time("starts_at"),
                        row.text("destination_country"),
                        row.text("destination_region"),
                        row.time("last_sign"),
                        row.truth("ended")))
                .toList();
        if (begun.isEmpty()) {
            throw new UsageException("--at is " + moment + ", long before the order of " + wanted
                    + " was placed: name a later --at, or leave it out");
        }
        Parcel last = begun.get(0);
        if (begun.size() > 1
                && last.startsAt != null
                && last.startsAt.isAfter(moment)
                && events(queries, last).stream().allMatch(event -> event.at().isAfter(moment))) {
            List<Settlement.Told> before = events(queries, begun.get(1));
            if (!before.isEmpty() && settlement.refusal(before, moment, now) == null) {
                return begun.get(1);
            }
        }
        return last;
    }

    private static String unknown(Queries queries, String wanted, String slug) {
        List<Queries.Row> unclaimed = queries.rows(
                "select carrier from unclaimed_number where tracking_number = ? and coalesce(carrier = ?, true) order by 1",
                wanted,
                slug);
        return unclaimed.isEmpty()
                ? "no parcel" + (slug == null ? "" : " of " + slug) + " is known by " + wanted
                        + ": check the number; a parcel is known once its fulfilment is imported"
                : unclaimed.get(0).text("carrier") + " speaks of " + wanted
                        + ", and nobody registered it: import its fulfilment first";
    }

    private static List<Settlement.Told> events(Queries queries, Parcel parcel) {
        return queries.rows("""
                        select event_time, status, reason, event_id from tracking_event
                        where carrier = ? and tracking_number = ? and journey = ? and verdict <> 'IMPLAUSIBLE_TIME'
                        """, parcel.carrier, parcel.number, parcel.journey).stream()
                .map(row -> new Settlement.Told(
                        row.time("event_time"),
                        Status.valueOf(row.text("status")),
                        row.text("reason") == null ? null : Reason.valueOf(row.text("reason")),
                        row.text("event_id")))
                .toList();
    }

    /** The settlement as an event, in the local time of the destination where nobody said another. */
    private TrackingEvent event(
            Parcel parcel, Settlement.Standing standing, Instant moment, OffsetDateTime said, String why) {
        ZoneId zone = LocalZones.of(parcel.country, parcel.region).orElse(null);
        ZoneOffset offset =
                said != null ? said.getOffset() : zone != null ? zone.getRules().getOffset(moment) : ZoneOffset.UTC;
        return new TrackingEvent(
                parcel.carrier,
                parcel.number,
                settlement.eventId(parcel.carrier, parcel.number, parcel.journey, standing),
                settlement.status(),
                settlement.reason(),
                moment,
                offset.getTotalSeconds(),
                said != null ? OffsetSource.CARRIER : zone != null ? OffsetSource.LOCATION : OffsetSource.ASSUMED,
                null,
                why,
                null,
                false,
                null,
                null);
    }

    private static void publish(KafkaConnection kafka, TrackingEvent event, Instant now) {
        kafka.createTopics(Topic.CARRIER_PAYLOADS);
        Properties properties = kafka.properties();
        properties.put(ProducerConfig.ACKS_CONFIG, "all");
        properties.putIfAbsent(ProducerConfig.MAX_BLOCK_MS_CONFIG, "20000");
        properties.putIfAbsent(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        properties.putIfAbsent(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
        Payload payload;
        try {
            payload = new Payload(
                    event.carrier(),
                    null,
                    "manual",
                    now,
                    event.eventId(),
                    Json.MAPPER.writeValueAsBytes(EventJson.write(event)));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an event can always be written", e);
        }
        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(PayloadHeaders.record(kafka.name(Topic.CARRIER_PAYLOADS), payload.payloadId(), payload))
                    .get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new KafkaUnreachableException(kafka, e);
        } catch (ExecutionException | KafkaException e) {
            throw new KafkaUnreachableException(kafka, e);
        }
    }

    private void tell(
            Queries queries,
            Parcel parcel,
            TrackingEvent event,
            Settlement.Standing before,
            Instant now,
            Output output) {
        Instant clock = queries.asOf();
        if (output.json()) {
            ObjectNode object = Json.MAPPER.createObjectNode();
            object.put("carrier", parcel.carrier);
            object.put("tracking_number", parcel.number);
            object.put("journey", parcel.journey);
            object.put("was", before.status().name());
            object.put("status", event.status().name());
            object.put("reason", event.reason() == null ? null : event.reason().name());
            object.put("at", event.eventTime().toString());
            object.put("note", event.description());
            object.put("event_id", event.eventId());
            output.object(object);
        } else {
            output.line(
                    "%s, %s until now, is settled as %s at %s: published.",
                    parcel.name(), before.words(), settlement.word(), event.eventTime());
        }
        if (clock == null || clock.isBefore(now.minus(WATCH_IS_AWAY))) {
            output.note("the watch does not run, or is behind (its clock: " + (clock == null ? "none" : clock)
                    + "): it takes the settlement up when it gets there");
        }
    }
}
