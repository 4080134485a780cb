-- A row that names a line names one of its order's: by sku, number or name.
update staged_fulfilment s
set problem = 'UNKNOWN_LINE'
where s.file_id = :file_id and s.problem is null and s.line_ref is not null
  and not exists (
      select from order_line l
      where l.order_id = s.order_id and (l.sku = s.line_ref or l.line_no::text = s.line_ref or l.name = s.line_ref))
