-- Corrections of what went out: a wrong number and a cancelled parcel are withdrawn, never deleted, and stay withdrawn whatever older file
-- comes late. A record may tell of several parcels, and of parcels that are none any more.

alter table fulfilment
    add column source_ref        text,
    add column withdrawn_at      timestamptz,
    add column withdrawn_because text check (withdrawn_because in ('CORRECTED', 'CANCELLED')),
    add column superseded_by     uuid,
    add constraint fulfilment_withdrawn check ((withdrawn_at is null) = (withdrawn_because is null));
create index fulfilment_by_source on fulfilment (source_ref) where source_ref is not null;

comment on column fulfilment.promised_at is 'The moment the customer was promised first, with the order or, where that has none, with the parcel; never moves';
comment on column fulfilment.estimated_at is 'What was said instead later, or with the parcel beside the order''s promise; moves; null while there is none';
comment on column fulfilment.source_ref is 'What the source that spoke last calls the fulfilment, as source_fulfilment.source_ref; null where it has no id of its own';
comment on column fulfilment.withdrawn_at is 'When intake learned that the parcel is none of the order''s, by the job''s clock; null while it is. A withdrawn one counts for nothing and is not published';
comment on column fulfilment.withdrawn_because is 'CORRECTED: the number was wrong or was taken away; CANCELLED: the shop cancelled the fulfilment or voided the label; null while it stands';
comment on column fulfilment.superseded_by is 'The fulfilment that took its place (its id, which may not be registered yet); null where none did';

create table source_fulfilment (
    channel     text        not null,
    account     text        not null,
    source_ref  text        not null,
    as_of       timestamptz,
    cancelled   boolean     not null,
    file        text        not null,
    line        bigint      not null,
    imported_at timestamptz not null,
    primary key (channel, account, source_ref)
);

comment on table source_fulfilment is 'The newest word about what a source with ids of its own (a shop''s API, shipping software) calls one fulfilment, under one number or several: an older word that comes later changes nothing.';
comment on column source_fulfilment.channel is 'Where its orders come from, for example shopify';
comment on column source_fulfilment.account is 'Which store of the channel';
comment on column source_fulfilment.source_ref is 'source/id, for example shopify/255858046';
comment on column source_fulfilment.as_of is 'The source''s own time of its last change; null where files have none, and then the file imported last is the newest';
comment on column source_fulfilment.cancelled is 'Whether the source cancelled it, or it failed there';
comment on column source_fulfilment.file is 'Name of the file that said so';
comment on column source_fulfilment.line is 'Physical line of the record there, from 1';
comment on column source_fulfilment.imported_at is 'When it was imported, by the job''s clock';

alter table staged_fulfilment
    drop constraint staged_fulfilment_pkey,
    add column part          integer not null default 0,
    add column source_ref    text,
    add column as_of         timestamptz,
    add column cancelled     boolean not null default false,
    add column replaces      text,
    add column withdrawn     boolean not null default false,
    add column superseded_by uuid,
    add column becomes       text check (becomes in ('inserted', 'updated', 'unchanged', 'skipped')),
    alter column carrier drop not null,
    alter column tracking_number drop not null,
    add primary key (file_id, line, part);
create index staged_fulfilment_by_source on staged_fulfilment (file_id, source_ref) where source_ref is not null;

comment on table staged_fulfilment is 'What the records of a fulfilment file say, a row a parcel and order line of it, on its way into fulfilment; gone when the file is merged.';
comment on column staged_fulfilment.line is 'Physical line of the record, from 1';
comment on column staged_fulfilment.part is 'Which row of the record, from 0; below 0 a withdrawal that follows from it';
comment on column staged_fulfilment.carrier is 'The carrier''s slug; null where the record names no parcel';
comment on column staged_fulfilment.tracking_number is 'The tracking number, normalised; null where the record names no parcel';
comment on column staged_fulfilment.line_ref is 'The order line''s sku, number or name, as written; null where the row names no line';
comment on column staged_fulfilment.raw is 'The record as it stands in the file, should the order turn out to be unknown; on its first row';
comment on column staged_fulfilment.source_ref is 'As source_fulfilment.source_ref; null where the source has no ids';
comment on column staged_fulfilment.as_of is 'As source_fulfilment.as_of';
comment on column staged_fulfilment.cancelled is 'Whether the record says that it was cancelled, failed or voided';
comment on column staged_fulfilment.replaces is 'The wrong number in whose place this one is, normalised; null where it corrects none';
comment on column staged_fulfilment.withdrawn is 'Whether the row says that the parcel is none of the order''s';
comment on column staged_fulfilment.superseded_by is 'As fulfilment.superseded_by; of a withdrawal only';
comment on column staged_fulfilment.problem is 'The rule it breaks beside the orders that are known: UNKNOWN_ORDER, AMBIGUOUS_ORDER, UNKNOWN_LINE; null where none. A record breaks it as a whole';
comment on column staged_fulfilment.parcel_line is 'Line of the first row of the same order and number, once judged: rows of one parcel are merged together; several parcels may begin in one line. Of a row without a parcel its own';
comment on column staged_fulfilment.becomes is 'What became of the row''s parcel; null until it is merged';

comment on column import_file.skipped is 'of those, older than what was known, or than another record of the same file; of fulfilments also those that name no parcel to register';

-- As before, but a withdrawn fulfilment counts for nothing, and the lines of a fulfilment with several numbers, which stand at its first,
-- are known for all of them.
create or replace view order_status as
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
    where f.order_id = o.id and f.withdrawn_at is null) parcels
cross join lateral (
    select coalesce(lower(o.fulfillment_status) in ('partial', 'partially_fulfilled'), false)
           -- What is in a parcel is known only where every one of them names its lines.
           or parcels.live > 0
              and not exists (
                  select from fulfilment f
                  where f.order_id = o.id and f.withdrawn_at is null
                    and not exists (
                        select from fulfilment told
                        join fulfilment_line l on l.fulfilment_id = told.id
                        where told.order_id = o.id and told.withdrawn_at is null
                          and (told.id = f.id or told.source_ref = f.source_ref)))
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
                      where f.order_id = o.id and f.withdrawn_at is null and s.status is distinct from 'CANCELLED'))
           as awaited) lines;
