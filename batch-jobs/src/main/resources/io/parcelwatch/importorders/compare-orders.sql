-- Tells of the versions of a range whose digest cannot tell it whether they differ from what is known: value by value, line by line. Where
-- they do not, they are given its digest, and are unchanged, also where the channel says that something changed since.
update staged_order s
set content = case when
        (s.name, s.customer_id, s.placed_at, s.currency, s.total, s.subtotal, s.shipping, s.taxes, s.financial_status, s.fulfillment_status,
         s.paid_at, s.fulfilled_at, s.cancelled_at,
         s.destination_country, s.destination_region, s.destination_postal_code, s.destination_city)
        is not distinct from
        (k.name, k.customer_id, k.placed_at, k.currency, k.total, k.subtotal, k.shipping, k.taxes, k.financial_status, k.fulfillment_status,
         k.paid_at, k.fulfilled_at, k.cancelled_at,
         k.destination_country, k.destination_region, k.destination_postal_code, k.destination_city)
        and (s.customer_name, s.email, s.phone, s.street) is not distinct from (c.name, c.email, c.phone, c.street)
        and (s.promised_at is null or s.promised_at = coalesce(k.estimated_at, k.promised_at))
        and (s.partial and not exists (select from staged_line l where l.file_id = :file_id and l.line = s.line)
             or not exists (
                 select line_no, sku, name, quantity, price, requires_shipping, fulfillment_status
                 from staged_line l where l.file_id = :file_id and l.line = s.line
                 except
                 select line_no, sku, name, quantity, price, requires_shipping, fulfillment_status
                 from order_line l where l.order_id = s.order_id)
             and (select count(*) from staged_line l where l.file_id = :file_id and l.line = s.line)
                 = (select count(*) from order_line l where l.order_id = s.order_id))
    then k.content
    -- No version that tells the whole order has this digest, so that one that comes again is seen to differ.
    else md5(k.content::text || s.content::text)::uuid end
from sales_order k
join customer c on c.id = k.customer_id
where s.file_id = :file_id and s.part = :part and s.line > :after and s.line <= :up_to
  and s.compared and not s.superseded and k.id = s.order_id
