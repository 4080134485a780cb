-- Less to write for each order that is imported: see docs/decisions/0022.

-- ── What is told about an order itself: columns of the order instead of rows with an index of their own ────────────────────────────

alter table sales_order
    add column received_at              timestamptz,
    add column first_placed_at          timestamptz,
    add column cancellation_received_at timestamptz,
    add column first_cancelled_at       timestamptz;

update sales_order o
set received_at = m.received_at, first_placed_at = m.first_placed_at,
    cancellation_received_at = m.cancellation_received_at, first_cancelled_at = m.first_cancelled_at
from (select order_id,
             min(recorded_at) filter (where milestone = 'ORDER_RECEIVED') as received_at,
             min(occurred_at) filter (where milestone = 'ORDER_RECEIVED') as first_placed_at,
             min(recorded_at) filter (where milestone = 'CANCELLED') as cancellation_received_at,
             min(occurred_at) filter (where milestone = 'CANCELLED') as first_cancelled_at
      from order_milestone group by order_id) m
where m.order_id = o.id;

create or replace function delete_parts_of_orders() returns trigger language plpgsql as $$
begin
    delete from order_line where order_id in (select id from gone);
    return null;
end $$;
comment on function delete_parts_of_orders() is 'What deletes orders deletes their lines';

drop table order_milestone;

comment on column sales_order.received_at is 'When intake learned of it first, by the job''s clock';
comment on column sales_order.first_placed_at is 'When it was placed, as the channel said first; placed_at says what the channel says now';
comment on column sales_order.cancellation_received_at is 'When intake learned first that it was cancelled, by the job''s clock; stays where the channel takes that back; null where it never was';
comment on column sales_order.first_cancelled_at is 'When it was cancelled, as the channel said first; stays likewise';

create view order_milestone as
select id as order_id, 'ORDER_RECEIVED' as milestone, first_placed_at as occurred_at, received_at as recorded_at
from sales_order where received_at is not null
union all
select id, 'CANCELLED', first_cancelled_at, cancellation_received_at
from sales_order where cancellation_received_at is not null;

comment on view order_milestone is 'What a customer is told about an order itself; what is told about its parcels stands in notification_intent. At most one row for each order and milestone.';
comment on column order_milestone.order_id is 'The order';
comment on column order_milestone.milestone is 'ORDER_RECEIVED or CANCELLED';
comment on column order_milestone.occurred_at is 'When it happened, as the channel said first';
comment on column order_milestone.recorded_at is 'When intake learned of it, by the job''s clock';

-- ── Who knows the account knows the id: an order by the channel's own id and a customer by e-mail address are found by their primary keys,
--    one account after the other ───────────────────────────────────────────────────────────────────────────────────────────────────

drop index sales_order_by_external_id;
drop index customer_by_email;

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
    left join sales_order o on o.id = derived_id(so.channel, so.account, so.external_id)
    where so.carrier = a.carrier and so.tracking_number = a.tracking_number and so.journey = a.journey) orders on true
where a.kind in ('STALLED', 'DELAYED') and a.closed_at is null and a.withdrawn_at is null
order by hours_stuck desc, a.carrier, a.tracking_number, a.kind;

create view known_account as
-- From one to the next by the index, however many files an account has.
with recursive account as (
    (select channel, account from import_file order by channel, account limit 1)
    union all
    select n.channel, n.account
    from account a
    cross join lateral (
        select f.channel, f.account from import_file f
        where (f.channel, f.account) > (a.channel, a.account)
        order by f.channel, f.account limit 1) n
)
select channel, account from account;

comment on view known_account is 'The accounts that anything was imported from.';
comment on column known_account.channel is 'As import_file.channel';
comment on column known_account.account is 'As import_file.account';

-- ── What a merge reads of its staging is found by line; the planner needs to know no more of it than what is joined and filtered ────

create or replace function index_staging(import uuid) returns void
    language plpgsql security definer set search_path from current as $$
declare
    suffix text := replace(import::text, '-', '');
begin
    if to_regclass('pg_temp.staged_order') is not null then
        create index if not exists staged_order_by_line on pg_temp.staged_order (file_id, line);
        create index if not exists staged_line_by_line on pg_temp.staged_line (file_id, line);
        analyze pg_temp.staged_order (file_id, line, part, order_id, customer_id, external_id, as_of, partial, compared, superseded, differs),
                pg_temp.staged_line (file_id, line);
    else
        execute format('create index if not exists staged_order_%s_by_line on staged_order_%s (line)', suffix, suffix);
        execute format('create index if not exists staged_line_%s_by_line on staged_line_%s (line)', suffix, suffix);
        execute format('analyze staged_order_%s (line, part, order_id, customer_id, external_id, as_of, partial, compared, superseded, differs),'
                       || ' staged_line_%s (line)', suffix, suffix);
    end if;
end $$;
comment on function index_staging(uuid) is 'Makes the rows of an import quick to find by line, once they are all there; and tells the planner of them';
