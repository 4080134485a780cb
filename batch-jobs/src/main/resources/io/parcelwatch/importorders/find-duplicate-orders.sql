-- Places of orders that the file tells of several times, with different content.
select s.line, min(o.line) as other
from staged_order s
join staged_order o on o.file_id = s.file_id and o.order_id = s.order_id and o.content <> s.content and not o.superseded
where s.file_id = :file_id and not s.superseded
group by s.line
