-- Merges the parcels of a range, :after < parcel_line <= :up_to, and marks their rows with what became of them. A blank field says nothing:
-- it never takes back what an earlier file said. Orders and numbers are locked by now, so what is known stays as this statement sees it.
with recursive part as materialized (
    select s.*, not s.withdrawn and not s.cancelled as live
    from staged_fulfilment s
    where s.file_id = :file_id and s.parcel_line > :after and s.parcel_line <= :up_to and s.becomes is null
),
parcel as materialized (
    select p.parcel_line, p.order_id, p.carrier, p.tracking_number,
           o.promised_at as order_promised_at, o.promise_precision as order_precision, o.estimated_at as order_estimated_at,
           max(p.line) filter (where p.live) as live_line,
           -- Who names a source's id or the number it replaces speaks of now; any other row may be an old one.
           max(p.line) filter (where p.live and (p.source_ref is not null or p.replaces is not null)) as claimed_line,
           max(p.line) filter (where not p.live and p.source_ref is null) as disowned_line,
           bool_and(p.cancelled) filter (where not p.live) as cancelled,
           (array_agg(p.superseded_by order by p.line desc, p.part) filter (where p.superseded_by is not null))[1] as superseded_by,
           (array_agg(p.source_ref order by p.line desc) filter (where p.live and p.source_ref is not null))[1] as source_ref,
           -- Of several rows that say something the last counts; of promises the first is the promise, the last the estimate.
           (array_agg(p.service order by p.line desc, p.part desc) filter (where p.service is not null))[1] as service,
           (array_agg(p.shipped_at order by p.line desc, p.part desc) filter (where p.shipped_at is not null))[1] as shipped_at,
           (array_agg(coalesce(p.promised_at, day.moment) order by p.line, p.part)
               filter (where p.promised_at is not null or p.promised_day is not null))[1] as first_promised_at,
           (array_agg(case when p.promised_at is null then 'DATE' else 'INSTANT' end order by p.line, p.part)
               filter (where p.promised_at is not null or p.promised_day is not null))[1] as first_precision,
           (array_agg(coalesce(p.promised_at, day.moment) order by p.line desc, p.part desc)
               filter (where p.promised_at is not null or p.promised_day is not null))[1] as last_promised_at,
           (array_agg(p.origin_country order by p.line desc, p.part desc)
               filter (where p.origin_country is not null))[1] as origin_country,
           (array_agg(p.origin_region order by p.line desc, p.part desc) filter (where p.origin_region is not null))[1] as origin_region,
           (array_agg(p.origin_postal_code order by p.line desc, p.part desc)
               filter (where p.origin_postal_code is not null))[1] as origin_postal_code
    from part p
    join sales_order o on o.id = p.order_id
    left join (
        select day::date as day, country, region, moment::timestamptz as moment
        from unnest(:promise_days::text[], :promise_countries::text[], :promise_regions::text[], :promise_moments::text[])
             as promised (day, country, region, moment)) day
        on day.day = p.promised_day
        and day.country is not distinct from o.destination_country
        and day.region is not distinct from o.destination_region
    group by p.parcel_line, p.order_id, p.carrier, p.tracking_number, o.promised_at, o.promise_precision, o.estimated_at
),
-- Which number of the order a parcel takes the place of. The withdrawal stands beside the record that it follows from: in its line, or
-- under its source's id.
replacement as materialized (
    select p.order_id, w.superseded_by as id, derived_id(w.order_id::text, w.carrier, w.tracking_number) as wrong_id
    from part p
    join staged_fulfilment w on w.file_id = p.file_id and w.line = p.line and w.part < 0 and w.order_id = p.order_id
    where p.live and w.superseded_by = derived_id(p.order_id::text, p.carrier, p.tracking_number)
    union
    select p.order_id, w.superseded_by, derived_id(w.order_id::text, w.carrier, w.tracking_number)
    from part p
    join staged_fulfilment w on w.file_id = p.file_id and w.source_ref = p.source_ref and w.part < 0 and w.order_id = p.order_id
    where p.live and w.superseded_by = derived_id(p.order_id::text, p.carrier, p.tracking_number)
),
-- A number may be corrected several times in one file, and back again.
lineage as (
    select id, wrong_id, 1 as distance from replacement
    union
    select l.id, r.wrong_id, l.distance + 1
    from lineage l join replacement r on r.id = l.wrong_id and r.wrong_id <> l.id
    where l.distance < 10
),
-- What the customer was told of the wrong numbers: the first promise, and the last word about it.
inherited as materialized (
    select told.id, told.promised_at, told.promise_precision, nullif(told.word, told.promised_at) as estimated_at
    from (
        select l.id,
               (array_agg(promise.promised_at order by f.registered_at nulls last, l.distance desc)
                   filter (where promise.promised_at is not null))[1] as promised_at,
               (array_agg(promise.promise_precision order by f.registered_at nulls last, l.distance desc)
                   filter (where promise.promised_at is not null))[1] as promise_precision,
               (array_agg(promise.word order by l.distance) filter (where promise.word is not null))[1] as word
        from lineage l
        left join fulfilment f on f.id = l.wrong_id
        left join parcel p on derived_id(p.order_id::text, p.carrier, p.tracking_number) = l.wrong_id
        cross join lateral (
            select coalesce(f.promised_at, p.order_promised_at, p.first_promised_at) as promised_at,
                   case when f.promised_at is not null then f.promise_precision
                        when p.order_promised_at is not null then p.order_precision
                        else p.first_precision end as promise_precision,
                   coalesce(p.last_promised_at, f.estimated_at, f.promised_at, p.order_estimated_at) as word) promise
        group by l.id) told
    where told.promised_at is not null
),
judged as materialized (
    select p.*, known.id as known_id, promise.promised_at, promise.promise_precision, estimate.estimated_at,
           -- Of several rows about one number the later stands; a source's own word that it is in use stands over its word that it was.
           p.live_line is null or coalesce(p.disowned_line > coalesce(p.claimed_line, 0), false) as gone,
           known.withdrawn_at is not null as was_gone,
           known.id is null and p.claimed_line is null and exists (
               select from fulfilment wrong
               where wrong.order_id = p.order_id and wrong.tracking_number = p.tracking_number
                 and wrong.withdrawn_because = 'CORRECTED') as corrected_elsewhere,
           (coalesce(p.source_ref, known.source_ref), coalesce(p.service, known.service), coalesce(p.shipped_at, known.shipped_at),
            promise.promised_at, estimate.estimated_at, coalesce(p.origin_country, known.origin_country),
            coalesce(p.origin_region, known.origin_region), coalesce(p.origin_postal_code, known.origin_postal_code))
           is distinct from
           (known.source_ref, known.service, known.shipped_at, known.promised_at, known.estimated_at, known.origin_country,
            known.origin_region, known.origin_postal_code) as differs
    from parcel p
    left join fulfilment known
        on known.order_id = p.order_id and known.carrier = p.carrier and known.tracking_number = p.tracking_number
    left join inherited on inherited.id = derived_id(p.order_id::text, p.carrier, p.tracking_number)
    -- A promise stands: the parcel's own, else the wrong number's, else what the customer was promised with the order.
    cross join lateral (
        select coalesce(known.promised_at, inherited.promised_at) is not null as given,
               coalesce(known.promised_at, inherited.promised_at, new_to.promised_at, p.first_promised_at) as promised_at,
               case when known.promised_at is not null then known.promise_precision
                    when inherited.promised_at is not null then inherited.promise_precision
                    when new_to.promised_at is not null then p.order_precision
                    else p.first_precision end as promise_precision,
               case when known.promised_at is not null then known.estimated_at
                    when inherited.promised_at is not null then inherited.estimated_at
                    when new_to.promised_at is not null then p.order_estimated_at end as estimated_at
        from (select case when known.id is null then p.order_promised_at end as promised_at) new_to) promise
    -- A later word about it is an estimate.
    cross join lateral (
        select case when not promise.given then coalesce(nullif(p.last_promised_at, promise.promised_at), promise.estimated_at)
                    when p.last_promised_at <> coalesce(promise.estimated_at, promise.promised_at) then p.last_promised_at
                    else promise.estimated_at end as estimated_at) estimate
),
decided as materialized (
    select j.*,
           case when j.known_id is null then case when j.corrected_elsewhere and not j.gone then 'skipped' else 'inserted' end
                when j.gone then case when j.was_gone then 'unchanged' else 'updated' end
                -- A number that was taken back comes again only by name.
                when j.was_gone then case when j.claimed_line is null then 'skipped' else 'updated' end
                else case when j.differs then 'updated' else 'unchanged' end end as becomes
    from judged j
),
inserted as (
    insert into fulfilment (
        order_id, carrier, tracking_number, journey, source_ref, service, shipped_at, promised_at, promise_precision, estimated_at,
        origin_country, origin_region, origin_postal_code, registered_at, withdrawn_at, withdrawn_because, superseded_by, file, line)
    select order_id, carrier, tracking_number, 0, source_ref, service, shipped_at, promised_at, promise_precision, estimated_at,
           origin_country, origin_region, origin_postal_code, :now, case when gone then :now::timestamptz end,
           case when gone then case when cancelled then 'CANCELLED' else 'CORRECTED' end end,
           case when gone then superseded_by end, :file, parcel_line
    from decided
    where becomes = 'inserted'
    returning order_id
),
updated as (
    update fulfilment t
    set source_ref = coalesce(d.source_ref, t.source_ref),
        service = coalesce(d.service, t.service),
        shipped_at = coalesce(d.shipped_at, t.shipped_at),
        promised_at = d.promised_at,
        promise_precision = d.promise_precision,
        estimated_at = d.estimated_at,
        origin_country = coalesce(d.origin_country, t.origin_country),
        origin_region = coalesce(d.origin_region, t.origin_region),
        origin_postal_code = coalesce(d.origin_postal_code, t.origin_postal_code),
        withdrawn_at = case when d.gone then :now::timestamptz end,
        withdrawn_because = case when d.gone then case when d.cancelled then 'CANCELLED' else 'CORRECTED' end end,
        superseded_by = case when d.gone then d.superseded_by end,
        file = :file, line = d.parcel_line
    from decided d
    where d.becomes = 'updated' and t.id = d.known_id
    returning t.order_id
),
named_line as (
    -- By sku where the order has such a line, else by number, else by name; all come down to one name of the line.
    select derived_id(p.order_id::text, p.carrier, p.tracking_number) as fulfilment_id, line.ref,
           sum(coalesce(p.quantity, line.ordered)) as quantity
    from part p
    join decided d using (order_id, carrier, tracking_number)
    cross join lateral (
        select coalesce(l.sku, l.line_no::text) as ref, sum(l.quantity) as ordered
        from order_line l
        where l.order_id = p.order_id
          and case when l.sku = p.line_ref then 1 when l.line_no::text = p.line_ref then 2 when l.name = p.line_ref then 3 end
              = (select min(case when x.sku = p.line_ref then 1 when x.line_no::text = p.line_ref then 2 when x.name = p.line_ref then 3 end)
                 from order_line x
                 where x.order_id = p.order_id)
        group by 1) line
    where p.live and p.line_ref is not null and not d.gone and d.becomes <> 'skipped'
    group by 1, 2
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
    from (select distinct carrier, tracking_number from decided
          where becomes = 'updated' or becomes = 'inserted' and not gone) changed
    where r.carrier = changed.carrier and r.tracking_number = changed.tracking_number
    returning r.carrier
),
remembered as (
    insert into source_fulfilment as t (channel, account, source_ref, as_of, cancelled, file, line, imported_at)
    select distinct on (source_ref) :channel, :account, source_ref, as_of, cancelled, :file, line, :now
    from staged_fulfilment
    where file_id = :file_id and parcel_line > :after and parcel_line <= :up_to and source_ref is not null and part >= 0
    order by source_ref, as_of desc nulls last, line desc
    on conflict (channel, account, source_ref) do update
    set as_of = coalesce(excluded.as_of, t.as_of), cancelled = excluded.cancelled, file = excluded.file, line = excluded.line,
        imported_at = excluded.imported_at
    where (excluded.as_of is null or t.as_of is null or excluded.as_of >= t.as_of)
      and (coalesce(excluded.as_of, t.as_of), excluded.cancelled) is distinct from (t.as_of, t.cancelled)
    returning source_ref
)
update staged_fulfilment s
set becomes = case when d.becomes = 'unchanged'
                        and derived_id(d.order_id::text, d.carrier, d.tracking_number) in (select fulfilment_id from written_line)
                   then 'updated' else d.becomes end
from decided d
where s.file_id = :file_id and s.parcel_line = d.parcel_line and s.becomes is null
  and s.order_id = d.order_id and s.carrier = d.carrier and s.tracking_number = d.tracking_number
