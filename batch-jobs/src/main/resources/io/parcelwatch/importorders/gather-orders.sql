-- Makes one order of what a file tells of it in several places: the first stays, with the lines of all in the order of the file, and with
-- what their amounts add up to where each place has its own (see Gathering). Where amounts add up, places that say nothing of what is
-- bought do not count: what is cancelled of an order that lives, what has neither lines nor amounts. Says how many places went into others; they stay,
-- superseded, so that staging holds what was read.
with told as materialized (
    select line, order_id, content, as_of, updated_at, partial, total, subtotal, shipping, taxes,
           :gathering = 'LINES_AND_AMOUNTS' as add_up,
           cancelled_at is not null as cancelled,
           partial and total is null
               and not exists (select from staged_line l where l.file_id = :file_id and l.line = s.line) as bare
    from staged_order s
    where file_id = :file_id and not superseded and order_id in (
        select order_id from staged_order where file_id = :file_id and not superseded group by order_id having count(*) > 1)
),
judged as (
    select t.*, add_up and cancelled and not bool_and(cancelled) over same
                or add_up and bare and not bool_and(bare) over same as nothing
    from told t
    window same as (partition by order_id)
),
marked as (
    -- One that is bare may be all that lives: then what stands first stays.
    select j.*, nothing and not bool_and(nothing) over same as goes
    from judged j
    window same as (partition by order_id)
),
place as materialized (
    select m.*, min(line) filter (where not goes) over same as first_line
    from marked m
    window same as (partition by order_id)
),
numbered as (
    select l.line, l.line_no, p.first_line, row_number() over (partition by p.first_line order by l.line, l.line_no) as new_no
    from place p
    join staged_line l on l.file_id = :file_id and l.line = p.line
    where not p.goes
),
moved as (
    update staged_line l
    set line = n.first_line, line_no = n.new_no
    from numbered n
    where l.file_id = :file_id and l.line = n.line and l.line_no = n.line_no
    returning l.line
),
lines_gone as (
    delete from staged_line l using place p
    where l.file_id = :file_id and l.line = p.line and p.goes
    returning l.line
),
summed as (
    select first_line, md5(string_agg(content::text, ' ' order by line))::uuid as content,
           max(as_of) as as_of, max(updated_at) as updated_at, bool_or(partial) as partial,
           bool_or(partial) and not bool_and(partial) as in_part,
           sum(total) as total, sum(subtotal) as subtotal, sum(shipping) as shipping, sum(taxes) as taxes,
           max(shipping) as one_shipping, max(taxes) as one_taxes
    from place
    where not goes
    group by first_line
),
gathered as (
    update staged_order s
    set content = g.content, as_of = g.as_of, updated_at = g.updated_at, compared = true,
        partial = case when :gathering = 'LINES_AND_AMOUNTS' then g.partial else s.partial end,
        total = case :gathering
            when 'LINES_AND_AMOUNTS' then case when not g.in_part then g.total end
            when 'LINES_AND_TOTAL' then g.subtotal + coalesce(g.one_shipping, 0) + coalesce(g.one_taxes, 0)
            else s.total end,
        subtotal = case :gathering
            when 'LINES_AND_AMOUNTS' then case when not g.in_part then g.subtotal end
            when 'LINES' then s.subtotal
            else g.subtotal end,
        shipping = case :gathering
            when 'LINES_AND_AMOUNTS' then case when not g.in_part then g.shipping end
            when 'LINES_AND_TOTAL' then g.one_shipping
            else s.shipping end,
        taxes = case :gathering
            when 'LINES_AND_AMOUNTS' then case when not g.in_part then g.taxes end
            when 'LINES_AND_TOTAL' then g.one_taxes
            else s.taxes end
    from summed g
    where s.file_id = :file_id and s.line = g.first_line
    returning s.line
),
gone as (
    update staged_order s
    set superseded = true
    from place p
    where s.file_id = :file_id and s.line = p.line and p.line is distinct from p.first_line
    returning s.line
)
select count(*) from gone
