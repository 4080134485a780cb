-- What watch-shipments writes, and nobody else. Every row carries the revision it was computed from: writes are guarded by it, so that a
-- replay after a crash ends in the same rows. No foreign key leads to the tables of intake: they have another writer.

create table tracking_event (
    carrier         text        not null,
    tracking_number text        not null,
    event_id        text        not null,
    event_time      timestamptz not null,
    event_offset    integer     not null,
    offset_source   text        not null,
    journey         integer     not null,
    leg             smallint    not null,
    status          text        not null,
    reason          text,
    verdict         text        not null,
    applied         boolean     not null,
    movement        boolean     not null,
    scan            boolean     not null,
    code            text,
    description     text,
    city            text,
    region          text,
    postal_code     text,
    country         text,
    source          text,
    received_at     timestamptz,
    revision        bigint      not null,
    primary key (carrier, tracking_number, event_id, event_time)
) partition by range (event_time);

comment on table tracking_event is 'Everything carriers said about registered parcels, one row an event, however often and by whatever way it came. Partitioned by month of event_time (UTC).';
comment on column tracking_event.carrier is 'The carrier''s slug, for example ups';
comment on column tracking_event.tracking_number is 'The tracking number, upper case, without white space';
comment on column tracking_event.event_id is 'Identity of the event within its number, derived from what the carrier said; 16 hexadecimal digits, or the carrier''s own id';
comment on column tracking_event.event_time is 'When it happened, to the second';
comment on column tracking_event.event_offset is 'The offset the time was written with, in seconds east of UTC';
comment on column tracking_event.offset_source is 'Where that offset came from: CARRIER, LOCATION (derived from the place) or ASSUMED (UTC taken)';
comment on column tracking_event.journey is 'Which use of the number the event belongs to (1, 2, ...); 0: an earlier use than any registered';
comment on column tracking_event.leg is '1 outbound, 2 on the way back to the sender';
comment on column tracking_event.status is 'What the event means in our words';
comment on column tracking_event.reason is 'Why, in our words; null where the carrier gave none';
comment on column tracking_event.verdict is 'What the lifecycle made of it: APPLIES, CONFIRMS, CONTRADICTS_DELIVERY, READS_RETURNED, REFUSED_..., SAYS_NOTHING, IMPLAUSIBLE_TIME or EARLIER_USE';
comment on column tracking_event.applied is 'Whether the parcel''s status changed by it';
comment on column tracking_event.movement is 'Whether it counts as movement: a scan, or a change of status';
comment on column tracking_event.scan is 'Whether a person or machine touched the parcel';
comment on column tracking_event.code is 'The carrier''s raw code, sub-codes after colons';
comment on column tracking_event.description is 'The carrier''s words';
comment on column tracking_event.city is 'City of the event, as written';
comment on column tracking_event.region is 'Region of the event, ISO 3166-2 without the country where known';
comment on column tracking_event.postal_code is 'Postal code of the event, as written';
comment on column tracking_event.country is 'Country of the event, ISO 3166-1 alpha-2';
comment on column tracking_event.source is 'How the first copy came: webhook, poll, file, manual';
comment on column tracking_event.received_at is 'When the first copy was received; null where the feed does not say';
comment on column tracking_event.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create index tracking_event_unknown on tracking_event (carrier, code) where status = 'UNKNOWN';

create table tracking_event_other partition of tracking_event default;
comment on table tracking_event_other is 'Events of months that have no partition of their own: long past, or dated far ahead.';

-- Months from two before to three after today get a partition of their own; what lies in the default partition of them moves along.
create function ensure_tracking_event_partitions() returns integer language plpgsql as $$
declare
    month date;
    made integer := 0;
    partition_name text;
