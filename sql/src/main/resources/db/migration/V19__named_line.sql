create function named_line(of_order uuid, line_ref text) returns table (ref text, quantity bigint)
    language sql stable parallel safe
begin atomic
    select coalesce(l.sku, l.line_no::text), sum(l.quantity)
    from order_line l
    where l.order_id = of_order
      and case when l.sku = line_ref then 1 when l.line_no::text = line_ref then 2 when l.name = line_ref then 3 end
          = (select min(case when x.sku = line_ref then 1 when x.line_no::text = line_ref then 2 when x.name = line_ref then 3 end)
             from order_line x
             where x.order_id = of_order)
    group by 1;
end;

comment on function named_line is 'The lines of an order that a fulfilment means by a text, and how many pieces of them were ordered: those of the SKU, else of the number, else of the name';
