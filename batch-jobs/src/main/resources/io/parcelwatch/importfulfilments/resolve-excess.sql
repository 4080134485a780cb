-- Marks the rows with which a parcel holds more pieces of a line than were ordered; what the order's other parcels hold is not asked. Words
-- that are older than others do not count. Which those are is found out anew afterwards, without the rows that are marked here.
with held as (
    select s.line, s.part,
           sum(coalesce(s.quantity, ordered.quantity)) over (partition by s.order_id, s.carrier, s.tracking_number, ordered.ref) as pieces,
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
    where s.file_id = :file_id and s.problem is null and s.becomes is null and not s.cancelled
      and s.line_ref is not null and s.tracking_number is not null
)
update staged_fulfilment s
set problem = case when exists (select from held h where h.line = s.line and h.part = s.part and h.pieces > h.ordered)
                   then 'MORE_THAN_ORDERED' else s.problem end,
    becomes = null
where s.file_id = :file_id
