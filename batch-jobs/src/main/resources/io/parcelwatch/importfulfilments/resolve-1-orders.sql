-- The order of each row: by its own id; else by its display name, with or without #, where that means exactly one order of the account.
with reference as (
    select distinct order_reference as written from staged_fulfilment where file_id = :file_id
),
candidate as (
    select r.written, o.id, true as by_id
    from reference r
    join sales_order o on o.id = derived_id(:channel, :account, r.written)
    union all
    select r.written, o.id, false
    from reference r
    cross join lateral (select distinct name from (values (r.written), ('#' || r.written), (ltrim(r.written, '#'))) v (name)) spelling
    join sales_order o on o.channel = :channel and o.account = :account and o.name = spelling.name
),
found as (
    select written,
           case when bool_or(by_id) then (array_agg(id) filter (where by_id))[1]
                when count(distinct id) = 1 then (array_agg(id))[1] end as order_id
    from candidate
    group by written
)
update staged_fulfilment s
set order_id = found.order_id,
    problem = case when found.order_id is not null then null
                   -- A record that names no parcel and takes none back needs no order.
                   when s.tracking_number is null and s.source_ref is null then null
                   when found.written is not null then 'AMBIGUOUS_ORDER'
                   else 'UNKNOWN_ORDER' end,
    parcel_line = null,
    becomes = null
from reference r
left join found on found.written = r.written
where s.file_id = :file_id and s.order_reference = r.written
