-- Alerts say which rule opened them and when they escalated; a carrier's silent feed has alerts of its own.

alter table shipment_alert
    add column rule         text,
    add column escalated_at timestamptz;

comment on column shipment_alert.alert_id is 'Derived from shipment, leg, kind and last movement (FEED_SILENT: carrier and last event), so that the same episode is always the same alert';
comment on column shipment_alert.kind is 'STALLED: on its way and silent for longer than its rule allows. DELAYED: past its promise without an attempt. FEED_SILENT: nothing came from a carrier for longer than is normal for it at that hour';
comment on column shipment_alert.last_movement_at is 'STALLED: the movement after which nothing moved; by a rule on the status alone, the change of status. DELAYED: the last movement before the promise, if any. FEED_SILENT: when the last event of the carrier was received';
comment on column shipment_alert.threshold_hours is 'STALLED: hours of silence that opened the alert, where its rule says so those of working days only. FEED_SILENT: hours without an event that opened it. Null for DELAYED';
comment on column shipment_alert.rule is 'Name of the stall rule that opened the alert; null where it was the one that holds where no other does, and for other kinds';
comment on column shipment_alert.opened_at is 'STALLED: the last movement plus the threshold. DELAYED: the promise. FEED_SILENT: the last event plus the threshold';
comment on column shipment_alert.escalated_at is 'STALLED: when it had lasted for the second threshold of its rule; null where the rule has none, or it ended before. Null for other kinds';
comment on column shipment_alert.closed_at is 'STALLED: the next movement; by a rule on the status alone, the next change of status. DELAYED: the first attempt, or the way back or cancellation. FEED_SILENT: when the next event of the carrier was received. Null while open';

create or replace view report_stuck_shipments as
select a.kind, a.carrier, a.tracking_number, a.journey, a.leg, a.status,
       extract(epoch from clock.at - case a.kind when 'STALLED' then coalesce(a.last_movement_at, a.opened_at) else a.opened_at end)
           ::double precision / 3600 as hours_stuck,
       a.opened_at, a.last_movement_at,
       s.last_city, s.last_region, s.last_country,
       s.destination, s.promised_at,
       orders.refs as orders,
       a.rule, a.escalated_at
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

comment on column report_stuck_shipments.hours_stuck is 'STALLED: hours since the last movement; by a rule on the status alone, since the change of status. DELAYED: hours since the promise';
comment on column report_stuck_shipments.last_movement_at is 'The last movement; by a rule on the status alone, the change of status; null where there was none';
comment on column report_stuck_shipments.rule is 'Name of the stall rule that opened the alert; null where it was the one that holds where no other does, and for DELAYED';
comment on column report_stuck_shipments.escalated_at is 'When the stall had lasted for the second threshold of its rule; null where it has not';
