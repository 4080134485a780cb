-- What follows from the records: parcels that are none of the order's any more. The number that stands in a fulfilment's newest word takes
-- the place of those that stood in it before; a number that replaces another takes that one's place, whatever carrier it was told with.
with standing as (
    select * from staged_fulfilment where file_id = :file_id and problem is null and becomes is null
),
version as (
    select source_ref, max(line) as line, max(as_of) as as_of, max(order_reference) as order_reference,
           bool_and(cancelled) as cancelled,
           (array_agg(derived_id(order_id::text, carrier, tracking_number) order by line, part)
               filter (where not cancelled and tracking_number is not null))[1] as first_parcel
    from standing
    where source_ref is not null
    group by source_ref
),
dropped as (
    select v.line, v.order_reference, f.order_id, f.carrier, f.tracking_number, v.source_ref, v.as_of, v.cancelled,
           v.first_parcel as superseded_by
    from version v
    join fulfilment f on f.source_ref = v.source_ref and f.withdrawn_at is null
    join sales_order o on o.id = f.order_id and o.channel = :channel and o.account = :account
    where not exists (
        select from standing c
        where c.source_ref = v.source_ref and not c.cancelled
          and c.order_id = f.order_id and c.carrier = f.carrier and c.tracking_number = f.tracking_number)
),
correction as (
    select * from standing where replaces is not null and not cancelled
),
wrong as (
    select f.order_id, f.tracking_number, f.carrier
    from (select distinct order_id, replaces from correction) c
    join fulfilment f on f.order_id = c.order_id and f.tracking_number = c.replaces
    union
    select s.order_id, s.tracking_number, s.carrier
    from (select distinct order_id, replaces from correction) c
    join standing s on s.order_id = c.order_id and s.tracking_number = c.replaces
),
replaced as (
    -- Where nobody told of the wrong number yet, it is remembered with the right one's carrier.
    select c.line, c.order_reference, c.order_id, coalesce(w.carrier, c.carrier) as carrier, c.replaces as tracking_number,
           derived_id(c.order_id::text, c.carrier, c.tracking_number) as superseded_by
    from correction c
    left join wrong w on w.order_id = c.order_id and w.tracking_number = c.replaces
    where (coalesce(w.carrier, c.carrier), c.replaces) <> (c.carrier, c.tracking_number)
),
withdrawal as (
    select line, order_reference, order_id, carrier, tracking_number, source_ref, as_of, cancelled, superseded_by from dropped
    union all
    select line, order_reference, order_id, carrier, tracking_number, null, null, false, superseded_by from replaced
)
insert into staged_fulfilment (
    file_id, line, part, order_reference, carrier, tracking_number, source_ref, as_of, cancelled, withdrawn, superseded_by, raw, order_id)
select :file_id, line, -row_number() over (partition by line order by order_id, carrier, tracking_number, superseded_by),
       order_reference, carrier, tracking_number, source_ref, as_of, cancelled, true, superseded_by, '', order_id
from withdrawal
