-- Merges a range of a part's staged orders, :after < line <= :up_to, and says what became of them. All parts of the statement see the tables as they
-- were before it: "known" is the order's version until now.
-- Where no order of the range is known, merge-new-orders.sql does the same at half the price: what changes here changes there.
with staged as materialized (
    select * from staged_order
    where file_id = :file_id and part = :part and line > :after and line <= :up_to
),
compared as materialized (
    select s.*,
           known.id is null as is_new,
           case when s.superseded then 'skipped'
                when known.id is null then 'inserted'
                when s.as_of < known.as_of then 'skipped'
                when s.content = known.content then 'unchanged'
                else 'updated' end as becomes,
           known.placed_at as known_placed_at, known.cancelled_at as known_cancelled_at,
           known.destination_country as known_country, known.destination_region as known_region,
           known.destination_postal_code as known_postal_code, known.destination_city as known_city,
           known.promised_at as known_promised_at, known.estimated_at as known_estimated_at,
           known.customer_id as known_customer_id, known.as_of as known_as_of, known.updated_at as known_updated_at,
           -- The promise stands; a later word about it is an estimate. A version without one says nothing of it.
           coalesce(known.promised_at, s.promised_at) as stands_promised_at,
           coalesce(known.promise_precision, s.promise_precision) as stands_precision,
           case when known.promised_at is not null and s.promised_at <> coalesce(known.estimated_at, known.promised_at)
                then s.promised_at else known.estimated_at end as now_estimated_at
    from staged s
    left join sales_order known on known.id = s.order_id
),
changed as materialized (
    select * from compared where becomes in ('inserted', 'updated')
),
changed_known as materialized (
    select *,
           (stands_promised_at, now_estimated_at) is distinct from (known_promised_at, known_estimated_at) as moves_promise,
           -- What the watch is told about an order; only a change of it is worth a new registration.
           (placed_at, cancelled_at, destination_country, destination_region, destination_postal_code, stands_promised_at, now_estimated_at)
               is distinct from (known_placed_at, known_cancelled_at, known_country, known_region, known_postal_code,
                                 known_promised_at, known_estimated_at) as concerns_watch
    from changed
    where not is_new
),
changes as (
    select c.order_id, 'CANCELLED' as kind, jsonb_build_object('cancelled_at', c.known_cancelled_at) as before,
           jsonb_build_object('cancelled_at', c.cancelled_at) as after, c.as_of, c.line
    from changed_known c
    where (c.cancelled_at is null) <> (c.known_cancelled_at is null)
    union all
    select c.order_id, 'PLACED_AT', jsonb_build_object('placed_at', c.known_placed_at),
           jsonb_build_object('placed_at', c.placed_at), c.as_of, c.line
    from changed_known c
    where c.placed_at <> c.known_placed_at
    union all
    select c.order_id, 'ESTIMATE', jsonb_build_object('promised_at', c.known_promised_at, 'estimated_at', c.known_estimated_at),
           jsonb_build_object('promised_at', c.stands_promised_at, 'estimated_at', c.now_estimated_at), c.as_of, c.line
    from changed_known c
    where c.now_estimated_at is distinct from c.known_estimated_at
    union all
    select c.order_id, 'DELIVERY_ADDRESS',
           jsonb_build_object('street', k.street, 'city', c.known_city, 'region', c.known_region, 'postal_code', c.known_postal_code,
                              'country', c.known_country),
           jsonb_build_object('street', c.street, 'city', c.destination_city, 'region', c.destination_region,
                              'postal_code', c.destination_postal_code, 'country', c.destination_country), c.as_of, c.line
    from changed_known c
    -- The street stands with the customer; where a newer order has told it since, this order's own is not known any more.
    left join customer k on k.id = c.known_customer_id and k.as_of <= c.known_as_of
    where (c.destination_city, c.destination_region, c.destination_postal_code, c.destination_country)
              is distinct from (c.known_city, c.known_region, c.known_postal_code, c.known_country)
       or k.id is not null and c.street is distinct from k.street
),
history as (
    insert into order_change (id, order_id, kind, before, after, as_of, file, line, recorded_at)
    select derived_id(order_id::text, kind, as_of || ' ' || before || after), order_id, kind, before, after, as_of, :file, line, :now
    from changes
    on conflict (id) do nothing
    returning id
),
customers as (
    insert into customer as t (id, channel, account, name, email, phone, street, city, region, postal_code, country, as_of)
    select distinct on (customer_id)
           customer_id, :channel, :account, customer_name, email, phone, street,
           destination_city, destination_region, destination_postal_code, destination_country, as_of
    from changed
    order by customer_id, as_of desc, line desc
    on conflict (id) do update
    set name = excluded.name, email = excluded.email, phone = excluded.phone, street = excluded.street, city = excluded.city,
        region = excluded.region, postal_code = excluded.postal_code, country = excluded.country, as_of = excluded.as_of
    where excluded.as_of >= t.as_of
      and (t.name, t.email, t.phone, t.street, t.city, t.region, t.postal_code, t.country, t.as_of)
          is distinct from (excluded.name, excluded.email, excluded.phone, excluded.street, excluded.city, excluded.region,
                            excluded.postal_code, excluded.country, excluded.as_of)
    returning id
),
orders as (
    insert into sales_order as t (
        id, channel, account, external_id, name, customer_id, placed_at, currency, total, subtotal, shipping, taxes,
        financial_status, fulfillment_status, paid_at, fulfilled_at, cancelled_at, updated_at,
        destination_country, destination_region, destination_postal_code, destination_city,
        promised_at, promise_precision, estimated_at, as_of, content, file, line, imported_at,
        received_at, first_placed_at, cancellation_received_at, first_cancelled_at)
    select order_id, :channel, :account, external_id, name, customer_id, placed_at, currency, total, subtotal, shipping, taxes,
           financial_status, fulfillment_status, paid_at, fulfilled_at, cancelled_at, updated_at,
           destination_country, destination_region, destination_postal_code, destination_city,
           stands_promised_at, stands_precision, now_estimated_at, as_of, content, :file, line, :now,
           :now, placed_at, case when cancelled_at is not null then :now end, cancelled_at
    from changed
    order by order_id
    on conflict (id) do update
    set name = excluded.name, customer_id = excluded.customer_id, placed_at = excluded.placed_at, currency = excluded.currency,
        total = excluded.total, subtotal = excluded.subtotal, shipping = excluded.shipping, taxes = excluded.taxes,
        financial_status = excluded.financial_status, fulfillment_status = excluded.fulfillment_status, paid_at = excluded.paid_at,
        fulfilled_at = excluded.fulfilled_at, cancelled_at = excluded.cancelled_at, updated_at = excluded.updated_at,
        destination_country = excluded.destination_country, destination_region = excluded.destination_region,
        destination_postal_code = excluded.destination_postal_code, destination_city = excluded.destination_city,
        promised_at = excluded.promised_at, promise_precision = excluded.promise_precision, estimated_at = excluded.estimated_at,
        as_of = excluded.as_of, content = excluded.content, file = excluded.file, line = excluded.line,
        imported_at = excluded.imported_at,
        -- The first time only: a customer is told once.
        cancellation_received_at = coalesce(t.cancellation_received_at, excluded.cancellation_received_at),
        first_cancelled_at = coalesce(t.first_cancelled_at, excluded.first_cancelled_at)
    where excluded.as_of >= t.as_of and t.content is distinct from excluded.content
    returning id
),
confirmed as (
    -- What was still so then is not overwritten by what was so before.
    update sales_order t
    set as_of = greatest(t.as_of, c.as_of), updated_at = greatest(t.updated_at, c.updated_at)
    from compared c
    where c.becomes = 'unchanged' and t.id = c.order_id
      and (c.as_of > c.known_as_of or c.updated_at > coalesce(c.known_updated_at, '-infinity'))
    returning t.id
),
lines as (
    insert into order_line as t (order_id, line_no, sku, name, quantity, price, requires_shipping, fulfillment_status)
    select c.order_id, l.line_no, l.sku, l.name, l.quantity, l.price, l.requires_shipping, l.fulfillment_status
    from changed c
    join staged_line l on l.file_id = c.file_id and l.line = c.line
    where l.file_id = :file_id and l.line > :after and l.line <= :up_to
    -- Neighbours in the index one after another: a page of it is visited once for all of them.
    order by c.order_id, l.line_no
    on conflict (order_id, line_no) do update
    set sku = excluded.sku, name = excluded.name, quantity = excluded.quantity, price = excluded.price,
        requires_shipping = excluded.requires_shipping, fulfillment_status = excluded.fulfillment_status
    returning order_id
),
lines_gone as (
    delete from order_line t
    using changed_known c
    cross join lateral (select count(*) as lines from staged_line l where l.file_id = :file_id and l.line = c.line) told
    where t.order_id = c.order_id and t.line_no > told.lines and (told.lines > 0 or not c.partial)
    returning t.order_id
),
promises as (
    update fulfilment f
    set promised_at = coalesce(f.promised_at, c.stands_promised_at),
        promise_precision = coalesce(f.promise_precision, c.stands_precision),
        estimated_at = case when f.promised_at is null then c.now_estimated_at
                            when coalesce(c.now_estimated_at, c.stands_promised_at) <> coalesce(f.estimated_at, f.promised_at)
                            then coalesce(c.now_estimated_at, c.stands_promised_at)
                            else f.estimated_at end
    from changed_known c
    where c.moves_promise and f.order_id = c.order_id
    returning f.order_id
),
concerned as (
    -- Locked in one order by all who change them, so that two imports that share numbers wait for each other and never deadlock.
    select r.carrier, r.tracking_number
    from registration r
    where (r.carrier, r.tracking_number) in (
        select f.carrier, f.tracking_number
        from changed_known c
        join fulfilment f on f.order_id = c.order_id
        where c.concerns_watch)
    order by r.carrier, r.tracking_number
    for update
),
registrations as (
    update registration r
    set revision = r.revision + 1
    from concerned c
    where r.carrier = c.carrier and r.tracking_number = c.tracking_number
    returning r.carrier
)
select count(*) as staged,
       count(*) filter (where becomes = 'inserted') as inserted,
       count(*) filter (where becomes = 'updated') as updated,
       count(*) filter (where becomes = 'unchanged') as unchanged,
       count(*) filter (where becomes = 'skipped') as skipped
from compared
