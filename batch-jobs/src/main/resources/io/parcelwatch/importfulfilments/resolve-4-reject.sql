-- A record is rejected once, by the first of its rows that breaks a rule; its text stands at its first row.
insert into rejected_record (id, file, line, rule, reason, raw, job, channel, account, order_ref, digest, import_id, run_id,
                             recorded_at)
select distinct on (s.line)
       derived_id(:job || ' ' || :channel || '/' || :account, :digest, s.line || ' ' || s.problem),
       :file, s.line, s.problem,
       case s.problem
           when 'UNKNOWN_ORDER' then 'no order of ' || :channel || '/' || :account || ' has the id or name ' || left(s.order_reference, 200)
           when 'AMBIGUOUS_ORDER' then 'several orders of ' || :channel || '/' || :account || ' have the name ' || left(s.order_reference, 200)
               || ': give the id'
           when 'MORE_THAN_ORDERED' then 'parcel ' || s.tracking_number || ' holds more of line ' || left(s.line_ref, 200)
               || ' than were ordered'
           else 'order ' || left(s.order_reference, 200) || ' has no line ' || left(s.line_ref, 200) end,
       first.raw, :job, :channel, :account, nullif(left(s.order_reference, 200), ''), :digest, :file_id, :run_id,
       :now
from staged_fulfilment s
join staged_fulfilment first on first.file_id = s.file_id and first.line = s.line and first.part = 0
where s.file_id = :file_id and s.problem is not null
order by s.line, s.part
on conflict (id) do update
set reason = excluded.reason, import_id = excluded.import_id, resolved_at = null, resolved_by_run = null
