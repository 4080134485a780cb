-- What is derived and never stored: the status of an order, and the reports. Views may look across writers; tables may not.

create view order_status as
select o.id as order_id, o.channel, o.account, o.external_id,
       case
           when o.cancelled_at is not null and parcels.moving = 0 then 'CANCELLED'
           when parcels.live > 0 and parcels.returned = parcels.live then 'RETURNED'
           when parcels.live > 0 and parcels.delivered + parcels.returned = parcels.live and not lines.awaited then 'DELIVERED'
           when parcels.delivered > 0 then 'PARTIALLY_DELIVERED'
           when parcels.live > 0 and parcels.moving = parcels.live and not lines.awaited then 'SHIPPED'
           when parcels.moving > 0 then 'PARTIALLY_SHIPPED'
           when parcels.registered > 0 then 'IN_PREPARATION'
           else 'ORDER_RECEIVED'
       end as status
from sales_order o
cross join lateral (
    -- A shipment that was called off counts for nothing but that the order was worked on: another label takes its place.
    select count(*) as registered,
           count(*) filter (where s.status is distinct from 'CANCELLED') as live,
           count(*) filter (where s.status not in ('PRE_TRANSIT', 'UNKNOWN', 'CANCELLED')) as moving,
           count(*) filter (where s.status = 'DELIVERED') as delivered,
           count(*) filter (where s.status = 'RETURNED') as returned
    from fulfilment f
    left join shipment s on s.carrier = f.carrier and s.tracking_number = f.tracking_number and s.journey = f.journey
    where f.order_id = o.id) parcels
cross join lateral (
    select coalesce(lower(o.fulfillment_status) in ('partial', 'partially_fulfilled'), false)
           -- What is in a parcel is known only where every one of them names its lines.
           or parcels.live > 0
              and not exists (
                  select from fulfilment f
                  where f.order_id = o.id and not exists (select from fulfilment_line l where l.fulfilment_id = f.id))
              and exists (
                  select from (
                      select coalesce(l.sku, l.line_no::text) as ref, sum(l.quantity) as quantity
                      from order_line l
                      where l.order_id = o.id and l.requires_shipping
                      group by 1) ordered
                  where ordered.quantity > (
                      select coalesce(sum(l.quantity), 0)
                      from fulfilment f
                      join fulfilment_line l on l.fulfilment_id = f.id and l.line_ref = ordered.ref
                      left join shipment s
                          on s.carrier = f.carrier and s.tracking_number = f.tracking_number and s.journey = f.journey
                      where f.order_id = o.id and s.status is distinct from 'CANCELLED'))
           as awaited) lines;

comment on view order_status is 'Where every order stands, derived from the channel''s word and its parcels. The first that fits: CANCELLED (channel cancelled, nothing shipped), RETURNED (all returned), DELIVERED (all delivered or returned, none awaited), PARTIALLY_DELIVERED (any delivered), SHIPPED (all moving, none awaited), PARTIALLY_SHIPPED (any moving), IN_PREPARATION (any registered), ORDER_RECEIVED. Awaited: the channel says partially fulfilled, or lines are known to be unshipped.';
comment on column order_status.order_id is 'sales_order.id';
comment on column order_status.channel is 'Where the order came from';
comment on column order_status.account is 'Which store of the channel';
comment on column order_status.external_id is 'The channel''s own id';
comment on column order_status.status is 'One of the words in the view''s comment';

create view report_intake as
select (coalesce(ended_at, started_at) at time zone 'UTC')::date as day, job, channel, account,
       count(*) as files,
       count(*) filter (where outcome <> 'DONE') as files_not_done,
       sum(records_read)::bigint as records_read,
       sum(inserted)::bigint as inserted,
       sum(updated)::bigint as updated,
       sum(unchanged)::bigint as unchanged,
       sum(skipped)::bigint as skipped,
       sum(rejected)::bigint as rejected,
       sum(rejected)::double precision / nullif(sum(records_read), 0) as rejected_share
from import_file
group by 1, 2, 3, 4
order by day desc, job, channel, account;

