-- Rejects what is staged of orders of which another place is rejected, in this import or, where rejected records are taken again, still among
-- the others of their file. Its text is not at hand any more. Says how many places that are.
with incomplete as materialized (
    select s.line, s.external_id, s.total, s.currency, min(r.line) as because_of
    from staged_order s
    join import_file f on f.id = s.file_id
    join rejected_record r on r.job = f.job and r.channel = f.channel and r.account = f.account
        and r.digest = coalesce(f.retry_of, f.digest) and r.order_ref = s.external_id and r.line <> s.line
        and (r.import_id = f.id or f.retry_of is not null and r.resolved_at is null and r.retried_by is distinct from f.digest)
    where s.file_id = :file_id and not s.superseded
    group by s.line, s.external_id, s.total, s.currency
),
rejected as (
    insert into rejected_record (id, file, line, rule, reason, raw, job, channel, account, order_ref, amount, currency, digest, import_id,
                                 run_id, recorded_at)
    select derived_id(f.job || ' ' || f.channel || '/' || f.account, coalesce(f.retry_of, f.digest), i.line || ' ORDER_INCOMPLETE'),
           f.file, i.line, 'ORDER_INCOMPLETE', 'the order has a row that is rejected, in line ' || i.because_of, '',
           f.job, f.channel, f.account, i.external_id, i.total, i.currency, coalesce(f.retry_of, f.digest), f.id, f.run_id, :now
    from incomplete i
    join import_file f on f.id = :file_id
    on conflict (id) do update
    set reason = excluded.reason, amount = excluded.amount, currency = excluded.currency, import_id = excluded.import_id,
        resolved_at = null, resolved_by_run = null
    returning id
),
lines_gone as (
    delete from staged_line l using incomplete i
    where l.file_id = :file_id and l.line = i.line
    returning l.line
),
gone as (
    delete from staged_order s using incomplete i
    where s.file_id = :file_id and s.line = i.line
    returning s.line
)
select count(*) from gone