begin
    perform pg_advisory_xact_lock(hashtext('ensure_tracking_event_partitions'));
    for month in
        select generate_series(date_trunc('month', now() at time zone 'UTC') - interval '2 months',
                               date_trunc('month', now() at time zone 'UTC') + interval '3 months', interval '1 month')::date
    loop
        partition_name := 'tracking_event_' || to_char(month, 'YYYY_MM');
        if to_regclass(partition_name) is null then
            -- Nobody writes between the copy and the attachment: a row that came then would be lost.
            lock table tracking_event in access exclusive mode;
            create temporary table moving_events on commit drop as select * from tracking_event_other with no data;
            with moved as (
                delete from tracking_event_other
                where event_time >= month::timestamp at time zone 'UTC'
                  and event_time < (month + interval '1 month') at time zone 'UTC'
                returning *)
            insert into moving_events select * from moved;
            execute format('create table %I partition of tracking_event for values from (%L) to (%L)', partition_name,
                           month::timestamp at time zone 'UTC', (month + interval '1 month') at time zone 'UTC');
            insert into tracking_event select * from moving_events;
            drop table moving_events;
            made := made + 1;
        end if;
    end loop;
    return made;
end $$;
comment on function ensure_tracking_event_partitions() is 'Makes the monthly partitions of tracking_event from two months back to three ahead; run by every migrate';

create table shipment (
    carrier              text             not null,
    tracking_number      text             not null,
    journey              integer          not null,
    leg                  smallint         not null,
    status               text             not null,
    status_at            timestamptz,
    reason               text,
    stalled              boolean          not null,
    delayed              boolean          not null,
    expired              boolean          not null,
    service              text             not null,
    origin               text             not null,
    destination          text             not null,
    destination_country  text,
    destination_region   text,
    destination_postal_code text,
    placed_at            timestamptz,
    registered_at        timestamptz,
    promised_at          timestamptz,
    promise_precision    text,
    estimated_at         timestamptz,
    first_scan_at        timestamptz,
    shipped_at           timestamptz,
    first_attempt_at     timestamptz,
    delivered_at         timestamptz,
    last_event_at        timestamptz,
    last_movement_at     timestamptz,
    last_city            text,
    last_region          text,
    last_country         text,
    events               integer          not null,
    refused_events       integer          not null,
    cancelled_at         timestamptz,
    revision             bigint           not null,
    primary key (carrier, tracking_number, journey)
);
create index shipment_by_number on shipment (tracking_number);
create index shipment_by_status on shipment (status, last_movement_at);

comment on table shipment is 'One parcel on one journey: the state that follows from its registrations, its events, the rules and now.';
comment on column shipment.carrier is 'The carrier''s slug';
comment on column shipment.tracking_number is 'The tracking number, upper case, without white space';
comment on column shipment.journey is 'Which use of the number: 1, 2, ...; carriers reuse numbers';
comment on column shipment.leg is '1 outbound, 2 on the way back to the sender';
comment on column shipment.status is 'PRE_TRANSIT, PICKED_UP, IN_TRANSIT, EXCEPTION, OUT_FOR_DELIVERY, ATTEMPTED, AVAILABLE_FOR_PICKUP, DELIVERED, RETURNING, RETURNED, CANCELLED or UNKNOWN (registered, no news yet)';
comment on column shipment.status_at is 'Time of the event that set the status; null before the first event';
comment on column shipment.reason is 'Why, where the carrier said so with this status';
comment on column shipment.stalled is 'A stall is open now';
comment on column shipment.delayed is 'Past the promise, and no delivery was attempted by then';
comment on column shipment.expired is 'No event for 30 days (a setting) and the journey not over';
comment on column shipment.service is 'The carrier''s service as the shop names it; ? where unknown';
comment on column shipment.origin is 'country or country-region where it left; ? where unknown';
comment on column shipment.destination is 'country or country-region where it goes; ? where unknown';
comment on column shipment.destination_country is 'ISO 3166-1 alpha-2';
comment on column shipment.destination_region is 'ISO 3166-2 without the country';
comment on column shipment.destination_postal_code is 'As written';
comment on column shipment.placed_at is 'When the first of its orders was placed';
comment on column shipment.registered_at is 'When intake first learned of the parcel';
comment on column shipment.promised_at is 'The moment the customer was promised first; never moves';
comment on column shipment.promise_precision is 'INSTANT, or DATE: the last instant of that day at the destination';
comment on column shipment.estimated_at is 'What is expected now; moves';
comment on column shipment.first_scan_at is 'First time a person or machine touched it';
comment on column shipment.shipped_at is 'First time its status said it moves';
comment on column shipment.first_attempt_at is 'Earliest ATTEMPTED, AVAILABLE_FOR_PICKUP, DELIVERED that stands, or EXCEPTION after OUT_FOR_DELIVERY, on leg 1';
comment on column shipment.delivered_at is 'First delivery that was not contradicted, leg 1';
comment on column shipment.last_event_at is 'Time of its newest plausible event';
comment on column shipment.last_movement_at is 'Time of its newest movement: a scan, or a change of status';
comment on column shipment.last_city is 'City of the newest event that names a place';
comment on column shipment.last_region is 'Region of that event';
comment on column shipment.last_country is 'Country of that event';
comment on column shipment.events is 'Number of its events';
comment on column shipment.refused_events is 'Number of its events that the lifecycle refused';
comment on column shipment.cancelled_at is 'When the channel had cancelled all of its orders; null if not';
comment on column shipment.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create table shipment_order (
    carrier         text    not null,
    tracking_number text    not null,
    journey         integer not null,
    channel         text    not null,
    account         text    not null,
    external_id     text    not null,
    placed_at       timestamptz,
    revision        bigint  not null,
    primary key (carrier, tracking_number, journey, channel, account, external_id)
);
create index shipment_order_by_order on shipment_order (channel, account, external_id);

