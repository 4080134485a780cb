-- Rows of one order and number are one parcel, known by the line of its first row. A row without a parcel, or of a fulfilment that its
-- source has taken back, registers nothing.
with parcel as (
    select order_id, carrier, tracking_number, min(line) as line
    from staged_fulfilment
    where file_id = :file_id and problem is null and becomes is null
      and tracking_number is not null and (withdrawn or not cancelled or source_ref is null)
    group by order_id, carrier, tracking_number
)
update staged_fulfilment s
set parcel_line = coalesce(p.line, s.line),
    becomes = case when p.line is null then 'skipped' end
from staged_fulfilment x
left join parcel p
    on x.becomes is null and (x.withdrawn or not x.cancelled or x.source_ref is null)
    and p.order_id = x.order_id and p.carrier = x.carrier and p.tracking_number = x.tracking_number
where s.file_id = :file_id and s.problem is null
  and x.file_id = s.file_id and x.line = s.line and x.part = s.part
