package io.parcelwatch.commandline;

/**
 * Where orders stand, as the design derives it: the first that fits of CANCELLED (nothing shipped), RETURNED (all), DELIVERED (all delivered or
 * returned, none awaited), PARTIALLY_DELIVERED, SHIPPED (all moving, none awaited), PARTIALLY_SHIPPED, IN_PREPARATION, ORDER_RECEIVED.
 * Awaited: lines are known to be unshipped; where the parcels' contents are not known, the channel says partially fulfilled.
 */
final class OrderStatuses {

    /** A query of {@code order_id} and {@code status}; may stand as a subquery. */
    static final String SQL =
            """
            select o.id as order_id,
                   case when o.cancelled_at is not null and not coalesce(p.any_moving, false) then 'CANCELLED'
                        when p.parcels is null then 'ORDER_RECEIVED'
                        when p.all_returned then 'RETURNED'
                        when p.all_arrived and not p.awaited then 'DELIVERED'
                        when p.any_delivered then 'PARTIALLY_DELIVERED'
                        when p.all_moving and not p.awaited then 'SHIPPED'
                        when p.any_moving then 'PARTIALLY_SHIPPED'
                        else 'IN_PREPARATION' end as status
            from sales_order o
            left join lateral (
                select count(*) as parcels,
                       bool_and(status = 'RETURNED') as all_returned,
                       bool_and(status in ('DELIVERED', 'RETURNED')) as all_arrived,
                       bool_or(status = 'DELIVERED') as any_delivered,
                       bool_and(status not in ('UNKNOWN', 'PRE_TRANSIT', 'CANCELLED')) as all_moving,
                       bool_or(status not in ('UNKNOWN', 'PRE_TRANSIT', 'CANCELLED')) as any_moving,
                       case when bool_and(told) then sum(pieces) < (
                                select coalesce(sum(l.quantity), 0) from order_line l where l.order_id = o.id and l.requires_shipping)
                            else coalesce(o.fulfillment_status = 'partial', false) end as awaited
                from (
                    select coalesce(s.status, 'UNKNOWN') as status,
                           (select sum(c.quantity) from fulfilment_line c where c.fulfilment_id = f.id) as pieces,
                           exists (select from fulfilment_line c where c.fulfilment_id = f.id) as told
                    from fulfilment f
                    left join shipment s on s.carrier = f.carrier and s.tracking_number = f.tracking_number and s.journey = f.journey
                    where f.order_id = o.id) parcel
                having count(*) > 0) p on true
            """;

    private OrderStatuses() {}
}
