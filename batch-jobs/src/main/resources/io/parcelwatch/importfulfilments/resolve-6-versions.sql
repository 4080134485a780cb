-- Of several words about what a source calls one fulfilment the newest counts, and none that is older than what is known. Where the source
-- gives no times, what is imported last is the newest.
with word as (
    select source_ref, max(as_of) as newest
    from staged_fulfilment
    where file_id = :file_id and problem is null and source_ref is not null
    group by source_ref
),
judged as (
    select w.source_ref, w.newest, known.as_of as known
    from word w
    left join source_fulfilment known
        on known.channel = :channel and known.account = :account and known.source_ref = w.source_ref
)
update staged_fulfilment s
set becomes = 'skipped'
from judged j
where s.file_id = :file_id and s.problem is null and s.source_ref = j.source_ref
  and (s.as_of is distinct from j.newest or s.as_of < j.known)
