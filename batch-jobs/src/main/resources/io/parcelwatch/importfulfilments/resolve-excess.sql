-- Marks the rows with which a parcel holds more pieces of a line than were ordered; what the order's other parcels hold is not asked. Words
-- that are older than others do not count. Which those are is found out anew afterwards, without the rows that are marked here.
with held as (
    select s.line, s.part,
           sum(coalesce(s.quantity, ordered.quantity)) over (partition by s.order_id, s.carrier, s.tracking_number, ordered.ref) as pieces,
           ordered.quantity as ordered
    from staged_fulfilment s
    cross join lateral named_line(s.order_id, s.line_ref) ordered
    where s.file_id = :file_id and s.problem is null and s.becomes is null and not s.cancelled
      and s.line_ref is not null and s.tracking_number is not null
)
update staged_fulfilment s
set problem = case when exists (select from held h where h.line = s.line and h.part = s.part and h.pieces > h.ordered)
                   then 'MORE_THAN_ORDERED' else s.problem end,
    becomes = null
where s.file_id = :file_id
