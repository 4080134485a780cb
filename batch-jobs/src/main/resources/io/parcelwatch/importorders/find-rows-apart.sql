-- Of the versions that do not count one that looks like a part of the order rather than like an older version: as old as the one that
-- counts, with other lines.
select s.external_id, least(s.line, n.line) as line, greatest(s.line, n.line) as other
from staged_order s
join staged_order n on n.file_id = s.file_id and n.external_id = s.external_id and not n.superseded
where s.file_id = :file_id and s.superseded and s.differs and s.as_of = n.as_of
  and exists (
      select from (
          select * from staged_line where file_id = :file_id and line = s.line) l
      full join (
          select * from staged_line where file_id = :file_id and line = n.line) m using (line_no)
      where (l.sku, l.name, l.quantity, l.price) is distinct from (m.sku, m.name, m.quantity, m.price))
order by 2
limit 1
