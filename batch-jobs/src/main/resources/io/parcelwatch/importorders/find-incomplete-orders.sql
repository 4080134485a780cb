-- Places of orders of which another place is rejected, in this import or, where rejected records are taken again, still among the others of
-- their file.
select s.line, min(r.line) as other
from staged_order s
join import_file f on f.id = s.file_id
join rejected_record r on r.job = f.job and r.channel = f.channel and r.account = f.account
    and r.digest = coalesce(f.retry_of, f.digest) and r.order_ref = s.external_id and r.line <> s.line
    and (r.import_id = f.id or f.retry_of is not null and r.resolved_at is null and r.retried_by is distinct from f.digest)
where s.file_id = :file_id and not s.superseded
group by s.line