comment on table shipment_order is 'Which orders travel in which shipment, many to many, as the watch was told.';
comment on column shipment_order.carrier is 'The carrier''s slug';
comment on column shipment_order.tracking_number is 'The tracking number';
comment on column shipment_order.journey is 'Which use of the number';
comment on column shipment_order.channel is 'Where the order came from';
comment on column shipment_order.account is 'Which store of the channel';
comment on column shipment_order.external_id is 'The channel''s own id of the order';
comment on column shipment_order.placed_at is 'When the order was placed';
comment on column shipment_order.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create table shipment_alert (
    alert_id         text        not null primary key,
    kind             text        not null check (kind in ('STALLED', 'DELAYED', 'FEED_SILENT')),
    carrier          text        not null,
    tracking_number  text,
    journey          integer,
    leg              smallint,
    status           text,
    last_movement_at timestamptz,
    threshold_hours  double precision,
    opened_at        timestamptz not null,
    closed_at        timestamptz,
    length_hours     double precision generated always as (extract(epoch from closed_at - opened_at)::double precision / 3600) stored,
    withdrawn_at     timestamptz,
    revision         bigint      not null
);
create index shipment_alert_by_shipment on shipment_alert (carrier, tracking_number, journey);
create index shipment_alert_open on shipment_alert (kind, opened_at) where closed_at is null and withdrawn_at is null;

comment on table shipment_alert is 'What operations were alerted to; one row an episode.';
comment on column shipment_alert.alert_id is 'Derived from shipment, leg, kind and last movement, so that the same episode is always the same alert';
comment on column shipment_alert.kind is 'STALLED: on its way and not moved for longer than its rule allows. DELAYED: past its promise without an attempt. FEED_SILENT: a carrier''s whole feed';
comment on column shipment_alert.carrier is 'The carrier''s slug';
comment on column shipment_alert.tracking_number is 'The tracking number; null for FEED_SILENT';
comment on column shipment_alert.journey is 'Which use of the number; null for FEED_SILENT';
comment on column shipment_alert.leg is '1 outbound, 2 on the way back; null for FEED_SILENT';
comment on column shipment_alert.status is 'The status in which the parcel stalled or was delayed';
comment on column shipment_alert.last_movement_at is 'The movement after which nothing moved; for DELAYED the last one before the promise, if any';
comment on column shipment_alert.threshold_hours is 'Hours without movement that opened the alert; null for DELAYED';
comment on column shipment_alert.opened_at is 'STALLED: the last movement plus the threshold. DELAYED: the promise';
comment on column shipment_alert.closed_at is 'STALLED: the next movement. DELAYED: the first attempt, or the way back or cancellation. Null while open';
comment on column shipment_alert.length_hours is 'Hours from opened_at to closed_at; null while open';
comment on column shipment_alert.withdrawn_at is 'When a late event proved that there never was an episode; null if none did';
comment on column shipment_alert.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create table delivery (
    carrier            text             not null,
    tracking_number    text             not null,
    journey            integer          not null,
    service            text             not null,
    origin             text             not null,
    destination        text             not null,
    day                date             not null,
    placed_at          timestamptz,
    first_scan_at      timestamptz,
    first_attempt_at   timestamptz      not null,
    delivered_at       timestamptz      not null,
    promised_at        timestamptz,
    on_time            boolean,
    at_first_attempt   boolean          not null,
    transit_hours      double precision,
    total_hours        double precision,
    exceptions         integer          not null,
    stalls             integer          not null,
    revision           bigint           not null,
    primary key (carrier, tracking_number, journey)
);
create index delivery_by_cell on delivery (day, carrier, service, origin, destination);

