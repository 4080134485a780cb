-- Where a lane loses its time, and numbers that nobody registered. Deliveries from before this migration have no dwell until the watch writes
-- them again (--rebuild).

alter table delivery add column dwell_seconds jsonb not null default '{}';
comment on column delivery.dwell_seconds is 'Seconds in each status from the first known one to the delivery, by status; their sum is the time between the two. DELIVERED: a delivery that was contradicted later. Empty where the delivery was the first word';

create table status_dwell_daily (
    day         date             not null,
    carrier     text             not null,
    service     text             not null,
    origin      text             not null,
    destination text             not null,
    status      text             not null,
    parcels     integer          not null,
    hours       double precision not null,
    mean_hours  double precision not null,
    p50_hours   double precision not null,
    p90_hours   double precision not null,
    primary key (day, carrier, service, origin, destination, status)
);

comment on table status_dwell_daily is 'In which status the parcels delivered on a day had spent their time, by lane: outbound leg, from the first known status to the delivery. Days and lanes are those of delivery_performance_daily, so that the two can be joined. Recomputed from table delivery, in the transaction that changes it.';
comment on column status_dwell_daily.day is 'Local date of delivery at the destination, as delivery.day';
comment on column status_dwell_daily.carrier is 'The carrier''s slug';
comment on column status_dwell_daily.service is 'The carrier''s service; ? where unknown';
comment on column status_dwell_daily.origin is 'country or country-region; ? where unknown';
comment on column status_dwell_daily.destination is 'country or country-region; ? where unknown';
comment on column status_dwell_daily.status is 'The status the time was spent in. DELIVERED: a delivery that was contradicted later; CANCELLED: called off, and moved after all';
comment on column status_dwell_daily.parcels is 'Parcels that were in the status, however often';
comment on column status_dwell_daily.hours is 'Hours they spent in it, all together, exact';
comment on column status_dwell_daily.mean_hours is 'hours / parcels';
comment on column status_dwell_daily.p50_hours is 'Median hours of a parcel in the status, nearest rank, to the minute';
comment on column status_dwell_daily.p90_hours is '90th percentile of hours of a parcel in the status, nearest rank, to the minute';

create view report_lane_dwell as
with parcel as (
    select d.carrier, d.service, d.origin, d.destination, s.key as status, s.value::bigint as seconds
    from delivery d cross join lateral jsonb_each_text(d.dwell_seconds) s),
lane as (
    select carrier, service, origin, destination, count(*) as deliveries
    from delivery
    group by carrier, service, origin, destination)
select p.carrier, p.service, p.origin, p.destination, p.status,
       count(*) as parcels,
       sum(p.seconds)::double precision / 3600 as hours,
       sum(p.seconds)::double precision
           / nullif(sum(sum(p.seconds)) over (partition by p.carrier, p.service, p.origin, p.destination), 0)::double precision as share,
       avg(p.seconds)::double precision / 3600 as mean_hours,
       percentile_disc(0.5) within group (order by p.seconds)::double precision / 3600 as p50_hours,
       percentile_disc(0.9) within group (order by p.seconds)::double precision / 3600 as p90_hours,
       lane.deliveries as lane_deliveries,
       lane.deliveries < 10 as too_few
from parcel p
join lane on (lane.carrier, lane.service, lane.origin, lane.destination) = (p.carrier, p.service, p.origin, p.destination)
group by p.carrier, p.service, p.origin, p.destination, p.status, lane.deliveries
order by p.carrier, p.service, p.origin, p.destination, hours desc, p.status;

comment on view report_lane_dwell is 'Where a lane loses its time: the statuses its delivered parcels spent it in, longest first, on all days together. By day: status_dwell_daily.';
comment on column report_lane_dwell.carrier is 'The carrier''s slug';
comment on column report_lane_dwell.service is 'The carrier''s service; ? where unknown';
comment on column report_lane_dwell.origin is 'country or country-region; ? where unknown';
comment on column report_lane_dwell.destination is 'country or country-region; ? where unknown';
comment on column report_lane_dwell.status is 'The status the time was spent in, as in status_dwell_daily';
comment on column report_lane_dwell.parcels is 'Parcels that were in the status, however often';
comment on column report_lane_dwell.hours is 'Hours they spent in it, all together';
comment on column report_lane_dwell.share is 'hours / hours of the lane in all statuses, 0 to 1; null where no time passed';
comment on column report_lane_dwell.mean_hours is 'Mean hours of a parcel in the status';
comment on column report_lane_dwell.p50_hours is 'Median hours of a parcel in the status, nearest rank';
comment on column report_lane_dwell.p90_hours is '90th percentile of hours of a parcel in the status, nearest rank';
comment on column report_lane_dwell.lane_deliveries is 'Parcels delivered on the lane';
comment on column report_lane_dwell.too_few is 'Whether the lane has fewer than 10 deliveries: too few to conclude from';

create table unclaimed_number (
    carrier         text        not null,
    tracking_number text        not null,
    events          integer     not null,
    waiting_since   timestamptz not null,
    reported_at     timestamptz not null,
    last_status     text        not null,
    last_event_at   timestamptz not null,
    revision        bigint      not null,
    primary key (carrier, tracking_number)
);

comment on table unclaimed_number is 'Numbers that a carrier speaks of and nobody registered within the time of --report-unclaimed-after: a fulfilment that was not imported, or a wrong number. The row goes when the number is registered, and when its events are dead letters NEVER_CLAIMED.';
comment on column unclaimed_number.carrier is 'The carrier''s slug';
comment on column unclaimed_number.tracking_number is 'The tracking number, upper case, without white space';
comment on column unclaimed_number.events is 'Number of its events that wait';
comment on column unclaimed_number.waiting_since is 'When the first of them was received; its own time where that is unknown';
comment on column unclaimed_number.reported_at is 'When they had waited for as long as --report-unclaimed-after says';
comment on column unclaimed_number.last_status is 'What the newest of them means in our words';
comment on column unclaimed_number.last_event_at is 'Time of the newest of them';
comment on column unclaimed_number.revision is 'Which attempt of the watch wrote the row (from bit 40 up); guards against older writes';
