-- Warns of rows with which a parcel holds more pieces of a line than were ordered. What the order's other parcels hold is
-- not asked: a second parcel may replace the first.
with named as (
    select s.line, s.part, s.order_id, s.order_reference, s.carrier, s.tracking_number, s.line_ref, s.quantity as told, ordered.ref,
           ordered.quantity as ordered
    from staged_fulfilment s
    cross join lateral named_line(s.order_id, s.line_ref) ordered
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
