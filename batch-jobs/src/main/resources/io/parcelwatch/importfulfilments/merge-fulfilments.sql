-- Merges the parcels of a range, :after < parcel_line <= :up_to, and says what became of their rows. A blank field says nothing: it never
-- takes back what an earlier file said. Their numbers are locked by now.
with parcel as materialized (
    select s.parcel_line as line, s.order_id, s.carrier, s.tracking_number,
           count(*) as records,
           (array_agg(s.service order by s.line) filter (where s.service is not null))[1] as service,
           (array_agg(s.shipped_at order by s.line) filter (where s.shipped_at is not null))[1] as shipped_at,
           (array_agg(coalesce(s.promised_at, day.moment) order by s.line)
               filter (where s.promised_at is not null or s.promised_day is not null))[1] as promised_at,
           (array_agg(case when s.promised_at is null then 'DATE' else 'INSTANT' end order by s.line)
               filter (where s.promised_at is not null or s.promised_day is not null))[1] as promise_precision,
           (array_agg(s.origin_country order by s.line) filter (where s.origin_country is not null))[1] as origin_country,
           (array_agg(s.origin_region order by s.line) filter (where s.origin_region is not null))[1] as origin_region,
           (array_agg(s.origin_postal_code order by s.line) filter (where s.origin_postal_code is not null))[1] as origin_postal_code
    from staged_fulfilment s
    join sales_order o on o.id = s.order_id
    left join (
        select day::date as day, country, region, moment::timestamptz as moment
        from unnest(:promise_days::text[], :promise_countries::text[], :promise_regions::text[], :promise_moments::text[])
             as promised (day, country, region, moment)) day
        on day.day = s.promised_day
        and day.country is not distinct from o.destination_country
        and day.region is not distinct from o.destination_region
    where s.file_id = :file_id and s.parcel_line > :after and s.parcel_line <= :up_to
    group by s.parcel_line, s.order_id, s.carrier, s.tracking_number
),
written as (
    insert into fulfilment as t (
        order_id, carrier, tracking_number, journey, service, shipped_at, promised_at, promise_precision,
        origin_country, origin_region, origin_postal_code, registered_at, file, line)
    select order_id, carrier, tracking_number, 0, service, shipped_at, promised_at, promise_precision,
           origin_country, origin_region, origin_postal_code, :now, :file, line
    from parcel
    on conflict (order_id, carrier, tracking_number) do update
    set service = coalesce(excluded.service, t.service),
        shipped_at = coalesce(excluded.shipped_at, t.shipped_at),
        promised_at = coalesce(t.promised_at, excluded.promised_at),
        promise_precision = coalesce(t.promise_precision, excluded.promise_precision),
        -- The promise stands; a later word about it is an estimate.
        estimated_at = case when t.promised_at is not null and excluded.promised_at <> coalesce(t.estimated_at, t.promised_at)
                            then excluded.promised_at else t.estimated_at end,
        origin_country = coalesce(excluded.origin_country, t.origin_country),
        origin_region = coalesce(excluded.origin_region, t.origin_region),
        origin_postal_code = coalesce(excluded.origin_postal_code, t.origin_postal_code),
        file = excluded.file, line = excluded.line
    where (coalesce(excluded.service, t.service), coalesce(excluded.shipped_at, t.shipped_at),
           coalesce(excluded.promised_at, t.estimated_at, t.promised_at), coalesce(excluded.origin_country, t.origin_country),
           coalesce(excluded.origin_region, t.origin_region), coalesce(excluded.origin_postal_code, t.origin_postal_code))
          is distinct from
          (t.service, t.shipped_at, coalesce(t.estimated_at, t.promised_at), t.origin_country, t.origin_region, t.origin_postal_code)
    returning order_id, carrier, tracking_number
),
named_line as (
    -- By sku where the order has such a line, else by number; both come down to one name of the line.
    select s.parcel_line, derived_id(s.order_id::text, s.carrier, s.tracking_number) as fulfilment_id, line.ref,
           sum(coalesce(s.quantity, line.ordered)) as quantity
    from staged_fulfilment s
    cross join lateral (
        select coalesce(l.sku, l.line_no::text) as ref, sum(l.quantity) as ordered
        from order_line l
        where l.order_id = s.order_id
          and (l.sku = s.line_ref
               or l.line_no::text = s.line_ref and not exists (
                   select from order_line x where x.order_id = s.order_id and x.sku = s.line_ref))
        group by 1) line
    where s.file_id = :file_id and s.parcel_line > :after and s.parcel_line <= :up_to and s.line_ref is not null
    group by 1, 2, 3
),
written_line as (
    insert into fulfilment_line as t (fulfilment_id, line_ref, quantity)
    select fulfilment_id, ref, least(quantity, 2147483647) from named_line order by fulfilment_id, ref
    on conflict (fulfilment_id, line_ref) do update set quantity = excluded.quantity
    where t.quantity is distinct from excluded.quantity
    returning fulfilment_id
),
registered as (
    update registration r
    set revision = r.revision + 1
    from (select distinct carrier, tracking_number from written) w
    where r.carrier = w.carrier and r.tracking_number = w.tracking_number
    returning r.carrier
),
outcome as (
    select p.records,
           case when known.id is null then 'inserted'
                when w.order_id is not null
                     or exists (select from written_line l
                                where l.fulfilment_id = derived_id(p.order_id::text, p.carrier, p.tracking_number)) then 'updated'
                else 'unchanged' end as becomes
    from parcel p
    left join fulfilment known on known.order_id = p.order_id and known.carrier = p.carrier and known.tracking_number = p.tracking_number
    left join written w on w.order_id = p.order_id and w.carrier = p.carrier and w.tracking_number = p.tracking_number
)
select coalesce(sum(records), 0) as staged,
       coalesce(sum(records) filter (where becomes = 'inserted'), 0) as inserted,
       coalesce(sum(records) filter (where becomes = 'updated'), 0) as updated,
       coalesce(sum(records) filter (where becomes = 'unchanged'), 0) as unchanged
from outcome