comment on view report_intake is 'What came in, by day, job and account. A file that is imported again unchanged is not counted again.';
comment on column report_intake.day is 'Day on which the import ended, or began where it has not ended; UTC';
comment on column report_intake.job is 'import-orders (records are orders) or import-fulfilments (records are rows)';
comment on column report_intake.channel is 'Where the records come from';
comment on column report_intake.account is 'Which store of the channel';
comment on column report_intake.files is 'Files, each content once';
comment on column report_intake.files_not_done is 'of those, files whose import runs, failed or was refused for too many rejects';
comment on column report_intake.records_read is 'Records read = inserted + updated + unchanged + skipped + rejected where all files are done';
comment on column report_intake.inserted is 'of those, new';
comment on column report_intake.updated is 'of those, newer than what was known and different';
comment on column report_intake.unchanged is 'of those, the same as what was known';
comment on column report_intake.skipped is 'of those, older than what was known';
comment on column report_intake.rejected is 'of those, rejected; see rejected_record';
comment on column report_intake.rejected_share is 'rejected / records_read, 0 to 1; null where nothing was read';

create view report_delivery_performance as
select p.day, p.carrier, p.service, p.origin, p.destination,
       p.deliveries, p.promised, p.on_time,
       p.on_time::double precision / nullif(p.promised, 0) as on_time_share,
       p.first_attempt::double precision / nullif(p.deliveries, 0) as first_attempt_share,
       p.mean_hours, p.p50_hours, p.p90_hours, p.p95_hours,
       p.exceptions, p.stalls,
       lane.deliveries as lane_deliveries,
       lane.deliveries < 10 as too_few,
       case when lane.deliveries >= 10 then lane.p90_hours end as promise_hours
from delivery_performance_daily p
join (
    select carrier, service, origin, destination, count(*) as deliveries,
           percentile_disc(0.9) within group (order by transit_hours) as p90_hours
    from delivery
    group by carrier, service, origin, destination) lane
    on (lane.carrier, lane.service, lane.origin, lane.destination) = (p.carrier, p.service, p.origin, p.destination)
order by p.day desc, p.carrier, p.service, p.origin, p.destination;

comment on view report_delivery_performance is 'How carriers delivered, by day of delivery and lane.';
comment on column report_delivery_performance.day is 'Local date of delivery at the destination';
comment on column report_delivery_performance.carrier is 'The carrier''s slug';
comment on column report_delivery_performance.service is 'The carrier''s service; ? where unknown';
comment on column report_delivery_performance.origin is 'country or country-region; ? where unknown';
comment on column report_delivery_performance.destination is 'country or country-region; ? where unknown';
comment on column report_delivery_performance.deliveries is 'Parcels delivered that day';
comment on column report_delivery_performance.promised is 'of those, parcels with a promise';
comment on column report_delivery_performance.on_time is 'of those with a promise, parcels whose first attempt was no later';
comment on column report_delivery_performance.on_time_share is 'on_time / promised, 0 to 1; null where nothing was promised';
comment on column report_delivery_performance.first_attempt_share is 'Share of parcels delivered at the first attempt, 0 to 1';
comment on column report_delivery_performance.mean_hours is 'Mean hours from first scan to delivery';
comment on column report_delivery_performance.p50_hours is 'Median hours from first scan to delivery';
comment on column report_delivery_performance.p90_hours is '90th percentile of hours from first scan to delivery';
comment on column report_delivery_performance.p95_hours is '95th percentile of hours from first scan to delivery';
comment on column report_delivery_performance.exceptions is 'Parcels that met at least one exception on the way';
comment on column report_delivery_performance.stalls is 'Parcels that stalled at least once on the way';
comment on column report_delivery_performance.lane_deliveries is 'Parcels delivered on the lane on all days together';
comment on column report_delivery_performance.too_few is 'Whether the lane has fewer than 10 deliveries: too few to conclude from';
comment on column report_delivery_performance.promise_hours is 'What could be promised on the lane: hours from first scan within which 9 of 10 of all its parcels arrived; null where too_few';

