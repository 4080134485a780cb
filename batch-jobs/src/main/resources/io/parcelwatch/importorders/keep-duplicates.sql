-- Keeps what a file told of an order beside the version that counts, where it differs.
insert into order_change (id, order_id, kind, before, after, as_of, file, line, recorded_at)
select derived_id(d.order_id::text, 'DUPLICATE', d.as_of || ' ' || d.before || d.after), d.order_id, 'DUPLICATE', d.before, d.after, d.as_of,
       :file, d.line, :now
from (
    select s.order_id, s.as_of, s.line,
           to_jsonb(s) - :not_of_the_order::text[] - 'differs' || jsonb_build_object('lines', (
               select jsonb_agg(to_jsonb(l) - 'file_id' - 'line' order by l.line_no)
               from staged_line l where l.file_id = :file_id and l.line = s.line)) as before,
           to_jsonb(w) - :not_of_the_order::text[] - 'differs' || jsonb_build_object('lines', (
               select jsonb_agg(to_jsonb(l) - 'file_id' - 'line' order by l.line_no)
               from staged_line l where l.file_id = :file_id and l.line = w.line)) as after
    from staged_order s
    join staged_order w on w.file_id = :file_id and w.order_id = s.order_id and not w.superseded
    where s.file_id = :file_id and s.superseded and s.differs) d
where exists (select from sales_order o where o.id = d.order_id)
on conflict (id) do nothing
