-- Rejects one place of an order of which the file tells again, with other content.
insert into rejected_record (id, file, line, rule, reason, raw, job, channel, account, order_ref, amount, currency, digest, import_id,
                             run_id, recorded_at)
select derived_id(f.job || ' ' || f.channel || '/' || f.account, coalesce(f.retry_of, f.digest), s.line || ' DUPLICATE_ORDER'),
       f.file, s.line, 'DUPLICATE_ORDER', 'the order stands again, with other content, in line ' || other.line, :raw,
       f.job, f.channel, f.account, s.external_id, s.total, s.currency, coalesce(f.retry_of, f.digest), f.id, f.run_id, :now
from staged_order s
join import_file f on f.id = s.file_id
cross join lateral (
    select min(o.line) as line
    from staged_order o
    where o.file_id = s.file_id and o.order_id = s.order_id and o.content <> s.content and not o.superseded) other
where s.file_id = :file_id and s.line = :line
on conflict (id) do update
set reason = excluded.reason, raw = excluded.raw, amount = excluded.amount, currency = excluded.currency,
    import_id = excluded.import_id, resolved_at = null, resolved_by_run = null
