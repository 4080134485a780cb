-- Warns of rows with which a parcel holds more pieces of a line than were ordered. What the order's other parcels hold is
-- not asked: a second parcel may replace the first.
with named as (
    select s.line, s.part, s.order_id, s.order_reference, s.carrier, s.tracking_number, s.line_ref, s.quantity as told, ordered.ref,
           ordered.quantity as ordered
    from staged_fulfilment s
    cross join lateral (
        select coalesce(l.sku, l.line_no::text) as ref, sum(l.quantity) as quantity
        from order_line l
        where l.order_id = s.order_id
          and case when l.sku = s.line_ref then 1 when l.line_no::text = s.line_ref then 2 when l.name = s.line_ref then 3 end
              = (select min(case when x.sku = s.line_ref then 1 when x.line_no::text = s.line_ref then 2 when x.name = s.line_ref then 3 end)
                 from order_line x
                 where x.order_id = s.order_id)
        group by 1) ordered
    where s.file_id = :file_id and s.problem is null and s.becomes is null and s.part >= 0 and not s.cancelled
      and s.line_ref is not null and s.tracking_number is not null
),
held as (
    select *, sum(coalesce(told, ordered)) over (partition by order_id, carrier, tracking_number, ref order by line, part) as pieces
    from named
)
insert into import_warning (import_id, file, line, rule, reason, job, channel, account, order_ref, digest, run_id, recorded_at)
select distinct :file_id, :file, line, 'MORE_THAN_ORDERED',
       'parcel ' || tracking_number || ' holds ' || pieces || ' of line ' || left(line_ref, 200) || ', of which ' || ordered || ' were ordered',
       :job, :channel, :account, nullif(left(order_reference, 200), ''), :digest, :run_id, :now::timestamptz
from held
where pieces > ordered
on conflict (id) do nothing