comment on table delivery is 'One row a journey whose outbound leg was delivered; a later return leaves it standing.';
comment on column delivery.carrier is 'The carrier''s slug';
comment on column delivery.tracking_number is 'The tracking number';
comment on column delivery.journey is 'Which use of the number';
comment on column delivery.service is 'The carrier''s service; ? where unknown';
comment on column delivery.origin is 'country or country-region; ? where unknown';
comment on column delivery.destination is 'country or country-region; ? where unknown';
comment on column delivery.day is 'Local date of the delivery at the destination, where its country and region name one time zone, else in the offset of the event';
comment on column delivery.placed_at is 'When the first of its orders was placed';
comment on column delivery.first_scan_at is 'First time a person or machine touched it';
comment on column delivery.first_attempt_at is 'Earliest ATTEMPTED, AVAILABLE_FOR_PICKUP, DELIVERED that stands, or EXCEPTION after OUT_FOR_DELIVERY';
comment on column delivery.delivered_at is 'First delivery that was not contradicted';
comment on column delivery.promised_at is 'The moment the customer was promised first; null without a promise';
comment on column delivery.on_time is 'First attempt no later than the promise; null without a promise';
comment on column delivery.at_first_attempt is 'Whether the first attempt was the delivery';
comment on column delivery.transit_hours is 'Hours from first scan to delivery, unrounded; null where nothing was scanned';
comment on column delivery.total_hours is 'Hours from order to delivery, unrounded; null where the order''s time is unknown';
comment on column delivery.exceptions is 'Number of exceptions on the way';
comment on column delivery.stalls is 'Number of stalls on the way';
comment on column delivery.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create table delivery_performance_daily (
    day           date             not null,
    carrier       text             not null,
    service       text             not null,
    origin        text             not null,
    destination   text             not null,
    deliveries    integer          not null,
    promised      integer          not null,
    on_time       integer          not null,
    first_attempt integer          not null,
    mean_hours    double precision,
    p50_hours     double precision,
    p90_hours     double precision,
    p95_hours     double precision,
    exceptions    integer          not null,
    stalls        integer          not null,
    primary key (day, carrier, service, origin, destination)
);

comment on table delivery_performance_daily is 'Delivery performance of a day and lane. All columns speak of the parcels delivered that day. Recomputed from table delivery, in the transaction that changes it.';
comment on column delivery_performance_daily.day is 'Local date of delivery at the destination, as delivery.day';
comment on column delivery_performance_daily.carrier is 'The carrier''s slug';
comment on column delivery_performance_daily.service is 'The carrier''s service; ? where unknown';
comment on column delivery_performance_daily.origin is 'country or country-region; ? where unknown';
comment on column delivery_performance_daily.destination is 'country or country-region; ? where unknown';
comment on column delivery_performance_daily.deliveries is 'Parcels delivered';
comment on column delivery_performance_daily.promised is 'of those, parcels with a promise';
comment on column delivery_performance_daily.on_time is 'of those with a promise, parcels whose first attempt was no later';
comment on column delivery_performance_daily.first_attempt is 'Parcels delivered at the first attempt';
comment on column delivery_performance_daily.mean_hours is 'Mean hours from first scan to delivery, exact; null where none was scanned';
comment on column delivery_performance_daily.p50_hours is 'Median hours from first scan to delivery, nearest rank, to the minute';
comment on column delivery_performance_daily.p90_hours is '90th percentile of hours from first scan to delivery, nearest rank, to the minute';
comment on column delivery_performance_daily.p95_hours is '95th percentile of hours from first scan to delivery, nearest rank, to the minute';
comment on column delivery_performance_daily.exceptions is 'Parcels that met at least one exception on the way';
comment on column delivery_performance_daily.stalls is 'Parcels that stalled at least once on the way';

