-- Lines of a partial version that is older than what is known say nothing where lines are known. Runs before the versions are completed.
delete from staged_line l
using staged_order s, sales_order k
where s.file_id = :file_id and s.part = :part and s.line > :after and s.line <= :up_to
  and s.partial and not s.superseded
  and k.id = s.order_id and s.as_of < k.as_of and exists (select from order_line known where known.order_id = k.id)
  and l.file_id = :file_id and l.line = s.line
