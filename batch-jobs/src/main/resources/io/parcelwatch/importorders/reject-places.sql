-- Moves what is staged of some places to the rejects.
with place as materialized (
    select line, other, raw
    from unnest(:lines::bigint[], :others::bigint[], :texts::text[]) p (line, other, raw)
),
rejected as (
    insert into rejected_record (id, file, line, rule, reason, raw, job, channel, account, order_ref, amount, currency, digest, import_id,
                                 run_id, recorded_at)
    select derived_id(f.job || ' ' || f.channel || '/' || f.account, coalesce(f.retry_of, f.digest), p.line || ' ' || :rule),
           f.file, p.line, :rule, :reason || p.other, p.raw,
           f.job, f.channel, f.account, s.external_id, s.total, s.currency, coalesce(f.retry_of, f.digest), f.id, f.run_id, :now
    from place p
    join staged_order s on s.file_id = :file_id and s.line = p.line
    join import_file f on f.id = :file_id
    on conflict (id) do update
    set reason = excluded.reason, raw = excluded.raw, amount = excluded.amount, currency = excluded.currency,
        import_id = excluded.import_id, resolved_at = null, resolved_by_run = null
    returning id
),
lines_gone as (
    delete from staged_line l using place p
    where l.file_id = :file_id and l.line = p.line
    returning l.line
)
delete from staged_order s using place p
where s.file_id = :file_id and s.line = p.line
