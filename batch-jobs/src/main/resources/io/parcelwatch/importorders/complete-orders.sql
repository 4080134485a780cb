-- Completes the partial versions of a range by what is known of their orders. In such a version null says nothing: what is known stays. One
-- that is older than what is known adds what is missing, and replaces nothing.
update staged_order s
set as_of = greatest(s.as_of, k.as_of),
    -- A format without names gives the id for one.
    name = case when o.older or s.name = s.external_id then k.name else s.name end,
    placed_at = case when o.older then k.placed_at else s.placed_at end,
    currency = coalesce(case when o.older then k.currency end, s.currency, k.currency),
    total = coalesce(case when o.older then k.total end, s.total, k.total),
    subtotal = coalesce(case when o.older then k.subtotal end, s.subtotal, k.subtotal),
    shipping = coalesce(case when o.older then k.shipping end, s.shipping, k.shipping),
    taxes = coalesce(case when o.older then k.taxes end, s.taxes, k.taxes),
    financial_status = coalesce(case when o.older then k.financial_status end, s.financial_status, k.financial_status),
    fulfillment_status = coalesce(case when o.older then k.fulfillment_status end, s.fulfillment_status, k.fulfillment_status),
    paid_at = coalesce(case when o.older then k.paid_at end, s.paid_at, k.paid_at),
    fulfilled_at = coalesce(case when o.older then k.fulfilled_at end, s.fulfilled_at, k.fulfilled_at),
    cancelled_at = coalesce(case when o.older then k.cancelled_at end, s.cancelled_at, k.cancelled_at),
    updated_at = coalesce(case when o.older then k.updated_at end, s.updated_at, k.updated_at),
    promised_at = case when o.older and k.promised_at is not null then null else s.promised_at end,
    promise_precision = case when o.older and k.promised_at is not null then null else s.promise_precision end,
    -- An address is one: its parts are not mixed with those of another.
    destination_country = case when o.moved then s.destination_country else k.destination_country end,
    destination_region = case when o.moved then s.destination_region else k.destination_region end,
    destination_postal_code = case when o.moved then s.destination_postal_code else k.destination_postal_code end,
    destination_city = case when o.moved then s.destination_city else k.destination_city end,
    customer_id = o.customer_id,
    customer_name = coalesce(case when o.older then c.name end, s.customer_name, c.name),
    email = coalesce(s.email, c.email),
    phone = coalesce(case when o.older then c.phone end, s.phone, c.phone),
    street = case when o.moved or c.street is null then s.street else c.street end
from sales_order k
cross join lateral (
    select t.line, t.as_of < k.as_of as older,
           coalesce(t.street, t.destination_country, t.destination_region, t.destination_postal_code, t.destination_city) is not null
               and (t.as_of >= k.as_of
                    or coalesce(k.destination_country, k.destination_region, k.destination_postal_code, k.destination_city) is null) as moved,
           -- Whom it does not tell, it does not change.
           case when t.email is null and (t.phone is null or t.as_of < k.as_of) then k.customer_id else t.customer_id end as customer_id
    from staged_order t
    where t.file_id = :file_id and t.part = :part and t.line > :after and t.line <= :up_to
      and t.partial and not t.superseded and t.order_id = k.id) o
left join customer c on c.id = o.customer_id
where s.file_id = :file_id and s.line = o.line
