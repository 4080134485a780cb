-- Causes of open rejects, the most costly first. Parameters: job, channel, account, file, rule, since, cause; null where it does not matter.
with chosen as materialized (
    select r.id, r.job, r.channel, r.account, r.cause, r.rule, r.file, r.line, r.reason, r.not_again, r.recorded_at,
           coalesce(r.order_ref, r.id::text) as order_ref,
           coalesce(r.amount, o.total) as amount, case when r.amount is null then o.currency else r.currency end as currency,
           o.id is not null as is_known
    from open_reject r
    left join lateral (
        select id, total, currency from sales_order o
        where o.channel = r.channel and o.account = r.account
          and (o.id = derived_id(r.channel, r.account, r.order_ref) or o.name in (r.order_ref, '#' || r.order_ref, ltrim(r.order_ref, '#')))
        limit 1) o on true
    where coalesce(r.job = ?, true) and coalesce(r.channel = ?, true) and coalesce(r.account = ?, true) and coalesce(r.file = ?, true)
      and coalesce(r.rule = ?, true) and coalesce(r.recorded_at >= ?, true) and coalesce(r.cause = ?, true)
),
-- An order counts once, as its newest reject tells it; a record of which no order can be read counts for itself.
orders as materialized (
    select distinct on (cause, order_ref) cause, order_ref, amount, currency, is_known
    from chosen
    order by cause, order_ref, recorded_at desc, line desc
),
-- Amounts of different currencies are never added up. For the place in the list alone, each is measured by the average of its currency, and
-- an order of unknown value counts as an average one.
average as (
    select currency, avg(abs(amount)) as amount from orders where amount is not null and currency is not null group by currency
),
cost as (
    select o.cause, count(*) as orders, count(*) filter (where o.is_known) as known,
           sum(coalesce(abs(o.amount) / nullif(a.amount, 0), 1)) as average_orders
    from orders o
    left join average a using (currency)
    group by o.cause
),
worth as (
    select cause, json_agg(json_build_object('currency', currency, 'amount', amount::text) order by amount desc, currency)::text as amounts
    from (select cause, currency, sum(amount) as amount from orders where amount is not null and currency is not null group by 1, 2) c
    group by cause
),
-- Of the newest the first is the example.
example as (
    select distinct on (cause) cause, job, channel, account, rule, file, line, reason
    from chosen
    order by cause, recorded_at desc, file, line
)
select e.*, c.orders, c.known, w.amounts, t.records, t.again, t.newest, sum(t.records) over ()::bigint as all_records, count(*) over () as causes
from example e
join cost c using (cause)
join (select cause, count(*) as records, count(*) filter (where not_again is null) as again, max(recorded_at) as newest
      from chosen group by cause) t using (cause)
left join worth w using (cause)
order by c.average_orders desc, t.records desc, e.cause
limit ?
