-- Merges a range of a part's staged orders, :after < line <= :up_to, none of which is known: what merge-orders.sql does to them, without looking
-- for what was known, without a copy of the range and without looking for conflicts, which cost more than the rows themselves. A customer
-- may be known all the same.
with told as materialized (
    select t.*, exists (select from customer c where c.id = t.customer_id offset 0) as is_known
    from (select distinct on (customer_id)
                 customer_id, customer_name, email, phone, street,
                 destination_city, destination_region, destination_postal_code, destination_country, as_of
          from staged_order
          where file_id = :file_id and part = :part and line > :after and line <= :up_to and not superseded
          order by customer_id, as_of desc, line desc) t
),
customers as (
    insert into customer (id, channel, account, name, email, phone, street, city, region, postal_code, country, as_of)
    select customer_id, :channel, :account, customer_name, email, phone, street,
           destination_city, destination_region, destination_postal_code, destination_country, as_of
    from told
    where not is_known
),
known_customers as (
    insert into customer as t (id, channel, account, name, email, phone, street, city, region, postal_code, country, as_of)
    select customer_id, :channel, :account, customer_name, email, phone, street,
           destination_city, destination_region, destination_postal_code, destination_country, as_of
    from told
    where is_known
    on conflict (id) do update
    set name = excluded.name, email = excluded.email, phone = excluded.phone, street = excluded.street, city = excluded.city,
        region = excluded.region, postal_code = excluded.postal_code, country = excluded.country, as_of = excluded.as_of
    where excluded.as_of >= t.as_of
      and (t.name, t.email, t.phone, t.street, t.city, t.region, t.postal_code, t.country, t.as_of)
          is distinct from (excluded.name, excluded.email, excluded.phone, excluded.street, excluded.city, excluded.region,
                            excluded.postal_code, excluded.country, excluded.as_of)
),
orders as (
    insert into sales_order (
        id, channel, account, external_id, name, customer_id, placed_at, currency, total, subtotal, shipping, taxes,
        financial_status, fulfillment_status, paid_at, fulfilled_at, cancelled_at, updated_at,
        destination_country, destination_region, destination_postal_code, destination_city,
        promised_at, promise_precision, as_of, content, file, line, imported_at,
        received_at, first_placed_at, cancellation_received_at, first_cancelled_at)
    select order_id, :channel, :account, external_id, name, customer_id, placed_at, currency, total, subtotal, shipping, taxes,
           financial_status, fulfillment_status, paid_at, fulfilled_at, cancelled_at, updated_at,
           destination_country, destination_region, destination_postal_code, destination_city,
           promised_at, promise_precision, as_of, content, :file, line, :now,
           :now, placed_at, case when cancelled_at is not null then :now end, cancelled_at
    from staged_order
    where file_id = :file_id and part = :part and line > :after and line <= :up_to and not superseded
    order by order_id
),
lines as (
    insert into order_line (order_id, line_no, sku, name, quantity, price, requires_shipping, fulfillment_status)
    select s.order_id, l.line_no, l.sku, l.name, l.quantity, l.price, l.requires_shipping, l.fulfillment_status
    from staged_order s
    join staged_line l on l.file_id = s.file_id and l.line = s.line
    where s.file_id = :file_id and s.part = :part and s.line > :after and s.line <= :up_to and not s.superseded
      and l.file_id = :file_id and l.line > :after and l.line <= :up_to
    -- Neighbours in the index one after another: a page of it is visited once for all of them.
    order by s.order_id, l.line_no
)
select count(*) as staged,
       count(*) filter (where not superseded) as inserted,
       0 as updated,
       0 as unchanged,
       count(*) filter (where superseded) as skipped
from staged_order
where file_id = :file_id and part = :part and line > :after and line <= :up_to
