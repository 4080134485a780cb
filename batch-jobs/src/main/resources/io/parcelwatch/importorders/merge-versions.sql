-- Where the newest of a file's versions of an order tells a part of it, the older ones tell the rest, as if each stood in a file of its own:
-- in a part null says nothing, and no lines say nothing of the lines; a whole one says all. What is older than what is known of the order
-- is left out, as it would be then. Says how many versions were completed.
with told as materialized (
    select s.*, row_number() over same as place, first_value(s.partial) over same as ends_in_part,
           first_value(s.as_of) over same as newest, k.as_of as known_as_of,
           coalesce(s.email, s.phone) is not null as names_customer,
           coalesce(s.street, s.destination_country, s.destination_region, s.destination_postal_code, s.destination_city)
               is not null as addressed
    from staged_order s
    left join sales_order k on k.id = s.order_id
    where s.file_id = :file_id and not s.superseded and s.order_id in (
        select order_id from staged_order
        where file_id = :file_id and not superseded
        group by order_id
        having count(*) > 1 and bool_or(partial))
    window same as (partition by s.order_id order by s.as_of desc, s.line desc)
),
counts as (
    select *, min(place) filter (where not partial) over (partition by order_id) as whole_place
    from told
    where ends_in_part and (known_as_of is null or as_of >= known_as_of or newest < known_as_of and partial)
),
used as materialized (
    select c.*,
           min(place) filter (where names_customer or not partial) over same as customer_place,
           min(place) filter (where addressed or not partial) over same as address_place,
           min(place) filter (where not partial or exists (
               select from staged_line l where l.file_id = :file_id and l.line = c.line)) over same as lines_place
    from counts c
    where place <= coalesce(whole_place, place)
    window same as (partition by order_id)
),
rest as materialized (
    select u.order_id, max(u.line) filter (where u.place = 1) as line, bool_and(u.partial) as partial,
           max(u.line) filter (where u.place = u.lines_place and u.place > 1) as lines_of,
           -- A format without names gives the id for one.
           (array_agg(u.name order by u.place) filter (where not u.partial or u.name <> u.external_id))[1] as name,
           (array_agg(u.currency order by u.place) filter (where u.currency is not null))[1] as currency,
           (array_agg(u.total order by u.place) filter (where u.total is not null))[1] as total,
           (array_agg(u.subtotal order by u.place) filter (where u.subtotal is not null))[1] as subtotal,
           (array_agg(u.shipping order by u.place) filter (where u.shipping is not null))[1] as shipping,
           (array_agg(u.taxes order by u.place) filter (where u.taxes is not null))[1] as taxes,
           (array_agg(u.financial_status order by u.place) filter (where u.financial_status is not null))[1] as financial_status,
           (array_agg(u.fulfillment_status order by u.place) filter (where u.fulfillment_status is not null))[1] as fulfillment_status,
           (array_agg(u.paid_at order by u.place) filter (where u.paid_at is not null))[1] as paid_at,
           (array_agg(u.fulfilled_at order by u.place) filter (where u.fulfilled_at is not null))[1] as fulfilled_at,
           (array_agg(u.cancelled_at order by u.place) filter (where u.cancelled_at is not null))[1] as cancelled_at,
           (array_agg(u.updated_at order by u.place) filter (where u.updated_at is not null))[1] as updated_at,
           (array_agg(u.promised_at order by u.place) filter (where u.promised_at is not null))[1] as promised_at,
           (array_agg(u.promise_precision order by u.place) filter (where u.promised_at is not null))[1] as promise_precision,
           -- An address is one, and so is a customer: what was told of another is not mixed in.
           max(u.destination_country) filter (where u.place = u.address_place) as destination_country,
           max(u.destination_region) filter (where u.place = u.address_place) as destination_region,
           max(u.destination_postal_code) filter (where u.place = u.address_place) as destination_postal_code,
           max(u.destination_city) filter (where u.place = u.address_place) as destination_city,
           max(u.street) filter (where u.place = u.address_place) as street,
           (array_agg(u.customer_id) filter (where u.place = coalesce(u.customer_place, 1)))[1] as customer_id,
           (array_agg(u.part) filter (where u.place = coalesce(u.customer_place, 1)))[1] as part,
           (array_agg(u.customer_name order by u.place) filter (where u.customer_name is not null and
               (u.place <= coalesce(u.customer_place, u.place) or u.customer_id = u.told_customer_id)))[1] as customer_name,
           (array_agg(u.email order by u.place) filter (where u.email is not null and
               (u.place <= coalesce(u.customer_place, u.place) or u.customer_id = u.told_customer_id)))[1] as email,
           (array_agg(u.phone order by u.place) filter (where u.phone is not null and
               (u.place <= coalesce(u.customer_place, u.place) or u.customer_id = u.told_customer_id)))[1] as phone
    from (
        select *, first_value(customer_id) over (
                      partition by order_id order by place = coalesce(customer_place, 1) desc) as told_customer_id
        from used) u
    group by u.order_id
    having count(*) > 1
),
lines as (
    insert into staged_line (file_id, line, line_no, sku, name, quantity, price, requires_shipping, fulfillment_status)
    select l.file_id, r.line, l.line_no, l.sku, l.name, l.quantity, l.price, l.requires_shipping, l.fulfillment_status
    from rest r
    join staged_line l on l.file_id = :file_id and l.line = r.lines_of
    returning line
),
completed as (
    update staged_order s
    set partial = r.partial, compared = true, part = r.part, customer_id = r.customer_id, name = coalesce(r.name, s.name),
        currency = r.currency, total = r.total, subtotal = r.subtotal, shipping = r.shipping, taxes = r.taxes,
        financial_status = r.financial_status, fulfillment_status = r.fulfillment_status, paid_at = r.paid_at,
        fulfilled_at = r.fulfilled_at, cancelled_at = r.cancelled_at, updated_at = r.updated_at,
        promised_at = r.promised_at, promise_precision = r.promise_precision,
        destination_country = r.destination_country, destination_region = r.destination_region,
        destination_postal_code = r.destination_postal_code, destination_city = r.destination_city, street = r.street,
        customer_name = r.customer_name, email = r.email, phone = r.phone
    from rest r
    where s.file_id = :file_id and s.line = r.line
    returning s.line
)
select count(*) from completed
