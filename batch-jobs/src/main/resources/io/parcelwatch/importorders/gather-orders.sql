-- Makes one order of what a file tells of it in several places: the first stays, with the lines of all in the order of the file, and with
-- what their amounts add up to where each place has its own. Says how many places went into others.
with place as materialized (
    select line, order_id, min(line) over same as first_line, content, as_of, updated_at, total, subtotal, shipping, taxes
    from staged_order
    where file_id = :file_id and order_id in (
        select order_id from staged_order where file_id = :file_id group by order_id having count(*) > 1)
    window same as (partition by order_id)
),
numbered as (
    select l.line, l.line_no, p.first_line, row_number() over (partition by p.first_line order by l.line, l.line_no) as new_no
    from place p
    join staged_line l on l.file_id = :file_id and l.line = p.line
),
moved as (
    update staged_line l
    set line = n.first_line, line_no = n.new_no
    from numbered n
    where l.file_id = :file_id and l.line = n.line and l.line_no = n.line_no
    returning l.line
),
gathered as (
    update staged_order s
    set content = g.content, as_of = g.as_of, updated_at = g.updated_at, compared = true,
        total = case when :add_up then g.total else s.total end,
        subtotal = case when :add_up then g.subtotal else s.subtotal end,
        shipping = case when :add_up then g.shipping else s.shipping end,
        taxes = case when :add_up then g.taxes else s.taxes end
    from (select first_line, md5(string_agg(content::text, ' ' order by line))::uuid as content, max(as_of) as as_of,
                 max(updated_at) as updated_at,
                 sum(total) as total, sum(subtotal) as subtotal, sum(shipping) as shipping, sum(taxes) as taxes
          from place group by first_line) g
    where s.file_id = :file_id and s.line = g.first_line
    returning s.line
),
gone as (
    delete from staged_order s using place p
    where s.file_id = :file_id and s.line = p.line and p.line > p.first_line
    returning s.line
)
select count(*) from gone