create table notification_intent (
    intent_id       text        not null primary key,
    milestone       text        not null,
    carrier         text        not null,
    tracking_number text        not null,
    journey         integer     not null,
    leg             smallint    not null,
    occurred_at     timestamptz not null,
    withdrawn_at    timestamptz,
    revision        bigint      not null
);
create index notification_intent_by_shipment on notification_intent (carrier, tracking_number, journey);

comment on table notification_intent is 'Messages that customers should get about a shipment: at most one for each shipment and milestone. What is sent, held or dropped is decided by send-notifications.';
comment on column notification_intent.intent_id is 'Derived from shipment and milestone';
comment on column notification_intent.milestone is 'SHIPPED, OUT_FOR_DELIVERY, DELIVERED, ATTEMPTED, READY_FOR_PICKUP, DELAYED, EXCEPTION, RETURNED or CANCELLED';
comment on column notification_intent.carrier is 'The carrier''s slug';
comment on column notification_intent.tracking_number is 'The tracking number';
comment on column notification_intent.journey is 'Which use of the number';
comment on column notification_intent.leg is '1 outbound, 2 on the way back';
comment on column notification_intent.occurred_at is 'When the milestone was reached';
comment on column notification_intent.withdrawn_at is 'When history disproved the milestone; null if it stands';
comment on column notification_intent.revision is 'Which attempt of the watch wrote the row (from bit 40 up) and how much was known; guards against older writes';

create table dead_letter (
    dead_letter_id  text        not null primary key,
    reason          text        not null,
    detail          text,
    carrier         text,
    tracking_number text,
    source          text,
    coordinates     text        not null,
    received_at     timestamptz,
    payload         bytea,
    recorded_at     timestamptz not null default now()
);
create index dead_letter_by_reason on dead_letter (reason, recorded_at);

comment on table dead_letter is 'What could not be read, claimed or stored, kept whole so that it can be taken again after a fix.';
comment on column dead_letter.dead_letter_id is 'Derived from coordinates, place within the payload and reason';
comment on column dead_letter.reason is 'MALFORMED, TOO_LARGE, UNKNOWN_CARRIER, NEVER_CLAIMED (no registration within the wait), TOO_MANY_EVENTS or REFUSED_BY_DATABASE';
comment on column dead_letter.detail is 'The rule that was broken, and where in the payload';
comment on column dead_letter.carrier is 'The carrier''s slug, where known';
comment on column dead_letter.tracking_number is 'The tracking number, where known';
comment on column dead_letter.source is 'How it came: webhook, poll, file, manual';
comment on column dead_letter.coordinates is 'topic/partition/offset, or file and line';
comment on column dead_letter.received_at is 'When it was received; null where unknown';
comment on column dead_letter.payload is 'The bytes as they came, at most 1 MiB';
comment on column dead_letter.recorded_at is 'When the dead letter was written';

create table watch_progress (
    subtask     integer     not null primary key,
    parallelism integer     not null,
    clock_at    timestamptz not null,
    recorded_at timestamptz not null
);

comment on table watch_progress is 'How far the watch has come: every writer''s clock. The tables are complete up to the earliest of them.';
comment on column watch_progress.subtask is 'Which of the parallel writers';
comment on column watch_progress.parallelism is 'How many writers there are';
comment on column watch_progress.clock_at is 'Everything received before this moment is in the tables';
comment on column watch_progress.recorded_at is 'When that was written';

create table watch_state (
    only_row   boolean     not null primary key default true check (only_row),
    state_id   text        not null,
    epoch      bigint      not null default 0,
    started_at timestamptz not null default now()
);

comment on table watch_state is 'Which state of the watch the tables were written with: a watch that does not hold this state does not write into them.';
comment on column watch_state.only_row is 'Always true: there is one row at most';
comment on column watch_state.state_id is 'The id that lies beside the checkpoints of a live run, or the digest of a bounded run''s input';
comment on column watch_state.epoch is 'Counts the attempts of the writers; a row''s revision begins with it';
comment on column watch_state.started_at is 'When a watch with this state first wrote here';