create view report_carrier_scorecard as
select date_trunc('week', day)::date as week, carrier,
       count(*) as deliveries,
       count(*) filter (where on_time is not null) as promised,
       count(*) filter (where on_time)::double precision / nullif(count(*) filter (where on_time is not null), 0) as on_time_share,
       count(*) filter (where at_first_attempt)::double precision / count(*) as first_attempt_share,
       percentile_disc(0.5) within group (order by transit_hours) as p50_hours,
       percentile_disc(0.9) within group (order by transit_hours) as p90_hours,
       sum(exceptions)::bigint as exceptions,
       sum(stalls)::bigint as stalls
from delivery
group by 1, 2
order by week desc, carrier;

comment on view report_carrier_scorecard is 'How carriers did, by week of delivery.';
comment on column report_carrier_scorecard.week is 'Monday of the week, by local dates of delivery at the destination';
comment on column report_carrier_scorecard.carrier is 'The carrier''s slug';
comment on column report_carrier_scorecard.deliveries is 'Parcels delivered';
comment on column report_carrier_scorecard.promised is 'of those, parcels with a promise';
comment on column report_carrier_scorecard.on_time_share is 'Share of those with a promise whose first attempt was no later, 0 to 1; null without a promise';
comment on column report_carrier_scorecard.first_attempt_share is 'Share delivered at the first attempt, 0 to 1';
comment on column report_carrier_scorecard.p50_hours is 'Median hours from first scan to delivery, nearest rank';
comment on column report_carrier_scorecard.p90_hours is '90th percentile of hours from first scan to delivery, nearest rank';
comment on column report_carrier_scorecard.exceptions is 'Exceptions they met on the way';
comment on column report_carrier_scorecard.stalls is 'Stalls they had on the way';

create view report_stuck_shipments as
select a.kind, a.carrier, a.tracking_number, a.journey, a.leg, a.status,
       extract(epoch from clock.at - case a.kind when 'STALLED' then coalesce(a.last_movement_at, a.opened_at) else a.opened_at end)
           ::double precision / 3600 as hours_stuck,
       a.opened_at, a.last_movement_at,
       s.last_city, s.last_region, s.last_country,
       s.destination, s.promised_at,
       orders.refs as orders
from shipment_alert a
cross join (select coalesce(min(clock_at), now()) as at from watch_progress) clock
left join shipment s on s.carrier = a.carrier and s.tracking_number = a.tracking_number and s.journey = a.journey
left join lateral (
    select array_agg(so.channel || '/' || so.account || '/' || coalesce(o.name, so.external_id)
                     order by so.channel, so.account, so.external_id) as refs
    from shipment_order so
    left join sales_order o on o.channel = so.channel and o.account = so.account and o.external_id = so.external_id
    where so.carrier = a.carrier and so.tracking_number = a.tracking_number and so.journey = a.journey) orders on true
where a.kind in ('STALLED', 'DELAYED') and a.closed_at is null and a.withdrawn_at is null
order by hours_stuck desc, a.carrier, a.tracking_number, a.kind;

comment on view report_stuck_shipments is 'What is stuck or late now, worst first. Now is the watch''s clock, the time of day where it has none.';
comment on column report_stuck_shipments.kind is 'STALLED or DELAYED; a parcel that is both has two rows';
comment on column report_stuck_shipments.carrier is 'The carrier''s slug';
comment on column report_stuck_shipments.tracking_number is 'The tracking number';
comment on column report_stuck_shipments.journey is 'Which use of the number';
comment on column report_stuck_shipments.leg is '1 outbound, 2 on the way back';
comment on column report_stuck_shipments.status is 'The status in which it is stuck';
comment on column report_stuck_shipments.hours_stuck is 'STALLED: hours since the last movement. DELAYED: hours since the promise';
comment on column report_stuck_shipments.opened_at is 'When the alert was due';
comment on column report_stuck_shipments.last_movement_at is 'The last movement; null where there was none';
comment on column report_stuck_shipments.last_city is 'City of its newest event that names a place';
comment on column report_stuck_shipments.last_region is 'Region of that event';
comment on column report_stuck_shipments.last_country is 'Country of that event';
comment on column report_stuck_shipments.destination is 'Where it goes: country or country-region; ? where unknown';
comment on column report_stuck_shipments.promised_at is 'The moment the customer was promised first';
comment on column report_stuck_shipments.orders is 'The orders in it, each channel/account/name';
